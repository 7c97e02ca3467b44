using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SessionAnalyzers.Test.Verification;

/// <summary>The usual tests of an analyzer without a code fix.</summary>
internal static class Verify<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    /// <summary>The marks in the source and <paramref name="expected"/> are reported, and nothing else.</summary>
    public static Task Reports(string source, params DiagnosticResult[] expected) =>
        Verify<TAnalyzer, EmptyCodeFixProvider>.Reports(source, expected);

    /// <summary>Nothing is reported.</summary>
    public static Task Ignores(string source) => Verify<TAnalyzer, EmptyCodeFixProvider>.Ignores(source);
}

/// <summary>
/// The usual tests of an analyzer and its code fix. <see cref="Test"/> is there for all that is not usual: it is the kit's test
/// with the references and the checks of this project.
/// </summary>
internal static class Verify<TAnalyzer, TCodeFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    /// <summary>The marks in the source and <paramref name="expected"/> are reported, and nothing else.</summary>
    public static async Task Reports(string source, params DiagnosticResult[] expected)
    {
        var test = new Test { TestCode = source };
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    /// <summary>Nothing is reported. The source has no marks.</summary>
    public static Task Ignores(string source) =>
        new Test { TestCode = source, TestState = { MarkupHandling = MarkupMode.None } }.RunAsync();

    /// <summary>
    /// The source becomes <paramref name="fixedSource"/>, one by one and all at once, by the action with the key,
    /// or by the first that is offered.
    /// </summary>
    public static Task Fixes(string source, string fixedSource, string? key = null) =>
        new Test { TestCode = source, FixedCode = fixedSource, CodeActionEquivalenceKey = key }.RunAsync();

    /// <summary>The marks are reported, and no fix is offered for them.</summary>
    public static Task OffersNothing(string source) => new Test { TestCode = source, FixedCode = source }.RunAsync();

    /// <summary>
    /// The kit's test object. <c>$$</c> is code to it, as in raw strings, and an id of several rules stands for any of them;
    /// markup and all members are the kit's otherwise.
    /// </summary>
    internal sealed class Test : CSharpCodeFixTest<TAnalyzer, TCodeFix, DefaultVerifier>
    {
        private readonly ImmutableArray<MetadataReference> references;

        public Test()
            : this(References.Default)
        {
        }

        public Test(ImmutableArray<MetadataReference> references)
        {
            // The name of a framework alone resolves to nothing, also without a network.
            ReferenceAssemblies = new("net10.0");
            MarkupOptions = MarkupOptions.TreatPositionIndicatorsAsCode | MarkupOptions.UseFirstDescriptor;
            this.references = references;
            DiagnosticVerifier = (_, _, _) => HasReported = true;
        }

        /// <summary>Whether an expected diagnostic has been found, in any pass.</summary>
        public bool HasReported { get; private set; }

        protected override Task RunImplAsync(CancellationToken cancellationToken)
        {
            foreach (var state in (SolutionState[])[TestState, FixedState, BatchFixedState])
            {
                // The fixed states take the references of the test over; additional projects have only their own.
                AddReferences(state == TestState ? [state, .. state.AdditionalProjects.Values] : state.AdditionalProjects.Values);
            }

            return base.RunImplAsync(cancellationToken);
        }

        // A mark without an id stays an error where the analyzer has rules of several ids.
        protected override DiagnosticDescriptor? GetDefaultDiagnostic(DiagnosticAnalyzer[] analyzers)
        {
            var rules = analyzers.SelectMany(static each => each.SupportedDiagnostics).ToList();
            return rules.DistinctBy(static each => each.Id).Count() == 1 ? rules[0] : null;
        }

        protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() =>
            base.GetCodeFixProviders().Select(static each => new CheckedCodeFixProvider(each));

        private void AddReferences(IEnumerable<ProjectState> projects)
        {
            foreach (var project in projects.Where(static each => each.AdditionalReferences.Count == 0))
            {
                project.AdditionalReferences.AddRange(references);
            }
        }
    }
}
