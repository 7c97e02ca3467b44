using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Editing;
using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Factories;

/// <summary>Disposes what a factory made at each call that loses it, as the fixes of the calls do: all of them, or none.</summary>
internal static class DisposeAtCallers
{
    private static readonly ImmutableArray<SessionCodeFix> Fixes =
        ImmutableArray.Create<SessionCodeFix>(new SessionMustBeDisposedFix(), new TemporarySessionMustBeDisposedFix());

    public static async Task<Solution?> TryAsync(Solution solution, FactoryMember factory, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var leaks = await factory.LeaksAsync(solution, cancellation).ConfigureAwait(false);
        var changed = solution;
        foreach (var calls in leaks.GroupBy(static l => l.SourceTree))
        {
            if (Sources.Editable(solution.GetDocument(calls.Key)) is not { } document)
            {
                return null;
            }

            // From the end to the start: what is declared later is disposed first.
            var targets = calls.Select(static c => c.SourceSpan).OrderByDescending(static s => s.Start).Select(static s => (TextSpan?)s).ToImmutableArray();
            var draft = await Draft.CreateAsync(document, targets, cancellation).ConfigureAwait(false);
            var done = draft is null ? null : await DisposeAsync(draft, Enumerable.Range(0, targets.Length), diagnostic, cancellation).ConfigureAwait(false);
            if (done is null)
            {
                return null;
            }

            changed = changed.WithDocumentText(document.Id, done.Text);
        }

        // What is assigned twice, or in a loop, may still be lost after a rewrite that is right for one session.
        return leaks.Count > 0 && (await factory.LeaksAsync(changed, cancellation).ConfigureAwait(false)).Count == 0 ? changed : null;
    }

    /// <summary>The draft in which all of the targets are disposed, or null.</summary>
    public static async Task<Draft?> DisposeAsync(Draft draft, IEnumerable<int> targets, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var open = targets.ToList();
        int before;
        do
        {
            before = open.Count;
            foreach (var target in open.ToList())
            {
                foreach (var fix in Fixes)
                {
                    if (await fix.TryFixAsync(draft.At(target), diagnostic, cancellation).ConfigureAwait(false) is { } done)
                    {
                        draft = done.Draft;
                        open.Remove(target);
                        break;
                    }
                }
            }
        }
        while (open.Count < before && open.Count > 0);

        return open.Count == 0 ? draft : null;
    }
}
