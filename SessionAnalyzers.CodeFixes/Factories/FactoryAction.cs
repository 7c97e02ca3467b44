namespace SessionAnalyzers.Factories;

/// <summary>One way to settle who disposes what a factory makes, in all files that it takes: the solution without the diagnostic, or null.</summary>
internal sealed record FactoryAction(
    string Key,
    string Title,
    Func<Solution, FactoryMember, Diagnostic, CancellationToken, Task<Solution?>> RewriteAsync)
{
    public async Task<Solution?> TryAsync(Solution solution, FactoryMember factory, Diagnostic diagnostic, CancellationToken cancellation)
    {
        try
        {
            return await RewriteAsync(solution, factory, diagnostic, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fix that throws takes the whole menu of an editor, or the whole run of a tool, with it.
            return null;
        }
    }
}
