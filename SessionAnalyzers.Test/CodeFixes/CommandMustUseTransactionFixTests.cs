using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class CommandMustUseTransactionFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<CommandMustUseTransactionFix>(before, after, "SES2007.Pass");

    private static Task Leaves(string members) => RealReports.OffersNothing<CommandMustUseTransactionFix>(members);

    [Fact]
    public Task Fixes_calls_of_a_mapper() => Fixes(
        """
            async Task M(SqlConnection c)
            {
                await using var tx = await c.BeginTransactionAsync();
                {|SES2007:c.Execute(sql)|};
                {|SES2007:c.Execute(sql, new { Id = 1 } /* the id */)|};
                {|SES2007:c.Execute(sql, null, null)|};
                {|SES2007:c.Execute(sql, transaction: null, commandTimeout: 5)|};
                await {|SES2007:c.QueryAsync<int>(sql, commandTimeout: 5)|};
                {|SES2007:SqlMapper.Execute(c, sql, null)|};
                await tx.CommitAsync();
            }
        """,
        """
            async Task M(SqlConnection c)
            {
                await using var tx = await c.BeginTransactionAsync();
                c.Execute(sql, transaction: tx);
                c.Execute(sql, new { Id = 1 } /* the id */, transaction: tx);
                c.Execute(sql, null, tx);
                c.Execute(sql, transaction: tx, commandTimeout: 5);
                await c.QueryAsync<int>(sql, commandTimeout: 5, transaction: tx);
                SqlMapper.Execute(c, sql, null, transaction: tx);
                await tx.CommitAsync();
            }
        """);

    [Fact]
    public Task Fixes_constructed_commands() => Fixes(
        """
            void M(SqlConnection c, SqliteConnection lite)
            {
                using var tx = c.BeginTransaction();
                using var cmd = new SqlCommand(sql, c) { CommandTimeout = 5 };
                {|SES2007:cmd.ExecuteNonQuery()|};
                {|SES2007:new SqlCommand(sql, c, null).ExecuteScalar()|};
                tx.Commit();
                using var other = lite.BeginTransaction();
                using (var cmd2 = new SqliteCommand(sql, lite))
                {
                    {|SES2007:cmd2.ExecuteNonQuery()|};
                }

                other.Commit();
            }
        """,
        """
            void M(SqlConnection c, SqliteConnection lite)
            {
                using var tx = c.BeginTransaction();
                using var cmd = new SqlCommand(sql, c, tx) { CommandTimeout = 5 };
                cmd.ExecuteNonQuery();
                new SqlCommand(sql, c, tx).ExecuteScalar();
                tx.Commit();
                using var other = lite.BeginTransaction();
                using (var cmd2 = new SqliteCommand(sql, lite, other))
                {
                    cmd2.ExecuteNonQuery();
                }

                other.Commit();
            }
        """);

    [Fact]
    public Task Fixes_created_commands() => Fixes(
        """
            async Task M(SqlConnection c)
            {
                await using var tx = await c.BeginTransactionAsync();
                using var cmd = c.CreateCommand(); // the first
                cmd.CommandText = sql;
                {|SES2007:cmd.ExecuteNonQuery()|};
                using (var cmd2 = c.CreateCommand())
                {
                    // the second
                    cmd2.CommandText = sql;
                    {|SES2007:cmd2.ExecuteNonQuery()|};
                }

                await tx.CommitAsync();
            }
        """,
        """
            async Task M(SqlConnection c)
            {
                await using var tx = await c.BeginTransactionAsync();
                using var cmd = c.CreateCommand(); // the first
                cmd.Transaction = (SqlTransaction)tx;
                cmd.CommandText = sql;
                cmd.ExecuteNonQuery();
                using (var cmd2 = c.CreateCommand())
                {
                    // the second
                    cmd2.Transaction = (SqlTransaction)tx;
                    cmd2.CommandText = sql;
                    cmd2.ExecuteNonQuery();
                }

                await tx.CommitAsync();
            }
        """);

    [Fact]
    public Task Fixes_command_from_before_the_begin() => Fixes(
        """
            void M()
            {
                using IDbConnection c = new SqlConnection(cs);
                using var cmd = c.CreateCommand();
                cmd.CommandText = sql;
                using (var tx = c.BeginTransaction())
                {
                    {|SES2007:cmd.ExecuteNonQuery()|};
                    tx.Commit();
                }
            }
        """,
        """
            void M()
            {
                using IDbConnection c = new SqlConnection(cs);
                using var cmd = c.CreateCommand();
                cmd.CommandText = sql;
                using (var tx = c.BeginTransaction())
                {
                    cmd.Transaction = tx;
                    cmd.ExecuteNonQuery();
                    tx.Commit();
                }
            }
        """);

    [Fact]
    public Task FixesAll_of_a_file() => Fixes(
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                {|SES2007:c.Execute(sql)|};
                foreach (var text in new[] { "a", "b" })
                {
                    using var cmd = new SqlCommand(text, c);
                    {|SES2007:cmd.ExecuteNonQuery()|};
                }

                tx.Commit();
            }

            int N(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                var n = {|SES2007:c.ExecuteScalar<int>(sql)|} + {|SES2007:c.QuerySingle<int>(sql)|};
                tx.Commit();
                return n;
            }
        """,
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                c.Execute(sql, transaction: tx);
                foreach (var text in new[] { "a", "b" })
                {
                    using var cmd = new SqlCommand(text, c, tx);
                    cmd.ExecuteNonQuery();
                }

                tx.Commit();
            }

            int N(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                var n = c.ExecuteScalar<int>(sql, transaction: tx) + c.QuerySingle<int>(sql, transaction: tx);
                tx.Commit();
                return n;
            }
        """);

    [Fact]
    public Task Leaves_command_without_a_name() => Leaves(
        """
            void M(SqlConnection c)
            {
                using var tx = c.BeginTransaction();
                {|SES2007:c.CreateCommand().ExecuteNonQuery()|};
                tx.Commit();
            }
        """);
}
