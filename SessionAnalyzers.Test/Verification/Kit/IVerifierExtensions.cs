namespace Microsoft.CodeAnalysis.Testing;

/// <summary>Comparison of texts that shows the lines in which they differ.</summary>
public static class IVerifierExtensions
{
    public static void EqualOrDiff(this IVerifier verifier, string expected, string actual, string? message = null)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        if (!string.Equals(expected, actual, StringComparison.Ordinal))
        {
            verifier.Fail($"{message ?? "The texts differ."} Expected is '-', found is '+':\n{Diff(Lines(expected), Lines(actual))}");
        }
    }

    // Line ends are kept visible: a fix that mixes them is wrong, and nothing else would show why.
    private static string[] Lines(string text)
    {
        var mixed = text.Contains('\r', StringComparison.Ordinal);
        return text.Split('\n').Select(line => mixed ? line.Replace("\r", "<CR>", StringComparison.Ordinal) : line).ToArray();
    }

    private static string Diff(string[] expected, string[] actual)
    {
        // common[i, j]: length of the longest common subsequence of expected from i and actual from j.
        var common = new int[expected.Length + 1, actual.Length + 1];
        for (var i = expected.Length - 1; i >= 0; i--)
        {
            for (var j = actual.Length - 1; j >= 0; j--)
            {
                common[i, j] = expected[i] == actual[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<string>();
        for (int i = 0, j = 0; i < expected.Length || j < actual.Length;)
        {
            if (i < expected.Length && j < actual.Length && expected[i] == actual[j])
            {
                lines.Add(" " + expected[i++]);
                j++;
            }
            else if (j == actual.Length || (i < expected.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add("-" + expected[i++]);
            }
            else
            {
                lines.Add("+" + actual[j++]);
            }
        }

        return string.Join('\n', lines);
    }
}
