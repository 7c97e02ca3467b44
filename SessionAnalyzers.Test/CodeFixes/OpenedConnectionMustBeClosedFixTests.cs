using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class OpenedConnectionMustBeClosedFixTests
{
    private const string Signature = "int Run(Connection c, Command command, bool flag)";

    private static FixVerifier Fix => new(new OpenedConnectionMustBeClosedFix());

    private static Task Fixes(string before, string after, string signature = Signature) =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1012.TryFinally", "Close in 'finally'");

    private static Task Nothing(string statements, string signature = Signature) => Fix.OffersNothingAsync(InMethod(statements, signature));

    [Fact]
    public Task Fixes_work_between() => Fixes(
        """
        Log.Write("before");
        [|c.Open()|];
        // the work
        command.Execute();

        c.Close();
        return 1;
        """,
        """
        Log.Write("before");
        c.Open();
        // the work
        try
        {
            command.Execute();
        }
        finally
        {
            c.Close();
        }

        return 1;
        """);

    [Fact]
    public Task Fixes_work_whose_result_is_returned() => Fixes(
        """
        [|c.Open()|];
        var n = command.Execute();
        c.Close();
        return n;
        """,
        """
        c.Open();
        try
        {
            var n = command.Execute();
            return n;
        }
        finally
        {
            c.Close();
        }
        """);

    [Fact]
    public Task Fixes_early_return() => Fixes(
        """
        [|c.Open()|];
        if (flag)
        {
            return 0;
        }

        command.Execute();
        c.Close();
        return 1;
        """,
        """
        c.Open();
        try
        {
            if (flag)
            {
                return 0;
            }

            command.Execute();
        }
        finally
        {
            c.Close();
        }

        return 1;
        """);

    [Fact]
    public Task Fixes_asynchronous_forms() => Fixes(
        """
        await [|c.OpenAsync()|].ConfigureAwait(false);
        command.Execute();
        await c.CloseAsync().ConfigureAwait(false);
        """,
        """
        await c.OpenAsync().ConfigureAwait(false);
        try
        {
            command.Execute();
        }
        finally
        {
            await c.CloseAsync().ConfigureAwait(false);
        }
        """,
        "async Task Run(Connection c, Command command)");

    [Fact]
    public Task Fixes_inside_try() => Fixes(
        """
        try
        {
            [|c.Open()|];
            command.Execute();
            c.Close();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }

        return 1;
        """,
        """
        try
        {
            c.Open();
            try
            {
                command.Execute();
            }
            finally
            {
                c.Close();
            }
        }
        catch (Exception e)
        {
            Log.Write(e);
        }

        return 1;
        """);

    [Fact]
    public Task Fixes_member_with_using_declarations() => Fixes(
        """
        [|command.Connection.Open()|];
        using var reader = command.ExecuteReader();
        reader.Read();
        command.Connection.Close();
        return 1;
        """,
        """
        command.Connection.Open();
        try
        {
            using var reader = command.ExecuteReader();
            reader.Read();
        }
        finally
        {
            command.Connection.Close();
        }

        return 1;
        """);

    [Fact]
    public Task FixesAll_connections() => Fixes(
        """
        [|c.Open()|];
        command.Execute();
        c.Close();

        [|command.Connection.Open()|];
        command.Execute();
        command.Connection.Close();
        return 1;
        """,
        """
        c.Open();
        try
        {
            command.Execute();
        }
        finally
        {
            c.Close();
        }

        command.Connection.Open();
        try
        {
            command.Execute();
        }
        finally
        {
            command.Connection.Close();
        }

        return 1;
        """);

    [Fact]
    public Task Keeps_several_closings() => Nothing("""
        [|c.Open()|];
        if (flag)
        {
            c.Close();
            return 0;
        }

        command.Execute();
        c.Close();
        return 1;
        """);

    [Fact]
    public Task Keeps_closing_elsewhere() => Nothing("""
        [|c.Open()|];
        command.Execute();
        if (flag)
        {
            c.Close();
        }

        return 1;
        """);

    [Fact]
    public Task Keeps_names_that_are_needed_later() => Nothing("""
        [|c.Open()|];
        var n = command.Execute();
        c.Close();
        Log.Write(n);
        return n;
        """);

    [Fact]
    public Task Keeps_return_that_does_more() => Nothing("""
        [|c.Open()|];
        var n = command.Execute();
        c.Close();
        return factory.Open().Count(n.ToString());
        """, "int Run(Connection c, Command command, Factory factory)");

    [Fact]
    public Task Keeps_one_line() => Nothing("[|c.Open()|]; command.Execute(); c.Close(); return 1;");

    [Fact]
    public Task Keeps_directives() => Nothing("""
        [|c.Open()|];
        #if DEBUG
        command.Execute();
        #endif
        command.Execute();
        c.Close();
        return 1;
        """);

    [Fact]
    public async Task Fixes_what_is_reported()
    {
        var test = new Verify<Only<OpenedConnectionMustBeClosed>, OpenedConnectionMustBeClosedFix>.Test(Libraries.Common) { CodeActionEquivalenceKey = "SES1012.TryFinally" };
        test.TestState.Sources.Add(Source("""
            {|SES1012:db.Database.OpenConnection()|};
                    db.Database.ExecuteSqlRaw(sql);
                    db.Database.CloseConnection();
            """));
        test.TestState.Sources.Add(FlowRules.Preamble);
        test.FixedState.Sources.Add(Source("""
            db.Database.OpenConnection();
                    try
                    {
                        db.Database.ExecuteSqlRaw(sql);
                    }
                    finally
                    {
                        db.Database.CloseConnection();
                    }
            """));
        test.FixedState.Sources.Add(FlowRules.Preamble);
        await test.RunAsync();

        static string Source(string statements) => $$"""
            partial class C
            {
                public void Run(Db db)
                {
                    {{statements}}
                }
            }
            """;
    }
}
