using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports the commit of a transaction, or the completion of a scope, in a finally: it runs when the work has thrown, too. Under a
/// condition it may know better, and a try inside the finally has work of its own. Saves of contexts are not meant: they may record the
/// failure.
/// </summary>
internal sealed class CommitMustNotRunAfterFailure() : CallRule(Descriptors.CommitMustNotRunAfterFailure)
{
    public override void Check(SessionCall call)
    {
        if (call.Operation is not IInvocationOperation invocation || call.Facts is not { } facts || !facts.Has(Roles.Commits | Roles.Votes) || facts.Has(Roles.Flushes)
            || call.Ownership.Symbols.TypeOf(call.Method.ContainingType) is not { Kind: SessionKind.Transaction or SessionKind.Ambient }
            || Finally(invocation.Syntax) is not { } ending || BeginsInside(invocation, ending))
        {
            return;
        }

        call.Report(Diagnostic.Create(
            Descriptor, invocation.Syntax.GetLocation(), [ending.FinallyKeyword.GetLocation()], call.Method.Name, CallSites.SessionName(invocation), LeakMessages.LineOf(((TryStatementSyntax)ending.Parent!).TryKeyword.GetLocation())));
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
