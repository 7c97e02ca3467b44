using System.Text.RegularExpressions;
using SessionAnalyzers.Test.Meta;

namespace SessionAnalyzers.Test.Proofs;

/// <summary>
/// A small program with a bug, as a file in <c>Sources/</c>. Its first lines are comments: <c>Database</c> and <c>Fault</c>, one
/// <c>Fix</c> for each way to cure it (keys of the product's fixes, in their order), and what the program's methods of the same names
/// return: <c>Good</c> without the fault, <c>Before</c> and <c>After</c> the cure with it. Where no fix is offered, a region
/// <c>Cure</c> takes the place of the region <c>Before</c>. Ids in comments at the ends of lines say what is reported there.
/// </summary>
internal sealed partial record ProofSource
{
    public static readonly string Folder = Path.Combine(Product.Root, "SessionAnalyzers.Test", "Proofs", "Sources");

    private readonly ILookup<string, string> header;

    private ProofSource(string name, string text)
    {
        Name = name;
        header = HeaderLine().Matches(text).ToLookup(static m => m.Groups[1].Value, static m => m.Groups[2].Value);
        Before = With.Count == 0 ? Region(text, "Before") : "";
        Cure = text.Contains("#region Cure", StringComparison.Ordinal) ? WithoutMarks(Region(text, "Cure")) : null;
        Text = CureRegion().Replace(text, "");
    }

    /// <summary>The rule's id, and behind a dot what is special about this proof of it.</summary>
    public string Name { get; }

    public string Id => Name[..7];

    /// <summary>The whole program with the bug and the marks.</summary>
    public string Text { get; }

    /// <summary>The part with the bug and the marks: what the page shows.</summary>
    public string Before { get; }

    /// <summary>The part as it is cured by hand, where the product has no fix.</summary>
    public string? Cure { get; }

    public string Database => Single("Database");

    public string Fault => Single("Fault");

    /// <summary>What the program returns without the fault, before and after. Null where the bug needs no fault.</summary>
    public string? Good => header["Good"].SingleOrDefault();

    public string Harm => Single("Before");

    public string Healed => Single("After");

    /// <summary>The lists of keys, one for each way to cure it.</summary>
    public IReadOnlyList<string[]> Fixes => [.. header["Fix"].Select(static keys => keys.Split(", "))];

    /// <summary>Files of a sample that the program consists of besides this one. The sample's list says what is reported in them.</summary>
    public IReadOnlyList<string> With => [.. header["With"]];

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "SES*.cs").Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static ProofSource Read(string name) => new(name, File.ReadAllText(Path.Combine(Folder, name + ".cs")).ReplaceLineEndings("\n"));

    /// <summary>What is reported by the marks: the line, counted from 0, and the id.</summary>
    public static (int Line, string Id)[] Marks(string text) =>
        [.. text.Split('\n').SelectMany(static (line, number) => Mark().Matches(line).SelectMany(m => AnyId().Matches(m.Value).Select(id => (number, id.Value)))).Order()];

    /// <summary>The text without the marks, which is what the product sees.</summary>
    public static string WithoutMarks(string text) => Mark().Replace(text, "");

    /// <summary>What is reported in this program.</summary>
    public IEnumerable<(string File, int Line, string Id)> Expected()
    {
        var marked = Marks(Text).Select(static m => ("Proof.cs", m.Line, m.Id));
        var listed = With.Select(Path.GetDirectoryName).Distinct()
            .SelectMany(static folder => File.ReadLines(Path.Combine(Product.Root, folder!, "expected-warnings.txt")))
            .Select(static line => ListedLine().Match(line)).Where(static m => m.Success)
            .Select(static m => (m.Groups[1].Value, int.Parse(m.Groups[2].ValueSpan) - 1, m.Groups[3].Value));
        return marked.Concat(listed).Order();
    }

    /// <summary>What a text has in the region <c>Before</c>.</summary>
    public static string Shown(string text) => Region(text, "Before");

    /// <summary>The program with another text in the region <c>Before</c>.</summary>
    public static string Replace(string text, string shown) => text.Replace(Region(text, "Before"), shown, StringComparison.Ordinal);

    private static string Region(string text, string name)
    {
        var match = Regex.Match(text, $"^#region {name}\n(.*?)^#endregion", RegexOptions.Singleline | RegexOptions.Multiline);
        return match.Success ? match.Groups[1].Value : throw new InvalidOperationException($"There is no region {name}.");
    }

    private string Single(string name) =>
        header[name].SingleOrDefault() ?? throw new InvalidOperationException($"{Name} has no line '// {name}: …'.");

    [GeneratedRegex("^// ([A-Z][a-z]+): (.+)$", RegexOptions.Multiline)]
    private static partial Regex HeaderLine();

    [GeneratedRegex("\n?^#region Cure\n.*?^#endregion\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CureRegion();

    [GeneratedRegex(@" // SES[0-9]{4}(, SES[0-9]{4})*$", RegexOptions.Multiline)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^([^#:]+):(\d+) (SES\d+)$")]
    private static partial Regex ListedLine();

    [GeneratedRegex("SES[0-9]{4}")]
    private static partial Regex AnyId();
}
