using Microsoft.CodeAnalysis.CodeFixes;
using SessionAnalyzers.Flow;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

/// <summary>Tests of a fix on what the analyzer really reports. A source is the members of the class of <see cref="FlowRules"/>.</summary>
internal static class RealReports
{
    /// <summary>The marked diagnostics go away, one by one and all at once, and no other comes.</summary>
    public static Task Fixes<TFix>(string members, string fixedMembers, string? key = null)
        where TFix : CodeFixProvider, new()
    {
        var test = new Verify<FlowRuleAnalyzer, TFix>.Test(Libraries.Common) { CodeActionEquivalenceKey = key };
        test.TestState.Sources.Add(InClass(members));
        test.TestState.Sources.Add(FlowRules.Preamble);
        test.FixedState.Sources.Add(InClass(fixedMembers));
        test.FixedState.Sources.Add(FlowRules.Preamble);
        return test.RunAsync();
    }

    /// <summary>The marked diagnostics are reported, and nothing is offered for them.</summary>
    public static Task OffersNothing<TFix>(string members)
        where TFix : CodeFixProvider, new() => Fixes<TFix>(members, members);

    private static string InClass(string members) => "partial class C\n{\n" + members + "\n}\n";
}
