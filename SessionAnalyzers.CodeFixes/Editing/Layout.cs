using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>How a file is laid out: its line ends, its step of indentation, and where it puts the brace that opens a block.</summary>
internal sealed class Layout
{
    private readonly SourceText text;
    private readonly bool braceOnOwnLine;

    public Layout(SyntaxNode root, SourceText text)
    {
        this.text = text;
        var first = text.Lines[0];
        var lineBreak = TextSpan.FromBounds(first.End, first.EndIncludingLineBreak);
        NewLine = lineBreak.IsEmpty ? "\n" : text.ToString(lineBreak);
        var blocks = root.DescendantNodes().OfType<BlockSyntax>().Where(SpansLines).ToList();
        Unit = blocks.Select(UnitOf).FirstOrDefault(static u => u is not null)
            ?? root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(UnitOf).FirstOrDefault(static u => u is not null)
            ?? "    ";
        var sample = blocks.FirstOrDefault(static b => b.Parent is StatementSyntax and not BlockSyntax) ?? blocks.FirstOrDefault();
        braceOnOwnLine = sample is null || IsFirstOnLine(sample.SpanStart);
    }

    public string NewLine { get; }

    public string Unit { get; }

    /// <summary>The blanks at the start of the line of a position.</summary>
    public string IndentAt(int position)
    {
        var line = text.Lines.GetLineFromPosition(position);
        var end = line.Start;
        while (end < line.End && text[end] is ' ' or '\t')
        {
            end++;
        }

        return text.ToString(TextSpan.FromBounds(line.Start, end));
    }

    public bool IsFirstOnLine(int position) => IndentAt(position).Length == position - text.Lines.GetLineFromPosition(position).Start;

    /// <summary>True where nothing but blanks and a comment follows on the line.</summary>
    public bool IsLastOnLine(int position)
    {
        var rest = text.ToString(TextSpan.FromBounds(position, text.Lines.GetLineFromPosition(position).End)).TrimStart();
        return rest.Length == 0 || rest.StartsWith("//", StringComparison.Ordinal);
    }

    public int LineOf(int position) => text.Lines.GetLineFromPosition(position).LineNumber;

    public bool IsOnOneLine(TextSpan span) => LineOf(span.Start) == LineOf(span.End);

    /// <summary>What opens a block after its header.</summary>
    public string Open(string indent) => braceOnOwnLine ? NewLine + indent + "{" : " {";

    /// <summary>What goes between the end of a block and a keyword that continues the statement.</summary>
    public string Continue(string indent) => braceOnOwnLine ? NewLine + indent : " ";

    public bool BraceOnOwnLine => braceOnOwnLine;

    private bool SpansLines(BlockSyntax block) => !IsOnOneLine(block.Span);

    private string? UnitOf(BlockSyntax block) =>
        block.Statements.Count == 0 ? null : Step(block.OpenBraceToken, block.Statements[0].SpanStart);

    private string? UnitOf(BaseTypeDeclarationSyntax type) =>
        type is TypeDeclarationSyntax { OpenBraceToken: { IsMissing: false } brace, Members: { Count: > 0 } members }
            ? Step(brace, members[0].SpanStart)
            : null;

    private string? Step(SyntaxToken brace, int inner)
    {
        var outside = IndentAt(brace.SpanStart);
        var inside = IndentAt(inner);
        return inside.Length > outside.Length && inside.StartsWith(outside, StringComparison.Ordinal) && IsFirstOnLine(inner)
            ? inside.Substring(outside.Length)
            : null;
    }
}
