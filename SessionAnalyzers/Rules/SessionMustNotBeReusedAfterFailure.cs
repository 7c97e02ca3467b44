using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a context that goes on to be saved after its save has failed and the exception was caught: in the next iteration of a loop, or
/// in the handler itself. What failed is still tracked, and the next save sends it again. A handler that leaves, or that touches the
/// tracker, an entry, the context or anything unknown with the context in hand may have made it usable and is not reported.
/// </summary>
internal sealed class SessionMustNotBeReusedAfterFailure() : CallRule(Descriptors.SessionMustNotBeReusedAfterFailure)
{
    public override void Check(SessionCall call)
    {
        if (call.Operation is not IInvocationOperation invocation || call.Facts is not { } facts || !facts.Has(Roles.Flushes) || !facts.Has(Roles.Commits)
            || call.Ownership.Symbols.TypeOf(call.Method.ContainingType) is not { Kind: SessionKind.Context } || NameOf(invocation) is not { } context
            || TryAround(invocation.Syntax) is not { } attempt || CallSites.IsTest(call.Member))
        {
            return;
        }

        foreach (var handler in attempt.Catches)
        {
            if (!CatchesFailedSave(handler) || Leaves(handler.Block))
            {
                continue;
            }

            if (SaveIn(handler, context) is { } again)
            {
                if (!IsCleaned(handler, context, again))
                {
                    Report(call, invocation, again, context, handler);
                }
            }
            else if (LoopAround(attempt) is { } loop && Outlives(invocation, loop) && Adds(attempt.Block, context) && !IsCleaned(handler, context, null) && !IsCleanedIn(loop, context))
            {
                Report(call, invocation, invocation.Syntax, context, handler);
            }

            return;
        }
    }

    private void Report(SessionCall call, IInvocationOperation invocation, SyntaxNode at, string context, CatchClauseSyntax handler)
    {
        var line = LeakMessages.LineOf(handler.CatchKeyword.GetLocation());
        call.Report(Diagnostic.Create(Descriptor, at.GetLocation(), [handler.CatchKeyword.GetLocation(), invocation.Syntax.GetLocation()], call.Method.Name, context, line));
    }

    private static string? NameOf(IInvocationOperation invocation)
    {
        var receiver = invocation.Instance;
        while (receiver is IConversionOperation conversion)
        {
            receiver = conversion.Operand;
        }

        return receiver switch
        {
            ILocalReferenceOperation { Local: var local } => local.Name,
            IParameterReferenceOperation { Parameter: var parameter } => parameter.Name,
            IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: var field } => field.Name,
            _ => null,
        };
    }

    private static TryStatementSyntax? TryAround(SyntaxNode node)
    {
        for (SyntaxNode child = node, n = node.Parent!; n is not null; child = n, n = n.Parent!)
        {
            switch (n)
            {
                case TryStatementSyntax attempt when attempt.Block == child && attempt.Catches.Count > 0:
                    return attempt;
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax or CatchClauseSyntax or FinallyClauseSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Handlers of everything and of failed updates. Who catches a conflict of concurrency knows what to do about it.</summary>
    private static bool CatchesFailedSave(CatchClauseSyntax handler) =>
        handler.Filter is null && (handler.Declaration is null || NameOf(handler.Declaration.Type) is "Exception" or "DbUpdateException" or "SystemException" or "DbException");

    private static string NameOf(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };

    private static bool Leaves(BlockSyntax block) =>
        block.DescendantNodes(static n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(static n => n is ThrowStatementSyntax or ThrowExpressionSyntax or GotoStatementSyntax)
        || block.Statements.Any(static s => s is ReturnStatementSyntax or BreakStatementSyntax) && !block.DescendantNodes().Any(static n => n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "SaveChanges" or "SaveChangesAsync" } });

    private static InvocationExpressionSyntax? SaveIn(CatchClauseSyntax handler, string context) =>
        handler.Block.DescendantNodes(static n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or TryStatementSyntax)).OfType<InvocationExpressionSyntax>().FirstOrDefault(i =>
            i.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver, Name.Identifier.ValueText: "SaveChanges" or "SaveChangesAsync" } && receiver.Identifier.ValueText == context);

    /// <summary>Before the next save, something happens to the context that may make it usable.</summary>
    private static bool IsCleaned(CatchClauseSyntax handler, string context, SyntaxNode? before)
    {
        foreach (var node in handler.Block.DescendantNodes())
        {
            if (before is not null && node.SpanStart >= before.SpanStart)
            {
                break;
            }

            switch (node)
            {
                case IdentifierNameSyntax { Identifier.ValueText: "ChangeTracker" or "State" or "Detached" or "Entry" or "Entries" or "Detach" or "Reload" or "ReloadAsync" or "RollbackTransaction" or "Rollback" or "RollbackAsync" or "Dispose" or "DisposeAsync" }:
                case ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax when before is not null:
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } when target.Identifier.ValueText == context:
                case ArgumentSyntax { Expression: IdentifierNameSyntax argument } when argument.Identifier.ValueText == context:
                case InvocationExpressionSyntax { Expression: IdentifierNameSyntax }:
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } }:
                    return true;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Remove" or "RemoveRange" or "Clear" } removal when MentionsContext(removal.Expression, context):
                    return true;
            }
        }

        return false;
    }

    private static bool MentionsContext(SyntaxNode node, string context) =>
        node.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax name && name.Identifier.ValueText == context);

    private static bool IsCleanedIn(SyntaxNode loop, string context) =>
        loop.DescendantNodes().Any(n => n is IdentifierNameSyntax { Identifier.ValueText: "ChangeTracker" or "Detached" or "Dispose" or "DisposeAsync" or "Reload" or "ReloadAsync" }
            || (n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } && target.Identifier.ValueText == context));

    private static StatementSyntax? LoopAround(SyntaxNode node)
    {
        for (var n = node.Parent; n is not null; n = n.Parent)
        {
            switch (n)
            {
                case CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax:
                    return (StatementSyntax)n;
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax:
                    return null;
            }
        }

        return null;
    }

    private static bool Outlives(IInvocationOperation invocation, SyntaxNode loop) => invocation.Instance switch
    {
        ILocalReferenceOperation { Local: var local } => !local.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span)),
        _ => true,
    };

    /// <summary>The failed entity is new: it stays added, and every further save sends it again.</summary>
    private static bool Adds(BlockSyntax block, string context) =>
        block.DescendantNodes().Any(n => n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "AddAsync" or "AddRange" or "AddRangeAsync" } access }
            && MentionsContext(access.Expression, context));
}
