using System.Text.RegularExpressions;

namespace SessionAnalyzers.Test.Meta;

/// <summary>The sample's build prints the warnings that its list expects: what the README promises.</summary>
[Collection(Commands.Builds)]
public partial class SampleTests
{
    [Theory]
    [InlineData("ItemsService")]
    [InlineData("SeedStory")]
    public async Task Sample_prints_its_warnings(string name)
    {
        var sample = Path.Combine(Product.Root, "samples", name);
        var expected = (await File.ReadAllLinesAsync(Path.Combine(sample, "expected-warnings.txt"))).Where(static l => l.Length > 0 && !l.StartsWith('#'));
        var (built, log) = await Commands.DotnetAsync(Product.Root, "build", "samples/" + name, "--no-incremental", "-tl:off", "-nologo", "-p:UseSharedCompilation=false");
        Assert.True(built == 0, log);
        var found = Warning().Matches(log).Select(static m => $"{m.Groups[1].Value.Replace('\\', '/')}:{m.Groups[2].Value} {m.Groups[3].Value}").Distinct();
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"(?:ItemsService|SeedStory)[/\\]([^\s(]+)\((\d+),\d+\): warning (SES\d+)")]
    private static partial Regex Warning();
}
