using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES4001: sessions in static fields and properties.</summary>
public sealed class SessionMustNotBeStaticTests
{
    private static Verify<SessionMustNotBeStatic, EmptyCodeFixProvider>.Test NewTest(string source) =>
        new(source.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common) { TestState = { Sources = { source, FlowRules.Preamble } } };

    private static async Task Reports(string source, params DiagnosticResult[] expected)
    {
        var test = NewTest(source);
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    private static Task Ignores(string source)
    {
        var test = NewTest(source);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    [Fact]
    public Task Reports_fields() => Reports("""
        class Users
        {
            private static Db {|SES4001:db|} = new();
            internal static SqlConnection {|SES4001:a|}, {|SES4001:b|};
            private static readonly IDbConnection {|SES4001:c|} = new SqlConnection("x");
            private static SqlTransaction {|SES4001:t|};
            private static IDbContextTransaction {|SES4001:u|};
        }
        """);

    [Fact]
    public Task Reports_automatic_properties() => Reports("""
        static class Data
        {
            public static Db {|SES4001:Context|} { get; } = new();
            public static DbContext {|SES4001:Other|} { get; private set; }
        }
        """);

    [Fact]
    public Task Reports_holders() => Reports("""
        static class Data
        {
            private static readonly Lazy<Db> {|SES4001:lazy|} = new(() => new Db());
            private static readonly Lazy<Task<SqlConnection>> {|SES4001:later|} = new(() => Task.FromResult(new SqlConnection()));
            [ThreadStatic] private static Db {|SES4001:mine|};
            private static readonly ThreadLocal<Db> {|SES4001:perThread|} = new(() => new Db());
            private static readonly AsyncLocal<SqlConnection> {|SES4001:ambient|} = new();
            public static Db Get() { mine ??= new Db(); ambient.Value ??= new SqlConnection(""); return mine; }
        }
        """);

    [Fact]
    public Task Reports_dictionaries() => Reports("""
        static class Data
        {
            private static readonly Dictionary<string, SqlConnection> {|SES4001:byName|} = new();
            private static readonly ConcurrentDictionary<int, Lazy<Db>> {|SES4001:byTenant|} = new();
            public static Db Get(int tenant) => byTenant.GetOrAdd(tenant, _ => new Lazy<Db>(() => new Db())).Value;
        }
        """);

    [Fact]
    public Task Reports_type_parameter() => Reports("""
        class Repository<T> where T : DbContext, new() { private static readonly T {|SES4001:Context|} = new(); }
        """);

    [Fact]
    public Task Reports_file_database() => Reports("""
        class Cache { private static readonly SqliteConnection {|SES4001:connection|} = new("Data Source=cache.db"); }
        """);

    [Fact]
    public Task Reports_sessions_of_libraries() => Reports("""
        using MySqlConnector;
        static class Data { private static MySqlConnection {|SES4001:connection|}; }
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        static class Data { private static Db {|#0:db|}; }
        """, new DiagnosticResult("SES4001", DiagnosticSeverity.Warning).WithLocation(0).WithArguments("field", "db", "context"));

    [Fact]
    public Task Ignores_instance_members() => Ignores("""
        class Users { private readonly Db db = new(); public SqlConnection Connection { get; set; } private readonly Lazy<Db> lazy = new(() => new Db()); }
        """);

    [Fact]
    public Task Ignores_sources() => Ignores("""
        using MongoDB.Driver;
        using StackExchange.Redis;
        static class Data
        {
            private static readonly NpgsqlDataSource Source = NpgsqlDataSource.Create("x");
            private static readonly MongoClient Client = new("x");
            private static IDbContextFactory<Db> contexts;
            private static readonly Lazy<ConnectionMultiplexer> Redis = new(() => ConnectionMultiplexer.Connect("x"));
            private static IServiceProvider services;
        }
        """);

    [Fact]
    public Task Ignores_factories() => Ignores("""
        static class Data
        {
            private static readonly Func<Db> Make = () => new Db();
            private static readonly Dictionary<string, Func<SqlConnection>> Makers = new();
            private static readonly Func<Db, int, User> Find = EF.CompileQuery((Db db, int id) => db.Users.First(u => u.Id == id));
            private static string connectionString = "x";
        }
        """);

    [Fact]
    public Task Ignores_computed_properties() => Ignores("""
        static class Data
        {
            public static Db New => new();
            public static SqlConnection Connection { get { return new SqlConnection("x"); } }
            public static IDbConnection Other { get => new SqlConnection("x"); }
        }
        """);

    [Fact]
    public Task Ignores_keep_alive_of_memory() => Ignores("""
        static class Cache { private static readonly SqliteConnection connection = new("Data Source=x;Mode=Memory;Cache=Shared"); }
        static class Other { private static SqliteConnection connection; static Other() { connection = new SqliteConnection("DataSource=:memory:"); connection.Open(); } }
        static class Third { private static readonly DbConnection connection = new SqliteConnection(new SqliteConnectionStringBuilder { Mode = SqliteOpenMode.Memory }.ToString()); }
        static class Fourth { private static string text = Environment.MachineName; private static SqliteConnection keepAlive; }
        """);

    [Fact]
    public Task Ignores_tests() => Ignores("""
        class TestMethodAttribute : Attribute { }
        class ClassInitializeAttribute : Attribute { }
        class UserTests { private static Db db; }
        class DatabaseFixture { public static SqlConnection Connection { get; set; } }
        class Users { private static Db db; [TestMethod] public void Run() { } }
        class Environments { private static Db db; [ClassInitialize] public static void Start() { } }
        class UserBenchmarks { private static Db db; class Inner { static Db other; } }
        """);

    [Fact]
    public Task Ignores_ambient_sessions_that_end() => Ignores("""
        class Scope : IDisposable
        {
            private static readonly AsyncLocal<SqlConnection> current = new();
            [ThreadStatic] private static Db mine;
            public Scope() { current.Value = new SqlConnection(""); mine = new Db(); }
            public void Dispose() { current.Value.Dispose(); current.Value = null; mine.Dispose(); mine = null!; }
        }
        """);

    [Fact]
    public Task Ignores_registry_that_is_cleaned() => Ignores("""
        static class Registry
        {
            private static readonly ConcurrentDictionary<string, SqlConnection> all = new();
            public static void Start(string id) => all[id] = new SqlConnection("");
            public static void End(string id) { if (all.TryRemove(id, out var c)) { c.Dispose(); } }
        }
        """);

    [Fact]
    public Task Ignores_pools() => Ignores("""
        static class Pool { private static readonly ConcurrentBag<SqlConnection> free = new(); private static readonly Queue<Db> more = new(); private static SqlConnection[] all; }
        """);

    [Fact]
    public Task Ignores_null_objects() => Ignores("""
        abstract class NoConnection : DbConnection { public static readonly NoConnection Shared = null; public static readonly DbConnection Null = null; }
        """);

    [Fact]
    public Task Ignores_other_types() => Ignores("""
        class DbContextHolder { private static DbContextHolder instance; private static SqlConnectionStringBuilder builder; private static DbContextOptions<Db> options; private static SqlException last; }
        """);

    [Fact]
    public Task Ignores_abstract_members() => Ignores("""
        interface IHas { static abstract Db Context { get; set; } }
        """);

    [Fact]
    public Task Ignores_weak_tables() => Ignores("""
        static class Extra { private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<DbContext, object> all = new(); }
        """);
}
