using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a commit or flush that goes on with what a swallowed failure has ended, and the failed commit of a transaction in a field that
/// is swallowed and leaves the transaction open. Where a failure leaves the transaction alive, going on may be meant:
/// <see cref="CommitMustNotRunAfterFailure"/> reports it where only half of the work can be committed.
/// </summary>
internal sealed class FailureMustNotBeSwallowed() : CallRule(Descriptors.FailureMustNotBeSwallowed)
{
    public override void Check(SessionCall call)
    {
        if (call.Operation is not IInvocationOperation { Instance: { } instance } invocation || call.Facts?.Has(Roles.Commits | Roles.Flushes) != true
            || call.Ownership.Symbols.TypeOf(BodyFacts.Unwrap(instance).Type) is not { } type || !(type.Kind == SessionKind.Transaction || type.Has(Roles.FailureEnds))
            || UnitOfWork.Of(invocation, call.Ownership.Symbols) is not { } unit || CallSites.IsTest(call.Member))
        {
            return;
        }

        if (unit.EndsWithFailure && SwallowedFailure.OfEnded(invocation, unit, call) is { } failure)
        {
            Report(call, failure.Handler.CatchKeyword, failure.Work.TargetMethod.Name, $"'{call.Method.Name}' goes on with '{unit.Name}', which the failure has ended");
        }
        else if (unit.Transaction is IFieldSymbol { IsStatic: false } or IPropertySymbol && TellsNobody(call.Member)
            && SwallowedFailure.HandlerOfFinish(invocation, call) is { } handler && BodyFacts.Of(invocation, call.Ownership.Symbols) is var body
            && !body.Disposes(unit.Transaction) && !body.Assigns(unit.Transaction) && (body.Calls & (Roles.RollsBack | Roles.Closes)) == 0)
        {
            Report(call, handler.CatchKeyword, call.Method.Name, $"'{unit.Name}' stays open");
        }
    }

    private void Report(SessionCall call, SyntaxToken handler, string work, string consequence) => call.Report(Diagnostic.Create(
        Descriptor, call.Operation.Syntax.GetLocation(), [handler.GetLocation()], LeakMessages.LineOf(handler.GetLocation()), work, consequence));

    private static bool TellsNobody(ISymbol member) =>
        member is IMethodSymbol { Parameters: var parameters } method && (method.ReturnsVoid || (CallSites.IsTask(method.ReturnType) && method.ReturnType is INamedTypeSymbol { Arity: 0 }))
        && !BodyFacts.IsDisposal(method) && parameters.All(static p => p.RefKind == RefKind.None);
}
