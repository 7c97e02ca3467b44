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
    public Task Ignores_try_inside_the_finally() => Ignores("void M(DbConnection c, DbTransaction tx) { try { Work(); } finally { try { tx.Commit(); } catch { tx.Rollback(); } } }");

    [Fact]
    public Task Ignores_rollback() => Ignores("void M(SqlConnection c, SqlTransaction tx) { try { c.Execute(sql, transaction: tx); } finally { tx.Rollback(); } }");

    [Fact]
    public Task Ignores_lambda() => Ignores("void M(SqlTransaction tx, List<Action> later) { try { Work(); } finally { later.Add(() => tx.Commit()); } }");

    [Fact]
    public Task Reports_commit_after_a_catch_around_all_the_work() => Reports("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try
            {
                c.Execute(sql, transaction: tx);
                c.Execute(cs, transaction: tx);
            }
            catch (Exception e)
            {
                logger.LogError(e, "no");
            }

            {|SES2006:tx.Commit()|};
        }

        async Task N(Db db, List<User> users)
        {
            await using var tx = await db.Database.BeginTransactionAsync();
            try
            {
                db.AddRange(users);
                await db.SaveChangesAsync();
                await db.Database.ExecuteSqlRawAsync(sql);
            }
            catch (Exception e) { Console.WriteLine(e); }
            await {|SES2006:tx.CommitAsync()|};
        }

        void O(SqlConnection c, List<User> users)
        {
            using (var tx = c.BeginTransaction())
            {
                try { foreach (var user in users) { c.Execute(sql, user, tx); } }
                catch { }
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Ignores_catch_around_a_part_of_the_work() => Ignores("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            c.Execute(sql, transaction: tx);
            try { c.Execute(sql, transaction: tx); c.Execute(cs, transaction: tx); }
            catch (Exception e) { logger.LogError(e, "no"); }
            tx.Commit();
        }

        void N(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch (SqlException e) { logger.LogError(e, "no"); }
            tx.Commit();
        }

        void O(SqlConnection c, List<User> users)
        {
            using var tx = c.BeginTransaction();
            foreach (var user in users)
            {
                try { c.Execute(sql, user, tx); c.Execute(cs, user, tx); }
                catch (SqlException e) { logger.LogError(e, "no"); }
            }
            tx.Commit();
        }

        void P(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            var failed = false;
            try { c.Execute(sql, transaction: tx); c.Execute(cs, transaction: tx); }
            catch (SqlException) { failed = true; }
            if (!failed) tx.Commit();
        }

        void Q(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); c.Execute(cs, transaction: tx); }
            catch (SqlException) when (Flag()) { }
            tx.Commit();
        }

        void R(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); c.Execute(cs, transaction: tx); }
            catch (SqlException) { tx.Rollback(); return; }
            tx.Commit();
        }

        void S(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { tx.Save("a"); c.Execute(sql, transaction: tx); c.Execute(cs, transaction: tx); }
            catch (SqlException e) { logger.LogError(e, "no"); tx.Rollback("a"); }
            tx.Commit();
        }
        """);

    // CAP d63fedcc, 0301a7b2: the wrapper of a transaction committed when it was to roll back.
    [Fact]
    public Task Reports_rollback_that_commits() => Reports("""
        class Wrapper : IDbContextTransaction
        {
            private readonly IDbContextTransaction inner = null!;
            public Guid TransactionId => inner.TransactionId;
            public void Commit() => inner.Commit();
            public Task CommitAsync(CancellationToken token = default) => inner.CommitAsync(token);
            public void Rollback() => inner.Rollback();
            public Task RollbackAsync(CancellationToken token = default) { return {|SES2006:inner.CommitAsync(token)|}; }
            public void Dispose() { }
            public ValueTask DisposeAsync() => default;
        }
        """);

    [Fact]
    public Task Ignores_rollback_that_rolls_back() => Ignores("""
        class Wrapper : IDbContextTransaction
        {
            private readonly IDbContextTransaction inner = null!;
            private readonly DbTransaction log = null!;
            public Guid TransactionId => inner.TransactionId;
            public void Commit() { inner.Commit(); log.Commit(); }
            public Task CommitAsync(CancellationToken token = default) => inner.CommitAsync(token);
            public void Rollback() { inner.Rollback(); log.Commit(); }
            public Task RollbackAsync(CancellationToken token = default) => inner.RollbackAsync(token);
            public void Dispose() { }
            public ValueTask DisposeAsync() => default;
        }

        class Other
        {
            private readonly DbTransaction inner = null!;
            public void Rollback() => inner.Commit();
        }
        """);
}
