using SessionAnalyzers.Flow;
using SessionAnalyzers.Rules;
using Verified = SessionAnalyzers.Test.Rules.Conventions<SessionAnalyzers.Flow.FlowRuleAnalyzer, SessionAnalyzers.Rules.TransactionMustRollBackExplicitlyFix>;

namespace SessionAnalyzers.Test.Rules;

public class TransactionMustRollBackExplicitlyTests
{
    private const string Explicit = "session_analyzers.rollback_style = explicit";

    [Fact]
    public Task Reports_transaction_that_its_disposal_rolls_back() => Verified.Reports(Explicit, """
            void M(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                Work();
                t.Commit();
            }
            async Task N(Db db)
            {
                await using (var t = await {|SES5002:db.Database.BeginTransactionAsync()|})
                {
                    await db.SaveChangesAsync();
                    await t.CommitAsync();
                }
            }
            void O(IDbConnection c)
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
        """);

    [Fact]
    public Task Reports_rollback_that_only_a_branch_calls() => Verified.Reports(Explicit, """
            void M(SqlConnection c)
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                if (Flag())
                {
                    t.Rollback();
                    return;
                }

                t.Commit();
            }
        """);

    [Fact]
    public Task Reports_transaction_in_a_lambda() => Verified.Reports(Explicit, """
            Action M(SqlConnection c) => () =>
            {
                using var t = {|SES5002:c.BeginTransaction()|};
                t.Commit();
            };
        """);

    [Fact]
    public Task Ignores_everything_without_a_setting() => Verified.Ignores(null, """
            void M(SqlConnection c)
            {
                using var t = c.BeginTransaction();
                t.Commit();
            }
        """);

    [Fact]
    public Task Ignores_setting_with_another_value() => Verified.Ignores("session_analyzers.rollback_style = dispose", """
            void M(SqlConnection c)
            {
                using var t = c.BeginTransaction();
                t.Commit();
            }
        """);

    [Fact]
    public Task Ignores_rollback_in_catch_or_finally() => Verified.Ignores(Explicit, """
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
                    try { t.Rollback(); } catch { }
                    throw;
                }
            }
            async Task N(Db db)
            {
                await using var t = await db.Database.BeginTransactionAsync();
                var committed = false;
                try
                {
                    await db.SaveChangesAsync();
                    await t.CommitAsync();
                    committed = true;
                }
                finally
                {
                    if (!committed) await t.RollbackAsync();
                }
            }
            void O(Db db)
            {
                using var t = db.Database.BeginTransaction();
                try
                {
                    db.SaveChanges();
                    db.Database.CommitTransaction();
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    db.Database.RollbackTransaction();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Ignores_scope_that_has_no_rollback() => Verified.Ignores(Explicit, """
            void M()
            {
                using var scope = new TransactionScope();
                Work();
                scope.Complete();
            }
        """);

    [Fact]
    public Task Ignores_transaction_that_other_code_has() => Verified.Ignores(Explicit, """
            void M(SqlConnection c)
            {
                using var t = c.BeginTransaction();
                Go(t);
                t.Commit();
            }
            void Go(SqlTransaction t)
            {
                try
                {
                    Work();
                }
                catch
                {
                    t.Rollback();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Ignores_transaction_that_is_returned() => Verified.Ignores(Explicit, """
            SqlTransaction Begin(SqlConnection c)
            {
                var t = c.BeginTransaction();
                return t;
            }
        """);

    [Fact]
    public Task Ignores_transaction_that_is_never_committed() => Verified.Ignores(Explicit, """
            bool DryRun(SqlConnection c)
            {
                using var t = c.BeginTransaction();
                return t.Connection != null;
            }
        """);

    [Fact]
    public Task Ignores_what_the_rule_about_a_missing_rollback_reports() => Verified.Reports(Explicit, """
            void M(SqlConnection c)
            {
                var t = {|SES3001:c.BeginTransaction()|};
                Work();
                t.Commit();
            }
        """);
}
