namespace Microsoft.CodeAnalysis.Testing;

/// <summary>What a project of a test consists of.</summary>
public class ProjectState
{
    private readonly string defaultPrefix;
    private readonly string defaultExtension;

    public ProjectState(string name, string language, string defaultPrefix, string defaultExtension)
    {
        Name = name;
        Language = language;
        this.defaultPrefix = defaultPrefix;
        this.defaultExtension = defaultExtension;
        Sources = new(defaultPrefix, defaultExtension);
    }

    public string Name { get; }

    public string AssemblyName => Name;

    public string Language { get; }

    public ReferenceAssemblies? ReferenceAssemblies { get; set; }

    public OutputKind? OutputKind { get; set; }

    public DocumentationMode? DocumentationMode { get; set; }

    public SourceFileList Sources { get; }

    public SourceFileCollection AdditionalFiles { get; } = [];

    public SourceFileCollection AnalyzerConfigFiles { get; } = [];

    public List<string> AdditionalProjectReferences { get; } = [];

    public MetadataReferenceCollection AdditionalReferences { get; } = [];

    private protected string DefaultPrefix => defaultPrefix;

    private protected string DefaultExtension => defaultExtension;

    internal IEnumerable<SourceFileCollection> Files => [Sources, AdditionalFiles, AnalyzerConfigFiles];

    internal bool HasOwnContent =>
        ReferenceAssemblies is not null
        || OutputKind is not null
        || DocumentationMode is not null
        || Files.Any(static files => files.Count > 0)
        || AdditionalProjectReferences.Count > 0
        || AdditionalReferences.Count > 0;

    /// <summary>Takes over from <paramref name="other"/> whatever this one has not set.</summary>
    internal void FillFrom(ProjectState other)
    {
        ReferenceAssemblies ??= other.ReferenceAssemblies;
        OutputKind ??= other.OutputKind;
        DocumentationMode ??= other.DocumentationMode;
        foreach (var (own, others) in Files.Zip(other.Files))
        {
            Fill(own, others);
        }

        Fill(AdditionalProjectReferences, other.AdditionalProjectReferences);
        Fill(AdditionalReferences, other.AdditionalReferences);
    }

    internal ProjectState Copy()
    {
        var copy = new ProjectState(Name, Language, defaultPrefix, defaultExtension);
        copy.FillFrom(this);
        return copy;
    }

    internal bool HasSameFiles(ProjectState other) =>
        Files.Zip(other.Files).All(static pair =>
            pair.First.Count == pair.Second.Count
            && pair.First.Zip(pair.Second).All(static files =>
                files.First.filename == files.Second.filename && files.First.content.ContentEquals(files.Second.content)));

    private protected static void Fill<T>(List<T> own, List<T> others)
    {
        if (own.Count == 0)
        {
            own.AddRange(others);
        }
    }
}
