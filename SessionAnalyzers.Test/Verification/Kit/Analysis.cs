using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>A reported diagnostic. It is local if an editor that analyses only its file would see it.</summary>
internal sealed record Found(Project Project, Diagnostic Diagnostic, bool IsLocal)
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
    private const string CrashId = "AD0001";
    private readonly Dictionary<Solution, ImmutableArray<Found>> ofAnalyzers = [];
    private readonly Dictionary<Solution, ImmutableArray<Found>> ofCompiler = [];
    private readonly Dictionary<Project, Compilation> compilations = [];

    public ImmutableArray<DiagnosticAnalyzer> Analyzers => analyzers;

    public static bool IsCrash(Diagnostic diagnostic) => diagnostic.Id == CrashId;

    public Task<ImmutableArray<Found>> OfAnalyzersAsync(Solution solution, CancellationToken cancellationToken) =>
        OnceAsync(ofAnalyzers, solution, async project =>
        {
            if (analyzers.IsEmpty)
            {
                return [];
            }

            var compilation = await CompileAsync(project, cancellationToken);
            var options = new CompilationWithAnalyzersOptions(
                optionsOf(project),
                onAnalyzerException: null,
                concurrentAnalysis: false,
                logAnalyzerExecutionTime: false,
                reportSuppressedDiagnostics: false);
            var result = await compilation.WithAnalyzers(analyzers, options).GetAnalysisResultAsync(cancellationToken);
            var local = result.SyntaxDiagnostics.Values
                .Concat(result.SemanticDiagnostics.Values)
                .Concat(result.AdditionalFileDiagnostics.Values)
                .SelectMany(static ofFile => ofFile.Values)
                .SelectMany(static all => all);
            var other = result.CompilationDiagnostics.Values.SelectMany(static all => all);
            return local.Select(each => new Found(project, each, IsLocal: true))
                .Concat(other.Select(each => new Found(project, each, IsLocal: false)));
        });

    public Task<ImmutableArray<Found>> OfCompilerAsync(Solution solution, CancellationToken cancellationToken) =>
        OnceAsync(ofCompiler, solution, async project =>
        {
            var compilation = await CompileAsync(project, cancellationToken);
            return compilation.GetDiagnostics(cancellationToken)
                .Where(static each => !each.IsSuppressed)
                .Select(each => new Found(project, each, IsLocal: true));
        });

    private async Task<Compilation> CompileAsync(Project project, CancellationToken cancellationToken)
    {
        if (!compilations.TryGetValue(project, out var compilation))
        {
            compilation = await project.GetCompilationAsync(cancellationToken)
                ?? throw new InvalidOperationException($"The project '{project.Name}' cannot be compiled");

            // Roslyn 4.5 leaves rules off that are on by the options only, if there is a provider, also one without files.
            compilations[project] = compilation = project.AnalyzerConfigDocuments.Any()
                ? compilation
                : compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(null));
        }

        return compilation;
    }

    private static async Task<ImmutableArray<Found>> OnceAsync(
        Dictionary<Solution, ImmutableArray<Found>> known,
        Solution solution,
        Func<Project, Task<IEnumerable<Found>>> find)
    {
        if (!known.TryGetValue(solution, out var all))
        {
            var found = new List<Found>();
            foreach (var project in solution.Projects)
            {
                found.AddRange(await find(project));
            }

            known[solution] = all = [.. found
                .OrderBy(static each => each.Diagnostic.Location.GetLineSpan().Path ?? "", StringComparer.Ordinal)
                .ThenBy(static each => each.Diagnostic.Location.SourceSpan.Start)
                .ThenBy(static each => each.Diagnostic.Location.SourceSpan.End)
                .ThenBy(static each => each.Diagnostic.Id, StringComparer.Ordinal)];
        }

        return all;
    }
}
