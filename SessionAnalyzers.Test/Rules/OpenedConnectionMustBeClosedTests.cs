using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1012: connections that one path leaves open.</summary>
public sealed class OpenedConnectionMustBeClosedTests
{
    private const string Members = """
        private readonly SqlConnection connection = null!;
        private readonly Db db = null!;
        private SqlConnection Auto { get; } = null!;
        private void CloseAll() { }
        """;

    private static Verify<Only<OpenedConnectionMustBeClosed>, EmptyCodeFixProvider>.Test NewTest(string members) =>
        new(Libraries.Common) { TestState = { Sources = { $"partial class C {{ {members}\n}}", FlowRules.Preamble, $"partial class C {{ {Members} }}" } } };

    private static async Task Reports(string members, params DiagnosticResult[] expected)
    {
        var test = NewTest(members);
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    private static Task Ignores(string members)
    {
        var test = NewTest(members);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    [Fact]
    public Task Reports_field_when_the_work_throws() => Reports("""
        void M(SqlCommand command) { {|SES1012:connection.Open()|}; command.ExecuteNonQuery(); connection.Close(); }
        """);

    [Fact]
    public Task Reports_field_of_this() => Reports("""
        void M(SqlCommand command) { {|SES1012:this.connection.Open()|}; command.ExecuteNonQuery(); this.connection.Close(); }
        """);

    [Fact]
    public Task Reports_static_field() => Reports("""
        private static readonly SqlConnection Shared = null!;
        static void M(SqlCommand command) { {|SES1012:Shared.Open()|}; command.ExecuteNonQuery(); Shared.Close(); }
        """);

    [CSharpFact(12)]
    public Task Reports_parameter_of_a_primary_constructor() => Reports("""
        class Store(SqlConnection own)
        {
            void M(SqlCommand command) { {|SES1012:own.Open()|}; command.ExecuteNonQuery(); own.Close(); }
        }
        """);

    [CSharpFact(12)]
    public Task Ignores_parameter_of_a_primary_constructor_that_the_type_disposes() => Ignores("""
        sealed class Store(SqlConnection own) : IDisposable
        {
            void M(SqlCommand command) { own.Open(); command.ExecuteNonQuery(); own.Close(); }
            public void Dispose() => own.Dispose();
        }
        sealed class Once(SqlConnection own)
        {
            private readonly int count = Count(own);
            static int Count(SqlConnection connection) { connection.Open(); var count = connection.Execute(""); connection.Close(); return count; }
        }
        """);

    [Fact]
    public Task Reports_property() => Reports("""
        void M(SqlCommand command) { {|SES1012:Auto.Open()|}; command.ExecuteNonQuery(); Auto.Close(); }
        """);

    [Fact]
    public Task Reports_asynchronous_forms() => Reports("""
        async Task M(SqlCommand command) { await {|SES1012:connection.OpenAsync()|}.ConfigureAwait(false); await command.ExecuteNonQueryAsync(); await connection.CloseAsync(); }
        """);

    [Fact]
    public Task Reports_mapper() => Reports("""
        int M() { {|SES1012:connection.Open()|}; var n = connection.Execute(sql); connection.Close(); return n; }
        """);

    [Fact]
    public Task Reports_connection_of_a_context() => Reports("""
        int M() { var c = db.Database.GetDbConnection(); {|SES1012:c.Open()|}; var n = c.Execute(sql); c.Close(); return n; }
        """);

    [Fact]
    public Task Reports_connection_of_a_context_without_a_variable() => Reports("""
        void M(DbCommand command) { {|SES1012:db.Database.GetDbConnection().Open()|}; command.ExecuteNonQuery(); db.Database.GetDbConnection().Close(); }
        """);

    [Fact]
    public Task Reports_connection_of_a_context_parameter() => Reports("""
        internal void M(Db context) { var c = context.Database.GetDbConnection(); {|SES1012:c.Open()|}; using (var command = c.CreateCommand()) { command.ExecuteNonQuery(); } c.Close(); }
        """);

    [Fact]
    public Task Reports_counted_opening() => Reports("""
        void M() { {|SES1012:db.Database.OpenConnection()|}; db.Database.ExecuteSqlRaw(sql); db.Database.CloseConnection(); }
        """);

    [Fact]
    public Task Reports_asynchronous_counted_opening() => Reports("""
        public async Task M(Db context) { await {|SES1012:context.Database.OpenConnectionAsync()|}; await context.SaveChangesAsync(); await context.Database.CloseConnectionAsync(); }
        """);

    [Fact]
    public Task Reports_counted_opening_inside_a_context() => Reports("""
        class Shop : DbContext { void M() { {|SES1012:Database.OpenConnection()|}; SaveChanges(); Database.CloseConnection(); } }
        """);

    [Fact]
    public Task Reports_early_return() => Reports("""
        int M(SqlConnection c)
        {
            {|SES1012:c.Open()|};
            if (Flag())
            {
                return 0;
            }

            c.Close();
            return 1;
        }
        """);

    [Fact]
    public Task Reports_swallowed_exception() => Reports("""
        void M(SqlConnection c)
        {
            try { {|SES1012:c.Open()|}; c.Execute(sql); c.Close(); }
            catch (Exception e) { logger.LogError(e, "failed"); }
        }
        """);

    [Fact]
    public Task Reports_throw_statement() => Reports("""
        void M() { {|SES1012:connection.Open()|}; if (Flag()) { throw new InvalidOperationException(); } connection.Close(); }
        """);

    [Fact]
    public Task Reports_closing_that_asks_the_state() => Reports("""
        void M(SqlCommand command) { {|SES1012:connection.Open()|}; command.ExecuteNonQuery(); if (connection.State == ConnectionState.Open) { connection.Close(); } }
        """);

    [Fact]
    public Task Reports_loop() => Reports("""
        void M(SqlCommand[] commands) { foreach (var command in commands) { {|SES1012:connection.Open()|}; command.ExecuteNonQuery(); connection.Close(); } }
        """);

    [Fact]
    public Task Reports_helper_that_works_with_the_connection() => Reports("""
        static int Count(SqlConnection c) => c.Execute("");
        void M() { {|SES1012:connection.Open()|}; Count(connection); connection.Close(); }
        """);

    [Fact]
    public Task Reports_exception_with_its_place() => Reports("""
        void M(SqlCommand command)
        {
            {|#0:connection.Open()|};
            {|#1:command.ExecuteNonQuery()|};
            connection.Close();
        }
        """, new DiagnosticResult("SES1012", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("connection", "'ExecuteNonQuery' throws (line 4)"));

    [Fact]
    public Task Reports_return_with_its_place() => Reports("""
        int M(SqlConnection c)
        {
            {|#0:c.Open()|};
            if (Flag()) { return {|#1:0|}; }
            c.Close();
            return 1;
        }
        """, new DiagnosticResult("SES1012", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("c", "the method returns (line 4)"));

    [Fact]
    public Task Ignores_finally() => Ignores("""
        void M(SqlCommand command) { connection.Open(); try { command.ExecuteNonQuery(); } finally { connection.Close(); } }
        async Task N() { try { await db.Database.OpenConnectionAsync(); await db.SaveChangesAsync(); } finally { await db.Database.CloseConnectionAsync(); } }
        int P() { var c = db.Database.GetDbConnection(); c.Open(); try { if (Flag()) { return 0; } return c.Execute(sql); } finally { if (c.State == ConnectionState.Open) c.Close(); } }
        void Q() { connection.Open(); try { connection.Execute(sql); } catch (Exception) { Work(); throw; } finally { connection?.Close(); } }
        """);

    [Fact]
    public Task Ignores_closing_in_catch_and_at_the_end() => Ignores("""
        void M() { connection.Open(); try { connection.Execute(sql); } catch { connection.Close(); throw; } connection.Close(); }
        void N() { try { connection.Open(); connection.Execute(sql); connection.Close(); } catch (SqlException) { connection.Close(); throw; } }
        """);

    [Fact]
    public Task Ignores_closing_on_all_paths() => Ignores("""
        int M() { connection.Open(); if (Flag()) { connection.Close(); return 0; } connection.Close(); return 1; }
        """);

    [Fact]
    public Task Ignores_opening_without_closing() => Ignores("""
        void M() { connection.Open(); connection.Execute(sql); }
        void N() { var c = db.Database.GetDbConnection(); c.Open(); c.Execute(sql); }
        void P() { db.Database.OpenConnection(); db.Database.EnsureCreated(); }
        void Q(SqlConnection c) { c.Open(); c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_guarded_opening() => Ignores("""
        void M() { if (connection.State != ConnectionState.Open) { connection.Open(); } connection.Execute(sql); connection.Close(); }
        void N()
        {
            var opened = false;
            if (connection.State != ConnectionState.Open) { connection.Open(); opened = true; }
            connection.Execute(sql);
            if (opened) { connection.Close(); }
        }
        void P() { var wasClosed = connection.State == ConnectionState.Closed; if (wasClosed) connection.Open(); try { connection.Execute(sql); } finally { if (wasClosed) connection.Close(); } }
        """);

    [Fact]
    public Task Ignores_closing_that_a_flag_decides() => Ignores("""
        void M(SqlCommand command, bool keep) { connection.Open(); command.ExecuteNonQuery(); if (!keep) { connection.Close(); } }
        """);

    [Fact]
    public Task Ignores_openers() => Ignores("""
        void Open() { connection.Open(); if (Flag()) { return; } connection.Close(); }
        void OpenFor(SqlCommand command) { connection.Open(); command.ExecuteNonQuery(); connection.Close(); }
        void EnsureOpen() { connection.Open(); if (Flag()) { connection.Close(); } }
        SqlConnection Ready(SqlConnection c) { c.Open(); if (Flag()) { c.Close(); return null; } return c; }
        SqlDataReader Run(SqlCommand command) { connection.Open(); try { return command.ExecuteReader(); } catch { connection.Close(); throw; } }
        async Task<DbConnection> Opened() { var c = db.Database.GetDbConnection(); await c.OpenAsync(); if (Flag()) { await c.CloseAsync(); } return c; }
        """);

    [Fact]
    public Task Ignores_opening_that_only_cleans_up_after_a_failure() => Ignores("""
        void Ready() { connection.Open(); try { connection.Execute(sql); } catch { connection.Close(); throw; } }
        """);

    [Fact]
    public Task Ignores_reader_that_closes() => Ignores("""
        void M(SqlCommand command, Action<IDataReader> use) { connection.Open(); use(command.ExecuteReader(CommandBehavior.CloseConnection)); if (Flag()) { return; } connection.Close(); }
        """);

    [Fact]
    public Task Ignores_own_connections() => Ignores("""
        void M() { using var c = new SqlConnection(cs); c.Open(); c.Execute(sql); c.Close(); }
        void N() { var c = new SqlConnection(cs); c.Open(); c.Execute(sql); c.Close(); }
        void P() { var c = sessions.Open(); c.Open(); c.Execute(sql); c.Close(); }
        """);

    [Fact]
    public Task Ignores_own_contexts() => Ignores("""
        void M() { using var own = new Db(); own.Database.OpenConnection(); own.SaveChanges(); own.Database.CloseConnection(); }
        void N() { using var own = contexts.CreateDbContext(); var c = own.Database.GetDbConnection(); c.Open(); c.Execute(sql); c.Close(); }
        void P(Db given) { using (given) { given.Database.OpenConnection(); given.SaveChanges(); given.Database.CloseConnection(); } }
        """);

    [Fact]
    public Task Ignores_exception_with_a_connection_parameter() => Ignores("""
        void M(SqlConnection c) { c.Open(); c.Execute(sql); c.Close(); }
        """);

    [Fact]
    public Task Ignores_exception_in_a_helper_with_a_context() => Ignores("""
        private static void Fill(Db context) { context.Database.OpenConnection(); context.SaveChanges(); context.Database.CloseConnection(); }
        void M() { using var own = new Db(); Fill(own); }
        """);

    [Fact]
    public Task Ignores_exception_in_a_type_that_disposes_the_connection() => Ignores("""
        sealed class Store : IDisposable
        {
            private readonly SqlConnection connection = new();
            public void M() { connection.Open(); connection.Execute(""); connection.Close(); }
            public void Dispose() { connection.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_disposed_connection() => Ignores("""
        void M() { using var c = db.Database.GetDbConnection(); c.Open(); c.Execute(sql); c.Close(); }
        void N() { connection.Open(); connection.Execute(sql); connection.Close(); connection.Dispose(); }
        """);

    [Fact]
    public Task Ignores_connection_that_is_assigned_here() => Ignores("""
        private SqlConnection late;
        void M() { late = new SqlConnection(cs); late.Open(); late.Execute(sql); late.Close(); }
        """);

    [Fact]
    public Task Ignores_connection_that_is_handed_on() => Ignores("""
        void M(Action<SqlConnection> use) { connection.Open(); use(connection); connection.Execute(sql); connection.Close(); }
        """);

    [Fact]
    public Task Ignores_closing_by_a_helper() => Ignores("""
        void M() { connection.Open(); if (Flag()) { CloseAll(); return; } connection.Close(); }
        """);

    [Fact]
    public Task Ignores_closing_in_another_function() => Ignores("""
        void M() { connection.Open(); void End() => connection.Close(); try { connection.Execute(sql); } finally { End(); } }
        """);

    [Fact]
    public Task Ignores_closing_in_another_way() => Ignores("""
        void M() { var c = db.Database.GetDbConnection(); c.Open(); c.Execute(sql); db.Database.CloseConnection(); }
        """);

    [Fact]
    public Task Ignores_nothing_that_throws() => Ignores("""
        string M() { connection.Open(); var version = connection.ServerVersion; connection.Close(); return version; }
        """);

    [Fact]
    public Task Ignores_iterators() => Ignores("""
        IEnumerable<int> M(SqlCommand command) { connection.Open(); yield return command.ExecuteNonQuery(); connection.Close(); }
        """);

    [Fact]
    public Task Ignores_lambdas_and_constructors() => Ignores("""
        C(SqlCommand command) { connection.Open(); command.ExecuteNonQuery(); connection.Close(); }
        Action M(SqlCommand command) => () => { connection.Open(); command.ExecuteNonQuery(); connection.Close(); };
        """);

    [Fact]
    public Task Ignores_exception_in_a_test() => Ignores("""
        class FactAttribute : Attribute { }
        class Tests
        {
            private readonly Db db = null!;
            [Fact] public void M() { db.Database.OpenConnection(); db.SaveChanges(); db.Database.CloseConnection(); }
        }
        """);

    [Fact]
    public Task Ignores_names_of_other_things() => Ignores("""
        class Door { public void Open() { } public void Close() { } }
        void M(Door door) { door.Open(); Work(); if (Flag()) { return; } door.Close(); }
        """);
}
