using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1003: members that hand out sessions and do not say so.</summary>
public sealed class FactoryMustSayWhoDisposesTests
{
    private static Verify<FactoryMustSayWhoDisposes, EmptyCodeFixProvider>.Test NewTest(string source) =>
        new(Libraries.Common) { TestState = { Sources = { source, FlowRules.Preamble } } };

    private static async Task ReportsFile(string source, params DiagnosticResult[] expected)
    {
        var test = NewTest(source);
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    private static Task IgnoresFile(string source)
    {
        var test = NewTest(source);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    private static Task Reports(string members, params DiagnosticResult[] expected) => ReportsFile($"public class Users {{ private readonly string cs = \"\"; {members} }}", expected);

    private static Task Ignores(string members) => IgnoresFile($"public class Users {{ private readonly string cs = \"\"; {members} }}");

    [Fact]
    public Task Reports_property() => Reports("""
        public SqlConnection {|SES1003:Connection|} => new SqlConnection(cs);
        internal IDbConnection {|SES1003:Database|} { get { var c = new SqlConnection(cs); c.Open(); return c; } }
        """);

    [Fact]
    public Task Reports_static_property() => Reports("public static Db {|SES1003:Context|} => new Db();");

    [Fact]
    public Task Reports_indexer() => Reports("public SqlConnection {|SES1003:this|}[string name] => new SqlConnection(name);");

    [Fact]
    public Task Reports_method() => Reports("""
        public SqlConnection {|SES1003:GetConnection|}() => new SqlConnection(cs);
        internal static Db {|SES1003:Context|}() { return new Db(); }
        """);

    [Fact]
    public Task Reports_asynchronous_methods() => Reports("""
        public async Task<SqlConnection> {|SES1003:GetConnectionAsync|}() { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }
        public ValueTask<Db> {|SES1003:ContextAsync|}() => new(new Db());
        """);

    [Fact]
    public Task Reports_what_a_factory_made() => Reports("""
        private readonly IDbContextFactory<Db> contexts;
        public Db {|SES1003:Db|} => contexts.CreateDbContext();
        public IServiceScope {|SES1003:Scope|}(IServiceScopeFactory scopes) => scopes.CreateScope();
        """);

    [Fact]
    public Task Reports_what_a_private_method_made() => Reports("""
        private SqlConnection Create() => new(cs);
        public SqlConnection {|SES1003:GetConnection|}() => Create();
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        public SqlConnection {|#0:Connection|} => new(cs);
        public Db {|#1:GetContext|}() => new();
        """,
        // The verifier gives all diagnostics of an id the same severity.
        new DiagnosticResult("SES1003", DiagnosticSeverity.Warning).WithOptions(DiagnosticOptions.IgnoreSeverity).WithLocation(0).WithArguments("Connection", "connection", "on each access, which nobody expects of a property"),
        new DiagnosticResult("SES1003", DiagnosticSeverity.Info).WithLocation(1).WithArguments("GetContext", "context", "which its name does not say"));

    [Fact]
    public Task Reports_what_a_caller_loses() => Reports("""
        private SqlConnection {|SES1003:Open|}() => new(cs);
        public void Use() { using var c = Open(); c.Open(); }
        public void Lose() { var c = Open(); c.Open(); }
        """);

    [Fact]
    public Task Reports_property_that_a_caller_loses() => Reports("""
        private SqlConnection {|SES1003:New|} => new(cs);
        public object Lose() { var c = New; c.Open(); return c.ServerVersion; }
        """);

    [Fact]
    public Task Reports_what_a_caller_in_another_file_loses() => ReportsFile("""
        public static class Connections { public static async Task<SqlConnection> {|#0:OpenAsync|}(string cs) { var c = new SqlConnection(cs); await c.OpenAsync(); return c; } }
        public class First { public async Task Use() { var c = await {|#1:Connections.OpenAsync("")|}; c.ClearPool(); } }
        public class Second { public void Use() { Func<Task> work = async () => { var c = await {|#2:Connections.OpenAsync("")|}; c.ClearPool(); }; work(); } }
        static class Pools { public static void ClearPool(this SqlConnection c) => SqlConnection.ClearPool(c); }
        """,
        new DiagnosticResult("SES1003", DiagnosticSeverity.Warning).WithOptions(DiagnosticOptions.IgnoreSeverity).WithLocation(0).WithLocation(1).WithLocation(2)
            .WithArguments("OpenAsync", "connection", "and 2 calls do not lead to that (Test0.cs, line 2)"));

    [Fact]
    public Task Reports_constructor_and_accessor_that_lose() => Reports("""
        private static SqlConnection {|SES1003:Make|}() => new("");
        public Users() { var c = Make(); c.Open(); }
        public string Version { get { var c = Make(); c.Open(); return c.ServerVersion; } }
        public string Name => Make().Database;
        """);

    [Fact]
    public Task Ignores_callers_that_dispose_or_hand_on() => Ignores("""
        private SqlConnection kept;
        private SqlConnection Open() => new(cs);
        public void Use() { using var c = Open(); c.Open(); }
        public void Close() { var c = Open(); try { c.Open(); } finally { c.Close(); } }
        public SqlConnection OpenAgain() => Open();
        public void Keep() { kept = Open(); }
        """);

    [Fact]
    public Task Ignores_callers_that_lose_it_by_an_exception() => Ignores("""
        private SqlConnection Open() => new(cs);
        public void Use() { var c = Open(); c.Open(); c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_members_of_the_same_name() => IgnoresFile("""
        public class Users
        {
            private SqlConnection Open() => new("");
            public void Use() { using var c = Open(); }
        }
        public class Others
        {
            private readonly ISessions sessions;
            public void Lose() { var c = sessions.Open(); c.Open(); }
        }
        """);

    [Fact]
    public Task Ignores_callers_in_tests() => IgnoresFile("""
        public class Users { public static SqlConnection Open() => new(""); }
        public class UsersTests { public void Use() { var c = Users.Open(); c.Open(); } }
        """);

    [Fact]
    public Task Ignores_names_that_say_so() => Ignores("""
        public SqlConnection CreateConnection() => new(cs);
        public SqlConnection OpenConnection() => new(cs);
        public Db NewContext() => new();
        public SqlConnection BuildConnection() => new(cs);
        public SqlConnection MakeConnection() => new(cs);
        public SqlConnection StartSession() => new(cs);
        public async Task<SqlConnection> OpenAsync() { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }
        public SqlConnection GetOpenConnection() => new(cs);
        public SqlConnection GetNewConnection() => new(cs);
        public SqlConnection Connect() => new(cs);
        public SqlConnection New => new(cs);
        """);

    [Fact]
    public Task Ignores_private_members() => Ignores("""
        private SqlConnection Connection => new(cs);
        private SqlConnection GetConnection() => new(cs);
        protected SqlConnection GetOther() => new(cs);
        private class Inner { public SqlConnection Get() => new(""); }
        """);

    [Fact]
    public Task Ignores_kept_sessions() => Ignores("""
        private SqlConnection kept;
        private readonly List<SqlConnection> all = new();
        private readonly Lazy<Db> lazy = new(() => new Db());
        public SqlConnection Connection => kept ??= new SqlConnection(cs);
        public SqlConnection Initial { get; } = new SqlConnection("");
        public SqlConnection Given { get; set; }
        public Db Context => lazy.Value;
        public SqlConnection GetConnection() { if (kept == null) { kept = new SqlConnection(cs); } return kept; }
        public SqlConnection GetListed() { var c = new SqlConnection(cs); all.Add(c); return c; }
        """);

    [Fact]
    public Task Ignores_sessions_of_others() => Ignores("""
        private readonly IServiceProvider services;
        private readonly Db injected;
        public Db Context => services.GetRequiredService<Db>();
        public DbConnection Connection => injected.Database.GetDbConnection();
        public SqlConnection With(SqlConnection c) { c.StatisticsEnabled = true; return c; }
        public SqlConnection Either(SqlConnection c) => c ?? new SqlConnection(cs);
        """);

    [Fact]
    public Task Ignores_annotated_members() => Ignores("""
        public SqlConnection Connection { [MustDisposeResource] get => new(cs); }
        [MustDisposeResource] public SqlConnection GetConnection() => new(cs);
        [MustDisposeResource(false)] public SqlConnection GetOther() => new(cs);
        """);

    [Fact]
    public Task Ignores_contracts_of_others() => IgnoresFile("""
        public interface IConnections { SqlConnection Get(); SqlConnection Connection { get; } }
        public class Connections : IConnections { public SqlConnection Get() => new(""); public SqlConnection Connection => new(""); }
        public class Explicit : IConnections { SqlConnection IConnections.Get() => new(""); SqlConnection IConnections.Connection => new(""); }
        public abstract class Base { public abstract SqlConnection Get(); public abstract SqlConnection Connection { get; } }
        public class Derived : Base { public override SqlConnection Get() => new(""); public override SqlConnection Connection => new(""); }
        """);

    [Fact]
    public Task Ignores_tests() => IgnoresFile("""
        public class UserTests { public SqlConnection Connection => new(""); public SqlConnection GetConnection() => new(""); }
        public class DatabaseFixture { public SqlConnection Connection => new(""); }
        """);

    [Fact]
    public Task Ignores_registrations() => IgnoresFile("""
        public static class Startup
        {
            public static void Add(IServiceCollection all) { all.AddScoped(_ => new SqlConnection("")); all.AddScoped<IDbConnection>(Connection); }
            public static SqlConnection Connection(IServiceProvider services) => new("");
        }
        """);

    [Fact]
    public Task Ignores_other_results() => Ignores("""
        public string Text => new SqlConnection(cs).Database;
        public NpgsqlDataSource Source => NpgsqlDataSource.Create(cs);
        public SqlCommand Command => new SqlCommand("x");
        public object Any => new object();
        """);

    [Fact]
    public Task Ignores_lending() => Ignores("""
        public T Use<T>(Func<SqlConnection, T> work) { using var c = new SqlConnection(cs); return work(c); }
        """);
}
