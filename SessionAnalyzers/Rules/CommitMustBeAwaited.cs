using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a commit, rollback, save, command or disposal of a session whose task is dropped. A task that is kept, returned or discarded
/// by '_ =' is not reported: somebody has thought of it. Neither is a call that only sets up or verifies a mock.
/// </summary>
internal sealed class CommitMustBeAwaited() : CallRule(Descriptors.CommitMustBeAwaited)
{
    private const Roles Work = Roles.Commits | Roles.RollsBack | Roles.RollsBackToSavepoint | Roles.Flushes | Roles.Closes | Roles.Runs | Roles.RunsInTransaction;

    public override void Check(SessionCall call)
    {
        if (call.Operation is not IInvocationOperation invocation || !CallSites.IsTask(invocation.Type) || !IsWork(call)
            || CallSites.Outermost(invocation).Parent is not IExpressionStatementOperation || IsOnMock(invocation))
        {
            return;
        }

        call.Report(Diagnostic.Create(Descriptor, invocation.Syntax.GetLocation(), call.Method.Name, CallSites.SessionName(invocation)));
    }

    private static bool IsWork(SessionCall call) =>
        (call.Facts is { } facts && facts.Has(Work))
        || (call.Method is { Name: "DisposeAsync", Parameters.IsEmpty: true } && call.Ownership.Symbols.TypeOf(call.Method.ContainingType) is not null);

    /// <summary>mock.Received().SaveChangesAsync(): the receiver is the call that stands for the mock.</summary>
    private static bool IsOnMock(IInvocationOperation invocation) =>
        invocation.Instance is IInvocationOperation { TargetMethod.Name: "Received" or "DidNotReceive" or "ReceivedWithAnyArgs" or "DidNotReceiveWithAnyArgs" };
}
