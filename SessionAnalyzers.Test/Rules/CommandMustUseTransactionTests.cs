using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2007: commands that run on a connection without the transaction that is open on it.</summary>
public sealed class CommandMustUseTransactionTests
{
    [Fact]
    public Task Reports_call_of_a_mapper() => Reports("""
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); {|SES2007:c.Execute(sql)|}; tx.Commit(); }
        async Task N(SqlConnection c) { await using var tx = await c.BeginTransactionAsync(); await {|SES2007:c.ExecuteAsync(sql, new { Id = 1 })|}; await tx.CommitAsync(); }
        """);

    [Fact]
    public Task Reports_second_call_of_a_mapper() => Reports("""
        void M(SqlConnection c) { using (var tx = c.BeginTransaction()) { c.Execute(sql, transaction: tx); var n = {|SES2007:c.ExecuteScalar<int>(sql)|}; c.Execute(sql, new { n }, tx); tx.Commit(); } }
        """);

    [Fact]
    public Task Reports_null_for_the_transaction() => Reports("void M(SqlConnection c) { using var tx = c.BeginTransaction(); {|SES2007:c.Execute(sql, null, null)|}; tx.Commit(); }");

    [Fact]
    public Task Reports_variable_of_the_interface() => Reports("""
        void M() { using IDbConnection c = new SqlConnection(cs); c.Open(); using var tx = c.BeginTransaction(); {|SES2007:c.Execute(sql)|}; tx.Commit(); }
        """);

    [Fact]
    public Task Reports_created_command() => Reports("""
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); using var cmd = c.CreateCommand(); cmd.CommandText = sql; {|SES2007:cmd.ExecuteNonQuery()|}; tx.Commit(); }
        """);

    [Fact]
    public Task Reports_command_from_before_the_begin() => Reports("""
        async Task M(SqlConnection c) { using var cmd = new SqlCommand(sql, c); using var tx = c.BeginTransaction(); await {|SES2007:cmd.ExecuteNonQueryAsync()|}; tx.Commit(); }
        """);

    [Fact]
    public Task Reports_command_without_a_name() => Reports("""
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); {|SES2007:new SqlCommand(sql, c).ExecuteNonQuery()|}; tx.Commit(); }
        """);

    [Fact]
    public Task Reports_command_in_a_try_and_a_loop() => Reports("""
        void M(SqlConnection c)
        {
            var tx = c.BeginTransaction();
            try
            {
                foreach (var name in new[] { "a", "b" })
                {
                    using var cmd = new SqlCommand(name, c);
                    {|SES2007:cmd.ExecuteNonQuery()|};
                }

                tx.Commit();
            }
            finally { tx.Dispose(); }
        }
        """);

    [Fact]
    public Task Reports_command_of_SQLite() => Reports("""
        void M(SqliteConnection c) { using var tx = c.BeginTransaction(); using var cmd = new SqliteCommand(sql, c); {|SES2007:cmd.ExecuteNonQuery()|}; tx.Commit(); }
        """);

    [Fact]
    public Task Reports_field() => Reports("""
        private readonly SqlConnection own;
        void M() { using var tx = own.BeginTransaction(); {|SES2007:own.Execute(sql)|}; tx.Commit(); }
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        void M(SqlConnection c)
        {
            using var tx = {|#1:c.BeginTransaction()|};
            {|#0:c.Execute(sql)|};
            tx.Commit();
        }
        """, new DiagnosticResult("SES2007", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("Execute", "c", "tx", 3));

    [Fact]
    public Task Ignores_calls_with_the_transaction() => Ignores("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            c.Execute(sql, transaction: tx);
            c.Execute(sql, null, tx);
            c.Execute(new CommandDefinition(sql, transaction: tx));
            using var first = new SqlCommand(sql, c, tx);
            first.ExecuteNonQuery();
            using var second = c.CreateCommand();
            second.Transaction = tx;
            second.ExecuteNonQuery();
            using var third = new SqlCommand(sql, c) { Transaction = tx };
            third.ExecuteNonQuery();
            tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_calls_before_and_after() => Ignores("""
        void M(SqlConnection c)
        {
            c.Execute(sql);
            using (var tx = c.BeginTransaction()) { c.Execute(sql, transaction: tx); tx.Commit(); c.Execute(sql); }
            c.Execute(sql);
        }
        void N(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            if (Flag()) { tx.Rollback(); c.Execute(sql); return; }
            try { c.Execute(sql, transaction: tx); tx.Commit(); } catch { c.Execute(sql); throw; } finally { c.Execute(sql); }
        }
        """);

    [Fact]
    public Task Ignores_providers_whose_commands_join() => Ignores("""
        void M(NpgsqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql); using var cmd = new NpgsqlCommand(sql, c); cmd.ExecuteNonQuery(); tx.Commit(); }
        void N(SqliteConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql); using var cmd = c.CreateCommand(); cmd.CommandText = sql; cmd.ExecuteNonQuery(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_unknown_providers() => Ignores("""
        void M(IDbConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql); using var cmd = c.CreateCommand(); cmd.ExecuteNonQuery(); tx.Commit(); }
        void N(DbConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_other_connections() => Ignores("""
        void M(SqlConnection c, SqlConnection other) { using var tx = c.BeginTransaction(); other.Execute(sql); using var cmd = new SqlCommand(sql, other); cmd.ExecuteNonQuery(); tx.Commit(); }
        void N(SqlConnection c) { using var tx = c.BeginTransaction(); c = new SqlConnection(cs); c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_commands_that_others_see() => Ignores("""
        static void Enlist(SqlCommand cmd, SqlTransaction tx) => cmd.Transaction = tx;
        static void Finish(SqlTransaction tx) => tx.Commit();
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); using var cmd = c.CreateCommand(); Enlist(cmd, tx); cmd.ExecuteNonQuery(); tx.Commit(); }
        void N(SqlConnection c) { using var tx = c.BeginTransaction(); Finish(tx); c.Execute(sql); }
        void O(SqlConnection c, SqlCommand cmd) { using var tx = c.BeginTransaction(); cmd.ExecuteNonQuery(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_transactions_that_may_be_absent() => Ignores("""
        void M(SqlConnection c) { using var tx = Flag() ? c.BeginTransaction() : null; c.Execute(sql); tx?.Commit(); }
        void N(SqlConnection c) { SqlTransaction tx = null; try { if (Flag()) { tx = c.BeginTransaction(); } c.Execute(sql); tx?.Commit(); } finally { tx?.Dispose(); } }
        void O(SqlConnection c, SqlTransaction tx) { c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_reopened_connection() => Ignores("""
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Close(); c.Open(); c.Query<int>(sql); }
        """);

    [Fact]
    public Task Ignores_nested_functions() => Ignores("""
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); Action later = () => c.Execute(sql); tx.Commit(); later(); }
        """);

    [Fact]
    public Task Ignores_variable_that_may_hold_the_transaction() => Ignores("""
        void M(SqlConnection c, SqlTransaction given) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: given); tx.Commit(); }
        """);
}
