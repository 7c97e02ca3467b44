using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SessionAnalyzers.Test.Meta;

/// <summary>All rules and fixes of the product, found by reflection.</summary>
internal static class Product
{
    public static readonly Assembly Analyzers = typeof(Descriptors).Assembly;

    public static readonly Assembly Fixes = Assembly.Load("SessionAnalyzers.CodeFixes");

    public static IEnumerable<DiagnosticAnalyzer> AllAnalyzers => Create<DiagnosticAnalyzer>(Analyzers);

    public static IEnumerable<CodeFixProvider> AllFixes => Create<CodeFixProvider>(Fixes);

    public static IEnumerable<DiagnosticDescriptor> AllDescriptors => AllAnalyzers.SelectMany(static a => a.SupportedDiagnostics);

    /// <summary>One descriptor an id: the first, where an id has several severities.</summary>
    public static IEnumerable<DiagnosticDescriptor> Rules => AllDescriptors.GroupBy(static d => d.Id).Select(static g => g.First()).OrderBy(static d => d.Id, StringComparer.Ordinal);

    /// <summary>The folder of the repository's root.</summary>
    public static string Root { get; } = FindRoot();

    private static IEnumerable<T> Create<T>(Assembly assembly) =>
        assembly.GetTypes().Where(static t => !t.IsAbstract && typeof(T).IsAssignableFrom(t)).Select(static t => (T)Activator.CreateInstance(t, nonPublic: true)!);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SessionAnalyzers.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run inside the repository.");
    }
}

public partial class DescriptorTests
{
    public static TheoryData<string> Ids => [.. Product.Rules.Select(static r => r.Id)];

    [Fact]
    public void Ids_are_the_declared_ones()
    {
        var declared = typeof(DiagnosticIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(declared.Distinct(), declared);
        Assert.Equal(declared, Product.Rules.Select(static r => r.Id));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Texts_keep_the_form(string id)
    {
        foreach (var rule in Product.AllDescriptors.Where(d => d.Id == id))
        {
            var message = rule.MessageFormat.ToString();
            Assert.Matches(IdForm(), id);
            Assert.Equal(Descriptors.HelpLinkBase + id + ".md", rule.HelpLinkUri);
            Assert.False(message.EndsWith('.'), "no final period: " + message);
            Assert.DoesNotMatch(Begging(), message);
            Assert.True(message.Count(static c => c == '\'') % 2 == 0, "quotes are balanced: " + message);
            Assert.True(rule.Description.ToString().EndsWith('.'), "descriptions are sentences");
            Assert.True(rule.IsEnabledByDefault);
        }
    }

    [Fact]
    public void Severities_of_one_id_share_title_and_description()
    {
        foreach (var group in Product.AllDescriptors.GroupBy(static d => d.Id))
        {
            Assert.Single(group.Select(static d => (d.Title.ToString(), d.Description.ToString(), d.Category)).Distinct());
        }
    }

    [GeneratedRegex("^SES[1-59][0-9]{3}$")]
    private static partial Regex IdForm();

    [GeneratedRegex("please|try to|should", RegexOptions.IgnoreCase)]
    private static partial Regex Begging();
}
