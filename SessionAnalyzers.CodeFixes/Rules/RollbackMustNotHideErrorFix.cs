using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Puts the rollback into a try of its own, whose handler does nothing: the error that was caught goes on. Only where the handler throws at
/// its end, so that a failure is told in any case.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RollbackMustNotHideErrorFix))]
internal sealed class RollbackMustNotHideErrorFix() : SessionCodeFix(DiagnosticIds.RollbackMustNotHideError)
{
    public const string GuardKey = "SES3004.Guard";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var layout = draft.Layout;
        if (draft.Acquisition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } } rollback
            || Commits.StatementOf(rollback) is not { Parent: BlockSyntax { Parent: CatchClauseSyntax } block } statement
            || block.Statements.Last() is not ThrowStatementSyntax
            || statement.ContainsDirectives || !layout.IsFirstOnLine(statement.SpanStart) || !layout.IsOnOneLine(statement.Span) || !layout.IsLastOnLine(statement.Span.End))
        {
            return null;
        }

        var indent = layout.IndentAt(statement.SpanStart);
        var edit = draft.Edit();
        edit.Insert(statement.SpanStart, GuardedRollback.Before(indent, layout));
        edit.InsertLineAfter(statement.Span.End, GuardedRollback.After(indent, layout) + (Follows(draft, statement) ? layout.NewLine : ""));
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, $"Guard '{name}', so that the error that was caught goes on", GuardKey)
            : null;
    }

    /// <summary>Another statement stands on the next line: a blank line goes in between.</summary>
    private static bool Follows(Draft draft, StatementSyntax statement) =>
        draft.Text.Lines[draft.Layout.LineOf(statement.Span.End) + 1].ToString().Trim() is { Length: > 0 } next && !next.StartsWith("}", StringComparison.Ordinal);
}
