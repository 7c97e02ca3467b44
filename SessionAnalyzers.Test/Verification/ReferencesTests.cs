namespace SessionAnalyzers.Test.Verification;

/// <summary>The references of the tests are whole, and are read once.</summary>
public sealed class ReferencesTests
{
    [Fact]
    public void Framework_IsReadOnce() => Assert.Same(References.Framework[0], References.Framework[0]);

    [Fact]
    public void Framework_HasNothingOfTheTests() => Assert.DoesNotContain(
        Names(References.Framework),
        static name => name.StartsWith("xunit", StringComparison.Ordinal));

    [Fact]
    public void Of_TakesWhatALibraryRefersTo()
    {
        string[] expected = ["xunit.abstractions", "xunit.core", "xunit.execution.dotnet"];
        Assert.Equal(expected, Names(References.Of(typeof(Xunit.Sdk.XunitTest))).Intersect(expected).Order());
    }

    [Fact]
    public void Of_LeavesTheFrameworkOut() => Assert.Empty(References.Of(typeof(string), typeof(Uri), typeof(HttpClient)));

    [Fact]
    public void Of_SharesWhatIsKnown() => Assert.Same(References.Of(typeof(FactAttribute))[0], References.Of(typeof(FactAttribute))[0]);

    [Fact]
    public Task Of_IsEnoughToCompileAgainst()
    {
        var test = new Verify<ProbeAnalyzer, ProbeFix>.Test([.. References.Framework, .. References.Of(typeof(FactAttribute))])
        {
            TestCode = "class [|a|] { [Xunit.Fact] public void M() { } }",
            FixedCode = "class A { [Xunit.Fact] public void M() { } }",
        };
        return test.RunAsync();
    }

    private static IEnumerable<string> Names(IEnumerable<MetadataReference> references) =>
        references.Select(static each => Path.GetFileNameWithoutExtension(each.Display)!);
}
