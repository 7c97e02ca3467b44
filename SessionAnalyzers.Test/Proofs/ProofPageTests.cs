using System.Text;
using System.Text.RegularExpressions;
using SessionAnalyzers.Test.Meta;

namespace SessionAnalyzers.Test.Proofs;

/// <summary>
/// The section <c>Proof</c> of a rule's page is what its proofs have shown. With <c>SESSION_ANALYZERS_UPDATE_PAGES=1</c> the tests write
/// the sections instead of comparing them.
/// </summary>
public sealed partial class ProofPageTests
{
    public static TheoryData<string> Ids => [.. ProofSource.Names.Select(static name => ProofSource.Read(name).Id).Distinct()];

    [ProofTheory]
    [MemberData(nameof(Ids))]
    public async Task Page_shows_the_proof(string id)
    {
        var path = Path.Combine(Product.Root, "docs", "rules", id + ".md");
        var page = await File.ReadAllTextAsync(path);
        var section = await SectionAsync(id);
        var found = Section().Match(page);
        if (Environment.GetEnvironmentVariable("SESSION_ANALYZERS_UPDATE_PAGES") == "1")
        {
            var at = found.Success ? found.Index : page.IndexOf("## Configure", StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, page[..at] + section + page[(at + found.Length)..]);
            return;
        }

        Assert.True(found.Success && found.Value == section, $"{id}.md does not show its proof: run this test with SESSION_ANALYZERS_UPDATE_PAGES=1. Expected:\n{section}");
    }

    [Fact]
    public void Sample_page_tells_the_story()
    {
        var page = Blanks().Replace(File.ReadAllText(Path.Combine(Product.Root, "samples", "README.md")), " ");
        var source = ProofSource.Read("SES1001.SeedStory");
        foreach (var told in new[] { source.Harm, source.Healed })
        {
            // The last part is what the page cannot show: the server's view.
            Assert.Contains(string.Join('\n', told.Split("; ")[..^1]), page, StringComparison.Ordinal);
        }
    }

    private static async Task<string> SectionAsync(string id)
    {
        var text = new StringBuilder("## Proof\n\n");
        foreach (var source in ProofSource.Names.Select(ProofSource.Read).Where(s => s.Id == id))
        {
            var file = $"[{source.Name}.cs](../../SessionAnalyzers.Test/Proofs/Sources/{source.Name}.cs)";
            if (source.With is [var sample, ..])
            {
                text.Append($"In a service, on {source.Database}: [{Path.GetDirectoryName(sample)}](../../samples/README.md), run by {file}.\n\n");
            }
            else if (source.Name != id)
            {
                text.Append($"Also on {source.Database} ({file}). The fault: {source.Fault}. Before: `{source.Harm}`. After {Cures(source)}: `{source.Healed}`.\n\n");
            }
            else
            {
                text.Append($"A test runs this on {source.Database}{string.Concat(source.Settings.Select(static s => $", under `{s}`"))} ({file}). The fault: {source.Fault}.\n\n");
                text.Append($"Before: `{source.Harm}`\n\n```cs\n{source.Before}```\n\n");
                foreach (var (name, project) in await ProofTests.CuresAsync(source))
                {
                    text.Append($"After {(source.Cure is null ? $"`{name}`" : name)}: `{source.Healed}`\n\n```cs\n{ProofSource.Shown(await project.TextAsync("Proof.cs"))}```\n\n");
                }
            }
        }

        return text.ToString();
    }

    private static string Cures(ProofSource source) =>
        source.Cure is null ? string.Join(", ", source.Fixes.Select(static keys => $"`{string.Join(", ", keys)}`")) : "the cure by hand";

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    [GeneratedRegex("^## Proof\n.*?(?=^## )", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();
}
