using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1001 by the ways in: what yields a session that this code owns.</summary>
public sealed partial class SessionMustBeDisposedTests
{
    [Fact]
    public Task Reports_new() => Reports("void M() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_connection_that_is_never_opened() => Reports("void M() { var c = {|SES1001:new SqlConnection(cs)|}; }");

    [Fact]
    public Task Reports_target_typed_new() => Reports("void M() { SqlConnection c = {|SES1001:new(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_new_with_initializer() =>
        Reports("void M() { var c = {|SES1001:new SqlConnection { ConnectionString = cs }|}; c.Open(); }");

    [Fact]
    public Task Reports_declaration_and_later_assignment() =>
        Reports("void M() { SqlConnection c; c = {|SES1001:new SqlConnection(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_interface_typed_variable() => Reports("void M() { IDbConnection c = {|SES1001:new SqlConnection(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_ternary_of_two_sessions() =>
        Reports("""void M(bool b) { var c = b ? {|SES1001:new SqlConnection(cs)|} : new SqlConnection("y"); c.Open(); }""");

    [Fact]
    public Task Reports_ternary_with_null() =>
        Reports("void M(bool b) { var c = b ? {|SES1001:new SqlConnection(cs)|} : null; c?.Open(); }");

    [Fact]
    public Task Reports_fallback_of_coalescing() =>
        Reports("void M(SqlConnection existing) { var c = existing ?? {|SES1001:new SqlConnection(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_coalescing_assignment_to_local() =>
        Reports("void M(SqlConnection existing) { var c = existing; c ??= {|SES1001:new SqlConnection(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_switch_expression() =>
        Reports("""void M(int n) { var c = n switch { 1 => {|SES1001:new SqlConnection(cs)|}, _ => new SqlConnection("y") }; c.Open(); }""");

    [Fact]
    public Task Reports_cast() => Reports("void M() { var c = (IDbConnection){|SES1001:sessions.Open()|}; c.Execute(sql); }");

    [Fact]
    public Task Reports_as_cast() => Reports("void M() { var c = {|SES1001:sessions.Open()|} as DbConnection; c.Execute(sql); }");

    [Fact]
    public Task Reports_static_factory() => Reports("""
        static SqlConnection Create() => new SqlConnection("x");
        void M() { var c = {|SES1001:Create()|}; c.Open(); }
        """);

    [Fact]
    public Task Reports_factory_without_a_telling_name() => Reports("""
        SqlConnection Main2() { var c = new SqlConnection(cs); c.Open(); return c; }
        void M() { var c = {|SES1001:Main2()|}; c.Execute(sql); }
        """);

    [Fact]
    public Task Reports_factory_of_factory() => Reports("""
        SqlConnection Inner() => new SqlConnection(cs);
        SqlConnection Outer() { var c = Inner(); c.Open(); return c; }
        void M() { var c = {|SES1001:Outer()|}; c.Execute(sql); }
        """);

    [Fact]
    public Task Reports_factory_that_may_return_null() => Reports("""
        SqlConnection TryOpen() => Flag() ? new SqlConnection(cs) : null;
        void M() { var c = {|SES1001:TryOpen()|}; if (c != null) { c.Open(); } }
        """);

    [Fact]
    public Task Reports_factory_that_disposes_when_it_fails() => Reports("""
        SqlConnection Make() { var c = new SqlConnection(cs); try { c.Open(); return c; } catch { c.Dispose(); throw; } }
        void M() { var c = {|SES1001:Make()|}; c.Execute(sql); }
        """);

    // roslyn-analyzers#5330
    [Fact]
    public Task Reports_interface_factory_with_implementation() => Reports("""
        interface IMaker { SqlConnection Get(); }
        sealed class Maker : IMaker { public SqlConnection Get() => new SqlConnection("x"); }
        void M(IMaker maker) { var c = {|SES1001:maker.Get()|}; c.Open(); }
        """);

    [Fact]
    public Task Reports_interface_factory_without_implementation() => Reports("void M() { var c = {|SES1001:sessions.Open()|}; c.Execute(sql); }");

    [Fact]
    public Task Reports_interface_factory_of_a_context() => Reports("int M() { var db = {|SES1001:sessions.CreateContext()|}; return db.Users.Count(); }");

    [Fact]
    public Task Reports_abstract_factory_method() => Reports("""
        abstract class Base { protected abstract SqlConnection CreateConnection(); public void M() { var c = {|SES1001:CreateConnection()|}; c.Open(); } }
        """);

    [Fact]
    public Task Reports_virtual_factory_method() => Reports("""
        class Base { protected virtual SqlConnection Get() => new SqlConnection("x"); public void M() { var c = {|SES1001:Get()|}; c.Open(); } }
        sealed class Derived : Base { protected override SqlConnection Get() => new SqlConnection("y"); }
        """);

    [Fact]
    public Task Reports_extension_factory() => Reports("""
        void M() { var c = {|SES1001:cs.ToConnection()|}; c.Open(); }
        }
        static class Extensions { public static SqlConnection ToConnection(this string s) => new SqlConnection(s);
        """);

    [Fact]
    public Task Reports_generic_factory() => Reports("""
        static T Make<T>(Func<T> make) where T : DbContext => null;
        static T Make<T>() where T : DbContext, new() => new T();
        int M() { var db = {|SES1001:Make<Db>()|}; return db.Users.Count(); }
        """);

    [Fact]
    public Task Reports_generic_factory_by_activator() => Reports("""
        int M() { var db = {|SES1001:ActivatorUtilities.CreateInstance<Db>(services)|}; return db.Users.Count(); }
        """);

    [Fact]
    public Task Reports_new_of_a_type_parameter() => Reports("""
        int M<T>() where T : DbContext, new() { var db = {|SES1001:new T()|}; return db.SaveChanges(); }
        """);

    [Fact]
    public Task Reports_task_factory() => Reports("""
        async Task<SqlConnection> MakeAsync() { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }
        async Task M() { var c = await {|SES1001:MakeAsync()|}; await c.ExecuteAsync(sql); }
        """);

    [Fact]
    public Task Reports_completed_task_factory() => Reports("""
        Task<SqlConnection> MakeAsync() => Task.FromResult(new SqlConnection(cs));
        async Task M() { var c = await {|SES1001:MakeAsync()|}; await c.OpenAsync(); }
        """);

    // IDisposableAnalyzers#476
    [Fact]
    public Task Reports_value_task_factory() => Reports("""
        ValueTask<SqlConnection> MakeAsync() => new(new SqlConnection(cs));
        async Task M() { var c = await {|SES1001:MakeAsync()|}; await c.OpenAsync(); }
        """);

    [Fact]
    public Task Reports_value_task_factory_by_static_method() => Reports("""
        ValueTask<SqlConnection> MakeAsync() => ValueTask.FromResult(new SqlConnection(cs));
        async Task M() { var c = await {|SES1001:MakeAsync()|}; await c.OpenAsync(); }
        """);

    [Fact]
    public Task Reports_async_value_task_factory() => Reports("""
        async ValueTask<SqlConnection> MakeAsync() { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }
        async Task M() { var c = await {|SES1001:MakeAsync()|}.ConfigureAwait(false); await c.ExecuteAsync(sql); }
        """);

    [Fact]
    public Task Reports_interface_task_factory() =>
        Reports("async Task M() { var c = await {|SES1001:sessions.OpenAsync()|}.ConfigureAwait(false); await c.ExecuteAsync(sql); }");

    [Fact]
    public Task Reports_interface_value_task_factory() =>
        Reports("async Task M() { var c = await {|SES1001:sessions.CreateAsync()|}; await c.ExecuteAsync(sql); }");

    [Fact]
    public Task Reports_blocking_on_a_task_factory() =>
        Reports("void M() { var c = {|SES1001:sessions.OpenAsync()|}.GetAwaiter().GetResult(); c.Execute(sql); }");

    [Fact]
    public Task Reports_result_of_a_task_factory() => Reports("void M() { var c = {|SES1001:sessions.OpenAsync()|}.Result; c.Execute(sql); }");

    [Fact]
    public Task Reports_task_that_is_awaited_later() =>
        Reports("async Task M() { var task = {|SES1001:sessions.OpenAsync()|}; Work(); var c = await task; await c.ExecuteAsync(sql); }");

    [Fact]
    public Task Reports_deconstructed_tuple() => Reports("""
        (SqlConnection, int) Pair() => (new SqlConnection(cs), 1);
        void M() { var (c, n) = {|SES1001:Pair()|}; c.Open(); }
        """);

    // roslyn-analyzers#3268
    [Fact]
    public Task Reports_element_of_a_tuple_variable() => Reports("""
        (int Number, SqlConnection Connection) Pair() => (1, new SqlConnection(cs));
        void M() { var pair = {|SES1001:Pair()|}; pair.Connection.Open(); }
        """);

    [Fact]
    public Task Reports_tuple_of_a_task() => Reports("""
        async Task<(SqlConnection, int)> PairAsync() { await Task.Yield(); return (new SqlConnection(cs), 1); }
        async Task M() { var (c, _) = await {|SES1001:PairAsync()|}; await c.OpenAsync(); }
        """);

    [Fact]
    public Task Reports_out_variable() => Reports("""
        bool TryOpen(out SqlConnection c) { c = new SqlConnection(cs); c.Open(); return true; }
        void M() { if ({|SES1001:TryOpen(out var c)|}) { c.Execute(sql); } }
        """);

    [Fact]
    public Task Reports_local_lambda() =>
        Reports("void M() { Func<SqlConnection> make = () => new SqlConnection(cs); var c = {|SES1001:make()|}; c.Open(); }");

    [Fact]
    public Task Reports_local_method_group() => Reports("""
        SqlConnection Get() => new SqlConnection(cs);
        void M() { Func<SqlConnection> make = Get; var c = {|SES1001:make()|}; c.Open(); }
        """);

    [Fact]
    public Task Reports_parameter_that_is_a_factory() =>
        Reports("void M(Func<SqlConnection> connectionFactory) { var c = {|SES1001:connectionFactory()|}; c.Open(); }");

    [Fact]
    public Task Reports_field_that_is_a_factory() => Reports("""
        private readonly Func<Task<SqlConnection>> _openConnection;
        async Task M() { var c = await {|SES1001:_openConnection()|}; await c.ExecuteAsync(sql); }
        """);

    [Fact]
    public Task Reports_local_function() => Reports("""
        void M()
        {
            var c = {|SES1001:Open()|};
            c.Execute(sql);
            SqlConnection Open() { var x = new SqlConnection(cs); x.Open(); return x; }
        }
        """);

    [Fact]
    public Task Reports_property_that_creates() => Reports("""
        SqlConnection Connection => new SqlConnection(cs);
        void M() { var c = {|SES1001:Connection|}; c.Open(); }
        """);

    [Fact(Skip = "Elements of iterators are not followed yet: a miss, not a wrong report")]
    public Task Reports_element_of_an_iterator() => Reports("""
        IEnumerable<SqlConnection> Connections() { yield return new SqlConnection(cs); yield return new SqlConnection(sql); }
        void M() { foreach (var c in {|SES1001:Connections()|}) { c.Open(); } }
        """);

    [Fact(Skip = "Elements of iterators are not followed yet: a miss, not a wrong report")]
    public Task Reports_element_of_an_async_iterator() => Reports("""
        async IAsyncEnumerable<SqlConnection> Connections() { await Task.Yield(); yield return new SqlConnection(cs); }
        async Task M() { await foreach (var c in {|SES1001:Connections()|}) { await c.OpenAsync(); } }
        """);

    [Fact]
    public Task Reports_conditional_access_to_a_factory() =>
        Reports("void M() { var c = sessions?{|SES1001:.Open()|}; c?.Execute(sql); }");

    [Fact]
    public Task Reports_pattern_variable() =>
        Reports("void M() { if ({|SES1001:sessions.Open()|} is { } c) { c.Execute(sql); } }");

    [Fact]
    public Task Reports_type_pattern_variable() =>
        Reports("void M() { if ({|SES1001:sessions.Open()|} is SqlConnection c) { c.Execute(sql); } }");

    [Fact]
    public Task Reports_annotated_member() => Reports("""
        [MustDisposeResource] extern SqlConnection Get();
        void M() { var c = {|SES1001:Get()|}; c.Execute(sql); }
        """);

    [Fact]
    public Task Reports_context_factory() => Reports("int M() { var db = {|SES1001:contexts.CreateDbContext()|}; return db.Users.Count(); }");

    [Fact]
    public Task Reports_async_context_factory() =>
        Reports("async Task<int> M() { var db = await {|SES1001:contexts.CreateDbContextAsync()|}; return await db.Users.CountAsync(); }");

    [Fact]
    public Task Reports_service_scope() => Reports(
        "void M() { var scope = {|SES1001:services.CreateScope()|}; scope.ServiceProvider.GetRequiredService<Db>().SaveChanges(); }");

    [Fact]
    public Task Reports_async_service_scope() => Reports(
        "async Task M() { var scope = {|SES1001:services.CreateAsyncScope()|}; await scope.ServiceProvider.GetRequiredService<Db>().SaveChangesAsync(); }");

    [Fact]
    public Task Reports_transaction_scope() => Reports("void M(Db db) { var scope = {|SES1001:new TransactionScope()|}; db.SaveChanges(); scope.Complete(); }");

    [Fact]
    public Task Reports_data_source_connection() =>
        Reports("async Task M() { var c = await {|SES1001:source.OpenConnectionAsync()|}; await c.ExecuteAsync(sql); }");

    [Fact]
    public Task Reports_provider_factory() =>
        Reports("void M(DbProviderFactory provider) { var c = {|SES1001:provider.CreateConnection()|}; c.ConnectionString = cs; c.Open(); }");

    [Fact]
    public Task Reports_transaction_without_end() =>
        Reports("void M(SqlConnection c) { var tx = {|SES1001:c.BeginTransaction()|}; c.Execute(sql, transaction: tx); }");

    [Fact]
    public Task Reports_context_transaction_without_end() =>
        Reports("void M(Db db) { var tx = {|SES1001:db.Database.BeginTransaction()|}; db.SaveChanges(); }");

    [Fact]
    public Task Reports_context_that_owns_a_transaction_once() =>
        Reports("void M() { var db = {|SES1001:new Db()|}; var tx = db.Database.BeginTransaction(); db.SaveChanges(); }");

    [Fact]
    public Task Reports_user_type_derived_from_a_session() => Reports("""
        sealed class Sub : Db { public void Extra() { } }
        void M() { var db = {|SES1001:new Sub()|}; db.Extra(); db.SaveChanges(); }
        """);

    [Fact]
    public Task Reports_client_session_of_mongo() => ReportsFile("""
        using MongoDB.Driver;
        class M1 { void M(IMongoClient client) { var s = {|SES1001:client.StartSession()|}; s.StartTransaction(); s.CommitTransaction(); } }
        """);

    [Fact]
    public Task Reports_async_client_session_of_mongo() => ReportsFile("""
        using MongoDB.Driver;
        class M1 { async Task M(IMongoClient client) { var s = await {|SES1001:client.StartSessionAsync()|}; s.StartTransaction(); await s.CommitTransactionAsync(); } }
        """);

    [Fact]
    public Task Reports_connection_of_mysqlconnector() => ReportsFile("""
        using MySqlConnector;
        class M1 { async Task M(MySqlDataSource source) { var c = await {|SES1001:source.OpenConnectionAsync()|}; await c.ExecuteAsync("x"); } }
        """);

    [Fact]
    public Task Reports_connection_of_mysql_data() => ReportsFile("""
        using MySql.Data.MySqlClient;
        class M1 { void M(string cs) { var c = {|SES1001:new MySqlConnection(cs)|}; c.Open(); } }
        """);

    [Fact]
    public Task Reports_connection_of_the_old_client() => ReportsFile("""
        using Old = System.Data.SqlClient;
        class M1 { void M(string cs) { var c = {|SES1001:new Old.SqlConnection(cs)|}; c.Open(); } }
        """);

    [Fact]
    public Task Reports_connection_of_system_data_sqlite() => ReportsFile("""
        using System.Data.SQLite;
        class M1 { void M(string cs) { var c = {|SES1001:new SQLiteConnection(cs)|}; c.Open(); } }
        """);

    [Fact]
    public Task Reports_connection_of_linq2db() => ReportsFile("""
        using LinqToDB.Data;
        class M1 { void M() { var db = {|SES1001:new DataConnection()|}; db.Execute("x"); } }
        """);

    private const string Decorator = """
        interface ISource { SqlConnection Make(); }
        class Logged : ISource { ISource inner = null!; public SqlConnection Make() { Work(); return inner.Make(); } }
        class Timed : ISource { ISource inner = null!; public SqlConnection Make() => inner.Make(); }

        """;

    // Radarr e4429d29: MainDatabase decorates the IDatabase that opens.
    [Fact]
    public Task Reports_factory_behind_decorators() => Reports(Decorator + """
        class Real : ISource { public SqlConnection Make() => new SqlConnection(""); }
        void M(ISource source) { var c = {|SES1001:source.Make()|}; c.Open(); c.Execute(sql); }
        """);

    [Fact]
    public Task Reports_decorator_of_a_factory() => Reports(Decorator + """
        class Real : ISource { public SqlConnection Make() => new SqlConnection(""); }
        void M(Timed source) { var c = {|SES1001:source.Make()|}; c.Open(); c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_holder_behind_decorators() => Ignores(Decorator + """
        class Holder : ISource { readonly SqlConnection kept; public Holder(SqlConnection c) => kept = c; public SqlConnection Make() => kept; }
        void M(ISource source, Logged logged) { var c = source.Make(); c.Open(); logged.Make().Open(); }
        """);

    [Fact]
    public Task Ignores_factory_and_holder_behind_decorators() => Ignores(Decorator + """
        class Real : ISource { public SqlConnection Make() => new SqlConnection(""); }
        class Holder : ISource { readonly SqlConnection kept; public Holder(SqlConnection c) => kept = c; public SqlConnection Make() => kept; }
        void M(ISource source, Logged logged, Timed timed) { var c = source.Make(); c.Open(); logged.Make().Open(); timed.Make().Open(); }
        """);

    [Fact]
    public Task Ignores_decorators_of_each_other() => Ignores(Decorator.Replace("Make", "Get") + """
        void M(Timed source) { var c = source.Get(); c.Open(); }
        """);
}
