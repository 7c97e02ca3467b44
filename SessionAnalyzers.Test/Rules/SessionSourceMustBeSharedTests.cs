using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1014: sources of sessions that are made for each call.</summary>
public sealed class SessionSourceMustBeSharedTests
{
    private static Verify<Only<SessionSourceMustBeShared>, EmptyCodeFixProvider>.Test NewTest(string source) =>
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

    private static Task ReportsIn(string type, string members) => Reports($"class {type} {{ private readonly string cs = \"\"; {members} }}");

    private static Task IgnoresIn(string type, string members) => Ignores($"class {type} {{ private readonly string cs = \"\"; {members} }}");

    [Fact]
    public Task Reports_data_source_of_a_repository() => ReportsIn("UserRepository", """
        public async Task<int> Count() { await using var source = {|SES1014:NpgsqlDataSource.Create(cs)|}; await using var c = await source.OpenConnectionAsync(); return 1; }
        """);

    [Fact]
    public Task Reports_built_data_source() => ReportsIn("UserService", """
        public void Run() { var builder = new NpgsqlDataSourceBuilder(cs); using var source = {|SES1014:builder.Build()|}; using var c = source.OpenConnection(); }
        """);

    [Fact]
    public Task Reports_source_without_a_name() => ReportsIn("UserService", """
        public void Run() { using var c = {|SES1014:NpgsqlDataSource.Create(cs)|}.OpenConnection(); }
        """);

    [Fact]
    public Task Reports_using_statement() => ReportsIn("OrderHandler", """
        public void Handle() { using (var source = {|SES1014:NpgsqlDataSource.Create(cs)|}) { source.CreateCommand("x").ExecuteNonQuery(); } }
        """);

    [Fact]
    public Task Reports_late_variable() => ReportsIn("OrderHandler", """
        public void Handle() { NpgsqlDataSource source; source = {|SES1014:NpgsqlDataSource.Create(cs)|}; using var c = source.OpenConnection(); }
        """);

    [Fact]
    public Task Reports_provider() => ReportsIn("OrderHandler", """
        public void Handle(ServiceCollection all) { using var provider = {|SES1014:all.BuildServiceProvider()|}; provider.GetService(typeof(Db)); }
        """);

    [Fact]
    public Task Reports_helper_that_borrows() => ReportsIn("UserService", """
        static int Count(NpgsqlDataSource source) { using var c = source.OpenConnection(); return 1; }
        public int Run() { using var source = {|SES1014:NpgsqlDataSource.Create(cs)|}; return Count(source); }
        """);

    [Fact]
    public Task Reports_client_of_a_controller() => Reports("""
        using Microsoft.AspNetCore.Mvc;
        using MongoDB.Driver;
        class Users : ControllerBase
        {
            public long Get() { var client = {|SES1014:new MongoClient("x")|}; return client.GetDatabase("d").GetCollection<User>("u").EstimatedDocumentCount(); }
        }
        """);

    [Fact]
    public Task Reports_constructor_of_a_controller() => Reports("""
        using Microsoft.AspNetCore.Mvc;
        using MongoDB.Driver;
        class Users : ControllerBase
        {
            private readonly IMongoClient client;
            private readonly IMongoCollection<User> users;
            private readonly MongoClient other = {|SES1014:new MongoClient("x")|};
            public Users() { client = {|SES1014:new MongoClient("x")|}; users = {|SES1014:new MongoClient("x")|}.GetDatabase("d").GetCollection<User>("u"); }
        }
        """);

    [Fact]
    public Task Reports_constructor_of_a_scoped_type() => Reports("""
        class Users
        {
            private readonly NpgsqlDataSource source;
            public Users() { source = {|SES1014:NpgsqlDataSource.Create("x")|}; }
            public static void Register(IServiceCollection all) => all.AddScoped<Users>();
        }
        """);

    [Fact]
    public Task Reports_endpoint() => Reports("""
        using Microsoft.AspNetCore.Builder;
        static class Api { static void Map(WebApplication app) => app.MapGet("/", async () => { await using var source = {|SES1014:NpgsqlDataSource.Create("x")|}; await source.OpenConnectionAsync(); }); }
        """);

    [Fact]
    public Task Reports_redis() => Reports("""
        using StackExchange.Redis;
        class CacheService { public async Task<string> Get() { using var redis = await {|SES1014:ConnectionMultiplexer.ConnectAsync("x")|}; return redis.GetDatabase().StringGet("k"); } }
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        class UserRepository { public void Count() { using var source = {|#0:NpgsqlDataSource.Create("")|}; source.OpenConnection(); } }
        """, new DiagnosticResult("SES1014", DiagnosticSeverity.Info).WithLocation(0).WithArguments("NpgsqlDataSource", "Count"));

    [Fact]
    public Task Ignores_static_field() => IgnoresIn("UserRepository", """
        private static readonly NpgsqlDataSource Source = NpgsqlDataSource.Create("x");
        private static NpgsqlDataSource late;
        public void Run() { late ??= NpgsqlDataSource.Create(cs); if (late == null) { late = NpgsqlDataSource.Create(cs); } }
        static UserRepository() { late = NpgsqlDataSource.Create("y"); }
        """);

