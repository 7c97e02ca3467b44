using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>
/// The tests of the rules about conventions: a source is the members of the class of <see cref="FlowRules"/>, or a file of its own, under
/// the settings of an .editorconfig.
/// </summary>
internal static class Conventions<TAnalyzer, TFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    public static Task Reports(string setting, string members) => Of(setting, [InClass(members)], null, null).RunAsync();

    public static Task Ignores(string? setting, string members)
    {
        var test = Of(setting, [InClass(members)], null, null);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    /// <summary>The marked diagnostics go away, one by one and all at once.</summary>
    public static Task Fixes(string setting, string members, string fixedMembers, string? key = null) =>
        Of(setting, [InClass(members)], [InClass(fixedMembers)], key).RunAsync();

    public static Task OffersNothing(string setting, string members) => Fixes(setting, members, members);

    public static Task FixesFiles(string setting, string[] files, string[] fixedFiles, string? key = null) => Of(setting, files, fixedFiles, key).RunAsync();

    public static Verify<TAnalyzer, TFix>.Test Of(string? setting, string[] files, string[]? fixedFiles, string? key)
    {
        var test = new Verify<TAnalyzer, TFix>.Test(Libraries.Common) { CodeActionEquivalenceKey = key };
        foreach (var file in files)
        {
            test.TestState.Sources.Add(file);
        }

        test.TestState.Sources.Add(FlowRules.Preamble);
        if (setting is not null)
        {
            test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", $"root = true\n[*.cs]\n{setting}\n"));
        }

        if (fixedFiles is not null)
        {
            foreach (var file in fixedFiles)
            {
                test.FixedState.Sources.Add(file);
            }

            test.FixedState.Sources.Add(FlowRules.Preamble);
        }

        return test;
    }

    public static string InClass(string members) => "partial class C\n{\n" + members + "\n}\n";
}
