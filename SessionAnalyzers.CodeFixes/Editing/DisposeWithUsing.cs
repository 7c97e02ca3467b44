using SessionAnalyzers.Conventions;

namespace SessionAnalyzers.Editing;

/// <summary>Disposes a session that a local holds with the kind of using that fits: a declaration, else a statement.</summary>
internal static class DisposeWithUsing
{
    public static async Task<Draft?> TryAsync(Draft draft, bool mayBeDisposed, CancellationToken cancellation)
    {
        var prepared = await PrepareAsync(draft, cancellation).ConfigureAwait(false);
        if (HeldSession.Find(prepared, cancellation) is not { Assignment: null } held)
        {
            return null;
        }

        var disposedAlready = mayBeDisposed && held.Disposals.Any(static d => d.Kind != DisposalKind.Forget);
        if (held.Uses.Leaves(session: true, dependents: !disposedAlready))
        {
            return null;
        }

        var wrapped = draft.Conventions.ScopeStyle == ScopeStyle.UsingStatement ? await WrapInUsingStatement.TryAsync(prepared, disposedAlready, cancellation).ConfigureAwait(false) : null;
        var result = wrapped
            ?? await UseUsingDeclaration.TryAsync(prepared, disposedAlready, false, cancellation).ConfigureAwait(false)
            ?? await WrapInUsingStatement.TryAsync(prepared, disposedAlready, cancellation).ConfigureAwait(false)
            ?? await UseUsingDeclaration.TryAsync(prepared, disposedAlready, true, cancellation).ConfigureAwait(false);
        return CompileCheck.Accept(draft, result, cancellation);
    }

    /// <summary>Gives the session a declaration of its own, made where the session is.</summary>
    private static async Task<Draft> PrepareAsync(Draft draft, CancellationToken cancellation)
    {
        var split = await SplitDeclaration.TryAsync(draft, cancellation).ConfigureAwait(false) ?? draft;
        return await MoveDeclaration.TryAsync(split, outOfTry: false, cancellation).ConfigureAwait(false) ?? split;
    }
}
