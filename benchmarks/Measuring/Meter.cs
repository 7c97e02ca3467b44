using System.Diagnostics;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Benchmarks.Sources;

namespace SessionAnalyzers.Benchmarks.Measuring;

/// <summary>
/// Runs analyzers over one source, without concurrency. Every run has source symbols and bound bodies of its own; what a compiler has
/// loaded before it analyses (referenced assemblies, declarations) is there before the clock starts.
/// </summary>
internal sealed class Meter
{
    private static readonly CSharpParseOptions Parsing = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);

    // CA2000 is off unless asked for.
    private static readonly CSharpCompilationOptions Compiling = new(
        OutputKind.DynamicallyLinkedLibrary,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Enable,
        concurrentBuild: false,
        specificDiagnosticOptions: [new("CA2000", ReportDiagnostic.Warn)]);

    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && !name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && !name.StartsWith("SessionAnalyzers", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly ImmutableArray<MetadataReference> FrameworkReferences = [.. References.Where(static r => Path.GetDirectoryName(r.Display) == Framework)];

    private readonly SourceSet source;
    private readonly bool freshTrees;
    private readonly CSharpCompilation loaded;

    /// <param name="source">What to analyse.</param>
    /// <param name="freshTrees">Parse anew for every run, so that nothing can be remembered per syntax tree.</param>
    public Meter(SourceSet source, bool freshTrees = false)
    {
        this.source = source;
        this.freshTrees = freshTrees;
        loaded = Load();
        Errors = [.. loaded.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error)];
    }

    /// <summary>Exceptions of analyzers, each once.</summary>
    public static SortedSet<string> Problems { get; } = new(StringComparer.Ordinal);

    /// <summary>The errors of the source itself.</summary>
    public ImmutableArray<Diagnostic> Errors { get; }

    public int Methods => CountMethods(loaded.SyntaxTrees);

    /// <summary>Methods of the files in which the generator put sessions.</summary>
    public int SessionMethods => CountMethods(loaded.SyntaxTrees.Where(static t => t.FilePath.EndsWith("Store.cs", StringComparison.Ordinal)));

    public Sample Run(Contestant contestant, CancellationToken cancellation = default)
    {
        var driver = new CompilationWithAnalyzers(
            freshTrees ? Load() : loaded.Clone(),
            contestant.Analyzers,
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), Note, concurrentAnalysis: false, logAnalyzerExecutionTime: true));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var (reported, diagnostics) = contestant.WithCompiler ? Build(driver, cancellation) : Analyse(driver, cancellation);
        clock.Stop();
        return new(
            reported,
            clock.Elapsed.TotalMilliseconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds,
            GC.GetTotalAllocatedBytes(precise: true) - bytes,
            diagnostics);
    }

    private static (double Milliseconds, int Diagnostics) Analyse(CompilationWithAnalyzers driver, CancellationToken cancellation)
    {
        var result = driver.GetAnalysisResultAsync(cancellation).GetAwaiter().GetResult();
        return (result.AnalyzerTelemetryInfo.Values.Sum(static t => t.ExecutionTime.TotalMilliseconds), result.GetAllDiagnostics().Length);
    }

    private static (double Milliseconds, int Diagnostics) Build(CompilationWithAnalyzers driver, CancellationToken cancellation) =>
        (0, driver.GetAllDiagnosticsAsync(cancellation).GetAwaiter().GetResult().Length);

    private static void Note(Exception problem, DiagnosticAnalyzer analyzer, Diagnostic diagnostic)
    {
        if (problem is not OperationCanceledException)
        {
            lock (Problems)
            {
                Problems.Add($"{analyzer.GetType().Name}: {problem.GetType().Name}: {problem.Message}".ReplaceLineEndings(" "));
            }
        }
    }

    private static int CountMethods(IEnumerable<SyntaxTree> trees) =>
        trees.Sum(static t => t.GetRoot().DescendantNodes().Count(static n => n is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax));

    private CSharpCompilation Load()
    {
        var trees = source.Files.Select(static f => CSharpSyntaxTree.ParseText(SourceText.From(f.Text, System.Text.Encoding.UTF8), Parsing, f.Path));
        var compilation = CSharpCompilation.Create("Invented", trees, source.SessionLibraries ? References : FrameworkReferences, Compiling);
        compilation.GetDeclarationDiagnostics();
        return compilation;
    }
}
