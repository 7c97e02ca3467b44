using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>A diagnostic and the project in which it has been reported.</summary>
internal sealed record Found(Project Project, Diagnostic Diagnostic)
{
    /// <summary>Only asked of those that have been found to lie in one.</summary>
    public Document Document => Project.GetDocument(Diagnostic.Location.SourceTree)!;
}

/// <summary>
/// Runs the analyzers of one test, and the compiler, over its solutions. What is known of a solution is kept:
/// the passes start from the same one again and again.
/// </summary>
internal sealed class Analysis(ImmutableArray<DiagnosticAnalyzer> analyzers, Func<Project, AnalyzerOptions> optionsOf)
{
    public const string CrashId = "AD0001";
    private readonly Dictionary<Solution, ImmutableArray<Found>> everything = [];
    private readonly Dictionary<Solution, ImmutableHashSet<(string Id, Location Place, string Message)>> notLocal = [];
    private readonly Dictionary<Project, Compilation> compilations = [];

    public ImmutableArray<DiagnosticAnalyzer> Analyzers => analyzers;

    /// <summary>All that the analyzers and the compiler report, in the order of files and places.</summary>
    public async Task<ImmutableArray<Found>> EverythingAsync(Solution solution, CancellationToken cancellationToken)
    {
        if (!everything.TryGetValue(solution, out var all))
        {
            var found = new List<Found>();
            foreach (var project in solution.Projects)
            {
                var compilation = await CompileAsync(project, cancellationToken);
                var diagnostics = analyzers.IsEmpty
                    ? compilation.GetDiagnostics(cancellationToken)
                    : await WithAnalyzers(project, compilation).GetAllDiagnosticsAsync(cancellationToken);
                found.AddRange(diagnostics.Where(static each => !each.IsSuppressed).Select(each => new Found(project, each)));
            }

            everything[solution] = all = [.. found
                .OrderBy(static each => each.Diagnostic.Location.GetLineSpan().Path ?? "", StringComparer.Ordinal)
                .ThenBy(static each => each.Diagnostic.Location.SourceSpan.Start)
                .ThenBy(static each => each.Diagnostic.Location.SourceSpan.End)
                .ThenBy(static each => each.Diagnostic.Id, StringComparer.Ordinal)];
        }

        return all;
    }

    /// <summary>Whether an editor that analyses only the file of the diagnostic would see it.</summary>
    public async Task<bool> IsLocalAsync(Found found, Solution solution, CancellationToken cancellationToken)
    {
        if (!notLocal.TryGetValue(solution, out var all))
        {
            // A run of its own: only this kind of run tells the one from the other.
            var other = ImmutableHashSet.CreateBuilder<(string, Location, string)>();
            foreach (var project in analyzers.IsEmpty ? [] : solution.Projects)
            {
                var compilation = await CompileAsync(project, cancellationToken);
                var result = await WithAnalyzers(project, compilation).GetAnalysisResultAsync(cancellationToken);
                other.UnionWith(result.CompilationDiagnostics.Values.SelectMany(static each => each).Select(NameOf));
            }

            notLocal[solution] = all = other.ToImmutable();
        }

        return !all.Contains(NameOf(found.Diagnostic));
    }

    // Diagnostics of two runs are not equal to each other: their arguments are compared by reference.
    private static (string Id, Location Place, string Message) NameOf(Diagnostic diagnostic) =>
        (diagnostic.Id, diagnostic.Location, diagnostic.GetMessage(CultureInfo.InvariantCulture));

    private CompilationWithAnalyzers WithAnalyzers(Project project, Compilation compilation) => compilation.WithAnalyzers(
        analyzers,
        new CompilationWithAnalyzersOptions(
            optionsOf(project),
            onAnalyzerException: null,
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: false));

    private async Task<Compilation> CompileAsync(Project project, CancellationToken cancellationToken)
    {
        if (!compilations.TryGetValue(project, out var compilation))
        {
            compilation = await project.GetCompilationAsync(cancellationToken)
                ?? throw new InvalidOperationException($"The project '{project.Name}' cannot be compiled");

            // Roslyn 4.5 leaves rules off that only the options turn on, if there is a provider, also one without files.
            compilations[project] = compilation = project.AnalyzerConfigDocuments.Any()
                ? compilation
                : compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(null));
        }

        return compilation;
    }
}
