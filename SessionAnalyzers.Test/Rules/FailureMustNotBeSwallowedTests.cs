using SessionAnalyzers.Flow;
using SessionAnalyzers.Test.Verification;
using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES3002: failures that are swallowed while the transaction goes on or stays open.</summary>
public sealed class FailureMustNotBeSwallowedTests
{
    [Fact]
    public Task Reports_commit_after_a_failed_command() => Reports("""
        void M(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try
            {
                c.Execute(sql, transaction: tx);
            }
            {|#1:catch|} (PostgresException e) when (e.SqlState == "23505")
            {
                logger.LogWarning(e.Message);
            }

            {|#0:tx.Commit()|};
        }
        """, new DiagnosticResult("SES3002", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1)
            .WithArguments(8, "Execute", "'Commit' goes on with 'tx', which the failure has ended"));

    [Fact]
    public Task Reports_items_of_a_loop() => Reports("""
        async Task M(NpgsqlConnection c, List<User> users, CancellationToken token)
        {
            await using var tx = await c.BeginTransactionAsync(token);
            foreach (var user in users)
            {
                try
                {
                    await c.ExecuteAsync(sql, user, tx);
                }
                catch (Exception e)
                {
                    Console.WriteLine(e);
                    continue;
                }
            }

            await {|SES3002:tx.CommitAsync(token)|};
        }
        """);

    [Fact]
    public Task Reports_command_of_a_base_type() => Reports("""
        void M(NpgsqlConnection c)
        {
            DbTransaction tx = c.BeginTransaction();
            try
            {
                using (var command = new NpgsqlCommand(sql, c))
                {
                    try { command.ExecuteNonQuery(); }
                    catch (DbException) { }
                }

                {|SES3002:tx.Commit()|};
            }
            finally
            {
                tx.Dispose();
            }
        }
        """);

    [Fact]
    public Task Reports_transaction_of_the_caller() => Reports("""
        void M(NpgsqlConnection c, NpgsqlTransaction tx)
        {
            try { c.Execute(sql, transaction: tx); }
            catch { }
            {|SES3002:tx.Commit()|};
        }
        """);

    [Fact]
    public Task Reports_commit_of_a_field_that_stays_open() => Reports("""
        private readonly SqlTransaction current = null!;
        private DbTransaction Other { get; } = null!;
        public void Commit()
        {
            try { {|SES3002:current.Commit()|}; }
            catch (Exception e) { logger.LogError(e, "no"); }
        }

        public async Task CommitAsync()
        {
            try { await {|SES3002:Other.CommitAsync()|}; }
            catch (DbException e) { logger.LogError(e, "no"); }
        }
        """);

    [Fact]
    public Task Ignores_providers_whose_transaction_lives_on() => Ignores("""
        void M(SqlConnection c, List<User> users)
        {
            using var tx = c.BeginTransaction();
            foreach (var user in users)
            {
                try { c.Execute(sql, user, tx); }
                catch (SqlException e) { logger.LogWarning(e.Message); }
            }

            tx.Commit();
        }

        void N(DbConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch (DbException e) { logger.LogWarning(e.Message); }
            tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_handlers_that_leave_or_roll_back() => Ignores("""
        void M(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch (Exception e) { logger.LogWarning(e.Message); return; }
            tx.Commit();
        }

        void N(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch (Exception e) { throw new IOException("no", e); }
            tx.Commit();
        }

        void O(NpgsqlConnection c)
        {
            var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch (Exception) { tx.Rollback(); tx = c.BeginTransaction(); }
            tx.Commit();
            tx.Dispose();
        }

        void P(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch (Exception e) { if (Flag()) { throw; } logger.LogWarning(e.Message); }
            tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_savepoints() => Ignores("""
        void M(NpgsqlConnection c, List<User> users)
        {
            using var tx = c.BeginTransaction();
            foreach (var user in users)
            {
                tx.Save("item");
                try { c.Execute(sql, user, tx); }
                catch (PostgresException) { tx.Rollback("item"); }
            }

            tx.Commit();
        }

        void N(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            c.Execute("SAVEPOINT a", transaction: tx);
            try { c.Execute(sql, transaction: tx); }
            catch (PostgresException) { Undo(c); }
            tx.Commit();
        }

        static void Undo(NpgsqlConnection c) => c.Execute("ROLLBACK TO SAVEPOINT a");
        """);

    [Fact]
    public Task Ignores_flags_and_conditions() => Ignores("""
        void M(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            var failed = false;
            try { c.Execute(sql, transaction: tx); }
            catch (Exception) { failed = true; }
            if (failed) { tx.Rollback(); } else { tx.Commit(); }
        }

        void N(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            var failed = false;
            try { c.Execute(sql, transaction: tx); }
            catch (Exception) { failed = true; }
            if (failed) return;
            tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_handlers_of_others() => Ignores("""
        void M(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(File.ReadAllText("x"), transaction: tx); }
            catch (FileNotFoundException) { }
            tx.Commit();
        }

        void N(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { File.Delete("x"); }
            catch (Exception e) { logger.LogWarning(e.Message); }
            c.Execute(sql, transaction: tx);
            tx.Commit();
        }

        void O(NpgsqlConnection c, NpgsqlConnection other)
        {
            using var tx = c.BeginTransaction();
            try { other.Execute(sql); }
            catch (Exception e) { logger.LogWarning(e.Message); }
            tx.Commit();
        }

        void P(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); }
            catch (Exception e) { Handle(e); }
            tx.Commit();
        }

