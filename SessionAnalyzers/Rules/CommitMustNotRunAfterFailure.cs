using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports the commit of a transaction, or the completion of a scope, where it runs when the work has thrown, too: in a finally, after a
/// catch that swallows the failure of all the work there is, or in what implements a rollback. Under a condition it may know better, and a try inside the finally has work
/// of its own. Saves of contexts are not meant: they may record the failure. A transaction that the failure has ended belongs to
/// <see cref="FailureMustNotBeSwallowed"/>.
/// </summary>
internal sealed class CommitMustNotRunAfterFailure() : CallRule(Descriptors.CommitMustNotRunAfterFailure)
{
    public override void Check(SessionCall call)
    {
        if (call.Operation is not IInvocationOperation invocation || call.Facts is not { } facts || !facts.Has(Roles.Commits | Roles.Votes) || facts.Has(Roles.Flushes)
            || call.Ownership.Symbols.TypeOf(call.Method.ContainingType) is not { Kind: SessionKind.Transaction or SessionKind.Ambient })
        {
            return;
        }

        if (Finally(invocation.Syntax) is { } ending)
        {
            if (!BeginsInside(invocation, ending))
            {
                var line = LeakMessages.LineOf(((TryStatementSyntax)ending.Parent!).TryKeyword.GetLocation());
                Report(ending.FinallyKeyword, $"is in a finally: it runs, too, when the work of the try (line {line}) has thrown");
            }
        }
        else if (SwallowedFailure.OfHalf(invocation, call) is { } half && !CallSites.IsTest(call.Member))
        {
            var line = LeakMessages.LineOf(half.Handler.CatchKeyword.GetLocation());
            Report(half.Handler.CatchKeyword, $"runs, too, when '{half.Work.TargetMethod.Name}' has thrown: the catch (line {line}) goes on");
        }
        else if (facts.Has(Roles.Commits) && call.Member is IMethodSymbol && call.Ownership.Symbols.FactsOf(call.Member)?.Has(Roles.RollsBack) == true
            && (BodyFacts.Of(invocation, call.Ownership.Symbols).Calls & Roles.RollsBack) == 0)
        {
            call.Report(Diagnostic.Create(
                Descriptor, invocation.Syntax.GetLocation(), call.Method.Name, CallSites.SessionName(invocation), $"runs in '{call.Member.Name}', which is there to roll back"));
        }

        void Report(SyntaxToken also, string why) => call.Report(Diagnostic.Create(
            Descriptor, invocation.Syntax.GetLocation(), [also.GetLocation()], call.Method.Name, CallSites.SessionName(invocation), why));
    }

    private static FinallyClauseSyntax? Finally(SyntaxNode node)
    {
        for (var n = node.Parent; n is not null; n = n.Parent)
        {
            switch (n)
            {
                case FinallyClauseSyntax ending:
                    return ending;
                case IfStatementSyntax or SwitchStatementSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or TryStatementSyntax or BinaryExpressionSyntax
                    or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax or CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>A transaction of the finally itself.</summary>
    private static bool BeginsInside(IInvocationOperation invocation, FinallyClauseSyntax ending) =>
        invocation.Instance is ILocalReferenceOperation { Local: var local } && local.DeclaringSyntaxReferences.Any(r => ending.Span.Contains(r.Span));
}
