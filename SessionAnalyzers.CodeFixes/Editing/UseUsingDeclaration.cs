namespace SessionAnalyzers.Editing;

/// <summary>Makes the declaration of a session a using declaration, which disposes it at the end of the block.</summary>
internal static class UseUsingDeclaration
{
    /// <summary>
    /// The rewritten draft, or null. With <paramref name="keepEarlyDisposals"/> a disposal in the middle, after which more than the
    /// end of the block follows, stays: to dispose twice does no harm.
    /// </summary>
    public static async Task<Draft?> TryAsync(Draft draft, bool disposedAlready, bool keepEarlyDisposals, CancellationToken cancellation)
    {
        if (HeldSession.Find(draft, cancellation) is not { Assignment: null, IsReassigned: false } held
            || draft.Language < LanguageVersion.CSharp8
            || held.List.Owner is SwitchSectionSyntax
            || !held.StaysWithin(held.List.Owner.Span, withDependents: !disposedAlready))
        {
            return null;
        }

        var redundant = held.RedundantAt(held.List, held.List.Statements.Count - 1, cancellation);
        var early = held.Disposals.Except(redundant).ToList();
        if (early.Any(static d => d.Kind == DisposalKind.Forget) || (!keepEarlyDisposals && early.Any(d => !IsSuperseded(d, redundant))))
        {
            return null;
        }

        var bare = await RemoveDisposals.ApplyAsync(draft, redundant, cancellation).ConfigureAwait(false);
        if (bare is null || HeldSession.Find(bare, cancellation) is not { } kept)
        {
            return null;
        }

        foreach (var isAsync in DisposalForms.For(held.Local.Type, held.Declaration, draft))
        {
            var edit = bare.Edit();
            edit.Insert(kept.Declaration.SpanStart, isAsync ? "await using " : "using ");
            var result = await bare.ApplyAsync(edit, cancellation).ConfigureAwait(false);
            if (CompileCheck.Accept(draft, result, cancellation) is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    /// <summary>A connection closed early, to be disposed at the end: the closing keeps its sense.</summary>
    private static bool IsSuperseded(Disposal early, IReadOnlyList<Disposal> redundant) =>
        early.Kind == DisposalKind.Close && redundant.Any(d => d.Statement.SpanStart > early.Statement.SpanStart);
}
