using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>What the fixing passes of one test share: the start, the providers, and what has been analysed before.</summary>
internal sealed class FixRun(Analysis analysis, ImmutableArray<CodeFixProvider> providers, params IEnumerable<Solution> known)
{
    private readonly ImmutableHashSet<string> ids = [.. providers.SelectMany(static each => each.FixableDiagnosticIds)];
    private readonly List<Solution> known = [.. known];
    private readonly Dictionary<Found, List<(CodeAction Action, CodeFixProvider Provider)>> offers = [];

    public Solution Start => known[0];

    public bool HasFixAll => providers.Any(static each => each.GetFixAllProvider() is not null);

    public async Task<ImmutableArray<Found>> FixableAsync(Solution solution, CancellationToken cancellationToken)
    {
        var found = await analysis.EverythingAsync(solution, cancellationToken);
        return found.FirstOrDefault(static each => each.Diagnostic.Id == Analysis.CrashId) is { } crash
            ? throw new InvalidOperationException($"Between two fixes: {crash.Diagnostic}")
            : [.. found.Where(each =>
                ids.Contains(each.Diagnostic.Id) && each.Project.GetDocument(each.Diagnostic.Location.SourceTree) is not null)];
    }

    public Task<bool> IsLocalAsync(Found found, CancellationToken cancellationToken) =>
        analysis.IsLocalAsync(found, found.Project.Solution, cancellationToken);

    /// <summary>
    /// The actions for one diagnostic, in the order in which they are registered, each with its provider. The passes that start
    /// from one solution ask for the same ones.
    /// </summary>
    public async Task<List<(CodeAction Action, CodeFixProvider Provider)>> OfferedAsync(Found found, CancellationToken cancellationToken)
    {
        if (!offers.TryGetValue(found, out var offered))
        {
            offered = [];
            foreach (var provider in providers.Where(each => each.FixableDiagnosticIds.Contains(found.Diagnostic.Id)))
            {
                await provider.RegisterCodeFixesAsync(new(
                    found.Document,
                    found.Diagnostic.Location.SourceSpan,
                    [found.Diagnostic],
                    (action, _) => offered.Add((action, provider)),
                    cancellationToken));
            }

            offers.Add(found, offered);
        }

        return offered;
    }

    /// <summary>The solution with the same files that is known already, so that it is not analysed twice.</summary>
    public async Task<Solution> KnownAsync(Solution solution, CancellationToken cancellationToken)
    {
        foreach (var candidate in known)
        {
            if (await DocumentChanges.FirstDifferenceAsync(candidate, solution, cancellationToken) is null)
            {
                return candidate;
            }
        }

        known.Add(solution);
        return solution;
    }
}
