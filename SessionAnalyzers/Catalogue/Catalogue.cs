using System.Reflection;

namespace SessionAnalyzers.Catalogue;

/// <summary>The built-in catalogue: the embedded text files, read once per process.</summary>
internal static class BuiltInCatalogue
{
    private static readonly Lazy<ImmutableArray<CatalogueSection>> All = new(Read);

    public static ImmutableArray<CatalogueSection> Sections => All.Value;

    private static ImmutableArray<CatalogueSection> Read()
    {
        var assembly = typeof(BuiltInCatalogue).GetTypeInfo().Assembly;
        var sections = ImmutableArray.CreateBuilder<CatalogueSection>();
        var errors = new List<CatalogueError>();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (name.EndsWith(".txt", StringComparison.Ordinal))
            {
                using var reader = new System.IO.StreamReader(assembly.GetManifestResourceStream(name)!);
                sections.AddRange(CatalogueParser.Parse(reader.ReadToEnd(), errors));
            }
        }

        return sections.ToImmutable();
    }
}
