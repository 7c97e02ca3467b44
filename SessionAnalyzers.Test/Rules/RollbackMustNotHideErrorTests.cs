using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES3004: rollbacks that throw in the handler of the commit.</summary>
public sealed class RollbackMustNotHideErrorTests
{
    [Fact]
    public Task Reports_rollback_in_a_handler_of_the_commit() => Reports("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch { {|SES3004:tx.Rollback()|}; throw; }
        }

        async Task N(NpgsqlConnection c, CancellationToken token)
        {
            await using var tx = await c.BeginTransactionAsync(token);
            try { await c.ExecuteAsync(sql, transaction: tx); await tx.CommitAsync(token); }
            catch (Exception e) { logger.LogError(e, "no"); await {|SES3004:tx.RollbackAsync(token).ConfigureAwait(false)|}; throw; }
        }
        """.Replace("|SES3004:tx.RollbackAsync(token).ConfigureAwait(false)|}", "|SES3004:tx.RollbackAsync(token)|}.ConfigureAwait(false)"));

    [Fact]
    public Task Reports_base_type_of_a_known_provider() => Reports("""
        void M(SqliteConnection c)
        {
            IDbTransaction? tx = null;
            try { tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }
            catch (DbException) { {|SES3004:tx!.Rollback()|}; throw; }
            finally { tx?.Dispose(); }
        }

        private readonly SqlTransaction current = null!;
        public void Commit()
        {
            try { current.Commit(); }
            catch (IOException) { throw; }
            catch (Exception) { {|SES3004:current.Rollback()|}; throw; }
        }
        """);

    [Fact]
    public Task Reports_MongoDB() => ReportsFile("""
        using MongoDB.Driver;
        class D
        {
            async Task M(IMongoClient client, IMongoCollection<User> users)
            {
                using var session = await client.StartSessionAsync();
                session.StartTransaction();
                try
                {
                    await users.InsertOneAsync(session, new User());
                    await session.CommitTransactionAsync();
                }
                catch
                {
                    await {|SES3004:session.AbortTransactionAsync()|};
                    throw;
                }
            }
        }
        """);

    [Fact]
    public Task Ignores_guarded_rollback() => Ignores("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch
            {
                try { tx.Rollback(); } catch (InvalidOperationException) { }
                throw;
            }
        }

        void N(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            var done = false;
            try { c.Execute(sql, transaction: tx); tx.Commit(); done = true; }
            catch
            {
                if (!done) { tx.Rollback(); }
                throw;
            }
        }

        void O(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch
            {
                if (tx.Connection != null) tx.Rollback();
                throw;
            }
        }

        void P(SqlConnection c)
        {
            SqlTransaction? tx = null;
            try { tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }
            catch { tx?.Rollback(); throw; }
            finally { tx?.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_handler_that_does_not_cover_the_commit() => Ignores("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch { tx.Rollback(); throw; }
            tx.Commit();
        }

        void N(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(File.ReadAllText("x"), transaction: tx); tx.Commit(); }
            catch (FileNotFoundException) { tx.Rollback(); throw; }
        }

        void O(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch (Exception) when (tx.Connection is not null) { tx.Rollback(); throw; }
        }

        void P(SqlConnection c, SqlConnection d)
        {
            using var tx = c.BeginTransaction();
            using var other = d.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch { other.Rollback(); throw; }
            other.Commit();
        }

        void Q(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try
            {
                c.Execute(sql, transaction: tx);
                try { tx.Commit(); } catch (SqlException e) { throw new IOException("no", e); }
            }
            catch (SqlException) { tx.Rollback(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_providers_that_do_not_throw_or_are_not_known() => Ignores("""
        async Task M(Db db)
        {
            await using var tx = await db.Database.BeginTransactionAsync();
            try { await db.SaveChangesAsync(); await tx.CommitAsync(); }
            catch { await tx.RollbackAsync(); throw; }
        }

        void N(DbConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch { tx.Rollback(); throw; }
        }

        void O(IDbTransaction tx)
        {
            try { tx.Commit(); }
            catch { tx.Rollback(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_rollback_to_a_savepoint_and_of_functions() => Ignores("""
        void M(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { tx.Save("a"); c.Execute(sql, transaction: tx); tx.Commit(); }
            catch { tx.Rollback("a"); throw; }
        }

        void N(SqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch
            {
                Guard(() => tx.Rollback());
                throw;
            }
        }

        static void Guard(Action action) { try { action(); } catch { } }
        """);
}
