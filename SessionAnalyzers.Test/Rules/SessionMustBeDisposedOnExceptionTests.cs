using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1002: disposed on the normal path only.</summary>
public sealed class SessionMustBeDisposedOnExceptionTests
{
    [Fact]
    public Task Reports_dispose_at_the_end() =>
        Reports("void M() { var c = {|SES1002:new SqlConnection(cs)|}; c.Open(); c.Execute(sql); c.Dispose(); }");

    [Fact]
    public Task Reports_close_at_the_end() =>
        Reports("void M() { var c = {|SES1002:new SqlConnection(cs)|}; c.Open(); c.Execute(sql); c.Close(); }");

    [Fact]
    public Task Reports_dispose_async_at_the_end() =>
        Reports("async Task M() { var c = {|SES1002:new SqlConnection(cs)|}; await c.OpenAsync(); await c.ExecuteAsync(sql); await c.DisposeAsync(); }");

    [Fact]
    public Task Reports_disposal_by_a_helper() => Reports("""
        static void Finish(IDbConnection c) => c.Dispose();
        void M() { var c = {|SES1002:sessions.Open()|}; c.Execute(sql); Finish(c); }
        """);

    [Fact]
    public Task Reports_own_method_in_between() => Reports("void M() { var c = {|SES1002:sessions.Open()|}; Work(); c.Dispose(); }");

    [Fact]
    public Task Reports_await_in_between() => Reports("async Task M() { var db = {|SES1002:new Db()|}; await WorkAsync(); db.Dispose(); }");

    [Fact]
    public Task Reports_query_in_between() => Reports("void M() { var db = {|SES1002:new Db()|}; var all = db.Users.ToList(); db.Dispose(); }");

    [Fact]
    public Task Reports_throw_statement_in_between() => Reports("""
        void M() { var c = {|SES1002:sessions.Open()|}; if (cs.Length == 0) { throw new InvalidOperationException(); } c.Dispose(); }
        """);

    [Fact]
    public Task Reports_throw_expression_in_between() => Reports("""
        void M(string s) { var c = {|SES1002:sessions.Open()|}; var t = s ?? throw new ArgumentNullException(nameof(s)); c.Dispose(); }
        """);

    // roslyn-analyzers#4885
    [Fact]
    public Task Reports_creation_before_the_try() => Reports("""
        void M() { var c = {|SES1002:new SqlConnection(cs)|}; c.Open(); c.Execute(sql); try { c.Execute(sql); } finally { c.Dispose(); } }
        """);

    [Fact]
    public Task Reports_catch_of_another_exception() => Reports("""
        void M() { var c = {|SES1002:new SqlConnection(cs)|}; try { c.Open(); c.Execute(sql); } catch (FormatException) { } c.Dispose(); }
        """);

    [Fact]
    public Task Reports_rethrow_without_disposal() => Reports("""
        void M() { var c = {|SES1002:new SqlConnection(cs)|}; try { c.Open(); c.Execute(sql); } catch { Console.WriteLine(); throw; } c.Dispose(); }
        """);

    [Fact]
    public Task Reports_catch_with_a_filter() => Reports("""
        void M()
        {
            var c = {|SES1002:new SqlConnection(cs)|};
            try { c.Open(); c.Execute(sql); } catch (Exception) when (Flag()) { c.Dispose(); throw; }
            c.Dispose();
        }
        """);

    [Fact]
    public Task Reports_second_session_of_two() => Reports("""
        void M() { var a = {|SES1002:sessions.Open()|}; var b = sessions.Open(); b.Dispose(); a.Dispose(); }
        """);

    [Fact]
    public Task Reports_transaction_without_a_guard() => Reports("void M(Db db) { var tx = {|SES3001:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }");

    [Fact]
    public Task Reports_async_transaction_without_a_guard() => Reports("""
        async Task M(NpgsqlConnection c) { var tx = await {|SES3001:c.BeginTransactionAsync()|}; await c.ExecuteAsync(sql); await tx.CommitAsync(); }
        """);

    [Fact]
    public Task Reports_transaction_scope() => Reports("""
        void M(Db db) { var scope = {|SES1002:new TransactionScope()|}; db.SaveChanges(); scope.Complete(); scope.Dispose(); }
        """);

    [Fact]
    public Task Reports_service_scope() => Reports("""
        void M() { var scope = {|SES1002:services.CreateScope()|}; scope.ServiceProvider.GetRequiredService<Db>().SaveChanges(); scope.Dispose(); }
        """);

