using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1010: disposals of what belongs to others.</summary>
public sealed class BorrowedSessionMustNotBeDisposedTests
{
    private static Verify<Only<BorrowedSessionMustNotBeDisposed>, EmptyCodeFixProvider>.Test NewTest(string source) =>
        new(source.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common) { TestState = { Sources = { source, FlowRules.Preamble } } };

    private static async Task Reports(string members, params DiagnosticResult[] expected)
    {
        var test = NewTest(members.StartsWith("using ", StringComparison.Ordinal) ? members : $"partial class C {{ {members}\n}}");
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    private static Task Ignores(string members)
    {
        var test = NewTest(members.StartsWith("using ", StringComparison.Ordinal) ? members : $"partial class C {{ {members}\n}}");
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    [Fact]
    public Task Reports_connection_of_an_injected_context() => Reports("""
        private readonly Db db;
        C(Db db) { this.db = db; }
        int M() { using var c = {|SES1010:db.Database.GetDbConnection()|}; return c.Execute(sql); }
        """);

    // IDisposableAnalyzers#573 asks for the opposite.
    [Fact]
    public Task Reports_connection_of_a_context_parameter() => Reports("""
        int M(Db db) { using (var c = {|SES1010:db.Database.GetDbConnection()|}) { return c.Execute(sql); } }
        """);

    [Fact]
    public Task Reports_asynchronous_using() => Reports("""
        async Task M(Db db) { await using var c = {|SES1010:db.Database.GetDbConnection()|}; await c.ExecuteAsync(sql); }
        """);

    [Fact]
    public Task Reports_configured_using() => Reports("""
        async Task M(Db db) { var c = db.Database.GetDbConnection(); await using (({|SES1010:c.ConfigureAwait(false)|})) { await c.ExecuteAsync(sql); } }
        """);

    [Fact]
    public Task Reports_using_of_a_variable() => Reports("""
        void M(Db db) { var c = db.Database.GetDbConnection(); using ({|SES1010:c|}) { c.Execute(sql); } }
        """);

    [Fact]
    public Task Reports_using_without_a_variable() => Reports("""
        void M(Db db) { using ({|SES1010:db.Database.GetDbConnection()|}) { db.Database.OpenConnection(); } }
        """);

    [Fact]
    public Task Reports_dispose() => Reports("""
        void M(Db db) { var c = db.Database.GetDbConnection(); c.Execute(sql); {|SES1010:c.Dispose()|}; }
        """);

    [Fact]
    public Task Reports_asynchronous_dispose() => Reports("""
        async Task M(Db db) { var c = db.Database.GetDbConnection(); c.Execute(sql); {|SES1010:await c.DisposeAsync().ConfigureAwait(false)|}; }
        """);

    [Fact]
    public Task Reports_dispose_in_finally_of_a_late_variable() => Reports("""
        void M(Db db)
        {
            DbConnection c = null;
            try { c = db.Database.GetDbConnection(); c.Execute(sql); }
            finally { if (c != null) { {|SES1010:c.Dispose()|}; } }
        }
        """);

    [Fact]
    public Task Reports_conditional_dispose() => Reports("""
        void M(Db db) { var c = db.Database.GetDbConnection(); c.Execute(sql); {|SES1010:c?.Dispose()|}; }
        """);

    [Fact]
    public Task Reports_converted_connection() => Reports("""
        void M(Db db) { using var c = {|SES1010:(SqlConnection)db.Database.GetDbConnection()|}; c.Execute(sql); }
        """);

    [Fact]
    public Task Reports_connection_inside_a_context() => Reports("""
        class Shop : DbContext { public void M() { using var c = {|SES1010:Database.GetDbConnection()|}; c.Open(); } }
        """);

    [Fact]
    public Task Reports_context_in_a_lambda() => Reports("""
        Func<Db, int> M() => db => { using var c = {|SES1010:db.Database.GetDbConnection()|}; return c.Execute(sql); };
        """);

    [Fact]
    public Task Reports_context_through_variables() => Reports("""
        void M(Db db) { var database = db.Database; var c = database.GetDbConnection(); var same = c; using ({|SES1010:same|}) { same.Open(); } }
        """);

    [Fact]
    public Task Reports_resolved_context() => Reports("""
        void M() { using var db = {|SES1010:services.GetRequiredService<Db>()|}; db.SaveChanges(); }
        """);

    [Fact]
    public Task Reports_context_resolved_by_type() => Reports("""
        void M(IServiceProvider provider) { using (var db = {|SES1010:(Db)provider.GetService(typeof(Db))|}) { db.SaveChanges(); } }
        """);

    [Fact]
    public Task Reports_connection_of_a_resolved_context() => Reports("""
        void M() { var db = services.GetRequiredService<Db>(); using var c = {|SES1010:db.Database.GetDbConnection()|}; c.Open(); }
        """);

    [Fact]
    public Task Reports_context_in_a_registration() => Reports("""
        void M(IServiceCollection all) => all.AddScoped(sp => { using var db = {|SES1010:sp.GetRequiredService<Db>()|}; return db.Users.First(); });
        """);

    [Fact]
    public Task Reports_data_source_of_the_container() => Reports("""
        async Task M() { await using var s = {|SES1010:services.GetRequiredService<NpgsqlDataSource>()|}; await using var c = await s.OpenConnectionAsync(); }
        """);

    [Fact]
    public Task Reports_generic_context() => Reports("""
        void M<T>() where T : DbContext { using var db = {|SES1010:services.GetRequiredService<T>()|}; db.SaveChanges(); }
        """);

    [Fact]
    public Task Reports_current_transaction() => Reports("""
        void M(Db db) { using var tx = {|SES1010:db.Database.CurrentTransaction|}; db.SaveChanges(); }
        """);

    [Fact]
    public Task Reports_current_transaction_or_a_new_one() => Reports("""
        void M(Db db) { using var tx = {|SES1010:db.Database.CurrentTransaction ?? db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_connection_of_a_command_parameter() => Reports("""
        void M(SqlCommand command) { using var c = {|SES1010:command.Connection|}; c.Execute(sql); }
        """);

    [Fact]
    public Task Reports_connection_of_a_transaction_parameter() => Reports("""
        void M(IDbTransaction tx) { using (var c = {|SES1010:tx.Connection|}) { c.Execute(sql, transaction: tx); } }
        """);

    [Fact]
    public Task Reports_service_of_an_action() => Reports("""
        using Microsoft.AspNetCore.Mvc;
        class Orders : ControllerBase
        {
            public IActionResult Get([FromServices] Db db) { using ({|SES1010:db|}) { return Ok(db.Users.ToList()); } }
        }
        """);

    [Fact]
    public Task Reports_injected_context_of_a_controller() => Reports("""
        using Microsoft.AspNetCore.Mvc;
        class Orders : ControllerBase
        {
            private readonly Db _db;
            public Orders(Db db) { _db = db ?? throw new ArgumentNullException(nameof(db)); }
            public IActionResult Get() { using ({|SES1010:_db|}) { return Ok(_db.Users.ToList()); } }
            public int Count() { var n = _db.Users.Count(); {|SES1010:_db.Dispose()|}; return n; }
        }
        """);

    [Fact]
    public Task Reports_injected_context_of_a_registered_type() => Reports("""
        class Store
        {
            private readonly Db db;
            public Store(Db db) => this.db = db;
            public int Count() { using ({|SES1010:db|}) { return db.Users.Count(); } }
        }
        static void Register(IServiceCollection all) => all.AddScoped<Store>();
        """);

    [CSharpFact(12)]
    public Task Reports_primary_constructor_of_a_registered_type() => Reports("""
        class Store(Db db) { public int Count() { using ({|SES1010:db|}) { return db.Users.Count(); } } }
        class Other(Db db) { private readonly Db kept = db; public int Count() { using ({|SES1010:kept|}) { return kept.Users.Count(); } } }
        static void Register(IServiceCollection all) => all.AddScoped<Store>().AddScoped<Other>();
        """);

    [Fact]
    public Task Reports_endpoint() => Reports("""
        using Microsoft.AspNetCore.Builder;
        class Api { void M(WebApplication app) => app.MapGet("/", (Db db) => { using ({|SES1010:db|}) { return db.Users.Count(); } }); }
        """);

    [Fact]
    public Task Reports_middleware() => Reports("""
        using Microsoft.AspNetCore.Http;
        class Middleware
        {
            private readonly RequestDelegate next;
            public Middleware(RequestDelegate next) => this.next = next;
            public async Task InvokeAsync(HttpContext context, Db db) { await using ({|SES1010:db|}) { await next(context); } }
        }
        """);

    [Fact]
    public Task Reports_services_of_a_request() => Reports("""
        using Microsoft.AspNetCore.Http;
        class Handler { int M(HttpContext http) { using var db = {|SES1010:http.RequestServices.GetRequiredService<Db>()|}; return db.Users.Count(); } }
        """);

    [Fact]
    public async Task Reports_what_the_user_calls_borrowed()
    {
        var test = NewTest("""
            static class Now { public static Db Context => null!; public static Db Make() => new Db(); }
            class Use
            {
                private readonly ISessions sessions = null!;
                void M() { using var db = {|SES1010:Now.Context|}; using var c = {|SES1010:sessions.Current|}; using var own = Now.Make(); }
            }
            """);
        test.TestState.AdditionalFiles.Add(("/0/SessionAnalyzers.own.txt", "P:Now.Context returns-borrowed\nP:ISessions.Current returns-borrowed\n"));
        await test.RunAsync();
        Assert.True(test.HasReported);
    }

    [Fact]
    public Task Reports_with_kind_and_owner() => Reports("""
        void M(Db db)
        {
            using var c = {|#0:db.Database.GetDbConnection()|};
        }
        """, new DiagnosticResult("SES1010", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(0).WithArguments("c", "connection", "GetDbConnection", "the context"));

    [Fact]
    public Task Reports_dispose_with_source() => Reports("""
        void M()
        {
            var db = {|#1:services.GetService<Db>()|};
            {|#0:db.Dispose()|};
        }
        """, new DiagnosticResult("SES1010", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("db", "context", "GetService", "the container"));

    [Fact]
    public Task Ignores_connection_that_is_not_disposed() => Ignores("void M(Db db) { var c = db.Database.GetDbConnection(); c.Open(); c.Close(); }");

    [Fact]
    public Task Ignores_connection_of_an_own_context() => Ignores("""
        void M() { using var db = new Db(); using var c = db.Database.GetDbConnection(); c.Open(); }
        void N() { using (var db = contexts.CreateDbContext()) using (var c = db.Database.GetDbConnection()) { c.Open(); } }
        async Task P() { await using var db = await contexts.CreateDbContextAsync(); await using var c = db.Database.GetDbConnection(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_connection_of_a_context_from_elsewhere() => Ignores("""
        Db Make() => new Db();
        void M() { var db = Make(); using var c = db.Database.GetDbConnection(); c.Open(); db.Dispose(); }
        void N() { var db = sessions.CreateContext(); using var c = db.Database.GetDbConnection(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_connection_of_an_own_context_in_a_lambda() => Ignores("""
        void M() { using var db = new Db(); Action run = () => { using var c = db.Database.GetDbConnection(); c.Open(); }; run(); }
        """);

    [Fact]
    public Task Ignores_connection_of_a_context_that_ends_too() => Ignores("""
        void M(Db db) { using (db) { using var c = db.Database.GetDbConnection(); c.Open(); } }
        void N(Db db) { db.Database.GetDbConnection().Dispose(); db.Dispose(); }
        """);

    [Fact]
    public Task Ignores_context_that_is_assigned_here() => Ignores("""
        private Db db;
        void M() { db = new Db(); using var c = db.Database.GetDbConnection(); c.Open(); }
        void N(Db other) { other = new Db(); using var c = other.Database.GetDbConnection(); c.Open(); }
        void P(out Db made) { made = new Db(); using var c = made.Database.GetDbConnection(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_property_that_makes_a_context() => Ignores("""
        Db Context => new Db();
        void M() { using var c = Context.Database.GetDbConnection(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_disposal_with_the_type() => Ignores("""
        sealed class Fixture : IDisposable, IAsyncDisposable
        {
            private readonly Db db = new();
            public void Dispose() { db.Database.GetDbConnection().Dispose(); db.Database.CurrentTransaction?.Dispose(); }
            public async ValueTask DisposeAsync() { await db.Database.GetDbConnection().DisposeAsync(); }
            void Close() { db.Database.GetDbConnection().Dispose(); }
            ~Fixture() { db.Database.GetDbConnection().Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_variable_that_may_hold_another() => Ignores("""
        void M(Db db, bool own)
        {
            DbConnection c = db.Database.GetDbConnection();
            if (own) { c = new SqlConnection(cs); }
            c.Open();
            c.Dispose();
        }
        void N(Db db, DbConnection given) { using var c = given ?? db.Database.GetDbConnection(); c.Open(); }
        void P(Db db) { using var c = Flag() ? new SqlConnection(cs) : db.Database.GetDbConnection(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_disposal_that_somebody_decides() => Ignores("""
        void M(Db db, bool own) { var c = db.Database.GetDbConnection(); c.Open(); if (own) { c.Dispose(); } }
        void N(Db db) { var c = db.Database.GetDbConnection(); try { c.Open(); } catch { c.Dispose(); throw; } }
        """);

    [Fact]
    public Task Ignores_service_of_an_own_scope() => Ignores("""
        void M() { using var scope = services.CreateScope(); using var db = scope.ServiceProvider.GetRequiredService<Db>(); db.SaveChanges(); }
        async Task N() { await using var scope = services.CreateAsyncScope(); await using var db = scope.ServiceProvider.GetRequiredService<Db>(); await db.SaveChangesAsync(); }
        void P(IServiceScope scope) { using var db = scope.ServiceProvider.GetRequiredService<Db>(); db.SaveChanges(); }
        void Q() { var provider = services.CreateScope().ServiceProvider; using var db = provider.GetRequiredService<Db>(); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_service_of_an_own_provider() => Ignores("""
        private readonly ServiceProvider provider = new ServiceCollection().BuildServiceProvider();
        void M() { using var db = provider.GetRequiredService<Db>(); db.SaveChanges(); }
        void N(IServiceCollection all) { using var p = all.BuildServiceProvider(); using var db = p.GetRequiredService<Db>(); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_transient_service() => Ignores("""
        static void Register(IServiceCollection all) => all.AddTransient<Db>().AddDbContext<Second>(ServiceLifetime.Transient).AddTransient(typeof(SqlConnection), _ => new SqlConnection());
        class Second : DbContext { }
        void M() { using var db = services.GetRequiredService<Db>(); db.SaveChanges(); }
        void N() { using var db = services.GetRequiredService<Second>(); db.SaveChanges(); }
        void P() { using var c = services.GetRequiredService<SqlConnection>(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_services_that_are_no_sessions() => Ignores("""
        void M() { using var x = services.GetRequiredService<IDisposable>(); using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateScope(); }
        void N() { using var db = services.GetRequiredService<IDbContextFactory<Db>>().CreateDbContext(); db.SaveChanges(); }
        void P() { using var c = services.GetRequiredService<ISessions>().Open(); c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_instance_made_with_the_container() => Ignores("""
        void M() { using var db = ActivatorUtilities.CreateInstance<Db>(services); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_resolved_service_in_a_test() => Ignores("""
        class FactAttribute : Attribute { }
        class Tests
        {
            private readonly IServiceProvider services = null!;
            [Fact] public void M() { using var db = services.GetRequiredService<Db>(); db.SaveChanges(); }
        }
        """);

    [Fact]
    public Task Ignores_transaction_that_ends_here_on_purpose() => Ignores("""
        void M(Db db) { db.SaveChanges(); using var tx = db.Database.CurrentTransaction; tx.Commit(); }
        void N(Db db) { db.Database.CurrentTransaction.Rollback(); db.Database.CurrentTransaction.Dispose(); }
        """);

    [Fact]
    public Task Ignores_transaction_that_the_type_begins() => Ignores("""
        class Unit
        {
            private readonly Db db = null!;
            public void Begin() => db.Database.BeginTransaction();
            public void Leave() => db.Database.CurrentTransaction.Dispose();
        }
        """);

    [Fact]
    public Task Ignores_transaction_of_another_kind() => Ignores("""
        void M(Db db, DbTransaction outer) { using var tx = db.Database.UseTransaction(outer); db.SaveChanges(); }
        void N() { using var tx = System.Transactions.Transaction.Current; }
        """);

    [Fact]
    public Task Ignores_connection_of_an_own_command() => Ignores("""
        void M() { var command = new SqlCommand(sql, new SqlConnection(cs)); command.Connection.Open(); command.ExecuteNonQuery(); command.Connection.Dispose(); }
        void N(SqlConnection c) { using var command = c.CreateCommand(); command.ExecuteNonQuery(); command.Connection.Dispose(); }
        """);

    [Fact]
    public Task Ignores_connection_that_travels_with_its_command() => Ignores("""
        static int Run(IDbCommand command) { try { command.Connection.Open(); return command.ExecuteNonQuery(); } finally { command.Connection.Dispose(); } }
        static void End(IDbCommand command) { command.Connection.Dispose(); command.Dispose(); }
        static void Done(IDbTransaction tx) { var c = tx.Connection; tx.Commit(); c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_command_field() => Ignores("""
        private readonly SqlCommand command = null!;
        void M() { command.Connection.Dispose(); }
        """);

    [Fact]
    public Task Ignores_commands_of_an_adapter() => Ignores("void M(SqlDataAdapter a) { a.SelectCommand.Dispose(); using var insert = a.InsertCommand; }");

    [Fact]
    public Task Ignores_parameters() => Ignores("""
        void M(Db db) { using (db) { db.SaveChanges(); } }
        void N(SqlConnection c) { c.Execute(sql); c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_constructor_parameters_of_any_type() => Ignores("""
        class Store
        {
            private readonly Db db;
            public Store(Db db) { this.db = db; }
            public int Count() { using (db) { return db.Users.Count(); } }
        }
        """);

    [Fact]
    public Task Ignores_registered_type_that_others_make_too() => Ignores("""
        class Store
        {
            private readonly Db db;
            public Store(Db db) { this.db = db; }
            public int Count() { using (db) { return db.Users.Count(); } }
        }
        static void Register(IServiceCollection all) => all.AddScoped<Store>();
        static int Count() => new Store(new Db()).Count();
        """);

    [Fact]
    public Task Ignores_unit_of_work_that_is_disposed() => Ignores("""
        sealed class Unit : IDisposable
        {
            private readonly Db db;
            public Unit(Db db) { this.db = db; }
            public void Dispose() { db.Dispose(); }
        }
        static void Register(IServiceCollection all) => all.AddScoped<Unit>();
        """);

    [Fact]
    public Task Ignores_own_field_of_a_controller() => Ignores("""
        using Microsoft.AspNetCore.Mvc;
        class Orders : ControllerBase
        {
            private Db _db = new Db();
            private Db other;
            public Orders(IDbContextFactory<Db> contexts) { other = contexts.CreateDbContext(); }
            public IActionResult Get() { using (_db) using (other) { return Ok(); } }
        }
        """);

    [Fact]
    public Task Ignores_connection_of_a_controller() => Ignores("""
        using Microsoft.AspNetCore.Mvc;
        class Orders : ControllerBase
        {
            private readonly IDbConnection _connection;
            public Orders(IDbConnection connection) { _connection = connection; }
            public int Count() { using (_connection) { return _connection.ExecuteScalar<int>(""); } }
        }
        """);

    [Fact]
    public Task Ignores_resolved_service_in_a_helper_of_tests() => Ignores("""
        abstract class IntegrationTestBase
        {
            protected IServiceProvider Services = null!;
            protected void Save() { using var db = Services.GetRequiredService<Db>(); db.SaveChanges(); }
        }
        """);

    [Fact]
    public Task Ignores_helpers_that_end_sessions() => Ignores("""
        static void CloseConnection(IDbCommand command) { command.Connection.Dispose(); }
        static void SafeDispose(IDbTransaction tx) { tx.Connection?.Dispose(); }
        void CleanupAll(Db db) { db.Database.GetDbConnection().Dispose(); }
        void M(Db db) { void End() { db.Database.GetDbConnection().Dispose(); } End(); }
        """);

    [Fact]
    public Task Ignores_context_of_a_loop() => Ignores("""
        void M(IEnumerable<Db> all) { foreach (var db in all) { using var c = db.Database.GetDbConnection(); c.Open(); } }
        void N(object value) { if (value is Db db) { using var c = db.Database.GetDbConnection(); c.Open(); } }
        """);

    [Fact]
    public Task Ignores_context_field_that_is_made_here() => Ignores("""
        private Db late;
        void M() { late = contexts.CreateDbContext(); try { using var c = late.Database.GetDbConnection(); c.Open(); } finally { late.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_middleware_parameters_of_other_methods() => Ignores("""
        using Microsoft.AspNetCore.Http;
        class Helper { public async Task InvokeAsync(HttpContext context, Db db) { await using (db) { await db.SaveChangesAsync(); } } }
        """);

    [Fact]
    public Task Ignores_lambda_that_is_no_endpoint() => Ignores("""
        void M(Action<Action<Db>> run) => run(db => { using (db) { db.SaveChanges(); } });
        """);

    [Fact]
    public Task Ignores_owned_sessions() => Ignores("""
        void M() { using var c = sessions.Open(); using var tx = c.BeginTransaction(); using var db = contexts.CreateDbContext(); tx.Commit(); }
        """);
}
