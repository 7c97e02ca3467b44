using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Puts a using statement around exactly the statements from the declaration of a session to its last use.</summary>
internal static class WrapInUsingStatement
{
    public static async Task<Draft?> TryAsync(Draft draft, bool disposedAlready, CancellationToken cancellation)
    {
        if (HeldSession.Find(draft, cancellation) is not { Assignment: null, IsReassigned: false } held)
        {
            return null;
        }

        var end = held.LastUse(held.List, held.List.IndexOf(held.Declaration), withDependents: !disposedAlready);
        var redundant = held.RedundantAt(held.List, end, cancellation);
        if (held.Disposals.Except(redundant).Any(static d => d.Kind == DisposalKind.Forget))
        {
            return null;
        }

        var marked = draft.MarkedAt(held.List.Statements[end].Span.End);
        var bare = await RemoveDisposals.ApplyAsync(marked, redundant, cancellation).ConfigureAwait(false);
        if (bare is null || HeldSession.Find(bare, cancellation) is not { } kept)
        {
            return null;
        }

        foreach (var isAsync in DisposalForms.For(held.Local.Type, held.Declaration, draft))
        {
            if (Wrap(bare, kept, isAsync, disposedAlready, cancellation) is not { } edit)
            {
                return null;
            }

            var result = await bare.ApplyAsync(edit, cancellation).ConfigureAwait(false);
            if (CompileCheck.Accept(draft, result, cancellation) is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    private static SourceEdit? Wrap(Draft draft, HeldSession held, bool isAsync, bool disposedAlready, CancellationToken cancellation)
    {
        var declaration = held.Declaration;
        var first = held.List.IndexOf(declaration);
        var last = Math.Max(first, held.List.LastBefore(draft.Mark));
        var region = TextSpan.FromBounds(declaration.SpanStart, held.List.Statements[last].Span.End);
        var edit = draft.Edit();
        if (!(draft.Layout.IsFirstOnLine(declaration.SpanStart) || draft.Layout.IsOnOneLine(region))
            || !held.StaysWithin(region, withDependents: !disposedAlready)
            || !RegionEdit.CanBecomeBlock(draft, held, first + 1, last)
            || !RegionEdit.Hoist(edit, draft, held, first + 1, last, cancellation))
        {
            return null;
        }

        edit.Insert(declaration.SpanStart, isAsync ? "await using (" : "using (");
        if (draft.Layout.IsOnOneLine(region) && last > first)
        {
            edit.Replace(declaration.SemicolonToken.Span, ") {");
            edit.Insert(region.End, " }");
            return edit;
        }

        edit.Replace(declaration.SemicolonToken.Span, draft.Layout.BraceOnOwnLine ? ")" : ") {");
        return RegionEdit.Enclose(edit, draft, declaration, held.List.Statements[last], draft.Layout.BraceOnOwnLine) ? edit : null;
    }
}