        static void Handle(Exception e) => throw e;
        """);

    [Fact]
    public Task Ignores_transactions_of_their_own() => Ignores("""
        void M(NpgsqlConnection c, List<User> users)
        {
            foreach (var user in users)
            {
                try
                {
                    using var tx = c.BeginTransaction();
                    c.Execute(sql, user, tx);
                    tx.Commit();
                }
                catch (PostgresException e) { logger.LogWarning(e.Message); }
            }
        }

        void N(NpgsqlConnection c)
        {
            try { c.Execute(sql); }
            catch (PostgresException) { }
            using var tx = c.BeginTransaction();
            c.Execute(sql, transaction: tx);
            tx.Commit();
        }

        void O(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch (Exception e) { logger.LogError(e, "no"); }
        }

        void P(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            while (true)
            {
                try { c.Execute(sql, transaction: tx); break; }
                catch (Exception e) { logger.LogError(e, "no"); }
            }
            tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_fields_that_are_ended_or_told_of() => Ignores("""
        private readonly SqlTransaction current = null!;
        private Exception? last;
        public void A() { try { current.Commit(); } catch (Exception) { if (current.Connection != null) current.Rollback(); throw; } }
        public void B() { try { current.Commit(); } catch (Exception) { if (current.Connection != null) current.Rollback(); } }
        public void D() { try { current.Commit(); } catch (Exception e) { last = e; } }
        public bool E() { try { current.Commit(); return true; } catch (Exception e) { logger.LogError(e, "no"); return false; } }
        public void F() { try { current.Commit(); } catch (Exception e) { logger.LogError(e, "no"); } finally { current.Dispose(); } }
        public void G() { try { current.Commit(); } catch (IOException e) { logger.LogError(e, "no"); } }
        public void H() { try { current.Commit(); } catch (Exception e) when (e is IOException) { logger.LogError(e, "no"); } }
        public void I() { try { current.Commit(); } catch (Exception e) { Report(e); } }
        public void J(SqlTransaction tx) { try { tx.Commit(); } catch (Exception e) { logger.LogError(e, "no"); } }
        private void Report(Exception e) => current.Rollback();
        """);

    [Fact]
    public Task Ignores_broken_code() => Ignores("""
        void M(NpgsqlConnection c)
        {
            using var tx = c.BeginTransaction();
            Missing();
            tx.Commit();
        }

        static void Missing() { }
        """);

    // The catalogue says the same of sessions of NHibernate.
    [Fact]
    public async Task Reports_session_that_a_failure_ends()
    {
        var test = new Verify<FlowRuleAnalyzer, EmptyCodeFixProvider>.Test(Libraries.Common) { TestState = { Sources = { Preamble } } };
        test.TestState.Sources.Add("""
            public interface ISession : IDisposable { void Save(object row); void Flush(); IWork Begin(); }
            public interface IWork : IDisposable { void Commit(); void Rollback(); }
            class D
            {
                void M(ISession session, List<object> rows)
                {
                    using (var work = session.Begin())
                    {
                        foreach (var row in rows)
                        {
                            try { session.Save(row); }
                            catch (Exception e) { Console.WriteLine(e); }
                        }

                        {|SES3002:work.Commit()|};
                    }
                }

                void N(ISession session, object row)
                {
                    try { session.Save(row); }
                    catch (InvalidCastException) { }
                    catch (Exception) { }
                    {|SES3002:session.Flush()|};
                }

                void O(ISession session, ISession other, object row)
                {
                    using var work = session.Begin();
                    try { other.Save(row); }
                    catch (Exception) { }
                    try { session.Save(row); }
                    catch (Exception) { work.Rollback(); throw; }
                    work.Commit();
                }
            }
            """);
        test.TestState.AdditionalFiles.Add(("/0/SessionAnalyzers.own.txt", """
            T:ISession session(context) not-thread-safe failure-ends
            T:IWork session(transaction) dispose-rolls-back failure-ends
            M:ISession.Begin returns-owned begins
            M:ISession.Save runs
            M:ISession.Flush flushes
            M:IWork.Commit commits
            M:IWork.Rollback rolls-back
            """));
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was reported");
    }
}
