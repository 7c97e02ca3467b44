using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Meta;

/// <summary>The pages say what the descriptors say, and their code does what they say of it.</summary>
public partial class DocumentationTests
{
    private static readonly string Folder = Path.Combine(Product.Root, "docs", "rules");

    public static TheoryData<string> Ids => [.. Product.Rules.Select(static r => r.Id)];

    public static TheoryData<string> Pages => [.. Directory.GetFiles(Folder, "*.md").Select(static p => Path.GetFileNameWithoutExtension(p)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Page_equals_the_descriptor(string id)
    {
        var rule = Product.Rules.Single(r => r.Id == id);
        var page = File.ReadAllLines(Path.Combine(Folder, id + ".md"));
        Assert.Equal($"# {id}: {rule.Title}", page[0]);
        Assert.Contains($"| Category | {rule.Category} |", page);
        Assert.Contains(page, line => line.StartsWith($"| Severity | {Severities(id)}", StringComparison.Ordinal));
        Assert.Contains($"| Code fix | {(HasFix(id) ? "Yes" : "No")} |", page);
        var cause = Array.IndexOf(page, "## Cause");
        Assert.True(cause > 0, "there is no section Cause");
        Assert.Equal(rule.Description.ToString(), page.Skip(cause + 1).First(static line => line.Length > 0));
        foreach (var section in new[] { "## Why it matters", "## What is reported", "## What is not reported", "## Fix", "## Configure", "## Suppress" })
        {
            Assert.Contains(section, page);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_has_a_descriptor(string id) => Assert.Contains(id, Product.Rules.Select(static r => r.Id));

    [Theory]
    [InlineData("README.md", "docs/rules/")]
    [InlineData("docs/index.md", "rules/")]
    public void Table_lists_every_rule(string file, string folder)
    {
        var text = File.ReadAllText(Path.Combine(Product.Root, file));
        foreach (var rule in Product.Rules)
        {
            Assert.Contains($"| [{rule.Id}]({folder}{rule.Id}.md) | {rule.Title} | {Severities(rule.Id)} | {(HasFix(rule.Id) ? "yes" : "no")} |", text, StringComparison.Ordinal);
        }
    }

    /// <summary>The pages show today's C#: an old host cannot read all of it.</summary>
    private static bool IsOldHost => (int)LanguageVersion.Latest.MapSpecifiedToEffectiveVersion() < 1200;

    [Theory]
    [MemberData(nameof(Pages))]
    public Task Code_reports_what_its_comments_say(string id) => CheckAsync(Path.Combine(Folder, id + ".md"), id);

    [Fact]
    public Task Code_of_the_conventions_reports_what_its_comments_say() => CheckAsync(Path.Combine(Product.Root, "docs", "conventions.md"), "conventions");

    /// <summary>A block of code is analyzed under the settings that the last block of an .editorconfig above it has.</summary>
    private static async Task CheckAsync(string path, string id)
    {
        var text = await File.ReadAllTextAsync(path);
        foreach (Match block in CodeBlock().Matches(text))
        {
            var code = block.Groups[1].Value;
            var settings = SettingsBlock().Matches(text[..block.Index]).LastOrDefault()?.Groups[1].Value ?? "";
            var lines = code.Split('\n');
            var expected = lines.SelectMany((line, number) => Expectation().Matches(line).Select(m => (Line: number, Id: m.Value))).Order().ToArray();
            var (reported, errors) = await AnalyzeAsync(code, settings);
            if (IsOldHost && !errors.IsEmpty)
            {
                continue;
            }

            Assert.True(errors.IsEmpty, $"This block of {id} does not compile:\n{code}\n{string.Join("\n", errors)}");
            Assert.True(expected.SequenceEqual(reported), $"This block of {id} reports {string.Join(", ", reported)}; its comments say {string.Join(", ", expected)}:\n{code}");
        }
    }

    private static string Severities(string id) =>
        string.Join(", ", Product.AllDescriptors.Where(d => d.Id == id).Select(static d => d.DefaultSeverity.ToString()).Distinct());

    private static bool HasFix(string id) => Product.AllFixes.Any(f => f.FixableDiagnosticIds.Contains(id));

    private static async Task<(ImmutableArray<(int Line, string Id)> Reported, ImmutableArray<Diagnostic> Errors)> AnalyzeAsync(string code, string settings)
    {
        const string Usings = "using System; using System.Collections.Generic; using System.Data; using System.Data.Common; using System.Linq; using System.Threading; using System.Threading.Tasks; using System.Transactions; using Dapper; using Microsoft.Data.Sqlite; using Microsoft.EntityFrameworkCore; using Microsoft.Extensions.DependencyInjection; using Npgsql; public class Page { ";
        var tree = CSharpSyntaxTree.ParseText(Usings + "\n" + code + "\n}", new CSharpParseOptions(LanguageVersion.Preview));
        var compilation = Libraries.Compilation.AddSyntaxTrees(tree);
        var errors = compilation.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).ToImmutableArray();
        var options = new AnalyzerOptions([], new Settings(Setting().Matches(settings).ToDictionary(static m => m.Groups[1].Value, static m => m.Groups[2].Value.Trim())));
        var diagnostics = await compilation.WithAnalyzers([.. Product.AllAnalyzers], options).GetAnalyzerDiagnosticsAsync();
        return ([.. diagnostics.Select(static d => (d.Location.GetLineSpan().StartLinePosition.Line - 1, d.Id)).Order()], errors);
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^```ini\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex SettingsBlock();

    [GeneratedRegex("^(session_analyzers\\S+) *= *(.*)$", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex("(?<=//.*)SES[0-9]{4}")]
    private static partial Regex Expectation();

    /// <summary>The same settings for all files.</summary>
    private sealed class Settings(Dictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions => new Options([]);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Options(values);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value!);
        }
    }
}
