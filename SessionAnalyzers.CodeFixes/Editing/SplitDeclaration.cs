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
            if (draft.Text.ToString(TextSpan.FromBounds(comma.Span.End, next.SpanStart)).Trim().Length > 0)
            {
                return null;
            }

            if (comma.Span.Start == held.Declarator.Span.End || next.Parent == held.Declarator)
            {
                edit.Replace(TextSpan.FromBounds(comma.SpanStart, next.SpanStart), ";" + start);
            }
        }

        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }
}
