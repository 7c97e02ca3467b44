using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class CommitMustNotRunAfterFailureFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<CommitMustNotRunAfterFailureFix>(before, after, "SES2006.MoveIntoTry");

    private static Task Leaves(string members) => RealReports.OffersNothing<CommitMustNotRunAfterFailureFix>(members);

    [Fact]
    public Task Fixes_commit_before_a_disposal() => Fixes(
        """
            void M(SqlConnection c)
            {
                var tx = c.BeginTransaction();
                try
                {
                    c.Execute(sql, transaction: tx);

                    c.Execute(cs, transaction: tx);
                    // both
                }
                finally
                {
                    {|SES2006:tx.Commit()|};
                    tx.Dispose();
                }
            }
        """,
        """
            void M(SqlConnection c)
            {
                var tx = c.BeginTransaction();
                try
                {
                    c.Execute(sql, transaction: tx);

                    c.Execute(cs, transaction: tx);
                    // both
                    tx.Commit();
                }
                finally
                {
                    tx.Dispose();
                }
            }
        """);

    [Fact]
    public Task Fixes_commit_alone_in_finally() => Fixes(
        """
            async Task M(Db db, CancellationToken token)
            {
                await using var tx = await db.Database.BeginTransactionAsync(token);
                // all or nothing
                try
                {
                    // first the names
                    db.Add(new User());
                    await db.SaveChangesAsync(token);
                }
                finally
                {
                    await {|SES2006:tx.CommitAsync(token)|}.ConfigureAwait(false);
                }

                Work();
            }
        """,
        """
            async Task M(Db db, CancellationToken token)
            {
                await using var tx = await db.Database.BeginTransactionAsync(token);
                // all or nothing
                // first the names
                db.Add(new User());
                await db.SaveChangesAsync(token);
                await tx.CommitAsync(token).ConfigureAwait(false);

                Work();
            }
        """);

    [Fact]
    public Task Fixes_commit_beside_a_handler() => Fixes(
        """
            bool M(SqlConnection c)
            {
                using (var tx = c.BeginTransaction())
                {
                    try
                    {
                        using var command = new SqlCommand(sql, c, tx);
                        command.ExecuteNonQuery();
                    }
                    catch (SqlException e)
                    {
                        logger.LogError(e, "failed");
                        return false;
                    }
                    finally
                    {
                        {|SES2006:tx.Commit()|};
                    }

                    return true;
                }
            }
        """,
        """
            bool M(SqlConnection c)
            {
                using (var tx = c.BeginTransaction())
                {
                    try
                    {
                        using var command = new SqlCommand(sql, c, tx);
                        command.ExecuteNonQuery();
                        tx.Commit();
                    }
                    catch (SqlException e)
                    {
                        logger.LogError(e, "failed");
                        return false;
                    }

                    return true;
                }
            }
        """);

    [Fact]
    public Task Fixes_commit_after_a_rollback() => Fixes(
        """
            void M(DbConnection c)
            {
                var tx = c.BeginTransaction();
                try {
                    c.Execute(sql, transaction: tx);
                } catch {
                    tx.Rollback();
                    throw;
                } finally {
                    {|SES2006:tx.Commit()|};
                }
            }
        """,
        """
            void M(DbConnection c)
            {
                var tx = c.BeginTransaction();
                try {
                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                } catch {
                    tx.Rollback();
                    throw;
                }
            }
        """);

    [Fact]
    public Task FixesAll_commits_and_completions() => Fixes(
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try
                {
                    foreach (var text in new[] { sql, cs })
                    {
                        if (text.Length == 0)
                        {
                            continue;
                        }

                        c.Execute(text, transaction: tx);
                    }
                }
                finally
                {
                    {|SES2006:tx.Commit()|};
                }
            }

            void N(Db db)
            {
                using var scope = new TransactionScope();
                try
                {
                    db.SaveChanges();
                }
                finally
                {
                    {|SES2006:scope.Complete()|};
                }
            }
        """,
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                foreach (var text in new[] { sql, cs })
                {
                    if (text.Length == 0)
                    {
                        continue;
                    }

                    c.Execute(text, transaction: tx);
                }

                tx.Commit();
            }

            void N(Db db)
            {
                using var scope = new TransactionScope();
                db.SaveChanges();
                scope.Complete();
            }
        """);

    [Fact]
    public Task Leaves_transaction_of_the_caller() => Leaves("""
        void M(SqlConnection c, SqlTransaction tx)
        {
            try
            {
                c.Execute(sql, transaction: tx);
            }
            finally
            {
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_try_that_returns() => Leaves("""
        int M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try
            {
                return c.Execute(sql, transaction: tx);
            }
            finally
            {
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_try_that_leaves_a_loop() => Leaves("""
        void M(SqlConnection c)
        {
            while (Flag())
            {
                using var tx = c.BeginTransaction();
                try
                {
                    if (c.Execute(sql, transaction: tx) == 0)
                    {
                        break;
                    }

                    Work();
                }
                finally
                {
                    {|SES2006:tx.Commit()|};
                }
            }
        }
        """);

    [Fact]
    public Task Leaves_work_in_the_finally() => Leaves("""
        void M(Db db)
        {
            using var tx = db.Database.BeginTransaction();
            try
            {
                Work();
            }
            finally
            {
                db.SaveChanges();
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_commit_that_others_hear_of() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try
            {
                c.Execute(sql, transaction: tx);
            }
            finally
            {
                {|SES2006:tx.Commit()|};
                logger.LogInformation("committed");
            }
        }
        """);

    [Fact]
    public Task Leaves_failure_that_is_swallowed() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            c.Execute(sql, transaction: tx);
            try
            {
                c.Execute(cs, transaction: tx);
            }
            catch (SqlException e)
            {
                logger.LogError(e, "never mind");
            }
            finally
            {
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_reader_that_is_open_until_the_end() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try
            {
                using var reader = c.ExecuteReader(sql, transaction: tx);
                reader.Read();
            }
            finally
            {
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_comment_at_the_commit() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try
            {
                c.Execute(sql, transaction: tx);
            }
            finally
            {
                // always
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_transaction_that_would_stay_open() => Leaves("""
        void M(SqlConnection c)
        {
            var tx = c.BeginTransaction();
            try
            {
                c.Execute(sql, transaction: tx);
            }
            finally
            {
                {|SES2006:tx.Commit()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_commit_on_one_line() => Leaves("void M(SqlConnection c) { using var tx = c.BeginTransaction(); try { c.Execute(sql, transaction: tx); } finally { {|SES2006:tx.Commit()|}; } }");
}
