using Microsoft.CodeAnalysis.Diagnostics;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>Expected diagnostics of the rules of an analyzer.</summary>
internal static class RuleOf<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    public static DiagnosticResult Only() => new TAnalyzer().SupportedDiagnostics is [var only]
        ? new(only)
        : throw new InvalidOperationException($"{typeof(TAnalyzer).Name} has not one rule: name the one that is expected");

    public static DiagnosticResult Named(string id) =>
        new TAnalyzer().SupportedDiagnostics.Where(each => each.Id == id).ToList() is [var rule]
        ? new(rule)
        : throw new InvalidOperationException($"{typeof(TAnalyzer).Name} has not one rule '{id}'");
}
