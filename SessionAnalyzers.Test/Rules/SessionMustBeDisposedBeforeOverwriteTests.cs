using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1008: a variable loses a session that it still owns.</summary>
public sealed class SessionMustBeDisposedBeforeOverwriteTests
{
    [Fact]
    public Task Reports_second_new() => Reports("""
        void M() { var c = new SqlConnection(cs); c.Open(); {|SES1008:c = new SqlConnection(sql)|}; c.Dispose(); }
        """);

    [Fact]
    public Task Reports_second_new_with_using_of_the_last() => Reports("""
        void M() { var c = new SqlConnection(cs); {|SES1008:c = new SqlConnection(sql)|}; using (c) { c.Open(); } }
        """);

    [Fact]
    public Task Reports_loop() => Reports("""
        void M(int n) { SqlConnection c = null; for (var i = 0; i < n; i++) { {|SES1008:c = new SqlConnection(cs)|}; c.Open(); } c?.Dispose(); }
        """);

    [Fact]
    public Task Reports_while_loop_with_finally() => Reports("""
        void M() { SqlConnection c = null; try { while (Flag()) { {|SES1008:c = sessions.Open()|}; c.Execute(sql); } } finally { c?.Dispose(); } }
        """);

    [Fact]
    public Task Reports_foreach_of_contexts() => Reports("""
        void M(int[] n) { Db db = null; foreach (var i in n) { {|SES1008:db = contexts.CreateDbContext()|}; db.Users.Find(i); } db?.Dispose(); }
        """);

    [Fact]
    public Task Reports_awaited_factory() => Reports("""
        async Task M() { var db = await contexts.CreateDbContextAsync(); {|SES1008:db = await contexts.CreateDbContextAsync()|}; await db.DisposeAsync(); }
        """);

    [Fact]
    public Task Reports_retry_without_disposal() => Reports("""
        void M()
        {
            var c = sessions.Open();
            try { try { c.Execute(sql); } catch (SqlException) { {|SES1008:c = sessions.Open()|}; c.Execute(sql); } }
            finally { c.Dispose(); }
        }
        """);

    [Fact]
    public Task Reports_parameter_variable() => Reports("""
        void M(SqlConnection c) { c = new SqlConnection(cs); c.Open(); {|SES1008:c = new SqlConnection(sql)|}; c.Dispose(); }
        """);

    [Fact]
    public Task Reports_borrowed_over_owned() => Reports("""
        void M(Db borrowed) { var db = new Db(); db.SaveChanges(); {|SES1008:db = borrowed|}; db.SaveChanges(); }
        """);

    [Fact]
    public Task Reports_branch() => Reports("""
        void M() { var c = new SqlConnection(cs); c.Open(); if (Flag()) { {|SES1008:c = new SqlConnection(sql)|}; } c.Dispose(); }
        """);

    [Fact]
    public Task Reports_deconstruction() => Reports("""
        (SqlConnection, int) Pair() => (new SqlConnection(cs), 1);
        void M() { var (c, n) = Pair(); {|SES1008:(c, n) = Pair()|}; c.Dispose(); }
        """);

    [Fact]
    public Task Reports_transaction_in_a_loop() => Reports("""
        void M(SqlConnection c, int[] n)
        {
            SqlTransaction tx = null;
            foreach (var i in n) { {|SES1008:tx = c.BeginTransaction()|}; c.Execute(sql, i, tx); }
            tx?.Commit();
        }
        """);

    [Fact]
    public Task Reports_second_new_with_names_and_line() => Reports("""
        void M()
        {
            var c = {|#1:new SqlConnection(cs)|};
            c.Open();
            {|#0:c = new SqlConnection(sql)|};
            c.Dispose();
        }
        """, Lost("c", "connection", "new SqlConnection", 3));

    [Fact]
    public Task Reports_loop_with_names_and_line() => Reports("""
        void M()
        {
            Db db = null;
            while (Flag())
            {
                {|#0:db = {|#1:contexts.CreateDbContext()|}|};
                db.SaveChanges();
            }

            db?.Dispose();
        }
        """, Lost("db", "context", "CreateDbContext", 6));

    [Fact]
    public Task Ignores_disposal_before() => Ignores("void M() { var c = new SqlConnection(cs); c.Dispose(); c = new SqlConnection(sql); c.Dispose(); }");

    [Fact]
    public Task Ignores_close_before() => Ignores("void M() { var c = new SqlConnection(cs); c.Close(); c = new SqlConnection(sql); c.Close(); }");

    [Fact]
    public Task Ignores_conditional_disposal_before() => Ignores("""
        void M(int[] n) { SqlConnection c = null; try { foreach (var i in n) { c?.Dispose(); c = sessions.Open(); c.Execute(sql); } } finally { c?.Dispose(); } }
        """);

