using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1004: factories and constructors that lose their session when something throws.</summary>
public sealed class FactoryMustDisposeWhenItFailsTests
{
    [Fact]
    public Task Reports_work_between_opening_and_return() => Reports("SqlConnection M() { var c = {|SES1004:new SqlConnection(cs)|}; c.Open(); c.Execute(sql); return c; }");

    [Fact]
    public Task Reports_async_factory() => Reports("async Task<SqlConnection> M() { var c = {|SES1004:new SqlConnection(cs)|}; await c.OpenAsync(); await c.ExecuteAsync(sql); return c; }");

    [Fact]
    public Task Reports_constructor_that_fills_a_field() => Reports("""
        class Store : IDisposable
        {
            readonly SqlConnection connection;
            public Store(string cs) { connection = {|SES1004:new SqlConnection(cs)|}; connection.Open(); connection.Execute("SET LOCK_TIMEOUT 100"); }
            public void Dispose() => connection.Dispose();
        }
        """);

    [Fact]
    public Task Reports_failure_that_is_told_by_a_throw() => Reports("""
        SqlConnection M() { var c = {|SES1004:new SqlConnection(cs)|}; c.Open(); if (Flag()) { throw new InvalidOperationException(); } return c; }
        """);

    [Fact]
    public Task Reports_disposal_for_one_exception_only() => Reports("""
        SqlConnection M() { var c = {|SES1004:new SqlConnection(cs)|}; try { c.Open(); c.Execute(sql); return c; } catch (SqlException) { c.Dispose(); throw; } }
        """);

    [Fact]
    public Task Ignores_failing_open() => Ignores("SqlConnection M() { var c = new SqlConnection(cs); c.Open(); return c; }");

    [Fact]
    public Task Ignores_failing_async_open() => Ignores("async Task<SqlConnection> M() { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }");

    [Fact]
    public Task Ignores_catch_dispose_rethrow() => Ignores("""
        SqlConnection M() { var c = new SqlConnection(cs); try { c.Open(); c.Execute(sql); return c; } catch { c.Dispose(); throw; } }
        """);

    [Fact]
    public Task Ignores_flag_in_finally() => Ignores("""
        SqlConnection M() { var c = new SqlConnection(cs); var done = false; try { c.Open(); c.Execute(sql); done = true; return c; } finally { if (!done) { c.Dispose(); } } }
        """);

    [Fact]
    public Task Ignores_constructor_that_cleans_up() => Ignores("""
        class Store : IDisposable
        {
            readonly SqlConnection connection;
            public Store(string cs) { connection = new SqlConnection(cs); try { connection.Open(); connection.Execute("x"); } catch { Dispose(); throw; } }
            public void Dispose() => connection.Dispose();
        }
        """);

    [Fact]
    public Task Ignores_constructor_that_only_opens() => Ignores("""
        class Store : IDisposable
        {
            readonly SqlConnection connection;
            public Store(string cs) { connection = new SqlConnection(cs); connection.Open(); }
            public void Dispose() => connection.Dispose();
        }
        """);

    [Fact]
    public Task Ignores_session_that_is_made_in_the_return() => Ignores("SqlConnection M() => new SqlConnection(cs);");

    [Fact]
    public Task Ignores_session_that_an_owner_takes() => Ignores("""
        void M(ConcurrentBag<SqlConnection> pool) { var c = new SqlConnection(cs); pool.Add(c); Work(); }
        """);

    // CAP 2504c7af
    [CSharpFact(12)]
    public Task Reports_session_that_a_result_takes() => Reports("""
        class Fetched(SqlConnection c, SqlTransaction tx) { public void Dispose() { tx.Dispose(); c.Dispose(); } }
        async Task<Fetched> M()
        {
            var c = {|SES1004:new SqlConnection(cs)|};
            await c.OpenAsync();
            var tx = c.BeginTransaction();
            try { await c.ExecuteAsync(sql, transaction: tx); }
            catch (SqlException) { tx.Dispose(); throw; }
            return new Fetched(c, tx);
        }
        """);

    [CSharpFact(12)]
    public Task Ignores_result_that_takes_a_session_guarded_by_a_catch() => Ignores("""
        class Fetched(SqlConnection c) { public void Dispose() => c.Dispose(); }
        async Task<Fetched> M()
        {
            var c = new SqlConnection(cs);
            try { await c.OpenAsync(); await c.ExecuteAsync(sql); return new Fetched(c); }
            catch { c.Dispose(); throw; }
        }
        """);
}
