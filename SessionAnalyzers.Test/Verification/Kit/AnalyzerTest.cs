using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Options;
using Microsoft.CodeAnalysis.Text;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>
/// A test of analyzers: the diagnostics of <see cref="TestState"/> are compared with the expected ones, in the sources as they
/// are, behind a pragma, and as generated code.
/// </summary>
public abstract partial class AnalyzerTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    // What a build with the SDK does not show either: references to other versions of the framework.
    private static readonly ImmutableArray<string> NeverReported = ["CS1701", "CS1702"];

    private SolutionState? testState;

    public abstract string Language { get; }

    public string TestCode
    {
        set => TestState.Sources.Add(value);
    }

    public SolutionState TestState => testState ??= NewState();

    public List<DiagnosticResult> ExpectedDiagnostics => TestState.ExpectedDiagnostics;

    public CompilerDiagnostics CompilerDiagnostics { get; set; } = CompilerDiagnostics.Errors;

    public MarkupOptions MarkupOptions { get; set; }

    public TestBehaviors TestBehaviors { get; set; }

    public List<string> DisabledDiagnostics { get; } = [];

    public ReferenceAssemblies ReferenceAssemblies { get; set; } = ReferenceAssemblies.Default;

    public Action<Diagnostic, DiagnosticResult, IVerifier>? DiagnosticVerifier { get; set; }

    public List<Func<OptionSet, OptionSet>> OptionsTransforms { get; } = [];

    public List<Func<Solution, ProjectId, Solution>> SolutionTransforms { get; } = [];

    protected static TVerifier Verify => new();

    protected virtual string DefaultFilePathPrefix => "/0/Test";

    protected virtual string DefaultTestProjectName => "TestProject";

    protected virtual string DefaultFilePath => $"{DefaultFilePathPrefix}0.{DefaultFileExt}";

    protected abstract string DefaultFileExt { get; }

    // Away from the caller's context: that of xunit starts a thread for each step after an await.
    public Task RunAsync(CancellationToken cancellationToken = default) => Task.Run(() => RunImplAsync(cancellationToken), cancellationToken);

    protected virtual async Task RunImplAsync(CancellationToken cancellationToken)
    {
        var analysis = NewAnalysis();
        Verify.NotEmpty("TestState.Sources", TestState.Sources);
        var state = ReadMarkup(TestState.WithInheritedValuesApplied(null, []), analysis, []);
        var solution = await CreateSolutionAsync(state, analysis, cancellationToken);
        await VerifyDiagnosticsAsync(analysis, state, solution, "Diagnostics of test state", cancellationToken);
    }

    protected virtual DiagnosticDescriptor? GetDefaultDiagnostic(DiagnosticAnalyzer[] analyzers)
    {
        var rules = analyzers is [var first, ..] ? first.SupportedDiagnostics : [];
        return rules.Length == 1 || (rules.Length > 1 && MarkupOptions.HasFlag(MarkupOptions.UseFirstDescriptor)) ? rules[0] : null;
    }

    protected abstract IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers();

    protected abstract CompilationOptions CreateCompilationOptions();

    protected abstract ParseOptions CreateParseOptions();

    protected virtual AnalyzerOptions GetAnalyzerOptions(Project project)
    {
        ArgumentNullException.ThrowIfNull(project);
        return project.AnalyzerOptions;
    }

    /// <summary>The default is shared by all tests: its references are bound once, and nothing is ever applied to it.</summary>
    protected virtual Task<Workspace> CreateWorkspaceImplAsync() => Task.FromResult(Solutions.Shared);

    protected virtual bool IsCompilerDiagnosticIncluded(Diagnostic diagnostic, CompilerDiagnostics compilerDiagnostics)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        return compilerDiagnostics switch
        {
            CompilerDiagnostics.None => false,
            CompilerDiagnostics.Errors => diagnostic.Severity >= DiagnosticSeverity.Error,
            CompilerDiagnostics.Warnings => diagnostic.Severity >= DiagnosticSeverity.Warning,
            CompilerDiagnostics.Suggestions => diagnostic.Severity >= DiagnosticSeverity.Info,
            CompilerDiagnostics.All => true,
            _ => throw new ArgumentOutOfRangeException(nameof(compilerDiagnostics)),
        };
    }

    private protected SolutionState NewState() => new(DefaultTestProjectName, Language, DefaultFilePathPrefix, DefaultFileExt);

    private protected Analysis NewAnalysis() => new([.. GetDiagnosticAnalyzers()], GetAnalyzerOptions);

    private protected SolutionState ReadMarkup(SolutionState state, Analysis analysis, ImmutableArray<string> fixable) =>
        state.WithProcessedMarkup(
            MarkupOptions,
            () => GetDefaultDiagnostic([.. analysis.Analyzers]) ?? throw new InvalidOperationException(
                "A mark without an id needs an analyzer with one rule, or MarkupOptions.UseFirstDescriptor"),
            [.. analysis.Analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics)],
            fixable,
            DefaultFilePath);

    private protected async Task<Solution> CreateSolutionAsync(SolutionState state, Analysis analysis, CancellationToken cancellationToken)
    {
        var workspace = await CreateWorkspaceImplAsync();
        var severities = Severities(analysis.Analyzers);
        var solution = await Solutions.CreateAsync(workspace, state, GroundAsync, cancellationToken);
        var options = OptionsTransforms.Aggregate<Func<OptionSet, OptionSet>, OptionSet>(
            solution.Options,
            static (options, transform) => transform(options));
        solution = options == solution.Options ? solution : solution.WithOptions(options);
        var main = solution.ProjectIds[0];
        return SolutionTransforms.Aggregate(solution, (current, transform) => transform(current, main));

        async Task<Ground> GroundAsync(ProjectState project)
        {
            var shared = await (project.ReferenceAssemblies ?? ReferenceAssemblies).ResolveAsync(Language, cancellationToken);
            var options = CreateCompilationOptions().WithOutputKind(project.OutputKind ?? OutputKind.DynamicallyLinkedLibrary);
            var parseOptions = CreateParseOptions();
            return new(
                project.Name,
                project.AssemblyName,
                options.WithSpecificDiagnosticOptions(options.SpecificDiagnosticOptions.SetItems(severities)),
                project.DocumentationMode is { } mode ? parseOptions.WithDocumentationMode(mode) : parseOptions,
                [.. shared.Concat(project.AdditionalReferences).Distinct()]);
        }
    }

    private protected async Task VerifyDiagnosticsAsync(
        Analysis analysis,
        SolutionState state,
        Solution solution,
        string context,
        CancellationToken cancellationToken)
    {
        var verifier = Verify.PushContext(context);
        var expected = state.ExpectedDiagnostics.ToImmutableArray();
        await MatchAsync(solution, expected, verifier);
        if (!TestBehaviors.HasFlag(TestBehaviors.SkipSuppressionCheck) && expected.Any(IsSuppressible))
        {
            var ids = expected.Where(IsSuppressible).Select(static each => each.Id).Distinct().Order(StringComparer.Ordinal);
            await MatchBehindAsync(
                $"#pragma warning disable {string.Join(", ", ids)}\n",
                expected.Where(each => !IsSuppressible(each)),
                verifier.PushContext("With '#pragma warning disable' on top"));
        }

        if (!TestBehaviors.HasFlag(TestBehaviors.SkipGeneratedCodeCheck)
            && expected.Any(IsOfAnalyzer)
            && !analysis.Analyzers.Any(GeneratedCodeConfiguration.IsIn))
        {
            await MatchBehindAsync(
                "// <auto-generated>\n",
                expected.Where(each => !IsOfAnalyzer(each) || !IsInSource(each)),
                verifier.PushContext("With '// <auto-generated>' on top"));
        }

        async Task MatchBehindAsync(string line, IEnumerable<DiagnosticResult> left, IVerifier verifier) => await MatchAsync(
            await WithFirstLineAsync(solution, line, cancellationToken),
            left.Select(each => IsInSource(each) ? each.WithLineOffset(1) : each),
            verifier);

        async Task MatchAsync(Solution actual, IEnumerable<DiagnosticResult> expected, IVerifier verifier)
        {
            var found = await analysis.EverythingAsync(actual, cancellationToken);
            DiagnosticMatcher.Match(
                [.. found.Select(static each => each.Diagnostic).Where(IsCompared)],
                [.. expected],
                verifier,
                DiagnosticVerifier);
        }

        bool IsCompared(Diagnostic diagnostic) =>
            !IsOfCompiler(diagnostic.Id) || IsCompilerDiagnosticIncluded(diagnostic, CompilerDiagnostics);

        bool IsInSource(DiagnosticResult result) =>
            result.HasLocation
            && solution.Projects.SelectMany(static project => project.Documents).Any(each => each.FilePath == result.Spans[0].Span.Path);

        bool IsOfAnalyzer(DiagnosticResult result) => RulesOf(result).Any();

        bool IsSuppressible(DiagnosticResult result) =>
            IsInSource(result) && RulesOf(result).Any(static rule => !rule.CustomTags.Contains(WellKnownDiagnosticTags.NotConfigurable));

        IEnumerable<DiagnosticDescriptor> RulesOf(DiagnosticResult result) =>
            analysis.Analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics).Where(rule => rule.Id == result.Id);
    }

    private static bool IsOfCompiler(string id) => CompilerId().IsMatch(id);

    [GeneratedRegex("^CS[0-9]+$")]
    private static partial Regex CompilerId();

    private static async Task<Solution> WithFirstLineAsync(Solution solution, string line, CancellationToken cancellationToken)
    {
        foreach (var document in solution.Projects.SelectMany(static project => project.Documents))
        {
            var text = await document.GetTextAsync(cancellationToken);
            solution = solution.WithDocumentText(document.Id, text.WithChanges(new TextChange(default, line)));
        }

        return solution;
    }

    // Every rule is on, also one that is off by default: a test asks for what the rule does, not for when it runs.
    private Dictionary<string, ReportDiagnostic> Severities(ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var result = new Dictionary<string, ReportDiagnostic> { [Analysis.CrashId] = ReportDiagnostic.Error };
        foreach (var rule in analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics))
        {
            result[rule.Id] = rule.DefaultSeverity switch
            {
                DiagnosticSeverity.Error => ReportDiagnostic.Error,
                DiagnosticSeverity.Warning => ReportDiagnostic.Warn,
                DiagnosticSeverity.Info => ReportDiagnostic.Info,
                _ => ReportDiagnostic.Hidden,
            };
        }

        foreach (var id in NeverReported.Concat(DisabledDiagnostics))
        {
            result[id] = ReportDiagnostic.Suppress;
        }

        return result;
    }
}
