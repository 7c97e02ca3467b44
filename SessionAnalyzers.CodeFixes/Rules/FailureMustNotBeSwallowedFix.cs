using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Lets the handler throw what it has caught, after a rollback where no using and no handler around does that. Only where the try stands
/// beside the commit: in a loop the author may want the other items to count.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FailureMustNotBeSwallowedFix))]
internal sealed class FailureMustNotBeSwallowedFix() : SessionCodeFix(DiagnosticIds.FailureMustNotBeSwallowed)
{
    public const string RethrowKey = "SES3002.Rethrow";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver, Name.Identifier.ValueText: "Commit" or "CommitAsync" } access } commit
            || Commits.StatementOf(commit) is not { } statement
            || diagnostic.AdditionalLocations.Count == 0 || HandlerAt(draft, diagnostic.AdditionalLocations[0].SourceSpan) is not { Parent: TryStatementSyntax attempt, Block: var block }
            || attempt.Parent != statement.Parent || attempt.SpanStart > statement.SpanStart
            || draft.Model.GetSymbolInfo(receiver, cancellation).Symbol is not ILocalSymbol { RefKind: RefKind.None } local
            || !CanThrowAtItsEnd(draft, block))
        {
            return null;
        }

        var layout = draft.Layout;
        var line = layout.IndentAt(block.CloseBraceToken.SpanStart) + layout.Unit;
        var rollsBack = !EndsWithoutHelp(local, statement, cancellation);
        var call = !rollsBack ? ""
            : access.Name.Identifier.ValueText == "Commit" ? GuardedRollback.Lines($"{local.Name}.Rollback();", local.Type, line, draft, cancellation)
            : statement.Expression is AwaitExpressionSyntax ? GuardedRollback.Lines($"await {local.Name}.RollbackAsync();", local.Type, line, draft, cancellation) : null;
        if (call is null)
        {
            return null;
        }

        var edit = draft.Edit();
        edit.Insert(draft.Text.Lines[layout.LineOf(block.CloseBraceToken.SpanStart)].Start, $"{call}{line}throw;{layout.NewLine}");
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, rollsBack ? $"Roll back '{local.Name}' in the handler and throw again" : $"Throw again in the handler, so that '{local.Name}' is rolled back", RethrowKey)
            : null;
    }

    private static CatchClauseSyntax? HandlerAt(Draft draft, TextSpan keyword) =>
        keyword.End <= draft.Text.Length && draft.Root.FindToken(keyword.Start) is { RawKind: (int)SyntaxKind.CatchKeyword } token && token.Span == keyword ? token.Parent as CatchClauseSyntax : null;

    private static bool CanThrowAtItsEnd(Draft draft, BlockSyntax block) =>
        !block.ContainsDirectives && draft.Layout.IsLastOnLine(block.OpenBraceToken.Span.End) && draft.Layout.IsFirstOnLine(block.CloseBraceToken.SpanStart)
        && Commits.IsLeftAtItsEnd(block, draft.Model);

    /// <summary>A using rolls back when it disposes, a handler around the commit when it says so.</summary>
    private static bool EndsWithoutHelp(ILocalSymbol local, StatementSyntax statement, CancellationToken cancellation) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation).Parent?.Parent is UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }
        || statement.Ancestors().OfType<TryStatementSyntax>().Any(t => t.Catches.Any(c => c.Block.DescendantNodes().OfType<StatementSyntax>().Any(s => Commits.RollsBack(s, local))));
}
