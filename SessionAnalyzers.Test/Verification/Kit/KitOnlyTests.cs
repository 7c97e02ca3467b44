using Microsoft.CodeAnalysis.CodeFixes;
using SessionAnalyzers.Test.Verification;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>What this kit has, and the package either has not or has in a part that the project does not reference.</summary>
public sealed class KitOnlyTests
{
    [Fact]
    public Task DefaultReferences_AreTheFrameworkOfTheTests() =>
        new CSharpAnalyzerTest<ProbeAnalyzer, DefaultVerifier> { TestCode = "class [|a|] : System.Exception { }" }.RunAsync();

    [Fact]
    public async Task AnalyzerTest_NeedsNoFix()
    {
        await new CSharpAnalyzerTest<ProbeAnalyzer, DefaultVerifier> { TestCode = "class [|a|] { }" }.RunAsync();
        await CSharpAnalyzerVerifier<ProbeAnalyzer, DefaultVerifier>.VerifyAnalyzerAsync("class [|a|] { }");
        await CSharpCodeFixVerifier<ProbeAnalyzer, ProbeFix, DefaultVerifier>.VerifyCodeFixAsync("class [|a|] { }", "class A { }");
    }

    // The package cannot turn such a rule on in Roslyn 4.5.
    [Theory]
    [InlineData(DiagnosticSeverity.Hidden)]
    [InlineData(DiagnosticSeverity.Info)]
    [InlineData(DiagnosticSeverity.Warning)]
    [InlineData(DiagnosticSeverity.Error)]
    public Task Match_RuleThatIsOffByDefault(DiagnosticSeverity severity)
    {
        var rule = new DiagnosticDescriptor("PRB2", "Name", "Rename", "Probe", severity, isEnabledByDefault: false);
        return new ProbeTest
        {
            Analyzer = new ProbeAnalyzer(context => ProbeAnalyzer.ReportSmallNames(context, rule), rule),
            TestCode = "class a { }",
            ExpectedDiagnostics = { new DiagnosticResult("PRB2", severity).WithSpan(1, 7, 1, 8) },
        }.RunAsync();
    }

    [Fact]
    public async Task Fix_FailsOnAnAnalyzerThatThrowsBetweenTwoFixes()
    {
        // Only the step between the two fixes has one small and one capital name.
        var test = new ProbeTest
        {
            Analyzer = new ProbeAnalyzer(
                static context =>
                {
                    ProbeAnalyzer.ReportSmallNames(context);
                    context.RegisterSyntaxTreeAction(static tree =>
                    {
                        if (tree.Tree.ToString() == "class A { } class b { }")
                        {
                            throw new NotSupportedException("boom");
                        }
                    });
                },
                ProbeAnalyzer.Rule),
            TestCode = "class [|a|] { } class [|b|] { }",
            FixedCode = "class A { } class B { }",
        };
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => test.RunAsync());
        Assert.Contains("boom", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_ShowsTheCodeToPaste()
    {
        var result = new DiagnosticResult(ProbeAnalyzer.Rule).WithSpan("/0/Test0.cs", 1, 7, 1, 8).WithArguments("a");
        Assert.Equal(
            """
            /0/Test0.cs(1,7)-(1,8): Warning PRB1: Rename 'a'
            new DiagnosticResult("PRB1", DiagnosticSeverity.Warning).WithSpan("/0/Test0.cs", 1, 7, 1, 8).WithArguments("a")
            """,
            result.ToString());
    }

    [Fact]
    public void Message_ShowsTheLinesThatDiffer()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => new DefaultVerifier().EqualOrDiff("a\nb\nc", "a\nx\nc"));
        Assert.EndsWith(" a\n-b\n+x\n c", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_ShowsTheContexts()
    {
        var verifier = new DefaultVerifier().PushContext("outer").PushContext("inner");
        var exception = Assert.Throws<InvalidOperationException>(() => verifier.Fail("boom"));
        Assert.Equal("Context: outer\nContext: inner\nboom", exception.Message);
    }
}
