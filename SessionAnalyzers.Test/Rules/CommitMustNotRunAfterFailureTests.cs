using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2006: commits in a finally.</summary>
public sealed class CommitMustNotRunAfterFailureTests
{
    [Fact]
    public Task Reports_commit() => Reports("void M(SqlConnection c) { using var tx = c.BeginTransaction(); try { c.Execute(sql, transaction: tx); } finally { {|SES2006:tx.Commit()|}; } }");

    [Fact]
    public Task Reports_completion_of_a_scope() => Reports("void M(Db db) { using var scope = new TransactionScope(); try { db.SaveChanges(); } finally { {|SES2006:scope.Complete()|}; } }");

    [Fact]
    public Task Reports_awaited() => Reports("async Task M(Db db) { await using var tx = await db.Database.BeginTransactionAsync(); try { await db.SaveChangesAsync(); } finally { await {|SES2006:tx.CommitAsync()|}; } }");

    [Fact]
    public Task Reports_transaction_of_the_caller() => Reports("void M(SqlConnection c, SqlTransaction tx) { try { c.Execute(sql, transaction: tx); } finally { {|SES2006:tx.Commit()|}; } }");

    [Fact]
    public Task Ignores_commit_in_the_try() => Ignores("void M(SqlConnection c) { var tx = c.BeginTransaction(); try { c.Execute(sql, transaction: tx); tx.Commit(); } finally { tx.Dispose(); } }");

    [Fact]
    public Task Ignores_commit_under_a_flag() => Ignores("void M(SqlConnection c) { using var tx = c.BeginTransaction(); var done = false; try { c.Execute(sql, transaction: tx); done = true; } finally { if (done) { tx.Commit(); } else { tx.Rollback(); } } }");

    [Fact]
    public Task Ignores_save() => Ignores("void M(Db db, User job) { try { Work(); } finally { job.Name = \"done\"; db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_transaction_of_the_finally_itself() => Ignores("void M(SqlConnection c) { try { Work(); } finally { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); } }");

    [Fact]
    public Task Ignores_try_inside_the_finally() => Ignores("void M(SqlConnection c, SqlTransaction tx) { try { Work(); } finally { try { tx.Commit(); } catch { tx.Rollback(); } } }");

    [Fact]
    public Task Ignores_rollback() => Ignores("void M(SqlConnection c, SqlTransaction tx) { try { c.Execute(sql, transaction: tx); } finally { tx.Rollback(); } }");

    [Fact]
    public Task Ignores_lambda() => Ignores("void M(SqlTransaction tx, List<Action> later) { try { Work(); } finally { later.Add(() => tx.Commit()); } }");
}
