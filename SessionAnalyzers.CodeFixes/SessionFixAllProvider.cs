using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers;

/// <summary>
/// Fixes the diagnostics of a document one after another, each on what the ones before have left, so that scopes nest as they would by
/// hand. What is no longer certain then is left alone.
/// </summary>
internal sealed class SessionFixAllProvider(SessionCodeFix fix) : DocumentBasedFixAllProvider
{
    protected override async Task<Document?> FixAllAsync(
        FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        var cancellation = fixAllContext.CancellationToken;
        var key = fixAllContext.CodeActionEquivalenceKey;

        // Mostly from the end to the start: what is declared later is disposed first.
        var distinct = diagnostics.GroupBy(static d => d.Location.SourceSpan).Select(static g => g.First());
        var pending = fix.FixesFromStart
            ? distinct.OrderBy(static d => d.Location.SourceSpan.Start).ToImmutableArray()
            : distinct.OrderByDescending(static d => d.Location.SourceSpan.Start).ToImmutableArray();
        var targets = pending.Select(static d => (TextSpan?)d.Location.SourceSpan).ToImmutableArray();
        var draft = await Draft.CreateAsync(document, targets, cancellation).ConfigureAwait(false);
        if (draft is null)
        {
            return document;
        }

        // One that must wait for another, in whose way it stands, comes to its turn in the next round.
        var open = Enumerable.Range(0, pending.Length).ToList();
        int before;
        do
        {
            before = open.Count;
            foreach (var target in open.ToList())
            {
                var done = await fix.TryFixAsync(draft.At(target), pending[target], cancellation).ConfigureAwait(false);
                if (done is not null && (string.IsNullOrEmpty(key) || key == done.Key))
                {
                    draft = done.Draft;
                    open.Remove(target);
                }
            }
        }
        while (open.Count < before && open.Count > 0);

        return draft.Document;
    }
}
