namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>Files to analyse and what they may reference.</summary>
internal sealed record SourceSet(string Name, IReadOnlyList<SourceFile> Files, bool SessionLibraries = true)
{
    public int Lines => Files.Sum(static f => f.Lines);
}

internal sealed record SourceFile(string Path, string Text)
{
    public int Lines { get; } = Text.AsSpan().Count('\n') + 1;
}
