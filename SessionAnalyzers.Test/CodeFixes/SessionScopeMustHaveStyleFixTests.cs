using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using Verified = SessionAnalyzers.Test.Rules.Conventions<SessionAnalyzers.Rules.SessionScopeMustHaveStyle, SessionAnalyzers.Rules.SessionScopeMustHaveStyleFix>;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionScopeMustHaveStyleFixTests
{
    private const string Key = SessionScopeMustHaveStyleFix.RewriteKey;
    private const string Declaration = "session_analyzers.scope_style = using_declaration";
    private const string Statement = "session_analyzers.scope_style = using_statement";
    private const string TryFinally = "session_analyzers.scope_style = try_finally";

    [Fact]
    public Task Fixes_statement_to_declaration() => Verified.Fixes(
        Declaration,
        """
            int M()
            {
                // first
                using (var c = {|SES5001:new SqlConnection(cs)|}) // here
                {
                    // open it
                    c.Open();
                    Work(); // work

                    // last words
                }
            }
        """.Replace("int M", "void M"),
        """
            void M()
            {
                // first
                using var c = new SqlConnection(cs); // here
                // open it
                c.Open();
                Work(); // work

                // last words
            }
        """,
        Key);

    [Fact]
    public Task Fixes_statement_before_a_return_that_cannot_tell() => Verified.Fixes(
        Declaration,
        """
            int M()
            {
                int count;
                using (var c = {|SES5001:new SqlConnection(cs)|})
                {
                    c.Open();
                    count = c.State == ConnectionState.Open ? 1 : 0;
                }

                return count;
            }
        """,
        """
            int M()
            {
                int count;
                using var c = new SqlConnection(cs);
                c.Open();
                count = c.State == ConnectionState.Open ? 1 : 0;

                return count;
            }
        """,
        Key);

    [Fact]
    public Task Fixes_async_statement_to_declaration() => Verified.Fixes(
        Declaration,
        """
            async Task M()
            {
                await using (var db = await {|SES5001:contexts.CreateDbContextAsync()|})
                {
                    await db.SaveChangesAsync();
                }
            }
        """.Replace("await {|SES5001:contexts.CreateDbContextAsync()|}", "{|SES5001:await contexts.CreateDbContextAsync()|}"),
        """
            async Task M()
            {
                await using var db = await contexts.CreateDbContextAsync();
                await db.SaveChangesAsync();
            }
        """,
        Key);

    [Fact]
    public Task FixesAll_stack_to_declarations() => Verified.Fixes(
        Declaration,
        """
            void M()
            {
                using (var c = {|SES5001:new SqlConnection(cs)|})
                using (var command = {|SES5001:c.CreateCommand()|})
                using (var reader = {|SES5001:command.ExecuteReader()|})
                {
                    while (reader.Read())
                    {
                        Work();
                    }
                }
            }
        """,
        """
            void M()
            {
                using var c = new SqlConnection(cs);
                using var command = c.CreateCommand();
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    Work();
                }
            }
        """,
        Key);

    [Fact]
    public Task FixesAll_nested_statements_to_declarations() => Verified.Fixes(
        Declaration,
        """
            void M()
            {
                using (var c = {|SES5001:new SqlConnection(cs)|})
                {
                    c.Open();
                    using (var t = {|SES5001:c.BeginTransaction()|})
                    {
                        Work();
                        t.Commit();
                    }
                }
            }

            void N(bool flag)
            {
                if (flag)
                    using (var c = {|SES5001:new SqlConnection(cs)|})
                    {
                        c.Open();
                    }
            }
        """,
        """
            void M()
            {
                using var c = new SqlConnection(cs);
                c.Open();
                using var t = c.BeginTransaction();
                Work();
                t.Commit();
            }

            void N(bool flag)
            {
                if (flag)
                {
                    using var c = new SqlConnection(cs);
                    c.Open();
                }
            }
        """,
        Key);

    [Fact]
    public Task Fixes_try_to_declaration() => Verified.Fixes(
        Declaration,
        """
            void M()
            {
                var c = {|SES5001:new SqlConnection(cs)|};
                // try hard
                try
                {
                    c.Open();
                    Work();
                }
                finally
                {
                    // always
                    c.Dispose();
                }
            }
        """,
        """
            void M()
            {
                using var c = new SqlConnection(cs);
                // try hard
                c.Open();
                Work();
                // always
            }
        """,
        Key);

    [Fact]
    public Task Fixes_try_with_catch_to_declaration() => Verified.Fixes(
        Declaration,
        """
            async Task M()
            {
                var c = {|SES5001:new SqlConnection(cs)|};
                try
                {
                    await c.OpenAsync();
                }
                catch (SqlException e)
                {
                    logger.LogError(e, "no");
                }
                finally
                {
                    await c.DisposeAsync();
                }
            }
        """,
        """
            async Task M()
            {
                await using var c = new SqlConnection(cs);
                try
                {
                    await c.OpenAsync();
                }
                catch (SqlException e)
                {
                    logger.LogError(e, "no");
                }
            }
        """,
        Key);

    [Fact]
    public Task Fixes_declaration_to_statement() => Verified.Fixes(
        Statement,
        """
            int M()
            {
                Work();
                using var c = {|SES5001:new SqlConnection(cs)|}; // here

                // open it
                c.Open();
                var text = @"
            a";
                return text.Length;
                // last words
            }
        """,
        """
            int M()
            {
                Work();
                using (var c = new SqlConnection(cs)) // here
                {
                    // open it
                    c.Open();
                    var text = @"
            a";
                    return text.Length;
                    // last words
                }
            }
        """,
        Key);

    [Fact]
    public Task FixesAll_declarations_to_a_stack() => Verified.Fixes(
        Statement,
        """
            async Task M()
            {
                await using var c = {|SES5001:new SqlConnection(cs)|};
                using SqlCommand a = {|SES5001:new SqlCommand(sql, c)|}, b = new SqlCommand(sql, c);
                using var r = {|SES5001:a.ExecuteReader()|};
                r.Read();
                b.ExecuteNonQuery();
            }
        """,
        """
            async Task M()
            {
                await using (var c = new SqlConnection(cs))
                using (SqlCommand a = new SqlCommand(sql, c), b = new SqlCommand(sql, c))
                using (var r = a.ExecuteReader())
                {
                    r.Read();
                    b.ExecuteNonQuery();
                }
            }
        """,
        Key);

    [Fact]
    public Task Fixes_try_to_statement() => Verified.Fixes(
        Statement,
        """
            void M()
            {
                var c = {|SES5001:new SqlConnection(cs)|}; // here

                // try hard
                try
                {
                    c.Open();
                }
                finally
                {
                    // always
                    if (c != null)
                    {
                        c.Close();
                    }
                }

                Work();
            }
        """,
        """
            void M()
            {
                using (var c = new SqlConnection(cs))
                {
                    // here
                    // try hard
                    c.Open();
                    // always
                }

                Work();
            }
        """,
        Key);

    [Fact]
    public Task Fixes_try_with_catch_to_statement() => Verified.Fixes(
        Statement,
        """
            void M()
            {
                var c = {|SES5001:new SqlConnection(cs)|};

                try
                {
                    c.Open();
                }
                catch (SqlException) when (Flag())
                {
                    // never mind
                }
                finally
                {
                    c.Dispose();
                }

                Work();
            }
        """,
        """
            void M()
            {
                using (var c = new SqlConnection(cs))
                {
                    try
                    {
                        c.Open();
                    }
                    catch (SqlException) when (Flag())
                    {
                        // never mind
                    }
                }

                Work();
            }
        """,
        Key);

    [Fact]
    public Task FixesAll_declarations_to_try() => Verified.Fixes(
        TryFinally,
        """
            async Task M(SqlCommand command)
            {
                await using var c = {|SES5001:new SqlConnection(cs)|};
                await c.OpenAsync();

                using var r = {|SES5001:await command.ExecuteReaderAsync()|};

                // read it
                r.Read();
                // done
            }
        """,
        """
            async Task M(SqlCommand command)
            {
                var c = new SqlConnection(cs);
                try
                {
                    await c.OpenAsync();

                    var r = await command.ExecuteReaderAsync();

                    try
                    {
                        // read it
                        r.Read();
                        // done
                    }
                    finally
                    {
                        r?.Dispose();
                    }
                }
                finally
                {
                    await c.DisposeAsync();
                }
            }
        """,
        Key);

    [Fact]
    public Task FixesAll_stack_to_try() => Verified.Fixes(
        TryFinally,
        """
            void M()
            {
                using (var c = {|SES5001:new SqlConnection(cs)|})
                using (var command = {|SES5001:new SqlCommand(sql, c)|})
                {
                    command.ExecuteNonQuery();
                }

                Work();
            }
        """,
        """
            void M()
            {
                var c = new SqlConnection(cs);
                try
                {
                    var command = new SqlCommand(sql, c);
                    try
                    {
                        command.ExecuteNonQuery();
                    }
                    finally
                    {
                        command.Dispose();
                    }
                }
                finally
                {
                    c.Dispose();
                }

                Work();
            }
        """,
        Key);

    [Fact]
    public Task FixesAll_files_of_a_solution() => Verified.FixesFiles(
        Declaration,
        [
            """
            class A
            {
                void M(string cs)
                {
                    using (var c = {|SES5001:new SqlConnection(cs)|}) {
                        c.Open();
                        using (var t = {|SES5001:c.BeginTransaction()|}) {
                            t.Commit();
                        }
                    }
                }
            }
            """,
            """
            class B
            {
                System.Action M(string cs) => () =>
                {
                    var c = {|SES5001:new SqlConnection(cs)|};
                    try
                    {
                        c.Open();
                    }
                    finally
                    {
                        c.Dispose();
                    }
                };

                int N(bool flag, Db db)
                {
                    if (flag)
                    {
                        using (var t = {|SES5001:db.Database.BeginTransaction()|})
                        {
                            db.SaveChanges();
                            t.Commit();
                            return 1;
                        }
                    }
                    else
                    {
                        return 2;
                    }
                }
            }
            """,
        ],
        [
            """
            class A
            {
                void M(string cs)
                {
                    using var c = new SqlConnection(cs);
                    c.Open();
                    using var t = c.BeginTransaction();
                    t.Commit();
                }
            }
            """,
            """
            class B
            {
                System.Action M(string cs) => () =>
                {
                    using var c = new SqlConnection(cs);
                    c.Open();
                };

                int N(bool flag, Db db)
                {
                    if (flag)
                    {
                        using var t = db.Database.BeginTransaction();
                        db.SaveChanges();
                        t.Commit();
                        return 1;
                    }
                    else
                    {
                        return 2;
                    }
                }
            }
            """,
        ],
        Key);

    [Fact]
    public Task Keeps_braces_of_the_same_line() => Verified.Fixes(
        TryFinally,
        """
            void M() {
                using (var c = {|SES5001:new SqlConnection(cs)|}) {
                    c.Open();
                }
            }
        """,
        """
            void M() {
                var c = new SqlConnection(cs);
                try {
                    c.Open();
                } finally {
                    c.Dispose();
                }
            }
        """,
        Key);

    [Theory]
    [InlineData(Declaration, """
        using (var c = {|SES5001:new SqlConnection(args[0])|})
        {
            c.Open();
        }
        """, """
        using var c = new SqlConnection(args[0]);
        c.Open();

        """)]
    [InlineData(Statement, """
        using var c = {|SES5001:new SqlConnection(args[0])|};
        c.Open();

        class Other { }
        """, """
        using (var c = new SqlConnection(args[0]))
        {
            c.Open();
        }

        class Other { }
        """)]
    public Task Fixes_top_level_statements(string setting, string source, string expected)
    {
        var test = Verified.Of(setting, [source.TrimEnd() + "\n"], [expected.TrimEnd() + "\n"], Key);
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return test.RunAsync();
    }
}
