using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES3005: commits and rollbacks of what is finished.</summary>
public sealed class FinishedTransactionMustNotBeUsedTests
{
    [Fact]
    public Task Reports_second_commit() => Reports("void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); {|SES3005:tx.Commit()|}; }");

    [Fact]
    public Task Reports_rollback_after_commit() => Reports("void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); {|SES3005:tx.Rollback()|}; }");

    [Fact]
    public Task Reports_commit_after_rollback() => Reports("void M(SqlConnection c, bool bad) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Rollback(); if (bad) { {|SES3005:tx.Commit()|}; } }");

    [Fact]
    public Task Reports_awaited() => Reports("async Task M(Db db) { await using var tx = await db.Database.BeginTransactionAsync(); await db.SaveChangesAsync(); await tx.CommitAsync(); await {|SES3005:tx.RollbackAsync()|}; }");

    [Fact]
    public Task Reports_commit_in_both_branches_before() => Reports("void M(SqlConnection c) { using var tx = c.BeginTransaction(); if (c.Execute(sql, transaction: tx) > 0) { tx.Commit(); } else { tx.Rollback(); } {|SES3005:tx.Commit()|}; }");

    [Fact]
    public Task Ignores_one_commit() => Ignores("void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }");

    [Fact]
    public Task Ignores_rollback_in_a_catch_around_the_commit() => Ignores("void M(DbConnection c) { using var tx = c.BeginTransaction(); try { tx.Commit(); } catch { tx.Rollback(); throw; } }");

    [Fact]
    public Task Ignores_rollback_in_a_catch_around_an_awaited_commit() => Ignores("async Task M(DbConnection c) { await using var tx = await c.BeginTransactionAsync(); try { await tx.CommitAsync(); } catch { await tx.RollbackAsync(); throw; } }");

    [Fact]
    public Task Ignores_branches() => Ignores("void M(SqlConnection c) { using var tx = c.BeginTransaction(); if (c.Execute(sql, transaction: tx) > 0) { tx.Commit(); } else { tx.Rollback(); } }");

    [Fact]
    public Task Ignores_flag() => Ignores("void M(SqlConnection c) { var tx = c.BeginTransaction(); var done = false; try { c.Execute(sql, transaction: tx); tx.Commit(); done = true; } finally { if (!done) { tx.Rollback(); } tx.Dispose(); } }");

    [Fact]
    public Task Ignores_new_transaction_in_the_same_variable() => Ignores("void M(SqlConnection c) { var tx = c.BeginTransaction(); try { tx.Commit(); tx.Dispose(); tx = c.BeginTransaction(); tx.Commit(); } finally { tx.Dispose(); } }");

    [Fact]
    public Task Ignores_loop_with_a_transaction_each() => Ignores("void M(SqlConnection c) { for (var i = 0; i < 3; i++) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); } }");

    [Fact]
    public Task Ignores_savepoint() => Ignores("void M(SqlConnection c) { using var tx = c.BeginTransaction(); tx.Save(\"a\"); c.Execute(sql, transaction: tx); tx.Rollback(\"a\"); tx.Commit(); }");

    [Fact]
    public Task Ignores_transaction_of_the_caller() => Ignores("void M(SqlTransaction tx) { tx.Commit(); }");
}
