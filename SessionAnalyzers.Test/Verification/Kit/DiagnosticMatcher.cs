using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>Pairs expected and reported diagnostics one to one; the pairing with the most pairs is taken.</summary>
internal static class DiagnosticMatcher
{
    private static readonly PropertyInfo ArgumentsProperty =
        typeof(Diagnostic).GetProperty("Arguments", BindingFlags.Instance | BindingFlags.NonPublic)!;

    public static void Match(
        ImmutableArray<Diagnostic> actual,
        ImmutableArray<DiagnosticResult> expected,
        IVerifier verifier,
        Action<Diagnostic, DiagnosticResult, IVerifier>? alsoVerify)
    {
        var partnerOf = Enumerable.Repeat(-1, actual.Length).ToArray();
        var accepts = expected.Select(want => actual.Select(got => Difference(want, got) is null).ToArray()).ToArray();
        var missing = Enumerable.Range(0, expected.Length).Where(i => !FindPartner(i, new bool[actual.Length])).ToList();
        var extra = Enumerable.Range(0, actual.Length).Where(i => partnerOf[i] < 0).ToList();
        if (missing.Count > 0 || extra.Count > 0)
        {
            verifier.Fail(Explain(missing.ConvertAll(i => expected[i]), extra.ConvertAll(i => actual[i]), expected.Length, actual.Length));
        }

        if (alsoVerify is not null)
        {
            for (var i = 0; i < actual.Length; i++)
            {
                alsoVerify(actual[i], expected[partnerOf[i]], verifier);
            }
        }

        // An earlier pair is moved to another partner if that frees one for this.
        bool FindPartner(int want, bool[] seen)
        {
            for (var got = 0; got < seen.Length; got++)
            {
                if (accepts[want][got] && !seen[got])
                {
                    seen[got] = true;
                    if (partnerOf[got] < 0 || FindPartner(partnerOf[got], seen))
                    {
                        partnerOf[got] = want;
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>The first thing in which the two differ, or nothing if the reported one is the expected one.</summary>
    private static string? Difference(DiagnosticResult expected, Diagnostic actual)
    {
        if (expected.Id != actual.Id)
        {
            return $"the id is '{actual.Id}', not '{expected.Id}'";
        }

        if (!expected.Options.HasFlag(DiagnosticOptions.IgnoreSeverity) && expected.Severity != actual.Severity)
        {
            return $"the severity is {actual.Severity}, not {expected.Severity}";
        }

        if (DifferenceOfPlaces(expected, actual) is { } places)
        {
            return places;
        }

        if (expected.IsSuppressed is { } suppressed && suppressed != actual.IsSuppressed)
        {
            return suppressed ? "it is not suppressed" : "it is suppressed";
        }

        if (expected.Message is { } message)
        {
            var text = actual.GetMessage(CultureInfo.CurrentCulture);
            return message == text ? null : $"the message is '{text}', not '{message}'";
        }

        return expected.MessageArguments is not { } arguments || Texts(arguments).SequenceEqual(Texts(ArgumentsOf(actual)))
            ? null
            : $"the arguments are ({DiagnosticResult.Quoted(ArgumentsOf(actual))}), not ({DiagnosticResult.Quoted(arguments)})";
    }

    private static string? DifferenceOfPlaces(DiagnosticResult expected, Diagnostic actual)
    {
        if (!expected.HasLocation)
        {
            return actual.Location == Location.None ? null : $"it has a place: {PlaceOf(actual.Location).ToText()}";
        }

        if (!expected.Spans[0].Accepts(actual.Location.GetLineSpan()))
        {
            return $"the place is {PlaceOf(actual.Location).ToText()}, not {expected.Spans[0].ToText()}";
        }

        if (expected.Options.HasFlag(DiagnosticOptions.IgnoreAdditionalLocations))
        {
            return null;
        }

        var others = actual.AdditionalLocations.Select(PlaceOf).ToList();
        if (others.Count != expected.Spans.Length - 1)
        {
            return $"the number of additional locations is {others.Count}, not {expected.Spans.Length - 1}";
        }

        for (var i = 0; i < others.Count; i++)
        {
            if (!expected.Spans[i + 1].Accepts(others[i].Span))
            {
                return $"additional location {i + 1} is {others[i].ToText()}, not {expected.Spans[i + 1].ToText()}";
            }
        }

        return null;
    }

    private static string Explain(List<DiagnosticResult> missing, List<Diagnostic> extra, int expected, int actual)
    {
        var lines = new List<string> { $"Expected were {expected} diagnostics, reported are {actual}." };
        if (missing is [var want] && extra is [var got] && Difference(want, got) is { } difference)
        {
            lines.Add($"Of the one that is left {difference}.");
        }

        lines.AddRange(missing.Select(static each => $"\nExpected, but not reported:\n{each}"));
        lines.AddRange(extra.Select(static each => $"\nReported, but not expected:\n{each}\n{CodeOf(each)}"));
        return string.Join('\n', lines);
    }

    private static string CodeOf(Diagnostic diagnostic) => DiagnosticResult.ToCode(
        diagnostic.Id,
        diagnostic.Severity,
        diagnostic.AdditionalLocations.Prepend(diagnostic.Location).Where(static place => place != Location.None).Select(PlaceOf),
        ArgumentsOf(diagnostic));

    private static DiagnosticLocation PlaceOf(Location location) => new(location.GetLineSpan(), DiagnosticLocationOptions.None);

    private static IEnumerable<string> Texts(IEnumerable<object?> arguments) => arguments.Select(static each => each?.ToString() ?? "");

    // Not public in any version of the compiler, and the only way to check arguments without the text around them.
    private static IReadOnlyList<object?> ArgumentsOf(Diagnostic diagnostic) =>
        (IReadOnlyList<object?>?)ArgumentsProperty.GetValue(diagnostic) ?? [];
}
