using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2002: transactions, scopes and imports that nobody commits.</summary>
public sealed class TransactionMustBeCommittedTests
{
    // NServiceBus.SqlServer 80c5c930
    [Fact]
    public Task Reports_transaction() => Reports("""
        void M(SqlConnection c)
        {
            using (var tx = {|SES2002:c.BeginTransaction()|})
            {
                c.Execute(sql, transaction: tx);
            }
        }
        """);

    [Fact]
    public Task Reports_declaration() => Reports("void M(Db db) { using var tx = {|SES2002:db.Database.BeginTransaction()|}; db.Add(new User()); db.SaveChanges(); }");

    [Fact]
    public Task Reports_awaited() => Reports("async Task M(Db db) { await using var tx = await {|SES2002:db.Database.BeginTransactionAsync()|}; db.Add(new User()); await db.SaveChangesAsync(); }");

    [Fact]
    public Task Reports_command() => Reports("""
        void M(SqlConnection c)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            using var command = new SqlCommand(sql, c, tx);
            command.ExecuteNonQuery();
        }
        """);

    [Fact]
    public Task Reports_scope() => Reports("void M(Db db) { using (var scope = {|SES2002:new TransactionScope()|}) { db.SaveChanges(); } }");

    [Fact]
    public Task Reports_scope_without_a_name() => Reports("void M(Db db) { using ({|SES2002:new TransactionScope()|}) { db.SaveChanges(); } }");

    [Fact]
    public Task Reports_disposal_by_hand() => Reports("void M(SqlConnection c) { var tx = {|SES2002:c.BeginTransaction()|}; try { c.Execute(sql, transaction: tx); } finally { tx.Dispose(); } }");

    [Fact]
    public Task Reports_import() => Reports("void M(NpgsqlConnection c) { using var import = {|SES2002:c.BeginBinaryImport(sql)|}; import.StartRow(); import.Write(1); }");

    // EventFlow SqlConnection: the commit taken out.
    [Fact]
    public Task Reports_rolled_back_only_on_failure() => Reports("""
        async Task<int> M(SqlConnection c)
        {
            using (var tx = {|SES2002:c.BeginTransaction()|})
            {
                try
                {
                    var n = await c.ExecuteAsync(sql, transaction: tx);
                    return n;
                }
                catch (Exception)
                {
                    tx.Rollback();
                    throw;
                }
            }
        }
        """);

    // jellyfin CleanDatabaseScheduledTask: the commit taken out.
    [Fact]
    public Task Reports_configured_using() => Reports("""
        async Task M(CancellationToken token)
        {
            var context = await contexts.CreateDbContextAsync(token).ConfigureAwait(false);
            await using (context.ConfigureAwait(false))
            {
                var transaction = await {|SES2002:context.Database.BeginTransactionAsync(token)|}.ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    await context.Users.Where(u => u.Id > 1).ExecuteDeleteAsync(token).ConfigureAwait(false);
                }
            }
        }
        """);

    [Fact]
    public Task Reports_update_in_a_loop() => Reports("""
        void M()
        {
            using var context = contexts.CreateDbContext();
            using var transaction = {|SES2002:context.Database.BeginTransaction()|};
            var names = context.Users.AsNoTracking().Select(u => u.Name).Distinct();
            foreach (var name in names)
            {
                context.Users.Where(u => u.Name == name).ExecuteDelete();
            }
        }
        """);

    [Fact]
    public Task Reports_connection_disposed_under_it() => Reports("""
        void M()
        {
            using var c = new SqlConnection(cs);
            c.Open();
            var tx = {|SES2002:c.BeginTransaction()|};
            try
            {
                c.Execute(sql, transaction: tx);
            }
            catch
            {
                tx.Rollback();
                throw;
            }
        }
        """);

    [Fact]
    public Task Ignores_connection_disposed_after_a_commit() => Ignores("void M() { using var c = new SqlConnection(cs); c.Open(); var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }");

    [Fact]
    public Task Ignores_rolled_back_in_finally() => Ignores("void M(SqlConnection c) { using var tx = c.BeginTransaction(); try { c.Execute(sql, transaction: tx); } finally { tx.Rollback(); } }");