    [Fact]
    public Task Reports_loop_in_between() => Reports("""
        void M(int[] n) { var db = {|SES1002:new Db()|}; foreach (var i in n) { db.Users.Find(i); } db.SaveChanges(); db.Dispose(); }
        """);

    [Fact]
    public Task Reports_per_element_disposal() => Reports("""
        void M(int[] n) { foreach (var i in n) { var db = {|SES1002:contexts.CreateDbContext()|}; db.SaveChanges(); db.Dispose(); } }
        """);

    [Fact]
    public Task Reports_lambda() => Reports("Action M() => () => { var db = {|SES1002:new Db()|}; db.SaveChanges(); db.Dispose(); };");

    [Fact]
    public Task Reports_iterator() => Reports("""
        IEnumerable<int> M() { var db = {|SES1002:new Db()|}; foreach (var u in db.Users) { yield return u.Id; } db.Dispose(); }
        """);

    [Fact]
    public Task Reports_endless_loop_that_only_an_exception_ends() =>
        Reports("void M() { var c = {|SES1002:new SqlConnection(cs)|}; c.Open(); while (true) { c.Execute(sql); } }");

    [Fact]
    public Task Reports_disposal_in_both_branches() => Reports("""
        void M() { var c = {|SES1002:sessions.Open()|}; if (Flag()) { c.Dispose(); } else { c.Close(); } }
        """);

    [Fact]
    public Task Reports_thrower_with_its_line() => Reports("""
        void M()
        {
            var c = {|#0:new SqlConnection(cs)|};
            c.Open();
            {|#1:c.Execute(sql)|};
            c.Close();
        }
        """, Leak("c", "connection", "new SqlConnection", "'Execute' throws (line 5)"));

    [Fact]
    public Task Reports_awaited_thrower_with_its_line() => Reports("""
        async Task M()
        {
            var db = await {|#0:contexts.CreateDbContextAsync()|};
            await {|#1:db.SaveChangesAsync()|}.ConfigureAwait(false);
            await db.DisposeAsync();
        }
        """, Leak("db", "context", "CreateDbContextAsync", "'SaveChangesAsync' throws (line 4)"));

    [Fact]
    public Task Reports_throw_statement_with_its_line() => Reports("""
        void M()
        {
            var c = {|#0:new SqlConnection(cs)|};
            c.Open();
            if (c.ConnectionTimeout == 0)
            {
                throw {|#1:new InvalidOperationException()|};
            }

            c.Close();
        }
        """, Leak("c", "connection", "new SqlConnection", "an exception is thrown (line 7)"));

    [Fact]
    public Task Reports_constructor_that_throws_by_its_name() => Reports("""
        void M()
        {
            var db = {|#0:contexts.CreateDbContext()|};
            var file = {|#1:new FileStream(cs, FileMode.Open)|};
            db.Dispose();
        }
        """, Leak("db", "context", "CreateDbContext", "'new FileStream' throws (line 4)"));

    [Fact]
    public Task Ignores_nothing_in_between() => Ignores("void M() { var c = new SqlConnection(cs); c.Dispose(); }");

    [Fact]
    public Task Ignores_properties_in_between() =>
        Ignores("void M() { var c = new SqlConnection(); c.ConnectionString = cs; c.FireInfoMessageEventOnUserErrors = true; var s = c.State; c.Dispose(); }");

    [Fact]
    public Task Ignores_failing_open() => Ignores("void M() { var c = new SqlConnection(cs); c.Open(); c.Close(); }");

    [Fact]
    public Task Ignores_failing_async_open() => Ignores("async Task M() { var c = new SqlConnection(cs); await c.OpenAsync(); await c.CloseAsync(); }");

    [Fact]
    public Task Ignores_open_before_the_try() => Ignores("void M() { var c = new SqlConnection(cs); c.Open(); try { c.Execute(sql); } finally { c.Close(); } }");

    [Fact]
    public Task Ignores_async_open_before_the_try() => Ignores("""
        async Task M() { var c = new NpgsqlConnection(cs); await c.OpenAsync().ConfigureAwait(false); try { await c.ExecuteAsync(sql); } finally { await c.CloseAsync(); } }
        """);

    [Fact]
    public Task Ignores_factory_that_throws() => Ignores("async Task M() { var db = await contexts.CreateDbContextAsync(); await db.DisposeAsync(); }");

