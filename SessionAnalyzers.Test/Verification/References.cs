using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;

namespace SessionAnalyzers.Test.Verification;

/// <summary>
/// What the sources of the tests are compiled against. Each assembly is read once per process and shared by all tests.
/// A library is added as a lazy of its own over <see cref="Of"/>, and to <see cref="Default"/>.
/// </summary>
internal static class References
{
    private static readonly ConcurrentDictionary<string, MetadataReference> ByPath = new(StringComparer.Ordinal);

    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyFramework = new(static () => [.. FrameworkPaths().Select(Read)]);

    private static readonly Lazy<ImmutableHashSet<string>> FrameworkNames = new(static () =>
        [.. TrustedPaths().Concat(FrameworkPaths()).Select(static path => Path.GetFileNameWithoutExtension(path))]);

    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyDefault = new(static () => Framework);

    /// <summary>The reference assemblies of the framework that runs the tests.</summary>
    public static ImmutableArray<MetadataReference> Framework => LazyFramework.Value;

    /// <summary>What a test has if it asks for nothing else.</summary>
    public static ImmutableArray<MetadataReference> Default => LazyDefault.Value;

    /// <summary>
    /// The assemblies of these types and those that they refer to, without the framework:
    /// <c>static readonly Lazy&lt;...&gt; EfCore = new(() => Of(typeof(DbContext), typeof(RelationalDatabaseFacadeExtensions)))</c>.
    /// </summary>
    public static ImmutableArray<MetadataReference> Of(params Type[] types)
    {
        var known = new HashSet<string>(FrameworkNames.Value, StringComparer.Ordinal);
        var waiting = new Queue<Assembly>(types.Select(static type => type.Assembly));
        var result = ImmutableArray.CreateBuilder<MetadataReference>();
        while (waiting.TryDequeue(out var assembly))
        {
            if (known.Add(assembly.GetName().Name!))
            {
                result.Add(Read(assembly.Location));
                foreach (var name in assembly.GetReferencedAssemblies().Where(each => !known.Contains(each.Name!)))
                {
                    if (TryLoad(name) is { } referenced)
                    {
                        waiting.Enqueue(referenced);
                    }
                }
            }
        }

        return result.ToImmutable();
    }

    /// <summary>The assembly in a file.</summary>
    public static MetadataReference Read(string path) =>
        ByPath.GetOrAdd(path, static path => MetadataReference.CreateFromFile(path));

    // A library may name one that is needed only by what no test uses, and that is not there.
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static IEnumerable<string> FrameworkPaths()
    {
        // <dotnet>/shared/Microsoft.NETCore.App/<version>/ of the runtime, <dotnet>/packs/ of the SDK.
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        var packs = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        var newest = Directory.Exists(packs)
            ? Directory.EnumerateDirectories(packs)
                .Select(static path => Path.Combine(path, "ref", $"net{Environment.Version.Major}.0"))
                .Where(Directory.Exists)
                .MaxBy(static path => Version.TryParse(Path.GetFileName(Path.GetFullPath(Path.Combine(path, "..", ".."))), out var version)
                    ? version
                    : new Version())
            : null;
        return newest is null ? TrustedPaths() : Directory.EnumerateFiles(newest, "*.dll").Order(StringComparer.Ordinal);
    }

    // Without the SDK: the assemblies that the runtime itself brings, not those beside the tests.
    private static IEnumerable<string> TrustedPaths()
    {
        var runtime = Path.GetFullPath(RuntimeEnvironment.GetRuntimeDirectory()).TrimEnd(Path.DirectorySeparatorChar);
        return ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == runtime);
    }
}
