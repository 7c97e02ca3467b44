using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using Verified = SessionAnalyzers.Test.Rules.Conventions<SessionAnalyzers.Flow.FlowRuleAnalyzer, SessionAnalyzers.Rules.TransactionMustRollBackExplicitlyFix>;

namespace SessionAnalyzers.Test.CodeFixes;

public class TransactionMustRollBackExplicitlyFixTests
{
    private const string Key = TransactionMustRollBackExplicitlyFix.RollBackKey;
    private const string Explicit = "session_analyzers.rollback_style = explicit";

    [Fact]
    public Task Fixes_using_declaration() => Verified.Fixes(
        Explicit,
        """
            int M(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};

                // work
                Work();
                var count = 1;
                t.Commit(); // done
                return count;
            }
        """,
        """
            int M(SqlConnection c)
            {
                using var t = c.BeginTransaction();

                try
                {
                    // work
                    Work();
                    var count = 1;
                    t.Commit(); // done
                    return count;
                }
                catch
                {
                    try
                    {
                        t.Rollback();
                    }
                    catch
                    {
                        // The error that was caught says what happened.
                    }

                    throw;
                }
            }
        """,
        Key);

    [Fact]
    public Task Fixes_async_using_statement() => Verified.Fixes(
        Explicit,
        """
            async Task M(Db db, CancellationToken cancellation)
            {
                await using (var t = await {|SES5002:db.Database.BeginTransactionAsync(cancellation)|})
                {
                    await db.SaveChangesAsync(cancellation).ConfigureAwait(false);
                    await t.CommitAsync(cancellation).ConfigureAwait(false);
                }

                Work();
            }
        """,
        """
            async Task M(Db db, CancellationToken cancellation)
            {
                await using (var t = await db.Database.BeginTransactionAsync(cancellation))
                {
                    try
                    {
                        await db.SaveChangesAsync(cancellation).ConfigureAwait(false);
                        await t.CommitAsync(cancellation).ConfigureAwait(false);
                    }
                    catch
                    {
                        await t.RollbackAsync().ConfigureAwait(false);
                        throw;
                    }
                }

                Work();
            }
        """,
        Key);

    [Fact]
    public Task Fixes_try_that_disposes() => Verified.Fixes(
        Explicit,
        """
            void M(IDbConnection c)
            {
                var t = {|SES5002:c.BeginTransaction()|};
                try
                {
                    Work();
                    t.Commit();
                }
                finally
                {
                    t.Dispose();
                }
            }
        """,
        """
            void M(IDbConnection c)
            {
                var t = c.BeginTransaction();
                try
                {
                    Work();
                    t.Commit();
                }
                catch
                {
                    try
                    {
                        t.Rollback();
                    }
                    catch
                    {
                        // The error that was caught says what happened.
                    }

                    throw;
                }
                finally
                {
                    t.Dispose();
                }
            }
        """,
        Key);

    [Fact]
    public Task Fixes_only_up_to_the_commit_where_more_follows() => Verified.Fixes(
        Explicit,
        """
            void M(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                Work();
                t.Commit();
                Work();
            }
        """,
        """
            void M(SqlConnection c)
            {
                using var t = c.BeginTransaction();
                try
                {
                    Work();
                    t.Commit();
                }
                catch
                {
                    try
                    {
                        t.Rollback();
                    }
                    catch
                    {
                        // The error that was caught says what happened.
                    }

                    throw;
                }
                Work();
            }
        """,
        Key);

    [Fact]
    public Task Fixes_commit_in_a_branch_and_in_a_lambda() => Verified.Fixes(
        Explicit,
        """
            Func<int> M(SqlConnection c) => () =>
            {
                using (var t = {|SES5002:c.BeginTransaction()|}) {
                    if (Flag()) {
                        t.Commit();
                        return 1;
                    }

                    return 0;
                }
            };
        """,
        """
            Func<int> M(SqlConnection c) => () =>
            {
                using (var t = c.BeginTransaction()) {
                    try {
                        if (Flag()) {
                            t.Commit();
                            return 1;
                        }

                        return 0;
                    } catch {
                        try {
                            t.Rollback();
                        } catch {
                            // The error that was caught says what happened.
                        }

                        throw;
                    }
                }
            };
        """,
        Key);

    [Fact]
    public Task Fixes_work_whose_failure_is_logged() => Verified.Fixes(
        Explicit,
        """
            void M(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                try
                {
                    Work();
                    t.Commit();
                }
                catch (Exception e)
                {
                    logger.LogError(e, "no");
                    throw;
                }
            }
        """,
        """
            void M(SqlConnection c)
            {
                using var t = c.BeginTransaction();
                try
                {
                    try
                    {
                        Work();
                        t.Commit();
                    }
                    catch (Exception e)
                    {
                        logger.LogError(e, "no");
                        throw;
                    }
                }
                catch
                {
                    try
                    {
                        t.Rollback();
                    }
                    catch
                    {
                        // The error that was caught says what happened.
                    }

                    throw;
                }
            }
        """,
        Key);

    [Fact]
    public Task Keeps_what_follows_the_commit_and_needs_its_variables() => Verified.OffersNothing(Explicit, """
            int M(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                var text = File.ReadAllText("x");
                t.Commit();
                return File.ReadAllText(text).Length;
            }
            void N(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                try
                {
                    t.Commit();
                }
                catch (SqlException)
                {
                }
            }
            void O(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                foreach (var i in new[] { 1 })
                {
                    t.Commit();
                    Work();
                }
            }
        """);

    [Fact]
    public Task FixesAll_nested_transactions_of_two_files() => Verified.FixesFiles(
        Explicit,
        [
            """
            class A
            {
                async System.Threading.Tasks.Task M(SqlConnection a, SqlConnection b)
                {
                    using var t = {|SES5002:a.BeginTransaction()|};
                    using (var u = {|SES5002:b.BeginTransaction()|})
                    {
                        await System.Threading.Tasks.Task.Yield();
                        u.Commit();
                    }

                    await t.CommitAsync();
                }
            }
            """,
            """
            class B
            {
                void M(Npgsql.NpgsqlConnection c)
                {
                    using var t = {|SES5002:c.BeginTransaction()|};
                    t.Commit();
                }
            }
            """,
        ],
        [
            """
            class A
            {
                async System.Threading.Tasks.Task M(SqlConnection a, SqlConnection b)
                {
                    using var t = a.BeginTransaction();
                    try
                    {
                        using (var u = b.BeginTransaction())
                        {
                            try
                            {
                                await System.Threading.Tasks.Task.Yield();
                                u.Commit();
                            }
                            catch
                            {
                                try
                                {
                                    u.Rollback();
                                }
                                catch
                                {
                                    // The error that was caught says what happened.
                                }

                                throw;
                            }
                        }

                        await t.CommitAsync();
                    }
                    catch
                    {
                        try
                        {
                            await t.RollbackAsync();
                        }
                        catch
                        {
                            // The error that was caught says what happened.
                        }

                        throw;
                    }
                }
            }
            """,
            """
            class B
            {
                void M(Npgsql.NpgsqlConnection c)
                {
                    using var t = c.BeginTransaction();
                    try
                    {
                        t.Commit();
                    }
                    catch
                    {
                        try
                        {
                            t.Rollback();
                        }
                        catch
                        {
                            // The error that was caught says what happened.
                        }

                        throw;
                    }
                }
            }
            """,
        ],
        Key);
}