    // IDisposableAnalyzers#481
    [Fact]
    public Task Ignores_assignment_after_a_null_check() => Ignores("""
        void M() { SqlConnection c = null; try { while (Flag()) { if (c == null) { c = sessions.Open(); } c.Execute(sql); } } finally { c?.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_coalescing_assignment_in_a_loop() => Ignores("""
        void M() { SqlConnection c = null; try { while (Flag()) { c ??= sessions.Open(); c.Execute(sql); } } finally { c?.Dispose(); } }
        """);

    // IDisposableAnalyzers#202
    [Fact]
    public Task Ignores_using_of_an_assignment_in_a_loop() => Ignores("""
        void M(int[] n) { SqlConnection c; foreach (var i in n) { using (c = new SqlConnection(cs)) { c.Open(); c.Execute(sql); } } }
        """);

    [Fact]
    public Task Ignores_disposal_at_the_end_of_each_round() => Ignores("""
        void M(int[] n) { SqlConnection c = null; foreach (var i in n) { c = sessions.Open(); try { c.Execute(sql); } finally { c.Dispose(); } } }
        """);

    [Fact]
    public Task Ignores_disposal_and_null_at_the_end_of_each_round() => Ignores("""
        void M(int[] n) { SqlConnection c = null; try { foreach (var i in n) { c = sessions.Open(); c.Execute(sql); c.Dispose(); c = null; } } finally { c?.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_retry_that_disposes() => Ignores("""
        async Task<SqlConnection> M()
        {
            for (var i = 0; ; i++)
            {
                var c = new SqlConnection(cs);
                try { await c.OpenAsync(); return c; }
                catch (SqlException) when (i < 3) { await c.DisposeAsync(); }
            }
        }
        """);

    [Fact]
    public Task Ignores_swap() => Ignores("""
        void M() { var a = new SqlConnection(cs); var b = new SqlConnection(sql); var t = a; a = b; b = t; a.Dispose(); b.Dispose(); }
        """);

    [Fact]
    public Task Ignores_swap_by_deconstruction() => Ignores("""
        void M() { var a = new SqlConnection(cs); var b = new SqlConnection(sql); (a, b) = (b, a); a.Dispose(); b.Dispose(); }
        """);

    [Fact]
    public Task Ignores_value_kept_by_another_variable() => Ignores("""
        void M() { var a = new SqlConnection(cs); var first = a; a = new SqlConnection(sql); a.Dispose(); first.Dispose(); }
        """);

    [Fact]
    public Task Ignores_null_after_handing_on() => Ignores("""
        SqlConnection field;
        void M() { var c = new SqlConnection(cs); try { c.Open(); field = c; c = null; } finally { c?.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_value_added_to_a_list() => Ignores("""
        readonly List<SqlConnection> all = new();
        void M(int n) { SqlConnection c; for (var i = 0; i < n; i++) { c = new SqlConnection(cs); all.Add(c); c.Open(); } }
        """);

    [Fact]
    public Task Ignores_null_first() => Ignores("void M() { SqlConnection c = null; c = new SqlConnection(cs); c.Dispose(); }");

    [Fact]
    public Task Ignores_either_branch() => Ignores("void M() { SqlConnection c; if (Flag()) { c = new SqlConnection(cs); } else { c = new SqlConnection(sql); } c.Dispose(); }");

    [Fact]
    public Task Ignores_field_that_is_disposed_first() => Ignores("""
        SqlConnection field;
        void M() { field?.Dispose(); field = new SqlConnection(cs); }
        void N() { if (field != null) { field.Dispose(); } field = sessions.Open(); }
        """);

    [Fact]
    public Task Ignores_variable_that_a_lambda_changes() => Ignores("""
        void M(List<int> n) { SqlConnection c = null; n.ForEach(i => { c?.Dispose(); c = sessions.Open(); }); c?.Dispose(); }
        """);

    [Fact]
    public Task Ignores_reopened_broken_connection() => Ignores("""
        void M() { var c = sessions.Open(); try { if (c.State != ConnectionState.Open) { c.Dispose(); c = sessions.Open(); } c.Execute(sql); } finally { c.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_batches_with_a_fresh_context() => Ignores("""
        void M(int[] n)
        {
            var db = contexts.CreateDbContext();
            try
            {
                for (var i = 0; i < n.Length; i++)
                {
                    db.Users.Add(new User());
                    if (i % 100 == 0) { db.SaveChanges(); db.Dispose(); db = contexts.CreateDbContext(); }
                }
                db.SaveChanges();
            }
            finally { db.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_finished_transaction() => Ignores("""
        void M(DbConnection c)
        {
            var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }
            catch { tx.Rollback(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_borrowed_over_borrowed() => Ignores("void M(Db a, Db b) { var db = a; db.SaveChanges(); db = b; db.SaveChanges(); }");

    private static DiagnosticResult Lost(params object[] arguments) =>
        new DiagnosticResult("SES1008", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments(arguments);
}
