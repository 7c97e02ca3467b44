using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Test.Verification;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>
/// A test of analyzers and their code fixes: beside the diagnostics it checks the sources after fixing one diagnostic
/// after the other, and after fixing all of a document, a project and the solution.
/// </summary>
public abstract class CodeFixTest<TVerifier> : CodeActionTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    private SolutionState? fixedState;
    private SolutionState? batchFixedState;

    public string FixedCode
    {
        set => FixedState.Sources.Add(value);
    }

    public SolutionState FixedState => fixedState ??= NewState();

    public string BatchFixedCode
    {
        set => BatchFixedState.Sources.Add(value);
    }

    public SolutionState BatchFixedState => batchFixedState ??= NewState();

    /// <summary>The number of rounds of one fix each; a negative number is the most there may be.</summary>
    public int? NumberOfIncrementalIterations { get; set; }

    /// <summary>The number of rounds of fixing all, in the same form.</summary>
    public int? NumberOfFixAllIterations { get; set; }

    public int? NumberOfFixAllInDocumentIterations { get; set; }

    public int? NumberOfFixAllInProjectIterations { get; set; }

    public CodeFixTestBehaviors CodeFixTestBehaviors { get; set; }

    private bool IsFixOne => CodeFixTestBehaviors.HasFlag(CodeFixTestBehaviors.FixOne);

    protected abstract IEnumerable<CodeFixProvider> GetCodeFixProviders();

    protected virtual Diagnostic? TrySelectDiagnosticToFix(ImmutableArray<Diagnostic> fixableDiagnostics) =>
        fixableDiagnostics.FirstOrDefault();

    // What the fixes are for is always compared, also if it is a warning of the compiler.
    protected override bool IsCompilerDiagnosticIncluded(Diagnostic diagnostic, CompilerDiagnostics compilerDiagnostics)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        return base.IsCompilerDiagnosticIncluded(diagnostic, compilerDiagnostics)
            || GetCodeFixProviders().Any(each => each.FixableDiagnosticIds.Contains(diagnostic.Id));
    }

    protected override async Task RunImplAsync(CancellationToken cancellationToken)
    {
        var analysis = NewAnalysis();
        ImmutableArray<CodeFixProvider> providers = [.. GetCodeFixProviders()];
        ImmutableArray<string> fixable = [.. providers.SelectMany(static each => each.FixableDiagnosticIds).Distinct()];
        Verify.NotEmpty("TestState.Sources", TestState.Sources);
        var state = TestState.WithInheritedValuesApplied(null, fixable);
        var before = await CheckAsync(state, "Diagnostics of test state");
        if (!FixedState.IsGiven && !BatchFixedState.IsGiven)
        {
            return;
        }

        state = FixedState.WithInheritedValuesApplied(state, fixable);
        var after = await CheckAsync(state, "Diagnostics of fixed state");
        state = BatchFixedState.WithInheritedValuesApplied(state, fixable);
        var afterAll = BatchFixedState.IsGiven ? await CheckAsync(state, "Diagnostics of batch fixed state") : after;

        var run = new FixRun(analysis, providers, before, after, afterAll);
        await FixOneByOneAsync(run, after, cancellationToken);
        if (run.HasFixAll)
        {
            await FixAllAsync(run, FixAllScope.Document, CodeFixTestBehaviors.SkipFixAllInDocumentCheck, afterAll, cancellationToken);
            await FixAllAsync(run, FixAllScope.Project, CodeFixTestBehaviors.SkipFixAllInProjectCheck, afterAll, cancellationToken);
            await FixAllAsync(run, FixAllScope.Solution, CodeFixTestBehaviors.SkipFixAllInSolutionCheck, afterAll, cancellationToken);
        }

        async Task<Solution> CheckAsync(SolutionState marked, string context)
        {
            var plain = ReadMarkup(marked, analysis, fixable);
            var solution = await CreateSolutionAsync(plain, analysis, cancellationToken);
            await VerifyDiagnosticsAsync(analysis, plain, solution, context, cancellationToken);
            return solution;
        }
    }

    private async Task FixOneByOneAsync(FixRun run, Solution expected, CancellationToken cancellationToken)
    {
        var verifier = Verify.PushContext("Iterative code fix application");
        var fixable = await run.FixableAsync(run.Start, cancellationToken);
        await RepeatAsync(
            run,
            expected,
            NumberOfIncrementalIterations ?? -fixable.Length,
            async (found, _) =>
            {
                var offered = await run.OfferedAsync(found, cancellationToken);
                return Choose(offered.Select(static each => each.Action), verifier);
            },
            verifier,
            cancellationToken);
    }

    private async Task FixAllAsync(
        FixRun run,
        FixAllScope scope,
        CodeFixTestBehaviors skip,
        Solution expected,
        CancellationToken cancellationToken)
    {
        if (CodeFixTestBehaviors.HasFlag(skip))
        {
            return;
        }

        var verifier = Verify.PushContext($"Fix all in {(scope switch
        {
            FixAllScope.Document => "document",
            FixAllScope.Project => "project",
            _ => "solution",
        })}");

        // Unless the test says otherwise, each document or project with something to fix may take a round of its own.
        var fixable = await run.FixableAsync(run.Start, cancellationToken);
        var allowed = scope switch
        {
            FixAllScope.Document => NumberOfFixAllInDocumentIterations ?? NumberOfFixAllIterations
                ?? -fixable.Select(static each => each.Document).Distinct().Count(),
            FixAllScope.Project => NumberOfFixAllInProjectIterations ?? NumberOfFixAllIterations
                ?? -fixable.Select(static each => each.Project).Distinct().Count(),
            _ => NumberOfFixAllIterations ?? -Math.Min(1, fixable.Length),
        };
        await RepeatAsync(run, expected, allowed, ChooseAsync, verifier, cancellationToken);

        async Task<CodeAction?> ChooseAsync(Found found, ImmutableArray<Found> all)
        {
            // A provider that lacks this scope offers nothing here, and so fails the test: an editor would show that it does.
            var offered = await run.OfferedAsync(found, cancellationToken);
            if (Choose(offered.Select(static each => each.Action), verifier) is not { } chosen
                || offered.First(each => NestedActions.Flatten(each.Action).Contains(chosen)).Provider is not { } provider
                || provider.GetFixAllProvider() is not { } fixAll
                || !fixAll.GetSupportedFixAllScopes().Contains(scope))
            {
                return null;
            }

            return await fixAll.GetFixAsync(new(
                found.Document,
                provider,
                scope,
                chosen.EquivalenceKey!,
                provider.FixableDiagnosticIds,
                new FoundDiagnostics(all),
                cancellationToken));
        }
    }

    /// <summary>
    /// Carries out what is chosen for the first diagnostic for which that changes something, and starts again, until nothing
    /// changes any more, or the same places are left, or there are too many rounds.
    /// </summary>
    private async Task RepeatAsync(
        FixRun run,
        Solution expected,
        int allowed,
        Func<Found, ImmutableArray<Found>, Task<CodeAction?>> chooseAsync,
        IVerifier verifier,
        CancellationToken cancellationToken)
    {
        var current = run.Start;
        var rounds = 0;
        var isIdle = false;
        string? treeError = null;
        List<(string, string, TextSpan)>? places = null;
        while (rounds <= Math.Abs(allowed) && await NextAsync() is { } next)
        {
            current = await run.KnownAsync(next, cancellationToken);
            rounds++;
            if (IsFixOne)
            {
                break;
            }
        }

        // The text first: it says most about what went wrong.
        await DocumentChanges.VerifySameAsync(expected, current, verifier, cancellationToken);
        if (allowed < 0 ? rounds > -allowed : rounds != allowed)
        {
            verifier.Fail($"Expected were {(allowed < 0 ? "at most " : "")}{Math.Abs(allowed)} iterations, there were {rounds} iterations");
        }

        verifier.True(treeError is null, treeError);
        verifier.False(isIdle && rounds == 0, "A fix was offered that made no changes");

        async Task<Solution?> NextAsync()
        {
            var all = await run.FixableAsync(current, cancellationToken);
            var left = all
                .Select(static each => (each.Diagnostic.Id, each.Document.FilePath ?? "", each.Diagnostic.Location.SourceSpan))
                .ToList();
            if (places is not null && places.SequenceEqual(left))
            {
                return null;
            }

            places = left;
            var selected = IsFixOne ? TrySelectDiagnosticToFix([.. all.Select(static each => each.Diagnostic)]) : null;
            foreach (var found in all.Where(each => !IsFixOne || each.Diagnostic == selected))
            {
                // A run of its own over the start, and not over each step: what an analyzer does there it does in all.
                if (current == run.Start
                    && !CodeFixTestBehaviors.HasFlag(CodeFixTestBehaviors.SkipLocalDiagnosticCheck)
                    && !await run.IsLocalAsync(found, cancellationToken))
                {
                    verifier.Fail($"The fix is for a non-local diagnostic, an editor would not offer it: {found.Diagnostic}");
                }

                if (await chooseAsync(found, all) is { } action)
                {
                    var (result, error) = await ApplyAsync(current, action, verifier, cancellationToken);
                    treeError ??= error;
                    if (result is not null)
                    {
                        return result;
                    }

                    isIdle = true;
                }
            }

            return null;
        }
    }
}
