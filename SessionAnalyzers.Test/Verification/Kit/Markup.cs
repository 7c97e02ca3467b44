using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>
/// A source with its marks taken out: <c>[|x|]</c> is a span without a name, <c>{|name:x|}</c> one with a name,
/// <c>$$</c> a position. Spans may nest.
/// </summary>
internal sealed class Markup
{
    private Markup(string text, List<(string Name, TextSpan Span)> spans, List<int> positions)
    {
        Text = text;
        Spans = spans;
        Positions = positions;
    }

    public string Text { get; }

    /// <summary>The spans in the order of their starts; the name of <c>[|x|]</c> is empty.</summary>
    public List<(string Name, TextSpan Span)> Spans { get; }

    public List<int> Positions { get; }

    public static Markup Parse(string input, bool positionsAreCode)
    {
        var text = new StringBuilder(input.Length);
        var spans = new List<(string Name, TextSpan Span)>();
        var positions = new List<int>();
        var open = new Stack<(string Name, int Start)>();
        for (var i = 0; i < input.Length;)
        {
            if (Starts(input, i, "[|"))
            {
                open.Push(("", text.Length));
                i += 2;
            }
            else if (Starts(input, i, "{|") && NameAt(input, i + 2) is { } name)
            {
                open.Push((name, text.Length));
                i += 3 + name.Length;
            }
            else if (IsEnd(input, i, open))
            {
                var (ended, start) = open.Pop();
                spans.Add((ended, TextSpan.FromBounds(start, text.Length)));
                i += 2;
            }
            else if (!positionsAreCode && Starts(input, i, "$$"))
            {
                positions.Add(text.Length);
                i += 2;
            }
            else
            {
                text.Append(input[i++]);
            }
        }

        return open.Count == 0
            ? new(text.ToString(), [.. spans.OrderBy(static span => span.Span.Start)], positions)
            : throw new ArgumentException($"The mark '{(open.Peek().Name is { Length: > 0 } left ? $"{{|{left}:" : "[|")}' is not closed");
    }

    /// <summary>The number in the name of <c>{|#0:x|}</c>, or nothing.</summary>
    public static int? KeyOf(string name) =>
        name.StartsWith('#') && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;

    private static bool Starts(string input, int at, string mark) => string.CompareOrdinal(input, at, mark, 0, mark.Length) == 0;

    // The bracket must be the one that the innermost open mark asks for: 'a[|i|]' must stay possible inside '{|ID:...|}'.
    private static bool IsEnd(string input, int at, Stack<(string Name, int Start)> open) =>
        open.Count > 0 && Starts(input, at, open.Peek().Name.Length == 0 ? "|]" : "|}");

    // A name is letters, digits and a few signs up to the colon; anything else, such as the pattern 'x is {|', is code.
    private static string? NameAt(string input, int at)
    {
        var end = at;
        while (end < input.Length && (char.IsLetterOrDigit(input[end]) || input[end] is '#' or '_' or '-' or '.'))
        {
            end++;
        }

        return end > at && end < input.Length && input[end] == ':' ? input[at..end] : null;
    }
}
