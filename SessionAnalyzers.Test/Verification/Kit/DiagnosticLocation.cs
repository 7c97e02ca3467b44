namespace Microsoft.CodeAnalysis.Testing;

/// <summary>A place at which a diagnostic is expected: a span, a start, or the number of a marked place.</summary>
public readonly struct DiagnosticLocation
{
    public DiagnosticLocation(FileLinePositionSpan span, DiagnosticLocationOptions options)
    {
        Span = span;
        Options = options;
    }

    public FileLinePositionSpan Span { get; }

    public DiagnosticLocationOptions Options { get; }

    internal bool IsKey => Options.HasFlag(DiagnosticLocationOptions.InterpretAsMarkupKey);

    // The number stands where the line would: the place is not known before the markup is read.
    internal int Key => Span.StartLinePosition.Line;

    internal static DiagnosticLocation OfKey(int key, DiagnosticLocationOptions options)
    {
        var position = new Text.LinePosition(key, 0);
        return new(new("", position, position), options | DiagnosticLocationOptions.InterpretAsMarkupKey);
    }

    internal DiagnosticLocation WithDefaultPath(string path) =>
        IsKey || Span.Path is { Length: > 0 } ? this : new(new(path, Span.Span), Options);

    internal DiagnosticLocation WithLineOffset(int offset)
    {
        if (IsKey)
        {
            return this;
        }

        var (start, end) = (Span.StartLinePosition, Span.EndLinePosition);
        return new(new(Span.Path, new(start.Line + offset, start.Character), new(end.Line + offset, end.Character)), Options);
    }

    internal bool Accepts(FileLinePositionSpan actual) =>
        Span.Path == actual.Path
        && Span.StartLinePosition == actual.StartLinePosition
        && (Options.HasFlag(DiagnosticLocationOptions.IgnoreLength) || Span.EndLinePosition == actual.EndLinePosition);

    /// <summary>The place as compilers print it.</summary>
    internal string ToText() => $"{Span.Path}({Span.StartLinePosition.Line + 1},{Span.StartLinePosition.Character + 1})"
        + (Options.HasFlag(DiagnosticLocationOptions.IgnoreLength)
            ? ""
            : $"-({Span.EndLinePosition.Line + 1},{Span.EndLinePosition.Character + 1})");

    internal string ToCode()
    {
        if (IsKey)
        {
            return $".WithLocation({Key})";
        }

        var path = Span.Path is { Length: > 0 } ? $"\"{Span.Path}\", " : "";
        var (start, end) = (Span.StartLinePosition, Span.EndLinePosition);
        return Options.HasFlag(DiagnosticLocationOptions.IgnoreLength)
            ? $".WithLocation({path}{start.Line + 1}, {start.Character + 1})"
            : $".WithSpan({path}{start.Line + 1}, {start.Character + 1}, {end.Line + 1}, {end.Character + 1})";
    }
}
