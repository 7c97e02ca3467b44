using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Keeps what a using statement or declaration does and takes its disposal away.</summary>
internal static class RemoveUsing
{
    /// <summary>The draft in which the disposed value is only declared, or null.</summary>
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } value)
        {
            return null;
        }

        var edit = draft.Edit();
        var done = value.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: var owner } declaration } } => owner switch
            {
                LocalDeclarationStatementSyntax local => FromDeclaration(edit, local),
                UsingStatementSyntax statement => Unwrap(edit, draft, statement, declaration + ";"),
                _ => false,
            },
            UsingStatementSyntax statement when statement.Expression == value && QuietExpression.Is(value, draft.Model) => Unwrap(edit, draft, statement, null),
            _ => false,
        };
        return done && await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false) is { } dropped ? dropped : null;
    }

    private static bool FromDeclaration(SourceEdit edit, LocalDeclarationStatementSyntax local)
    {
        if (local.UsingKeyword.RawKind == 0)
        {
            return false;
        }

        var first = local.AwaitKeyword.RawKind != 0 ? local.AwaitKeyword : local.UsingKeyword;
        if (local.UsingKeyword.TrailingTrivia.Any(static t => !t.IsKind(SyntaxKind.WhitespaceTrivia)) || first.TrailingTrivia.Any(static t => !t.IsKind(SyntaxKind.WhitespaceTrivia)))
        {
            return false;
        }

        edit.Remove(TextSpan.FromBounds(first.SpanStart, local.Declaration.SpanStart));
        return true;
    }

    /// <summary>The statements of the block take the place of the statement, one level out.</summary>
    private static bool Unwrap(SourceEdit edit, Draft draft, UsingStatementSyntax statement, string? declaration)
    {
        var layout = draft.Layout;
        if (StatementList.Of(statement) is not { } list
            || statement is not { ContainsDirectives: false, Statement: BlockSyntax { Statements.Count: > 0 } block }
            || !layout.IsFirstOnLine(statement.SpanStart) || !layout.IsLastOnLine(statement.Span.End)
            || !layout.IsLastOnLine(block.OpenBraceToken.Span.End)
            || !layout.IsFirstOnLine(block.CloseBraceToken.SpanStart) || !layout.IsFirstOnLine(block.Statements[0].SpanStart)
            || !layout.IsOnOneLine(TextSpan.FromBounds(statement.SpanStart, statement.CloseParenToken.Span.End))
            || HasComment(statement, block))
        {
            return false;
        }

        // What the block disposes at its end would live on until the end of the list.
        if (list.Last != statement && block.Statements.Any(static s => s is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }))
        {
            return false;
        }

        var header = TextSpan.FromBounds(statement.SpanStart, block.OpenBraceToken.Span.End);
        if (declaration is null)
        {
            edit.RemoveLines(header);
        }
        else
        {
            // Edited around the value, so that it is found again.
            var node = statement.Declaration!;
            edit.Remove(TextSpan.FromBounds(statement.SpanStart, node.SpanStart));
            edit.Replace(TextSpan.FromBounds(node.Span.End, block.OpenBraceToken.Span.End), ";");
        }

        edit.RemoveLines(block.CloseBraceToken.Span);
        edit.Indent(draft.Root, layout.LineOf(block.OpenBraceToken.SpanStart) + 1, layout.LineOf(block.CloseBraceToken.SpanStart) - 1, outwards: true);
        return true;
    }

    private static bool HasComment(UsingStatementSyntax statement, BlockSyntax block) =>
        statement.DescendantTrivia().Any(t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            && (t.SpanStart < block.OpenBraceToken.Span.End || t.Token == block.OpenBraceToken || t.Token == block.CloseBraceToken));
}
