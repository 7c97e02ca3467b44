using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit.Sdk;

namespace SessionAnalyzers.Test.Verification;

/// <summary>The entry of this project, and the checks that it makes beyond the kit's.</summary>
public sealed class VerifyTests
{
    private const string Before = "class [|a|] { }";
    private const string After = "class A { }";

    [Fact]
    public Task Reports_Marks() => Verify<ProbeAnalyzer>.Reports(Before);

    [Fact]
    public Task Reports_GivenDiagnostics() => Verify<ProbeAnalyzer>.Reports(
        "class {|#0:a|} { }",
        new DiagnosticResult(ProbeAnalyzer.Rule).WithLocation(0).WithArguments("a"));

    [Fact]
    public async Task Reports_FailsIfNothingIsExpected() =>
        await Assert.ThrowsAsync<TrueException>(static () => Verify<ProbeAnalyzer>.Reports(After));

    [Fact]
    public Task Reports_AnyRuleOfTheId() => Verify<TwoMessages>.Reports("class {|PRB1:a|} { class [|b|] { } }");

    [Fact]
    public Task Reports_FailsOnAMarkThatNamesNoRule() => Fails(static () => Verify<TwoRules>.Reports("class [|a|] { }"));

    [Fact]
    public Task Ignores_WhatIsFine() => Verify<ProbeAnalyzer>.Ignores(After);

    [Fact]
    public Task Ignores_TakesPositionsForCode() => Verify<ProbeAnalyzer>.Ignores(""""class A { string s = $$"""{{1}}"""; }"""");

    [Fact]
    public Task Ignores_FailsOnMarks() => Fails(static () => Verify<ProbeAnalyzer>.Ignores(Before));

    [Fact]
    public Task Ignores_FailsOnWhatIsReported() => Fails(static () => Verify<ProbeAnalyzer>.Ignores("class a { }"));

    [Fact]
    public Task Fixes_ByTheFirstAction() => Verify<ProbeAnalyzer, ProbeFix>.Fixes(Before, After);

    [Fact]
    public Task Fixes_ByKey() => Verify<ProbeAnalyzer, ProbeFix>.Fixes(Before, After, "Capitalize");

    [Fact]
    public Task Fixes_FailsOnAnUnknownKey() => Fails(static () => Verify<ProbeAnalyzer, ProbeFix>.Fixes(Before, After, "Remove"));

    [Fact]
    public Task OffersNothing_IfThereIsNoFix() => Verify<ProbeAnalyzer, EmptyCodeFixProvider>.OffersNothing(Before);

    [Fact]
    public Task OffersNothing_FailsOnAFix() => Fails(static () => Verify<ProbeAnalyzer, ProbeFix>.OffersNothing(Before));

    [Fact]
    public Task Test_GivesReferencesToAdditionalProjects() => new Verify<ProbeAnalyzer, ProbeFix>.Test
    {
        TestState =
        {
            Sources = { "class [|a|] : C { }" },
            AdditionalProjects = { ["Lib"] = { Sources = { "public class C { }" } } },
            AdditionalProjectReferences = { "Lib" },
        },
        FixedCode = "class A : C { }",
    }.RunAsync();

    [Fact]
    public Task Beyond_FailsOnAProviderThatThrows() => Fails(
        static () => Verify<ProbeAnalyzer, Throwing>.Fixes(Before, After),
        nameof(Throwing),
        "throws");

    [Fact]
    public Task Beyond_FailsOnNestedActions() => Fails(
        static () => Verify<ProbeAnalyzer, Nesting>.Fixes(Before, After),
        nameof(Nesting),
        "nested");

    [Fact]
    public Task Beyond_FailsOnTheSameKeyTwice() => Fails(
        static () => Verify<ProbeAnalyzer, SameKey>.Fixes(Before, After),
        nameof(SameKey),
        "several",
        "'k'");

    [Fact]
    public Task Beyond_FailsOnAnActionWithoutKey() => Fails(
        static () => Verify<ProbeAnalyzer, NoKey>.Fixes(Before, After),
        nameof(NoKey),
        "without");

    private static async Task Fails(Func<Task> test, params string[] words)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(test);
        Assert.All(words, word => Assert.Contains(word, exception.Message, StringComparison.Ordinal));
    }

    private sealed class TwoMessages() : Reporting(
        ProbeAnalyzer.Rule,
        new("PRB1", "Name", "Rename '{0}' as well", "Probe", DiagnosticSeverity.Warning, isEnabledByDefault: true));

    private sealed class TwoRules() : Reporting(ProbeAnalyzer.Rule, ProbeAnalyzer.OffRule);

    // Reports the last of its rules.
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private abstract class Reporting(params DiagnosticDescriptor[] rules) : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [.. rules];

        public override void Initialize(AnalysisContext context) => ProbeAnalyzer.ReportSmallNames(context, rules[^1]);
    }

    private abstract class Offering(Func<CodeFixContext, IEnumerable<CodeAction>> offer) : CodeFixProvider
    {
        private readonly ProbeFix inner = new(offer);

        public override ImmutableArray<string> FixableDiagnosticIds => inner.FixableDiagnosticIds;

        public override FixAllProvider? GetFixAllProvider() => null;

        public override Task RegisterCodeFixesAsync(CodeFixContext context) => inner.RegisterCodeFixesAsync(context);
    }

    private sealed class Throwing() : Offering(static _ => throw new NotSupportedException());

    private sealed class Nesting()
        : Offering(static context => [CodeAction.Create("Group", [ProbeFix.Rewrite(context, After, "k")], isInlinable: true)]);

    private sealed class SameKey()
        : Offering(static context => [ProbeFix.Rewrite(context, After, "k"), ProbeFix.Rewrite(context, "class B { }", "k")]);

    private sealed class NoKey() : Offering(static context => [ProbeFix.Rewrite(context, After, "")]);
}
