namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>Real sources of a folder. What they reference beyond the libraries at hand stays unresolved.</summary>
internal static class Folder
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", "node_modules"];

    public static SourceSet Read(string path)
    {
        var root = Path.GetFullPath(path);
        var files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(static file => !file.Split(Path.DirectorySeparatorChar).Any(Skipped.Contains))
            .Order(StringComparer.Ordinal)
            .Select(file => new SourceFile(file, File.ReadAllText(Path.Combine(root, file))))
            .ToArray();
        return new(Path.GetFileName(root), files);
    }
}
