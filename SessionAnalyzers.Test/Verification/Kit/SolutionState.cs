using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>What the solution of a test consists of, and the diagnostics that are expected in it.</summary>
public class SolutionState : ProjectState
{
    public SolutionState(string name, string language, string defaultPrefix, string defaultExtension)
        : base(name, language, defaultPrefix, defaultExtension) => AdditionalProjects = new(language, defaultExtension);

    public StateInheritanceMode? InheritanceMode { get; set; }

    public MarkupMode? MarkupHandling { get; set; }

    public ProjectCollection AdditionalProjects { get; }

    public List<DiagnosticResult> ExpectedDiagnostics { get; } = [];

    /// <summary>Whether the test says anything about this state, and so wants it checked.</summary>
    internal bool IsGiven =>
        HasOwnContent
        || InheritanceMode is not null
        || MarkupHandling is not null
        || AdditionalProjects.Count > 0
        || ExpectedDiagnostics.Count > 0;

    internal SolutionState WithInheritedValuesApplied(SolutionState? baseState, ImmutableArray<string> fixableDiagnostics)
    {
        var result = NewState();
        result.InheritanceMode = InheritanceMode;
        result.MarkupHandling = MarkupHandling;
        CopyTo(result);
        if (baseState is null || InheritanceMode == StateInheritanceMode.Explicit)
        {
            result.MarkupHandling ??= MarkupMode.Allow;
            return result;
        }

        result.FillFrom(baseState);
        if (result.AdditionalProjects.Count == 0)
        {
            CopyProjects(baseState, result);
        }

        // The marked texts are compared: the same text with other marks is another expectation.
        var isSame = result.HasSameFiles(baseState) && HasSameProjects(result, baseState);
        result.MarkupHandling ??= isSame ? baseState.MarkupHandling : MarkupMode.IgnoreFixable;
        if (result.ExpectedDiagnostics.Count == 0)
        {
            result.ExpectedDiagnostics.AddRange(baseState.ExpectedDiagnostics.Where(each =>
                isSame || InheritanceMode == StateInheritanceMode.AutoInheritAll || !fixableDiagnostics.Contains(each.Id)));
        }

        return result;
    }

    /// <summary>Takes the marks out of all files and turns them into expected diagnostics with a file, a line and a column.</summary>
    internal SolutionState WithProcessedMarkup(
        MarkupOptions markupOptions,
        Func<DiagnosticDescriptor> defaultDiagnostic,
        ImmutableArray<DiagnosticDescriptor> supportedDiagnostics,
        ImmutableArray<string> fixableDiagnostics,
        string defaultPath)
    {
        var result = NewState();
        result.InheritanceMode = InheritanceMode;
        result.MarkupHandling = MarkupMode.None;
        CopyTo(result);
        var places = new Dictionary<int, FileLinePositionSpan>();
        if (MarkupHandling != MarkupMode.None)
        {
            foreach (var files in result.AdditionalProjects.Values.Prepend(result).SelectMany(static project => project.Files))
            {
                for (var i = 0; i < files.Count; i++)
                {
                    files[i] = (files[i].filename, Process(files[i].filename, files[i].content));
                }
            }
        }

        var located = result.ExpectedDiagnostics.Select(each => each.WithPlaces(places).WithDefaultPath(defaultPath)).ToList();
        result.ExpectedDiagnostics.Clear();
        result.ExpectedDiagnostics.AddRange(located);
        return result;

        SourceText Process(string path, SourceText content)
        {
            var markup = Markup.Parse(content.ToString(), markupOptions.HasFlag(MarkupOptions.TreatPositionIndicatorsAsCode));
            if (markup.Spans.Count == 0 && markup.Positions.Count == 0)
            {
                return content;
            }

            var text = SourceText.From(markup.Text, content.Encoding, content.ChecksumAlgorithm);
            foreach (var (name, span) in markup.Spans)
            {
                var place = new FileLinePositionSpan(path, text.Lines.GetLinePositionSpan(span));
                if (Markup.KeyOf(name) is not { } key)
                {
                    Expect(name, place, DiagnosticLocationOptions.None);
                }
                else if (!places.TryAdd(key, place))
                {
                    throw new ArgumentException($"Two places are marked with '#{key}'");
                }
            }

            foreach (var position in markup.Positions)
            {
                var place = new FileLinePositionSpan(path, text.Lines.GetLinePositionSpan(new(position, 0)));
                Expect("", place, DiagnosticLocationOptions.IgnoreLength);
            }

            return text;
        }

        void Expect(string id, FileLinePositionSpan place, DiagnosticLocationOptions options)
        {
            if (MarkupHandling == MarkupMode.Ignore)
            {
                return;
            }

            var named = id.Length == 0 ? defaultDiagnostic() : RuleNamed(id);
            var expected = named is null ? DiagnosticResult.CompilerError(id) : new(named);
            if (MarkupHandling == MarkupMode.Allow || !fixableDiagnostics.Contains(expected.Id))
            {
                // A mark says where and which, no more.
                result.ExpectedDiagnostics.Add(expected
                    .WithMessage(null)
                    .WithOptions(DiagnosticOptions.IgnoreAdditionalLocations | DiagnosticOptions.IgnoreSeverity)
                    .WithSpan(place, options));
            }
        }

        // Rules that differ in their messages only may share an id.
        DiagnosticDescriptor? RuleNamed(string id)
        {
            var rules = supportedDiagnostics.Where(each => each.Id == id).Distinct().ToList();
            return rules.Count < 2 || markupOptions.HasFlag(MarkupOptions.UseFirstDescriptor)
                ? rules.FirstOrDefault()
                : throw new InvalidOperationException($"A mark with '{id}', an id of {rules.Count} rules, needs UseFirstDescriptor");
        }
    }

    private static void CopyProjects(SolutionState from, SolutionState to)
    {
        foreach (var (name, project) in from.AdditionalProjects)
        {
            to.AdditionalProjects.Add(name, project.Copy());
        }
    }

    private static bool HasSameProjects(SolutionState left, SolutionState right) =>
        left.AdditionalProjects.Count == right.AdditionalProjects.Count
        && left.AdditionalProjects.All(pair =>
            right.AdditionalProjects.TryGetValue(pair.Key, out var other) && pair.Value.HasSameFiles(other));

    private SolutionState NewState() => new(Name, Language, DefaultPrefix, DefaultExtension);

    private void CopyTo(SolutionState result)
    {
        result.FillFrom(this);
        CopyProjects(this, result);
        result.ExpectedDiagnostics.AddRange(ExpectedDiagnostics);
    }
}