    [Fact]
    public Task Ignores_rolled_back_on_a_condition_and_on_failure() => Ignores("""
        void M(SqlConnection c, bool dry)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); if (dry) { tx.Rollback(); } } catch { tx.Rollback(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_reading_rolled_back_on_failure() => Ignores("""
        int M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { return c.ExecuteScalar<int>(sql, transaction: tx); } catch { tx.Rollback(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_committed() => Ignores("void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }");

    [Fact]
    public Task Ignores_completed() => Ignores("void M(Db db) { using var scope = new TransactionScope(); db.SaveChanges(); scope.Complete(); }");

    [Fact]
    public Task Ignores_early_return_beside_a_commit() => Ignores("bool M(SqlConnection c) { using var tx = c.BeginTransaction(); if (c.Execute(sql, transaction: tx) != 1) { return false; } tx.Commit(); return true; }");

    [Fact]
    public Task Ignores_rolled_back_on_purpose() => Ignores("void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Rollback(); }");

    [Fact]
    public Task Ignores_reading() => Ignores("int M(SqlConnection c) { using var tx = c.BeginTransaction(System.Data.IsolationLevel.Snapshot); return c.ExecuteScalar<int>(sql, transaction: tx); }");

    [Fact]
    public Task Ignores_returned() => Ignores("SqlTransaction M(SqlConnection c) { var tx = c.BeginTransaction(); try { c.Execute(sql, transaction: tx); return tx; } catch { tx.Dispose(); throw; } }");

    [Fact]
    public Task Ignores_helper_that_commits() => Ignores("""
        static void Finish(SqlTransaction tx) => tx.Commit();
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); Finish(tx); }
        """);

    [Fact]
    public Task Ignores_helper_that_gets_the_context() => Ignores("""
        static void Finish(Db db) => db.Database.CommitTransaction();
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); Finish(db); }
        """);

    [Fact]
    public Task Ignores_commit_by_the_context() => Ignores("void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); db.Database.CommitTransaction(); }");

    [Fact]
    public Task Ignores_commit_in_a_lambda() => Ignores("void M(SqlConnection c, Action<Action> run) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); run(() => tx.Commit()); }");

    [Fact]
    public Task Ignores_suppressing_scope() => Ignores("void M(Db db) { using var scope = new TransactionScope(TransactionScopeOption.Suppress); db.SaveChanges(); }");

    [Fact]
    public Task Ignores_completed_import() => Ignores("void M(NpgsqlConnection c) { using var import = c.BeginBinaryImport(sql); import.StartRow(); import.Write(1); import.Complete(); }");

    [Fact]
    public Task Ignores_tests_that_roll_back() => IgnoresFile("""
        class FactAttribute : Attribute { }
        class Tests
        {
            [Fact]
            public void Saves() { using var db = new Db(); using var tx = db.Database.BeginTransaction(); db.SaveChanges(); }
        }
        """);

    [Fact]
    public Task Ignores_commit_under_a_flag() => Ignores("void M(SqlConnection c, bool dry) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); if (!dry) { tx.Commit(); } }");

    [Fact]
    public Task Ignores_loop_that_commits() => Ignores("void M(SqlConnection c) { for (var i = 0; i < 3; i++) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); if (Flag()) { tx.Commit(); return; } } }");

    [Fact]
    public Task Ignores_stored() => Ignores("SqlTransaction? kept; void M(SqlConnection c) { kept = c.BeginTransaction(); c.Execute(sql, transaction: kept); } void End() { kept?.Commit(); kept?.Dispose(); }");

    [Fact]
    public Task Ignores_writing_on_another_connection() => Ignores("void M(SqlConnection c, SqlConnection other) { using var tx = c.BeginTransaction(); other.Execute(sql); c.Query<int>(sql, transaction: tx); }");

    [Fact]
    public Task Ignores_saving_another_context() => Ignores("void M(Db db, Db log) { using var tx = db.Database.BeginTransaction(); log.SaveChanges(); }");
}
