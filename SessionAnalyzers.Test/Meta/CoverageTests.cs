using System.Reflection;

namespace SessionAnalyzers.Test.Meta;

/// <summary>Each rule has tests that report and more that ignore, each fix has tests that fix one and all.</summary>
public class CoverageTests
{
    public static TheoryData<string> RuleNames => [.. typeof(DiagnosticIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static f => f.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Each_rule_has_its_tests(string rule)
    {
        var id = (string)typeof(DiagnosticIds).GetField(rule)!.GetRawConstantValue()!;
        var tests = typeof(CoverageTests).Assembly.GetTypes().Where(t => t.Name.StartsWith(rule + "Tests", StringComparison.Ordinal) || t.Name.StartsWith(rule + "FixTests", StringComparison.Ordinal))
            .SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)).Select(static m => m.Name).ToArray();
        Assert.True(tests.Any(static t => t.StartsWith("Reports_", StringComparison.Ordinal)), $"{rule}Tests has no Reports_ test");
        Assert.True(tests.Any(static t => t.StartsWith("Ignores_", StringComparison.Ordinal)), $"{rule}Tests has no Ignores_ test");
        if (Product.AllFixes.Any(f => f.FixableDiagnosticIds.Contains(id)))
        {
            Assert.True(tests.Any(static t => t.StartsWith("Fixes_", StringComparison.Ordinal)), $"{rule}Tests or {rule}FixTests has no Fixes_ test");
            Assert.True(tests.Any(static t => t.StartsWith("FixesAll_", StringComparison.Ordinal)), $"{rule}Tests or {rule}FixTests has no FixesAll_ test");
        }
    }

    [Fact]
    public void Each_fix_has_an_existing_id_and_fixes_all()
    {
        var ids = Product.Rules.Select(static r => r.Id).ToHashSet();
        foreach (var fix in Product.AllFixes)
        {
            Assert.NotEmpty(fix.FixableDiagnosticIds);
            Assert.All(fix.FixableDiagnosticIds, id => Assert.Contains(id, ids));
            var scopes = fix.GetFixAllProvider()!.GetSupportedFixAllScopes().ToArray();
            Assert.Contains(Microsoft.CodeAnalysis.CodeFixes.FixAllScope.Document, scopes);
            Assert.Contains(Microsoft.CodeAnalysis.CodeFixes.FixAllScope.Project, scopes);
            Assert.Contains(Microsoft.CodeAnalysis.CodeFixes.FixAllScope.Solution, scopes);
        }
    }
}
