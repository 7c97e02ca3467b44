using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1011: calls on sessions, and second disposals, after the disposal on every path.</summary>
public sealed class DisposedSessionMustNotBeUsedTests
{
    [Fact]
    public Task Reports_call_after_dispose() => Reports("void M() { var db = new Db(); db.Dispose(); {|SES1011:db.SaveChanges()|}; }");

    [Fact]
    public Task Reports_call_after_both_branches() => Reports("""
        void M() { var c = new SqlConnection(cs); if (Flag()) { c.Dispose(); } else { c.Dispose(); } {|SES1011:c.Open()|}; }
        """);

    [Fact]
    public Task Reports_call_after_a_helper_that_disposes() => Reports("""
        void M() { var db = new Db(); End(db); {|SES1011:db.SaveChanges()|}; }
        static void End(Db db) => db.Dispose();
        """);

    [Fact]
    public Task Reports_second_disposal() => Reports("void M() { var db = new Db(); db.Dispose(); {|SES1011:db.Dispose()|}; }");

    [Fact]
    public Task Reports_call_after_a_using_of_an_existing_variable() => Reports("void M() { var db = new Db(); using (db) { db.SaveChanges(); } {|SES1011:db.SaveChanges()|}; }");

    [Fact]
    public Task Ignores_close_inside_using() => Ignores("void M() { using (var c = new SqlConnection(cs)) { c.Open(); c.Close(); } }");

    [Fact]
    public Task Ignores_dispose_inside_using() => Ignores("void M() { using (var c = new SqlConnection(cs)) { c.Open(); c.Dispose(); } }");

    [Fact]
    public Task Ignores_reopening() => Ignores("void M() { using var c = new SqlConnection(cs); c.Open(); c.Close(); c.Open(); c.Execute(sql); }");

    [Fact]
    public Task Ignores_disposal_on_one_path() => Ignores("void M() { var c = new SqlConnection(cs); if (Flag()) { c.Dispose(); c = new SqlConnection(sql); } c.Open(); c.Dispose(); }");

    [Fact]
    public Task Ignores_new_session_in_the_variable() => Ignores("void M() { var db = new Db(); db.Dispose(); db = new Db(); db.Dispose(); }");

    [Fact]
    public Task Ignores_inspection() => Ignores("string M() { var c = new SqlConnection(cs); c.Dispose(); return c.ToString() + c.State; }");

    [Fact]
    public Task Ignores_rollback_after_a_failed_commit() => Ignores("""
        void M(DbConnection c) { using var t = c.BeginTransaction(); try { c.Execute(sql, transaction: t); t.Commit(); } catch { t.Rollback(); throw; } }
        """);

    [Fact]
    public Task Ignores_dispose_in_catch_and_finally() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); } catch { c.Dispose(); throw; } finally { c.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_loop_with_a_session_a_round() => Ignores("void M() { for (var i = 0; i < 3; i++) { using var db = new Db(); db.SaveChanges(); } }");
}
