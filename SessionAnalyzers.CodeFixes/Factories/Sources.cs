namespace SessionAnalyzers.Factories;

/// <summary>Which files a rewrite of several may change.</summary>
internal static class Sources
{
    private static readonly ImmutableArray<string> GeneratedEnds = ImmutableArray.Create(".g.cs", ".g.i.cs", ".designer.cs", ".generated.cs");

    /// <summary>The document, if people write it in C#, and for one project only: what suits one may not suit the other.</summary>
    public static Document? Editable(Document? document) =>
        document is not null and not SourceGeneratedDocument
        && document.Project.Language == LanguageNames.CSharp
        && document.GetLinkedDocumentIds().IsEmpty
        && !GeneratedEnds.Any(e => document.Name.EndsWith(e, StringComparison.OrdinalIgnoreCase))
            ? document
            : null;
}
