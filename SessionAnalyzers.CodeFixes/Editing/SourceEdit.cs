using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Changes collected against one version of a text. What is not named here stays as it is, character by character: comments,
/// directives, line ends and the layout of the user's statements.
/// </summary>
internal sealed class SourceEdit(SourceText text, Layout layout)
{
    private readonly List<TextChange> changes = [];
    private (TextSpan From, TextChange To, int Offset)? copy;

    public Layout Layout { get; } = layout;

    public void Insert(int position, string inserted) => changes.Add(new(new(position, 0), inserted));

    public void Replace(TextSpan span, string replacement) => changes.Add(new(span, replacement));

    public void Remove(TextSpan span) => changes.Add(new(span, ""));

    /// <summary>Inserts a copy of a span; what was tracked inside the span is found in the copy afterwards.</summary>
    public void InsertCopy(int position, string before, TextSpan span, string after)
    {
        var change = new TextChange(new(position, 0), before + text.ToString(span) + after);
        changes.Add(change);
        copy = (span, change, before.Length);
    }

    /// <summary>A line of its own below the line of a position.</summary>
    public void InsertLineAfter(int position, string line)
    {
        var above = text.Lines.GetLineFromPosition(position);
        if (above.End < above.EndIncludingLineBreak)
        {
            Insert(above.EndIncludingLineBreak, line + Layout.NewLine);
        }
        else
        {
            Insert(above.End, Layout.NewLine + line);
        }
    }

    /// <summary>Removes a span, and with it the line or lines that it leaves empty.</summary>
    public void RemoveLines(TextSpan span)
    {
        var first = text.Lines.GetLineFromPosition(span.Start);
        var last = text.Lines.GetLineFromPosition(span.End);
        var before = text.ToString(TextSpan.FromBounds(first.Start, span.Start));
        var after = text.ToString(TextSpan.FromBounds(span.End, last.End));
        if (before.Trim().Length == 0 && after.Trim().Length == 0)
        {
            Remove(TextSpan.FromBounds(first.Start, last.EndIncludingLineBreak));
        }
        else if (before.Trim().Length == 0)
        {
            Remove(new(span.Start, span.Length + after.Length - after.TrimStart().Length));
        }
        else
        {
            var blanks = before.Length - before.TrimEnd().Length;
            Remove(new(span.Start - blanks, span.Length + blanks));
        }
    }

    /// <summary>Moves lines one level in or out. Lines inside string literals, blank lines and directives at the margin stay.</summary>
    public void Indent(SyntaxNode root, int firstLine, int lastLine, bool outwards = false)
    {
        for (var number = firstLine; number <= lastLine; number++)
        {
            var line = text.Lines[number];
            if (line.ToString().Trim().Length == 0
                || text[line.Start] == '#'
                || changes.Any(c => c.Span.Start <= line.Start && line.Start < c.Span.End && (outwards || c.Span.Start < line.Start || c.Span.End >= line.End))
                || IsInsideString(root, line.Start))
            {
                continue;
            }

            if (!outwards)
            {
                Insert(line.Start, Layout.Unit);
            }
            else
            {
                Remove(new(line.Start, Math.Min(Layout.Unit.Length, Layout.IndentAt(line.Start).Length)));
            }
        }
    }

    /// <summary>The changes in order, or null where two of them meet.</summary>
    public IReadOnlyList<TextChange>? Build()
    {
        TidyBlankLines();
        var ordered = changes.OrderBy(static c => c.Span.Start).ThenBy(static c => c.Span.End).ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i].Span.Start < ordered[i - 1].Span.End)
            {
                return null;
            }
        }

        return ordered;
    }

    /// <summary>Where a span of the old text is in the new one; null if it is gone.</summary>
    public TextSpan? Map(TextSpan span, IReadOnlyList<TextChange> ordered)
    {
        var moved = copy is { } c && c.From.Contains(span) ? c : default((TextSpan From, TextChange To, int Offset)?);
        int start = 0, end = 0;
        foreach (var change in ordered)
        {
            var delta = (change.NewText?.Length ?? 0) - change.Span.Length;
            if (moved is { } m)
            {
                if (change == m.To)
                {
                    return new(change.Span.Start + start + m.Offset + span.Start - m.From.Start, span.Length);
                }

                start += delta;
            }
            else if (change.Span.End <= span.Start)
            {
                start += delta;
                end += delta;
            }
            else if (change.Span.Start >= span.End)
            {
                break;
            }
            else if (span.Contains(change.Span) && change.Span != span)
            {
                end += delta;
            }
            else
            {
                return null;
            }
        }

        return TextSpan.FromBounds(span.Start + start, span.End + end);
    }

    /// <summary>Where a position of the old text is in the new one; for one that is gone, where it was.</summary>
    public static int Map(int position, IReadOnlyList<TextChange> ordered)
    {
        var delta = 0;
        foreach (var change in ordered.TakeWhile(c => c.Span.Start < position))
        {
            if (change.Span.End > position)
            {
                return change.Span.Start + delta;
            }

            delta += (change.NewText?.Length ?? 0) - change.Span.Length;
        }

        return position + delta;
    }

    /// <summary>Removed lines must not leave a blank line at either end of a block, nor two in a row.</summary>
    private void TidyBlankLines()
    {
        var removed = changes
            .Where(c => c.Span.Length > 0 && c.NewText?.Length == 0 && text.Lines.GetLineFromPosition(c.Span.Start).Start == c.Span.Start
                && text.Lines.GetLineFromPosition(c.Span.End).Start == c.Span.End)
            .OrderBy(static c => c.Span.Start)
            .Select(static c => c.Span)
            .ToList();
        for (var i = 0; i < removed.Count; i++)
        {
            var start = removed[i].Start;
            while (i + 1 < removed.Count && removed[i + 1].Start == removed[i].End)
            {
                i++;
            }

            var end = removed[i].End;
            var above = start > 0 ? text.Lines.GetLineFromPosition(start - 1) : default(TextLine?);
            var below = end < text.Length ? text.Lines.GetLineFromPosition(end) : default(TextLine?);
            var blankAbove = above is { } a && a.ToString().Trim().Length == 0;
            var blankBelow = below is { } b && b.ToString().Trim().Length == 0;
            var endsBlock = below is not { } next || next.ToString().TrimStart().StartsWith("}", StringComparison.Ordinal);
            if (blankAbove && (blankBelow || endsBlock))
            {
                Remove(TextSpan.FromBounds(above!.Value.Start, start));
            }
            else if (blankBelow && above is { } previous && previous.ToString().TrimEnd().EndsWith("{", StringComparison.Ordinal))
            {
                Remove(TextSpan.FromBounds(end, below!.Value.EndIncludingLineBreak));
            }
        }
    }

    private static bool IsInsideString(SyntaxNode root, int position)
    {
        var token = root.FindToken(position);
        if (token.SpanStart < position && position < token.Span.End)
        {
            return true;
        }

        for (var node = token.Parent; node is not null and not StatementSyntax; node = node.Parent)
        {
            if (node is InterpolatedStringExpressionSyntax && node.SpanStart < position && position < node.Span.End)
            {
                return true;
            }
        }

        return false;
    }
}
