using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class TransactionMustBeCommittedFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<TransactionMustBeCommittedFix>(before, after, "SES2002.Commit");

    private static Task Leaves(string members) => RealReports.OffersNothing<TransactionMustBeCommittedFix>(members);

    [Fact]
    public Task Fixes_statement() => Fixes(
        """
            void M(SqlConnection c)
            {
                using (var tx = {|SES2002:c.BeginTransaction()|})
                {
                    c.Execute(sql, transaction: tx); // the names
                    // the end
                }
            }
        """,
        """
            void M(SqlConnection c)
            {
                using (var tx = c.BeginTransaction())
                {
                    c.Execute(sql, transaction: tx); // the names
                    tx.Commit();
                    // the end
                }
            }
        """);

    [Fact]
    public Task Fixes_after_a_try_that_rolls_back() => Fixes(
        """
            void M(SqlConnection c)
            {
                using (var tx = {|SES2002:c.BeginTransaction()|})
                {
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
            }
        """,
        """
            void M(SqlConnection c)
            {
                using (var tx = c.BeginTransaction())
                {
                    try
                    {
                        c.Execute(sql, transaction: tx);
                    }
                    catch
                    {
                        tx.Rollback();
                        throw;
                    }

                    tx.Commit();
                }
            }
        """);

    [Fact]
    public Task Fixes_awaited_before_the_return() => Fixes(
        """
            async Task<int> M(Db db, User user)
            {
                if (user.Id > 0)
                {
                    return 0;
                }

                await using var tx = await {|SES2002:db.Database.BeginTransactionAsync()|}.ConfigureAwait(false);
                db.Add(user);
                var count = await db.SaveChangesAsync();

                // the number of rows
                return count;
            }
        """,
        """
            async Task<int> M(Db db, User user)
            {
                if (user.Id > 0)
                {
                    return 0;
                }

                await using var tx = await db.Database.BeginTransactionAsync().ConfigureAwait(false);
                db.Add(user);
                var count = await db.SaveChangesAsync();
                await tx.CommitAsync();

                // the number of rows
                return count;
            }
        """);

    [Fact]
    public Task Fixes_scope_with_a_connection() => Fixes(
        """
            bool M(string[] texts)
            {
                using var scope = {|SES2002:new TransactionScope()|};
                using var connection = new SqlConnection(cs);
                connection.Open();
                foreach (var text in texts)
                {
                    if (text.Length == 0)
                    {
                        continue;
                    }

                    connection.Execute(text);
                }

                return true;
            }
        """,
        """
            bool M(string[] texts)
            {
                using var scope = new TransactionScope();
                using var connection = new SqlConnection(cs);
                connection.Open();
                foreach (var text in texts)
                {
                    if (text.Length == 0)
                    {
                        continue;
                    }

                    connection.Execute(text);
                }

                scope.Complete();

                return true;
            }
        """);

    [Fact]
    public Task Fixes_scope_without_a_name() => Fixes(
        """
            void M(Db db, IServiceScope scope)
            {
                using ({|SES2002:new TransactionScope()|})
                {
                    db.SaveChanges();
                }
            }
        """,
        """
            void M(Db db, IServiceScope scope)
            {
                using (var scope2 = new TransactionScope())
                {
                    db.SaveChanges();
                    scope2.Complete();
                }
            }
        """);

    [Fact]
    public Task Fixes_disposal_in_finally() => Fixes(
        """
            void M(SqlConnection c)
            {
                var tx = {|SES2002:c.BeginTransaction()|};
                try
                {
                    using (var reader = c.ExecuteReader(sql, transaction: tx))
                    {
                        reader.Read();
                    }

                    c.Execute(sql, transaction: tx);
                }
                finally
                {
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
                    using (var reader = c.ExecuteReader(sql, transaction: tx))
                    {
                        reader.Read();
                    }

                    c.Execute(sql, transaction: tx);
                    tx.Commit();
                }
                finally
                {
                    tx.Dispose();
                }
            }
        """);

    [Fact]
    public Task Fixes_import() => Fixes(
        """
            void M(NpgsqlConnection c, User user)
            {
                using var import = {|SES2002:c.BeginBinaryImport(sql)|};
                import.StartRow();
                import.Write(user.Id);
            }
        """,
        """
            void M(NpgsqlConnection c, User user)
            {
                using var import = c.BeginBinaryImport(sql);
                import.StartRow();
                import.Write(user.Id);
                import.Complete();
            }
        """);

    [Fact]
    public Task FixesAll_transactions_and_scopes() => Fixes(
        """
            void M(SqlConnection c)
            {
                using var tx = {|SES2002:c.BeginTransaction()|};
                using var command = new SqlCommand(sql, c, tx);
                command.ExecuteNonQuery();
            }

            async Task N(Db db)
            {
                using (var scope = {|SES2002:new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)|})
                {
                    await db.SaveChangesAsync();
                }

                using (var scope = {|SES2002:new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)|})
                {
                    await db.SaveChangesAsync();
                }
            }
        """,
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                using var command = new SqlCommand(sql, c, tx);
                command.ExecuteNonQuery();
                tx.Commit();
            }

            async Task N(Db db)
            {
                using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
                {
                    await db.SaveChangesAsync();
                    scope.Complete();
                }

                using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
                {
                    await db.SaveChangesAsync();
                    scope.Complete();
                }
            }
        """);

    [Fact]
    public Task Leaves_early_return() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            if (c.Execute(sql, transaction: tx) == 0)
            {
                return;
            }

            c.Execute(cs, transaction: tx);
        }
        """);

    [Fact]
    public Task Leaves_result_that_is_still_computed() => Leaves("""
        int M(SqlConnection c)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            Work();
            return c.Execute(sql, transaction: tx);
        }
        """);

    [Fact]
    public Task Leaves_task_that_is_returned() => Leaves("""
        Task<int> M(SqlConnection c)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            c.Execute(sql, transaction: tx);
            var task = c.ExecuteAsync(sql, transaction: tx);
            return task;
        }
        """);

    [Fact]
    public Task Leaves_failure_that_is_swallowed() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            try
            {
                c.Execute(sql, transaction: tx);
            }
            catch (SqlException e)
            {
                logger.LogError(e, "failed");
            }

            Work();
        }
        """);

    [Fact]
    public Task Leaves_failure_that_a_loop_passes_over() => Leaves("""
        void M(SqlConnection c, string[] texts)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            foreach (var text in texts)
            {
                try
                {
                    c.Execute(text, transaction: tx);
                }
                catch (SqlException)
                {
                    continue;
                }

                Work();
            }
        }
        """);

    [Fact]
    public Task Leaves_open_reader() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            c.Execute(sql, transaction: tx);
            using var reader = c.ExecuteReader(sql, transaction: tx);
            reader.Read();
        }
        """);

    [Fact]
    public Task Leaves_connection_that_is_closed() => Leaves("""
        void M(SqlConnection c)
        {
            using var tx = {|SES2002:c.BeginTransaction()|};
            c.Execute(sql, transaction: tx);
            c.Close();
        }
        """);

    [Fact]
    public Task Leaves_rehearsal() => Leaves("""
        void M(SqlConnection c)
        {
            // Rolled back at the end: a rehearsal.
            using var tx = {|SES2002:c.BeginTransaction()|};
            c.Execute(sql, transaction: tx);
        }
        """);

    [Fact]
    public Task Leaves_member_whose_comment_speaks_of_the_end() => Leaves("""
        /// <summary>Tries the change and discards it.</summary>
        void M(SqlConnection c)
        {
            using (var tx = {|SES2002:c.BeginTransaction()|})
            {
                c.Execute(sql, transaction: tx);
            }
        }
        """);

    [Fact]
    public Task Leaves_body_on_one_line() => Leaves("void M(Db db) { using var scope = {|SES2002:new TransactionScope()|}; db.SaveChanges(); }");
}
