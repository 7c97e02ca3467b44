using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>Disposes a session that a local holds: with using, else in a finally.</summary>
internal abstract class LeakFix(string id, string usingKey, string tryFinallyKey, bool mayBeDisposed) : SessionCodeFix(id)
{
    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (HeldSession.Find(draft, cancellation) is not { Local.Name: var name }
            || (Property(diagnostic, LeakMessages.Variable) is { } variable && variable != name))
        {
            return null;
        }

        if (await DisposeWithUsing.TryAsync(draft, mayBeDisposed, cancellation).ConfigureAwait(false) is { } scoped)
        {
            return new(scoped, $"Dispose '{name}' with 'using'", usingKey);
        }

        return await AddFinally.TryAsync(draft, mayBeDisposed, cancellation).ConfigureAwait(false) is { } guarded
            ? new(guarded, $"Dispose '{name}' in 'finally'", tryFinallyKey)
            : null;
    }
}
