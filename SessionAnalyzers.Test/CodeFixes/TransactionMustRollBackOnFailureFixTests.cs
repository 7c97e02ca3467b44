using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class TransactionMustRollBackOnFailureFixTests
{
    private static Task Fixes(string before, string after, string key) => RealReports.Fixes<TransactionMustRollBackOnFailureFix>(before, after, key);

    private static Task Leaves(string members) => RealReports.OffersNothing<TransactionMustRollBackOnFailureFix>(members);

    [Fact]
    public Task Fixes_transaction_of_a_context() => Fixes(
        """
            void M(Db db, User user)
            {
                var tx = {|SES3001:db.Database.BeginTransaction()|}; // both or none
                db.Add(user);
                db.SaveChanges();
                tx.Commit();
            }
        """,
        """
            void M(Db db, User user)
            {
                using var tx = db.Database.BeginTransaction(); // both or none
                db.Add(user);
                db.SaveChanges();
                tx.Commit();
            }
        """,
        "SES3001.Using");

    [Fact]
    public Task Fixes_awaited_and_its_disposal() => Fixes(
        """
            async Task M(NpgsqlConnection c)
            {
                var tx = await {|SES3001:c.BeginTransactionAsync()|};
                await c.ExecuteAsync(sql, transaction: tx);
                await tx.CommitAsync();
                await tx.DisposeAsync();
            }
        """,
        """
            async Task M(NpgsqlConnection c)
            {
                await using var tx = await c.BeginTransactionAsync();
                await c.ExecuteAsync(sql, transaction: tx);
                await tx.CommitAsync();
            }
        """,
        "SES3001.Using");

    [Fact]
    public Task Fixes_rollback_on_one_kind_of_failure() => Fixes(
        """
            void M(SqlConnection c)
            {
                var tx = {|SES3001:c.BeginTransaction()|};
                try
                {
                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                }
                catch (SqlException) when (tx.Connection != null)
                {
                    tx.Rollback();
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
                catch (SqlException) when (tx.Connection != null)
                {
                    tx.Rollback();
                    throw;
                }
            }
        """,
        "SES3001.Using");

    [Fact]
    public Task Fixes_transaction_that_is_assigned_in_a_try() => Fixes(
        """
            void M(SqlConnection c)
            {
                SqlTransaction? tx = null;
                try
                {
                    tx = {|SES3001:c.BeginTransaction()|};
                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                }
                catch (SqlException e)
                {
                    tx?.Rollback();
                    logger.LogError(e, "failed");
                }
            }
        """,
        """
            void M(SqlConnection c)
            {
                SqlTransaction? tx = null;
                try
                {
                    tx = c.BeginTransaction();
                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                }
                catch (SqlException e)
                {
                    tx?.Rollback();
                    logger.LogError(e, "failed");
                }
                finally
                {
                    tx?.Dispose();
                }
            }
        """,
        "SES3001.TryFinally");

    [Fact]
    public Task FixesAll_transactions_one_after_another() => Fixes(
        """
            void M(SqlConnection c)
            {
                var first = {|SES3001:c.BeginTransaction()|};
                c.Execute(sql, transaction: first);
                first.Commit();

                var second = {|SES3001:c.BeginTransaction()|};
                c.Execute(sql, transaction: second);
                second.Commit();
            }

            void N(Db db)
            {
                var tx = {|SES3001:db.Database.BeginTransaction()|};
                db.SaveChanges();
                tx.Commit();
            }
        """,
        """
            void M(SqlConnection c)
            {
                using var first = c.BeginTransaction();
                c.Execute(sql, transaction: first);
                first.Commit();

                using var second = c.BeginTransaction();
                c.Execute(sql, transaction: second);
                second.Commit();
            }

            void N(Db db)
            {
                using var tx = db.Database.BeginTransaction();
                db.SaveChanges();
                tx.Commit();
            }
        """,
        "SES3001.Using");

    [Fact]
    public Task Leaves_member_with_labels() => Leaves("""
        void M(SqlConnection c)
        {
            var tx = {|SES3001:c.BeginTransaction()|};
        again:
            if (c.Execute(sql, transaction: tx) == 0)
            {
                goto again;
            }

            tx.Commit();
        }
        """);

    [Fact]
    public Task Leaves_transaction_that_other_builds_know_otherwise() => Leaves("""
        void M(SqlConnection c)
        {
            var tx = {|SES3001:c.BeginTransaction()|};
            c.Execute(sql, transaction: tx);
            tx.Commit();
        #if AUDIT
            Keep(tx);
        #endif
        }
        """);

    [Theory]
    [InlineData("scope_style = using_declaration", """
                using var t = c.BeginTransaction();
                Work();
                t.Commit();
        """)]
    [InlineData("scope_style = using_statement", """
                using (var t = c.BeginTransaction())
                {
                    Work();
                    t.Commit();
                }
        """)]
    [InlineData("scope_style = try_finally", """
                var t = c.BeginTransaction();
                try
                {
                    Work();
                    t.Commit();
                }
                finally
                {
                    t.Dispose();
                }
        """)]
    [InlineData("rollback_style = explicit", """
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
        """)]
    [InlineData("rollback_style = explicit\nsession_analyzers.scope_style = try_finally", """
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
        """)]
    public Task Fixes_as_the_team_has_settled(string setting, string expected) =>
        Rules.Conventions<SessionAnalyzers.Flow.FlowRuleAnalyzer, TransactionMustRollBackOnFailureFix>.Fixes(
            "session_analyzers." + setting,
            """
                void M(SqlConnection c)
                {
                    var t = {|SES3001:c.BeginTransaction()|};
                    Work();
                    t.Commit();
                }
            """,
            $$"""
                void M(SqlConnection c)
                {
            {{expected}}
                }
            """);
}
