using System.Collections.Immutable;
using Dapper;
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

    /// <summary>The framework, EF Core with SQLite, Dapper, Npgsql, Microsoft.Data.SqlClient, dependency injection, annotations.</summary>
    public static ImmutableArray<MetadataReference> Common => LazyCommon.Value;

    /// <summary>All of <see cref="Common"/>, ASP.NET Core and all libraries that are downloaded.</summary>
    public static ImmutableArray<MetadataReference> All => LazyAll.Value;

    /// <summary>The assemblies of the downloaded packages with these lower-case names, or of all of them.</summary>
    public static IEnumerable<MetadataReference> Downloaded(params string[] packages) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "libraries.txt"))
            .Where(folder => packages.Length == 0 || folder.Split('/', '\\').Any(part => packages.Contains(part, StringComparer.OrdinalIgnoreCase)))
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path));

    // ASP.NET Core brings assemblies that the framework and EF Core have brought already.
    private static ImmutableArray<MetadataReference> WithoutDoubles(IEnumerable<MetadataReference> references) =>
        [.. references.DistinctBy(static reference => Path.GetFileName(reference.Display), StringComparer.OrdinalIgnoreCase)];
}
