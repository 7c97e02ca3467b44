using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES3001: transactions that are committed and that nothing rolls back.</summary>
public sealed class TransactionMustRollBackOnFailureTests
{
    [Fact]
    public Task Reports_transaction_of_a_context() => Reports("void M(Db db) { var tx = {|SES3001:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }");

    [Fact]
    public Task Reports_transaction_of_a_connection() => Reports("void M(SqlConnection c) { var tx = {|SES3001:c.BeginTransaction()|}; c.Execute(sql, transaction: tx); tx.Commit(); tx.Dispose(); }");

    [Fact]
    public Task Reports_awaited() => Reports("async Task M(NpgsqlConnection c) { var tx = await {|SES3001:c.BeginTransactionAsync()|}; await c.ExecuteAsync(sql); await tx.CommitAsync(); }");

    [Fact]
    public Task Reports_rollback_on_one_kind_of_failure() => Reports("void M(SqlConnection c) { var tx = {|SES3001:c.BeginTransaction()|}; try { c.Execute(sql, transaction: tx); tx.Commit(); } catch (InvalidOperationException) { tx.Rollback(); throw; } }");

    [Fact]
    public Task Reports_commit_under_a_condition() => Reports("void M(SqlConnection c) { var tx = {|SES3001:c.BeginTransaction()|}; if (c.Execute(sql, transaction: tx) == 1) { tx.Commit(); } else { tx.Rollback(); } }");

    [Fact]
    public Task Ignores_using() => Ignores("void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }");

    [Fact]
    public Task Ignores_rollback_in_catch() => Ignores("void M(DbConnection c) { var tx = c.BeginTransaction(); try { c.Execute(sql, transaction: tx); tx.Commit(); } catch { tx.Rollback(); throw; } }");

    [Fact]
    public Task Ignores_rollback_by_a_flag() => Ignores("void M(SqlConnection c) { var tx = c.BeginTransaction(); var done = false; try { c.Execute(sql, transaction: tx); tx.Commit(); done = true; } finally { if (!done) { tx.Rollback(); } } }");

    [Fact]
    public Task Ignores_disposal_in_finally() => Ignores("void M(SqlConnection c) { var tx = c.BeginTransaction(); try { c.Execute(sql, transaction: tx); tx.Commit(); } finally { tx.Dispose(); } }");

    [Fact]
    public Task Ignores_rollback_by_the_context() => Ignores("void M(Db db) { var tx = db.Database.BeginTransaction(); try { db.SaveChanges(); tx.Commit(); } catch { db.Database.RollbackTransaction(); throw; } }");

    [Fact]
    public Task Ignores_connection_that_ends_here() => Ignores("void M() { using var c = sessions.Open(); var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }");

    [Fact]
    public Task Ignores_context_that_ends_here() => Ignores("void M() { using var db = new Db(); var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }");

    [Fact]
    public Task Ignores_transaction_that_goes_on() => Ignores("IDbContextTransaction M(Db db) => db.Database.BeginTransaction();");

    [Fact]
    public Task Ignores_transaction_of_the_caller() => Ignores("void M(SqlConnection c, SqlTransaction tx) { c.Execute(sql, transaction: tx); tx.Commit(); }");

    [Fact]
    public Task Ignores_commit_at_once() => Ignores("void M(SqlConnection c) { var tx = c.BeginTransaction(); tx.Commit(); }");
}