    [Fact]
    public Task Ignores_logging_in_between() => Ignores("""
        void M() { var db = contexts.CreateDbContext(); logger.LogInformation("made {Type}", db.GetType()); Console.WriteLine("x"); db.Dispose(); }
        """);

    [Fact]
    public Task Ignores_assertions_in_between() => Ignores("void M() { var db = contexts.CreateDbContext(); System.Diagnostics.Debug.Assert(db != null); db.Dispose(); }");

    [Fact]
    public Task Ignores_arithmetic_in_between() => Ignores("""
        int M(int[] n) { var db = contexts.CreateDbContext(); var sum = n.Length * 2 + Math.Max(1, 2); var s = $"{sum}" + nameof(M); db.Dispose(); return sum; }
        """);

    [Fact]
    public Task Ignores_guard_before_the_acquisition() => Ignores("void M() { Work(); if (cs is null) throw new Exception(); var db = new Db(); db.Dispose(); Work(); }");

    [Fact]
    public Task Ignores_work_after_the_disposal() => Ignores("void M() { var c = new SqlConnection(cs); c.Open(); c.Dispose(); Work(); throw new Exception(); }");

    [Fact]
    public Task Ignores_catch_all_that_disposes() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); c.Execute(sql); } catch (Exception) { c.Dispose(); throw; } c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_several_catches_that_dispose() => Ignores("""
        void M()
        {
            var c = new SqlConnection(cs);
            try { c.Open(); c.Execute(sql); }
            catch (SqlException) { c.Dispose(); throw; }
            catch (InvalidOperationException e) { c.Dispose(); throw new Exception("x", e); }
            catch { c.Dispose(); throw; }
            c.Dispose();
        }
        """);

    [Fact]
    public Task Ignores_filter_and_catch_all() => Ignores("""
        void M()
        {
            var c = new SqlConnection(cs);
            try { c.Open(); c.Execute(sql); }
            catch (SqlException e) when (e.Number == 1) { Work(); }
            catch (Exception) { Console.WriteLine(); }
            finally { c.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_outer_finally() => Ignores("""
        void M()
        {
            SqlConnection c = null;
            try { try { c = sessions.Open(); Work(); } finally { Work(); } }
            finally { c?.Dispose(); }
        }
        """);

    [Fact]
    public Task Reports_factory_failures_by_their_own_rule() => Reports("SqlConnection M() { var c = {|SES1004:new SqlConnection(cs)|}; c.Open(); c.Execute(sql); return c; }");

    [Fact]
    public Task Ignores_handed_on_in_between() => Ignores("""
        readonly List<SqlConnection> all = new();
        void M() { var c = sessions.Open(); Work(); all.Add(c); Work(); c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_idle_connection_of_a_mapper() => Ignores("void M() { var c = new SqlConnection(cs); c.Execute(sql); c.Dispose(); }");

    [Fact]
    public Task Ignores_transaction_of_an_owned_connection() => Ignores("""
        void M() { using var c = new SqlConnection(cs); c.Open(); var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_transaction_rolled_back_in_the_catch() => Ignores("""
        async Task M(Db db)
        {
            var tx = await db.Database.BeginTransactionAsync();
            try { await db.SaveChangesAsync(); await tx.CommitAsync(); }
            catch (DbUpdateException e) when (e.Entries.Count > 0) { await tx.RollbackAsync(); throw; }
            catch { await tx.RollbackAsync(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_exception_in_the_catch() => Ignores("""
        void M() { var c = sessions.Open(); try { c.Execute(sql); } catch (Exception e) { logger.LogError(e, "x"); Work(); c.Dispose(); throw; } c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_exception_in_the_finally() => Ignores("void M() { var c = sessions.Open(); try { c.Execute(sql); } finally { Work(); c.Dispose(); } }");

    [Fact]
    public Task Ignores_disposal_of_another_in_between() => Ignores("void M() { var a = new SqlConnection(cs); var b = new SqlConnection(cs); b.Dispose(); a.Dispose(); }");

    [Fact]
    public Task Ignores_tests_that_assert() => IgnoresFile("""
        using NUnit.Framework;
        class M1 { [Test] public void T() { var db = new Db(); try { Assert.That(db.Users.Count(), Is.EqualTo(1)); } finally { db.Dispose(); } } }
        """);

    private static DiagnosticResult Leak(params object[] arguments) =>
        new DiagnosticResult("SES1002", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments(arguments);
}
