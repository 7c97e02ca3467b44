using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Gives the session's local a declaration of its own where it shares one with others.</summary>
internal static class SplitDeclaration
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (HeldSession.Find(draft, cancellation) is not { Declaration.Declaration: { Variables.Count: > 1 } declaration } held)
        {
            return null;
        }

        var edit = draft.Edit();
        var start = draft.Layout.NewLine + draft.Layout.IndentAt(held.Declaration.SpanStart) + declaration.Type + " ";
        foreach (var comma in declaration.Variables.GetSeparators())
        {
            var next = comma.GetNextToken();
            if (comma.Span.End < next.SpanStart && next.Parent is not VariableDeclaratorSyntax)
            {
                return null;
            }

            if (comma.TrailingTrivia.Concat(next.LeadingTrivia).Any(static t => t.Kind() is not (SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia)))
            {
                return null;
            }

            if (comma.GetPreviousToken().Parent?.FirstAncestorOrSelf<VariableDeclaratorSyntax>() == held.Declarator || next.Parent == held.Declarator)
            {
                edit.Replace(TextSpan.FromBounds(comma.SpanStart, next.SpanStart), ";" + start);
            }
        }

        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }
}
