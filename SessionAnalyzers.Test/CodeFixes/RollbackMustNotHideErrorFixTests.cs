using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class RollbackMustNotHideErrorFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<RollbackMustNotHideErrorFix>(before, after, "SES3004.Guard");

    private static Task Leaves(string members) => RealReports.OffersNothing<RollbackMustNotHideErrorFix>(members);

    [Fact]
    public Task Fixes_rollback() => Fixes(
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try
                {
                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                }
                catch (Exception e)
                {
                    logger.LogError(e, "no");
                    // all of it
                    {|SES3004:tx.Rollback()|}; // now
                    throw;
                }
            }
        """,
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try
                {
                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                }
                catch (Exception e)
                {
                    logger.LogError(e, "no");
                    // all of it
                    try
                    {
                        tx.Rollback(); // now
                    }
                    catch
                    {
                        // The error that was caught says what happened.
                    }

                    throw;
                }
            }
        """);

    [Fact]
    public Task FixesAll_awaited() => Fixes(
        """
            async Task M(NpgsqlConnection c, CancellationToken token) {
                await using var tx = await c.BeginTransactionAsync(token);
                try {
                    await c.ExecuteAsync(sql, transaction: tx);
                    await tx.CommitAsync(token);
                } catch (Exception e) {
                    await {|SES3004:tx.RollbackAsync(token)|}.ConfigureAwait(false);

                    throw new IOException("no", e);
                }
            }

            private readonly SqlTransaction current = null!;
            void N() {
                try {
                    current.Commit();
                } catch {
                    {|SES3004:current.Rollback()|};
                    throw;
                }
            }
        """,
        """
            async Task M(NpgsqlConnection c, CancellationToken token) {
                await using var tx = await c.BeginTransactionAsync(token);
                try {
                    await c.ExecuteAsync(sql, transaction: tx);
                    await tx.CommitAsync(token);
                } catch (Exception e) {
                    try {
                        await tx.RollbackAsync(token).ConfigureAwait(false);
                    } catch {
                        // The error that was caught says what happened.
                    }

                    throw new IOException("no", e);
                }
            }

            private readonly SqlTransaction current = null!;
            void N() {
                try {
                    current.Commit();
                } catch {
                    try {
                        current.Rollback();
                    } catch {
                        // The error that was caught says what happened.
                    }

                    throw;
                }
            }
        """);

    [Fact]
    public Task Leaves_handler_that_goes_on() => Leaves(
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try
                {
                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                }
                catch (Exception e)
                {
                    {|SES3004:tx.Rollback()|};
                    logger.LogError(e, "no");
                }
            }

            void N(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                try { c.Execute(sql, transaction: tx); tx.Commit(); }
                catch { {|SES3004:tx.Rollback()|}; throw; }
            }
        """);
}
