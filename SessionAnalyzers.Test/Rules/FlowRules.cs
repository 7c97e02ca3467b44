using SessionAnalyzers.Flow;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>
/// The tests of the rules over flow. A source is the members of a class that has the fields of <see cref="Preamble"/>; its first line is
/// the file's first. The preamble is a second file.
/// </summary>
internal static class FlowRules
{
    /// <summary>The usings, a model, sources of sessions that have no body in sight, and the fields of the class under test.</summary>
    public const string Preamble = """
        global using System;
        global using System.Collections.Concurrent;
        global using System.Collections.Generic;
        global using System.Data;
        global using System.Data.Common;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using System.Transactions;
        global using Dapper;
        global using JetBrains.Annotations;
        global using Microsoft.Data.SqlClient;
        global using Microsoft.Data.Sqlite;
        global using Microsoft.EntityFrameworkCore;
        global using Microsoft.EntityFrameworkCore.Storage;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Logging;
        global using Npgsql;

        public class User
        {
            public int Id { get; set; }
            public string Name { get; set; } = "";
        }

        public class Db : DbContext
        {
            public Db() { }
            public Db(DbContextOptions options) : base(options) { }
            public DbSet<User> Users => Set<User>();
        }

        public interface ISessions
        {
            SqlConnection Open();
            Task<SqlConnection> OpenAsync();
            ValueTask<SqlConnection> CreateAsync();
            Db CreateContext();
            IDbConnection Current { get; }
        }

        partial class C
        {
            private readonly string cs = "", sql = "";
            private readonly ISessions sessions = null!;
            private readonly IDbContextFactory<Db> contexts = null!;
            private readonly IServiceProvider services = null!;
            private readonly NpgsqlDataSource source = null!;
            private readonly ILogger logger = null!;
            private static bool Flag() => File.Exists("x");
            private static void Work() => File.Delete("x");
            private static Task WorkAsync() => File.ReadAllTextAsync("x");
        }
        """;

    /// <summary>The marks in the members and <paramref name="expected"/> are reported, and nothing else.</summary>
    public static Task Reports(string members, params DiagnosticResult[] expected) => ReportsFile(InClass(members), expected);

    /// <summary>Nothing is reported in the members. They have no marks.</summary>
    public static Task Ignores(string members) => IgnoresFile(InClass(members));

    /// <summary>As <see cref="Reports"/>, for a file of its own with all libraries.</summary>
    public static async Task ReportsFile(string source, params DiagnosticResult[] expected)
    {
        var test = NewTest(source);
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    /// <summary>As <see cref="Ignores"/>, for a file of its own with all libraries.</summary>
    public static Task IgnoresFile(string source)
    {
        var test = NewTest(source);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    /// <summary>The marks in several files are reported, and nothing else.</summary>
    public static async Task ReportsFiles(params string[] sources)
    {
        var test = NewTest(sources[0]);
        foreach (var source in sources.Skip(1))
        {
            test.TestState.Sources.Add(source);
        }

        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in a source, or use IgnoresFile");
    }

    /// <summary>Nothing is reported in several files.</summary>
    public static Task IgnoresFiles(params string[] sources)
    {
        var test = NewTest(sources[0]);
        test.TestState.MarkupHandling = MarkupMode.None;
        foreach (var source in sources.Skip(1))
        {
            test.TestState.Sources.Add(source);
        }

        return test.RunAsync();
    }

    /// <summary>A program of top-level statements.</summary>
    public static Task ReportsProgram(string source)
    {
        var test = NewTest(source);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    private static string InClass(string members) => $"partial class C {{ {members}\n}}";

    private static Verify<FlowRuleAnalyzer, EmptyCodeFixProvider>.Test NewTest(string source)
    {
        // Only what needs further libraries pays for them.
        var references = source.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common;
        return new(references) { TestState = { Sources = { source, Preamble } } };
    }
}
