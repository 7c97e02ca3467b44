using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>
/// An expected diagnostic. Each <c>With</c> gives a changed copy; the first location is the place itself,
/// the others are the additional locations, in order.
/// </summary>
public readonly struct DiagnosticResult
{
    public static readonly DiagnosticResult[] EmptyDiagnosticResults = [];

    private readonly ImmutableArray<DiagnosticLocation> spans;
    private readonly string? message;

    public DiagnosticResult(string id, DiagnosticSeverity severity)
        : this()
    {
        Id = id;
        Severity = severity;
    }

    public DiagnosticResult(DiagnosticDescriptor descriptor)
        : this()
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        Id = descriptor.Id;
        Severity = descriptor.DefaultSeverity;
        MessageFormat = descriptor.MessageFormat;
    }

    private DiagnosticResult(
        DiagnosticResult other,
        ImmutableArray<DiagnosticLocation>? spans = null,
        DiagnosticSeverity? severity = null,
        DiagnosticOptions? options = null)
    {
        this = other;
        this.spans = spans ?? other.Spans;
        Severity = severity ?? other.Severity;
        Options = options ?? other.Options;
    }

    public string Id { get; }

    public DiagnosticSeverity Severity { get; }

    public DiagnosticOptions Options { get; }

    public LocalizableString? MessageFormat { get; private init; }

    public object?[]? MessageArguments { get; private init; }

    public bool? IsSuppressed { get; private init; }

    public ImmutableArray<DiagnosticLocation> Spans => spans.IsDefault ? [] : spans;

    public bool HasLocation => !Spans.IsEmpty;

    public string? Message
    {
        get => message is null && MessageFormat is { } format
            ? Format(format.ToString(CultureInfo.CurrentCulture), MessageArguments ?? [])
            : message;
        private init => message = value;
    }

    public static DiagnosticResult CompilerError(string identifier) => new(identifier, DiagnosticSeverity.Error);

    public static DiagnosticResult CompilerWarning(string identifier) => new(identifier, DiagnosticSeverity.Warning);

    public DiagnosticResult WithSeverity(DiagnosticSeverity severity) => new(this, severity: severity);

    public DiagnosticResult WithOptions(DiagnosticOptions options) => new(this, options: options);

    public DiagnosticResult WithArguments(params object[] arguments) => new(this) { MessageArguments = arguments };

    // Both are set: a null message stands for "any", also where the descriptor has brought a format.
    public DiagnosticResult WithMessage(string? message) => new(this) { Message = message, MessageFormat = null };

    public DiagnosticResult WithMessageFormat(LocalizableString messageFormat) => new(this) { MessageFormat = messageFormat };

    public DiagnosticResult WithIsSuppressed(bool? isSuppressed) => new(this) { IsSuppressed = isSuppressed };

    public DiagnosticResult WithNoLocation() => new(this, spans: ImmutableArray<DiagnosticLocation>.Empty);

    public DiagnosticResult WithLocation(int line, int column) => WithLocation("", line, column);

    public DiagnosticResult WithLocation(LinePosition location) => WithLocation("", location);

    public DiagnosticResult WithLocation(string path, int line, int column) =>
        WithLocation(path, new LinePosition(line - 1, column - 1));

    public DiagnosticResult WithLocation(string path, LinePosition location) =>
        WithLocation(path, location, DiagnosticLocationOptions.None);

    public DiagnosticResult WithLocation(string path, LinePosition location, DiagnosticLocationOptions options) =>
        WithSpan(new FileLinePositionSpan(path, location, location), options | DiagnosticLocationOptions.IgnoreLength);

    public DiagnosticResult WithLocation(int markupKey) => WithLocation(markupKey, DiagnosticLocationOptions.None);

    public DiagnosticResult WithLocation(int markupKey, DiagnosticLocationOptions options) =>
        With(DiagnosticLocation.OfKey(markupKey, options));

    public DiagnosticResult WithSpan(int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan("", startLine, startColumn, endLine, endColumn);

    public DiagnosticResult WithSpan(string path, int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan(new FileLinePositionSpan(path, new(startLine - 1, startColumn - 1), new(endLine - 1, endColumn - 1)));

    public DiagnosticResult WithSpan(FileLinePositionSpan span) => WithSpan(span, DiagnosticLocationOptions.None);

    public DiagnosticResult WithSpan(FileLinePositionSpan span, DiagnosticLocationOptions options) => With(new(span, options));

    public DiagnosticResult WithDefaultPath(string path) =>
        new(this, spans: Spans.Select(span => span.WithDefaultPath(path)).ToImmutableArray());

    public DiagnosticResult WithLineOffset(int offset) =>
        new(this, spans: Spans.Select(span => span.WithLineOffset(offset)).ToImmutableArray());

    public override string ToString()
    {
        var place = Spans.IsEmpty ? "" : $"{Spans[0].ToText()}: ";
        var text = Message is { } known ? $": {known}" : "";
        return $"{place}{Severity} {Id}{text}\n{ToCode(Id, Severity, Spans, MessageArguments ?? [])}";
    }

    /// <summary>The code that expects this, to be pasted into the test.</summary>
    internal static string ToCode(
        string id,
        DiagnosticSeverity severity,
        IEnumerable<DiagnosticLocation> places,
        IReadOnlyCollection<object?> arguments)
    {
        var where = string.Concat(places.Select(static place => place.ToCode()));
        var with = arguments.Count > 0 ? $".WithArguments({Quoted(arguments)})" : "";
        return $"new DiagnosticResult(\"{id}\", DiagnosticSeverity.{severity}){where}{with}";
    }

    internal static string Quoted(IEnumerable<object?> arguments) =>
        string.Join(", ", arguments.Select(static each => $"\"{each}\""));

    internal DiagnosticResult WithPlaces(IReadOnlyDictionary<int, FileLinePositionSpan> places) =>
        new(this, spans: Spans.Select(span => Placed(span, places)).ToImmutableArray());

    private static DiagnosticLocation Placed(DiagnosticLocation span, IReadOnlyDictionary<int, FileLinePositionSpan> places)
    {
        if (!span.IsKey)
        {
            return span;
        }

        return places.TryGetValue(span.Key, out var place)
            ? new(place, span.Options & ~DiagnosticLocationOptions.InterpretAsMarkupKey)
            : throw new InvalidOperationException($"No place in the sources is marked with '#{span.Key}'");
    }

    private static string Format(string format, object?[] arguments)
    {
        try
        {
            return string.Format(CultureInfo.CurrentCulture, format, arguments);
        }
        catch (FormatException)
        {
            // Fewer arguments than places: the bare format tells the reader what is missing.
            return format;
        }
    }

    private DiagnosticResult With(DiagnosticLocation location) => new(this, spans: Spans.Add(location));
}
