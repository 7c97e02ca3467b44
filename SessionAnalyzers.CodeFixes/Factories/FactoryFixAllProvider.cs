namespace SessionAnalyzers.Factories;

/// <summary>
/// Fixes factories one after another, each on the solution that the ones before have left: their callers may be in the same files. What is no
/// longer certain then is left alone.
/// </summary>
internal sealed class FactoryFixAllProvider(ImmutableArray<FactoryAction> actions) : FixAllProvider
{
    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        var cancellation = fixAllContext.CancellationToken;
        var key = fixAllContext.CodeActionEquivalenceKey;

        // A tool that has no key in hand wants the safest.
        if ((string.IsNullOrEmpty(key) ? actions[0] : actions.FirstOrDefault(a => a.Key == key)) is not { } action)
        {
            return null;
        }

        var reported = await ReportedAsync(fixAllContext).ConfigureAwait(false);
        return CodeAction.Create(action.Title, c => FixAsync(fixAllContext.Solution, reported, action, c), action.Key);
    }

    private static async Task<ImmutableArray<Diagnostic>> ReportedAsync(FixAllContext context)
    {
        switch (context.Scope)
        {
            case FixAllScope.Document when context.Document is { } document:
                return await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false);
            case FixAllScope.Project:
                return await context.GetAllDiagnosticsAsync(context.Project).ConfigureAwait(false);
            case FixAllScope.Solution:
                var all = ImmutableArray.CreateBuilder<Diagnostic>();
                foreach (var project in context.Solution.Projects.Where(static p => p.Language == LanguageNames.CSharp))
                {
                    all.AddRange(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
                }

                return all.ToImmutable();
            default:
                return ImmutableArray<Diagnostic>.Empty;
        }
    }

    private static async Task<Solution> FixAsync(
        Solution solution, ImmutableArray<Diagnostic> reported, FactoryAction action, CancellationToken cancellation)
    {
        var factories = new List<(FactoryMember Factory, Diagnostic Diagnostic)>();
        foreach (var diagnostic in reported.OrderBy(static d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(static d => d.Location.SourceSpan.Start))
        {
            if (solution.GetDocument(diagnostic.Location.SourceTree) is { } document
                && await FactoryMember.FindAsync(document, diagnostic.Location.SourceSpan, cancellation).ConfigureAwait(false) is { } factory)
            {
                factories.Add((factory, diagnostic));
            }
        }

        foreach (var (factory, diagnostic) in factories)
        {
            solution = await action.TryAsync(solution, factory, diagnostic, cancellation).ConfigureAwait(false) ?? solution;
        }

        return solution;
    }
}
