using System.Collections.Immutable;
using Dapper;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace SessionAnalyzers.Test.Verification;

/// <summary>
/// The data-access libraries that tests compile against besides the framework. What this project references comes by its types; what is
/// only downloaded comes from the folders that the build lists in libraries.txt. Everything is read once per process.
/// </summary>
internal static class Libraries
{
    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyReferenced = new(static () => References.Of(
        typeof(DbContext),
        typeof(RelationalDatabaseFacadeExtensions),
        typeof(SqliteDbContextOptionsBuilderExtensions),
        typeof(SqliteConnection),
        typeof(SqlMapper),
        typeof(NpgsqlConnection),
        typeof(IServiceScope),
        typeof(ServiceCollectionContainerBuilderExtensions)));

    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyCommon = new(static () =>
        [.. References.Framework, .. LazyReferenced.Value, .. Downloaded("microsoft.data.sqlclient", "jetbrains.annotations")]);

    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyAll = new(static () =>
        WithoutDoubles([.. LazyCommon.Value, .. Downloaded()]));

    private static readonly Lazy<CSharpCompilation> LazyCompilation = new(static () =>
    {
        var compilation = CSharpCompilation.Create(
            "Code",
            references: Common,
            options: new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, concurrentBuild: false));

        // Asking for any type of the references binds them.
        _ = compilation.GetSpecialType(SpecialType.System_Object);
        return compilation;
    });

    /// <summary>The framework, EF Core with SQLite, Dapper, Npgsql, Microsoft.Data.SqlClient, dependency injection, annotations.</summary>
    public static ImmutableArray<MetadataReference> Common => LazyCommon.Value;

    /// <summary>All of <see cref="Common"/>, ASP.NET Core and all libraries that are downloaded.</summary>
    public static ImmutableArray<MetadataReference> All => LazyAll.Value;

    /// <summary>Nothing, compiled against <see cref="Common"/>: what trees are added to it shares its bound references.</summary>
    public static CSharpCompilation Compilation => LazyCompilation.Value;

    /// <summary>The assemblies of the downloaded packages with these lower-case names, or of all of them.</summary>
    public static IEnumerable<MetadataReference> Downloaded(params string[] packages) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "libraries.txt"))
            .Where(folder => packages.Length == 0 || folder.Split('/', '\\').Any(part => packages.Contains(part, StringComparer.OrdinalIgnoreCase)))
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
            .Select(References.Read);

    // ASP.NET Core brings assemblies that the framework and EF Core have brought already.
    private static ImmutableArray<MetadataReference> WithoutDoubles(IEnumerable<MetadataReference> references) =>
        [.. references.DistinctBy(static reference => Path.GetFileName(reference.Display), StringComparer.OrdinalIgnoreCase)];
}