    [Fact]
    public Task Ignores_lazy() => IgnoresIn("UserRepository", """
        private readonly Lazy<NpgsqlDataSource> source = new(() => NpgsqlDataSource.Create("x"));
        public NpgsqlDataSource Run() { var lazy = new Lazy<NpgsqlDataSource>(() => NpgsqlDataSource.Create(cs)); return lazy.Value; }
        """);

    [Fact]
    public Task Ignores_cache() => IgnoresIn("UserRepository", """
        private readonly ConcurrentDictionary<string, NpgsqlDataSource> all = new();
        public NpgsqlDataSource Run(string key) => all.GetOrAdd(key, k => NpgsqlDataSource.Create(k));
        public void Put(string key) { all[key] = NpgsqlDataSource.Create(key); var other = NpgsqlDataSource.Create(cs); all.TryAdd("x", other); }
        """);

    [Fact]
    public Task Ignores_field_of_an_object_that_may_live_long() => IgnoresIn("UserService", """
        private readonly NpgsqlDataSource source;
        private readonly NpgsqlDataSource other = NpgsqlDataSource.Create("x");
        private NpgsqlDataSource late;
        public UserService() { source = NpgsqlDataSource.Create("x"); }
        public void Run() { late ??= NpgsqlDataSource.Create(cs); }
        public void Load() { var made = NpgsqlDataSource.Create(cs); late = made; }
        """);

    [Fact]
    public Task Ignores_singletons() => Ignores("""
        class Users
        {
            private readonly NpgsqlDataSource source;
            public Users() { source = NpgsqlDataSource.Create("x"); }
            public static void Register(IServiceCollection all) => all.AddSingleton<Users>();
        }
        """);

    [Fact]
    public Task Ignores_factories() => IgnoresIn("SourceService", """
        public NpgsqlDataSource Create() => NpgsqlDataSource.Create(cs);
        public NpgsqlDataSource Get() { var source = NpgsqlDataSource.Create(cs); return source; }
        public void Give(out NpgsqlDataSource source) { source = NpgsqlDataSource.Create(cs); }
        public void Pass(Action<NpgsqlDataSource> use) { use(NpgsqlDataSource.Create(cs)); }
        """);

    [Fact]
    public Task Ignores_start_up() => IgnoresIn("StartService", """
        public void ConfigureServices(IServiceCollection all) { using var provider = all.BuildServiceProvider(); provider.GetService(typeof(Db)); }
        public void AddOwn(IServiceCollection all) { using var source = NpgsqlDataSource.Create(cs); source.OpenConnection(); }
        public void Migrate() { using var source = NpgsqlDataSource.Create(cs); source.OpenConnection(); }
        public void Initialize() { using var source = NpgsqlDataSource.Create(cs); source.OpenConnection(); }
        """);

    [Fact]
    public Task Ignores_registrations() => IgnoresIn("SetupService", """
        public void Run(ServiceCollection all) { all.AddSingleton(_ => NpgsqlDataSource.Create(cs)); all.AddSingleton(NpgsqlDataSource.Create(cs)); }
        """);

    [Fact]
    public Task Ignores_programs() => IgnoresIn("Program", """
        static void Main2(string[] args) { using var source = NpgsqlDataSource.Create("x"); source.OpenConnection(); }
        void Run() { using var source = NpgsqlDataSource.Create(cs); source.OpenConnection(); }
        """);

    [Fact]
    public Task Ignores_static_methods() => IgnoresIn("UserService", """
        public static void Run() { using var source = NpgsqlDataSource.Create("x"); source.OpenConnection(); }
        """);

    [Fact]
    public Task Ignores_tests() => Ignores("""
        class TestMethodAttribute : Attribute { }
        class UserService { [TestMethod] public void Run() { using var source = NpgsqlDataSource.Create("x"); source.OpenConnection(); } }
        class ServiceTests { void Run() { using var source = NpgsqlDataSource.Create("x"); source.OpenConnection(); } }
        """);

    [Fact]
    public Task Ignores_hosted_services() => Ignores("""
        using Microsoft.Extensions.Hosting;
        class ImportService : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stop) { await using var source = NpgsqlDataSource.Create("x"); await source.OpenConnectionAsync(stop); }
        }
        """);

    [Fact]
    public Task Ignores_other_types() => IgnoresIn("Importer", """
        public void Run() { using var source = NpgsqlDataSource.Create(cs); source.OpenConnection(); }
        """);

    [Fact]
    public Task Ignores_connections_and_contexts() => IgnoresIn("UserRepository", """
        public void Run() { using var c = new NpgsqlConnection(cs); using var db = new Db(); }
        """);

    [Fact]
    public Task Ignores_lite_database() => Ignores("""
        using LiteDB;
        class UserRepository { public void Run() { using var db = new LiteDatabase("x"); db.GetCollectionNames(); } }
        """);

    [Fact]
    public Task Ignores_what_hangs_on_the_source_and_is_kept() => Ignores("""
        using MongoDB.Driver;
        class UserRepository
        {
            private IMongoDatabase database;
            public void Use(string name) { var client = new MongoClient("x"); database = client.GetDatabase(name); }
        }
        """);
}
