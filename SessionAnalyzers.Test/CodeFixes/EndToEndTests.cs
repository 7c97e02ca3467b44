using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.RealReports;

namespace SessionAnalyzers.Test.CodeFixes;

/// <summary>The fixes on what the analyzer really reports: the diagnostic goes away, and no other comes.</summary>
public class EndToEndTests
{
    [Fact]
    public Task Fixes_connection_that_is_not_disposed() => Fixes<SessionMustBeDisposedFix>(
        """
            int Run()
            {
                var connection = {|SES1001:new SqlConnection(cs)|};
                connection.Open();
                using var command = new SqlCommand(sql, connection);
                return (int)command.ExecuteScalar();
            }
        """,
        """
            int Run()
            {
                using var connection = new SqlConnection(cs);
                connection.Open();
                using var command = new SqlCommand(sql, connection);
                return (int)command.ExecuteScalar();
            }
        """,
        "SES1001.Using");

    [Fact]
    public Task Fixes_context_of_async_method() => Fixes<SessionMustBeDisposedFix>(
        """
            async Task<List<User>> Run()
            {
                var db = await {|SES1001:contexts.CreateDbContextAsync()|};
                return await db.Users.Where(u => u.Id > 1).ToListAsync();
            }
        """,
        """
            async Task<List<User>> Run()
            {
                await using var db = await contexts.CreateDbContextAsync();
                return await db.Users.Where(u => u.Id > 1).ToListAsync();
            }
        """,
        "SES1001.Using");

    [Fact]
    public Task Fixes_assignment_in_try() => Fixes<SessionMustBeDisposedFix>(
        """
            void Run()
            {
                SqlConnection? connection = null;
                try
                {
                    connection = {|SES1001:new SqlConnection(cs)|};
                    connection.Open();
                }
                catch (SqlException e)
                {
                    logger.LogError(e, "failed");
                }
            }
        """,
        """
            void Run()
            {
                SqlConnection? connection = null;
                try
                {
                    connection = new SqlConnection(cs);
                    connection.Open();
                }
                catch (SqlException e)
                {
                    logger.LogError(e, "failed");
                }
                finally
                {
                    connection?.Dispose();
                }
            }
        """,
        "SES1001.TryFinally");

    [Fact]
    public Task Fixes_disposal_that_an_exception_skips() => Fixes<SessionMustBeDisposedOnExceptionFix>(
        """
            int Run()
            {
                var connection = {|SES1002:new SqlConnection(cs)|};
                connection.Open();
                using var command = new SqlCommand(sql, connection);
                var count = command.ExecuteNonQuery();
                connection.Close();
                return count;
            }
        """,
        """
            int Run()
            {
                using var connection = new SqlConnection(cs);
                connection.Open();
                using var command = new SqlCommand(sql, connection);
                var count = command.ExecuteNonQuery();
                return count;
            }
        """,
        "SES1002.Using");

    [Fact]
    public Task FixesAll_named_and_unnamed_readers() => Fixes<ReaderMustBeDisposedFix>(
        """
            int Run(SqlCommand command)
            {
                var reader = {|SES1013:command.ExecuteReader()|};
                var any = reader.Read();
                reader.Close();
                return {|SES1013:command.ExecuteReader()|}.Read() == any ? 1 : 0;
            }

            bool Any(SqlCommand command) => {|SES1013:command.ExecuteReader()|}.Read();
        """,
        """
            int Run(SqlCommand command)
            {
                bool any;
                using (var reader = command.ExecuteReader())
                {
                    any = reader.Read();
                }
                using var reader2 = command.ExecuteReader();
                return reader2.Read() == any ? 1 : 0;
            }

            bool Any(SqlCommand command)
            {
                using var reader = command.ExecuteReader();
                return reader.Read();
            }
        """,
        "SES1013.Using");

    [Fact]
    public Task Fixes_temporary_context() => Fixes<TemporarySessionMustBeDisposedFix>(
        """
            List<User> Run() => {|SES1007:contexts.CreateDbContext()|}.Users.ToList();
        """,
        """
            List<User> Run()
            {
                using var db = contexts.CreateDbContext();
                return db.Users.ToList();
            }
        """,
        "SES1007.Using");

    [Fact]
    public Task Fixes_overwritten_connection() => Fixes<SessionMustBeDisposedBeforeOverwriteFix>(
        """
            void Run()
            {
                var connection = new SqlConnection(cs);
                connection.Open();
                {|SES1008:connection = new SqlConnection(sql)|};
                connection.Open();
                connection.Dispose();
            }
        """,
        """
            void Run()
            {
                var connection = new SqlConnection(cs);
                connection.Open();
                connection.Dispose();
                connection = new SqlConnection(sql);
                connection.Open();
                connection.Dispose();
            }
        """,
        "SES1008.DisposeBefore");

    [Fact]
    public Task Fixes_connection_overwritten_in_a_loop() => Fixes<SessionMustBeDisposedBeforeOverwriteFix>(
        """
            void Run()
            {
                SqlConnection? connection = null;
                foreach (var text in new[] { cs, sql })
                {
                    {|SES1008:connection = new SqlConnection(text)|};
                    connection.Open();
                }

                connection?.Dispose();
            }
        """,
        """
            void Run()
            {
                foreach (var text in new[] { cs, sql })
                {
                    using SqlConnection connection = new SqlConnection(text);
                    connection.Open();
                }
            }
        """,
        "SES1008.UsingInLoop");
}
