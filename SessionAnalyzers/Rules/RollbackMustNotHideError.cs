using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a rollback in a handler that covers the commit of the same transaction, where the provider's rollback throws on a transaction
/// that has ended. A rollback in a try of its own or under any condition is guarded. Providers that nobody knows are not reported.
/// </summary>
internal sealed class RollbackMustNotHideError() : CallRule(Descriptors.RollbackMustNotHideError)
{
    public override void Check(SessionCall call)
    {
        if (call.Facts?.Has(Roles.RollsBack) != true || call.Operation is not IInvocationOperation { Instance: { } instance } rollback
            || call.Ownership.Symbols.TypeOf(BodyFacts.Unwrap(instance).Type) is not { } type || HandlerAround(rollback.Syntax) is not { Filter: null, Parent: TryStatementSyntax attempt } handler
            || BodyFacts.SymbolOf(instance) is not { } symbol || !(type.Has(Roles.RollbackThrows) || ThrowsByValue(symbol, rollback, call)) || !IsPlain(instance)
            || CommitIn(attempt.Block, symbol, rollback, call) is not { } commit || SwallowedFailure.HandlerOf(attempt, commit, call) != handler || CallSites.IsTest(call.Member))
        {
            return;
        }

        call.Report(Diagnostic.Create(
            Descriptor, rollback.Syntax.GetLocation(), [commit.Syntax.GetLocation()],
            call.Method.Name, CallSites.SessionName(rollback), commit.TargetMethod.Name, LeakMessages.LineOf(commit.Syntax.GetLocation())));
    }

    private static bool IsPlain(IOperation instance) => instance is not IConditionalAccessInstanceOperation
        && BodyFacts.Unwrap(instance) is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation };

    /// <summary>A variable of a base type whose one value is of a known provider.</summary>
    private static bool ThrowsByValue(ISymbol symbol, IInvocationOperation rollback, SessionCall call) =>
        symbol is ILocalSymbol local && BodyFacts.Of(rollback, call.Ownership.Symbols).OnlyValueOf(local, rollback.SemanticModel) is { } value
        && call.Ownership.Symbols.TypeOf(BodyFacts.Unwrap(value).Type)?.Has(Roles.RollbackThrows) == true;

    /// <summary>The handler whose statement it is, with nothing in between that guards.</summary>
    private static CatchClauseSyntax? HandlerAround(SyntaxNode node)
    {
        for (var n = node.Parent; n is not null; n = n.Parent)
        {
            switch (n)
            {
                case CatchClauseSyntax handler:
                    return handler;
                case BlockSyntax or ExpressionStatementSyntax or AwaitExpressionSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or UsingStatementSyntax or LockStatementSyntax or CheckedStatementSyntax:
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The commit of the transaction that is covered by the handler itself.</summary>
    private static IInvocationOperation? CommitIn(BlockSyntax block, ISymbol symbol, IInvocationOperation rollback, SessionCall call)
    {
        foreach (var node in SwallowedFailure.Own(block).OfType<InvocationExpressionSyntax>())
        {
            if (node.Expression is MemberAccessExpressionSyntax
                && rollback.SemanticModel?.GetOperation(node, call.Cancellation) is IInvocationOperation { Instance: { } instance } commit
                && SymbolEqualityComparer.Default.Equals(BodyFacts.SymbolOf(instance), symbol) && call.Ownership.Symbols.FactsOf(commit.TargetMethod)?.Has(Roles.Commits) == true
                && !node.Ancestors().TakeWhile(a => a != block).Any(static a => a is TryStatementSyntax { Catches.Count: > 0 }))
            {
                return commit;
            }
        }

        return null;
    }
}
