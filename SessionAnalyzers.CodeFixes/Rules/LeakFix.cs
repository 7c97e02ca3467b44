using SessionAnalyzers.Conventions;
using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>Disposes a session that a local holds: with using, else in a finally, or in the form that the team has settled if it fits.</summary>
internal abstract class LeakFix(string id, string usingKey, string tryFinallyKey, bool mayBeDisposed) : SessionCodeFix(id)
{
    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (HeldSession.Find(draft, cancellation) is not { Local.Name: var name }
            || (Property(diagnostic, LeakMessages.Variable) is { } variable && variable != name))
        {
            return null;
        }

        var prefersFinally = draft.Conventions.ScopeStyle == ScopeStyle.TryFinally;
        if (!prefersFinally && await DisposeWithUsing.TryAsync(draft, mayBeDisposed, cancellation).ConfigureAwait(false) is { } scoped)
        {
            return await RollBackAsync(scoped, $"Dispose '{name}' with 'using'", usingKey, cancellation).ConfigureAwait(false);
        }

        if (await AddFinally.TryAsync(draft, mayBeDisposed, cancellation).ConfigureAwait(false) is { } guarded)
        {
            return await RollBackAsync(guarded, $"Dispose '{name}' in 'finally'", tryFinallyKey, cancellation).ConfigureAwait(false);
        }

        return prefersFinally && await DisposeWithUsing.TryAsync(draft, mayBeDisposed, cancellation).ConfigureAwait(false) is { } second
            ? await RollBackAsync(second, $"Dispose '{name}' with 'using'", usingKey, cancellation).ConfigureAwait(false)
            : null;
    }

    /// <summary>Adds the call that rolls a transaction back, where the team wants it to be written down.</summary>
    private static async Task<FixedDraft> RollBackAsync(Draft draft, string title, string key, CancellationToken cancellation) =>
        draft.Conventions.RequiresExplicitRollback && await AddRollback.TryAsync(draft, cancellation).ConfigureAwait(false) is var (done, call)
            ? new(done, $"{title} and call '{call.TrimEnd(';')}' when the work fails", key)
            : new(draft, title, key);
}
