using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class FailureMustNotBeSwallowedFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<FailureMustNotBeSwallowedFix>(before, after, "SES3002.Rethrow");

    private static Task Leaves(string members) => RealReports.OffersNothing<FailureMustNotBeSwallowedFix>(members);

    [Fact]
    public Task Fixes_handler() => Fixes(
        """
            void M(NpgsqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try
                {
                    c.Execute(sql, transaction: tx);
                }
                catch (PostgresException e)
                {
                    logger.LogWarning(e.Message);
                    // goes on
                }

                {|SES3002:tx.Commit()|};
            }
        """,
        """
            void M(NpgsqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try
                {
                    c.Execute(sql, transaction: tx);
                }
                catch (PostgresException e)
                {
                    logger.LogWarning(e.Message);
                    // goes on
                    throw;
                }

                tx.Commit();
            }
        """);

    [Fact]
    public Task FixesAll_with_rollback() => Fixes(
        """
            async Task M(NpgsqlConnection c)
            {
                var tx = await c.BeginTransactionAsync();
                try
                {
                    try
                    {
                        await c.ExecuteAsync(sql, transaction: tx);
                    }
                    catch (Exception e)
                    {
                        logger.LogWarning(e.Message);
                    }

                    await {|SES3002:tx.CommitAsync()|};
                }
                finally
                {
                    await tx.DisposeAsync();
                }
            }

            void N(NpgsqlConnection c)
            {
                using (var tx = c.BeginTransaction())
                {
                    try
                    {
                        c.Execute(sql, transaction: tx);
                    }
                    catch
                    {
                    }

                    {|SES3002:tx.Commit()|};
                }
            }
        """,
        """
            async Task M(NpgsqlConnection c)
            {
                var tx = await c.BeginTransactionAsync();
                try
                {
                    try
                    {
                        await c.ExecuteAsync(sql, transaction: tx);
                    }
                    catch (Exception e)
                    {
                        logger.LogWarning(e.Message);
                        try
                        {
                            await tx.RollbackAsync();
                        }
                        catch
                        {
                            // The error that was caught says what happened.
                        }

                        throw;
                    }

                    await tx.CommitAsync();
                }
                finally
                {
                    await tx.DisposeAsync();
                }
            }

            void N(NpgsqlConnection c)
            {
                using (var tx = c.BeginTransaction())
                {
                    try
                    {
                        c.Execute(sql, transaction: tx);
                    }
                    catch
                    {
                        throw;
                    }

                    tx.Commit();
                }
            }
        """);

    [Fact]
    public Task Leaves_loops_and_fields() => Leaves(
        """
            void M(NpgsqlConnection c, List<User> users)
            {
                using var tx = c.BeginTransaction();
                foreach (var user in users)
                {
                    try
                    {
                        c.Execute(sql, user, tx);
                    }
                    catch (Exception e)
                    {
                        logger.LogWarning(e.Message);
                    }
                }

                {|SES3002:tx.Commit()|};
            }

            private readonly SqlTransaction current = null!;
            public void Commit()
            {
                try
                {
                    {|SES3002:current.Commit()|};
                }
                catch (Exception e)
                {
                    logger.LogWarning(e.Message);
                }
            }

            void N(NpgsqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try { c.Execute(sql, transaction: tx); } catch { }
                {|SES3002:tx.Commit()|};
            }
        """);
}
