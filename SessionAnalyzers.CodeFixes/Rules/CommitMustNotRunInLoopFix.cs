using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Commits once: the save moves behind a loop that only collects changes; a loop that does more keeps its saves, inside one transaction.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CommitMustNotRunInLoopFix))]
internal sealed class CommitMustNotRunInLoopFix() : SessionCodeFix(DiagnosticIds.CommitMustNotRunInLoop)
{
    public const string MoveAfterLoopKey = "SES2001.MoveAfterLoop";
    public const string TransactionKey = "SES2001.Transaction";

    private static readonly string[] Collecting = ["Add", "AddAsync", "AddRange", "AddRangeAsync", "Update", "UpdateRange", "Remove", "RemoveRange", "Attach", "AttachRange"];

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax save || Loop(save) is not { } loop || StatementList.Of(loop) is null || !IsLeftAtItsEnd(loop))
        {
            return null;
        }

        if (!diagnostic.Properties.ContainsKey(CommitMustNotRunInLoop.FollowedProperty) && await MoveAsync(draft, save, loop, cancellation).ConfigureAwait(false) is { } moved)
        {
            return new(moved, $"Move '{Commits.NameOf(save)}' after the loop", MoveAfterLoopKey);
        }

        return await RunInTransaction.TryAsync(draft, save, loop, loop, cancellation).ConfigureAwait(false) is { } wrapped
            ? new(wrapped, "Run the loop in one transaction", TransactionKey)
            : null;
    }

    private static StatementSyntax? Loop(SyntaxNode save) =>
        save.Ancestors().FirstOrDefault(static n => n is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax || Members.IsFunction(n) || n is MemberDeclarationSyntax) as StatementSyntax is { } loop
        && !Members.IsFunction(loop) ? loop : null;

    /// <summary>Whatever leaves the loop by another way than its end or a break passes by what comes after it.</summary>
    private static bool IsLeftAtItsEnd(StatementSyntax loop) =>
        !Members.HasLabels(loop)
        && !loop.DescendantNodes(static n => !Members.IsFunction(n)).Any(static n => n is ReturnStatementSyntax or YieldStatementSyntax or GotoStatementSyntax);

    private static async Task<Draft?> MoveAsync(Draft draft, InvocationExpressionSyntax save, StatementSyntax loop, CancellationToken cancellation)
    {
        if (save.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { Parent: BlockSyntax body } statement || body.Parent != loop || body.Statements.Last() != statement
            || body.Statements.Count < 2 || Commits.HasComment(statement) || loop is WhileStatementSyntax || !draft.Layout.IsFirstOnLine(loop.SpanStart) || !draft.Layout.IsFirstOnLine(statement.SpanStart)
            || (loop is CommonForEachStatementSyntax { AwaitKeyword.Span.IsEmpty: false })
            || !OnlyCollects(draft, statement, body, cancellation))
        {
            return null;
        }

        var edit = draft.Edit();
        edit.RemoveLines(statement.Span);
        var indent = draft.Layout.IndentAt(loop.SpanStart);
        edit.InsertCopy(loop.Span.End, draft.Layout.NewLine + draft.Layout.NewLine + indent, statement.Span, "");
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
    }

    /// <summary>Nothing in the loop can see whether an earlier item has been saved: calls that collect changes, and calls into libraries without the context.</summary>
    private static bool OnlyCollects(Draft draft, StatementSyntax save, BlockSyntax body, CancellationToken cancellation)
    {
        foreach (var node in body.DescendantNodes())
        {
            if (save.Span.Contains(node.Span))
            {
                continue;
            }

            if (node is QueryExpressionSyntax or CommonForEachStatementSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
            {
                return false;
            }

            if (node is not InvocationExpressionSyntax call)
            {
                continue;
            }

            if (draft.Model.GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol method)
            {
                return false;
            }

            var belongs = draft.SessionTypeOf(method.ContainingType, cancellation) is not null || IsSet(method.ContainingType);
            if (belongs ? !Collecting.Contains(method.Name) : !IsForeign(draft, call, method, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSet(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.Name is "DbSet")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A call into the framework that takes no session and no query.</summary>
    private static bool IsForeign(Draft draft, InvocationExpressionSyntax call, IMethodSymbol method, CancellationToken cancellation) =>
        method.DeclaringSyntaxReferences.IsEmpty
        && method.ContainingType is { TypeKind: not TypeKind.Delegate } type
        && type.ContainingNamespace?.ToDisplayString() is { } space
        && (space == "System" || space.StartsWith("System.Collections", StringComparison.Ordinal) || space.StartsWith("System.Text", StringComparison.Ordinal)
            || space.StartsWith("System.Globalization", StringComparison.Ordinal) || space.StartsWith("Microsoft.Extensions.Logging", StringComparison.Ordinal))
        && !call.ArgumentList.Arguments.Any(a => draft.Model.GetTypeInfo(a.Expression, cancellation).Type is { } t && (draft.SessionTypeOf(t, cancellation) is not null || t.Name is "IQueryable" or "DbSet"));
}
