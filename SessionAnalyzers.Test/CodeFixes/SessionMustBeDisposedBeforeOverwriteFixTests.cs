using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustBeDisposedBeforeOverwriteFixTests
{
    private static FixVerifier Fix => new(new SessionMustBeDisposedBeforeOverwriteFix());

    private static Task Fixes(string before, string after, string key = "SES1008.DisposeBefore", string signature = "void Run(Factory factory, bool flag)") =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), key);

    private static Task Nothing(string statements, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.OffersNothingAsync(InMethod(statements, signature));

    [Fact]
    public Task Fixes_assignment() => Fix.FixesAsync(
        InMethod("""
            var c = new Connection();
            c.Open();
            // another
            [|c = new Connection()|];
            c.Open();
            c.Dispose();
            """),
        InMethod("""
            var c = new Connection();
            c.Open();
            // another
            c.Dispose();
            c = new Connection();
            c.Open();
            c.Dispose();
            """),
        "SES1008.DisposeBefore",
        "Dispose 'c' before it is overwritten");

    [Fact]
    public Task Fixes_assignment_of_what_may_be_null() => Fixes(
        """
        Connection c = null;
        if (flag) c = new Connection();
        [|c = new Connection()|];
        c.Dispose();
        """,
        """
        Connection c = null;
        if (flag) c = new Connection();
        c?.Dispose();
        c = new Connection();
        c.Dispose();
        """);

    [Fact]
    public Task Fixes_assignment_in_async_method() => Fixes(
        """
        Connection c = null;
        if (flag) c = new Connection();
        [|c = await factory.OpenAsync()|];
        await c.DisposeAsync();
        """,
        """
        Connection c = null;
        if (flag) c = new Connection();
        if (c is not null)
        {
            await c.DisposeAsync();
        }
        c = await factory.OpenAsync();
        await c.DisposeAsync();
        """,
        signature: "async Task Run(Factory factory, bool flag)");

    [Fact]
    public Task Fixes_embedded_assignment() => Fixes(
        """
        var c = new Connection();
        if (flag)
            [|c = new Connection()|];
        c.Dispose();
        """,
        """
        var c = new Connection();
        if (flag)
        {
            c.Dispose();
            c = new Connection();
        }
        c.Dispose();
        """);

    [Fact]
    public Task FixesAll_in_a_row() => Fixes(
        """
        var c = new Connection();
        [|c = new Connection()|];
        [|c = factory.Open()|];
        c.Dispose();
        """,
        """
        var c = new Connection();
        c?.Dispose();
        c = new Connection();
        c?.Dispose();
        c = factory.Open();
        c.Dispose();
        """);

    [Fact]
    public Task Fixes_assignment_in_switch_section() => Fixes(
        """
        var c = new Connection();
        switch (flag)
        {
            case true:
                [|c = new Connection()|];
                break;
        }

        c.Dispose();
        """,
        """
        var c = new Connection();
        switch (flag)
        {
            case true:
                c.Dispose();
                c = new Connection();
                break;
        }

        c.Dispose();
        """);

    [Fact]
    public Task Fixes_field() => Fix.FixesAsync(
        """
        class Test
        {
            private Connection a;
            private Connection b;

            void Run()
            {
                [|a = new Connection()|];
                [|this.b = new Connection()|];
            }
        }
        """,
        """
        class Test
        {
            private Connection a;
            private Connection b;

            void Run()
            {
                a?.Dispose();
                a = new Connection();
                this.b?.Dispose();
                this.b = new Connection();
            }
        }
        """);

    [Fact]
    public Task Fixes_loop_with_using() => Fix.FixesAsync(
        InMethod("""
            Connection c = null;
            foreach (var i in new[] { 1, 2 })
            {
                [|c = {|new Connection()|}|];
                c.Open();
            }

            c?.Dispose();
            """),
        InMethod("""
            foreach (var i in new[] { 1, 2 })
            {
                using Connection c = new Connection();
                c.Open();
            }
            """),
        "SES1008.UsingInLoop",
        "Declare 'c' inside the loop with 'using'");

    [Fact]
    public Task Fixes_loop_in_try() => Fixes(
        """
        Connection c = null;
        try
        {
            while (flag)
            {
                [|c = {|new Connection()|}|];
                c.Open();
            }
        }
        finally
        {
            if (c != null) c.Close();
        }
        """,
        """
        while (flag)
        {
            using Connection c = new Connection();
            c.Open();
        }
        """,
        "SES1008.UsingInLoop");

    [Fact]
    public Task Fixes_loop_whose_last_session_is_used_after_it() => Fixes(
        """
        Connection c = null;
        while (flag)
        {
            [|c = {|new Connection()|}|];
            c.Open();
        }

        Log.Write(c?.Count());
        """,
        """
        Connection c = null;
        while (flag)
        {
            c?.Dispose();
            c = new Connection();
            c.Open();
        }

        Log.Write(c?.Count());
        """);

    [Theory]
    [InlineData("var c = new Connection();\n[|c = Next(c)|];\nstatic Connection Next(Connection old) => old;")]
    [InlineData("var c = new Connection();\nvar m = c.CreateCommand();\n[|c = new Connection()|];\nm.Execute();")]
    [InlineData("var c = new Connection();\nvar d = c;\n[|c = new Connection()|];\nd.Open();")]
    [InlineData("Connection c = null;\nvar m = new List<Command>();\nwhile (flag)\n{\n    [|c = new Connection()|];\n    m.Add(c.CreateCommand());\n}")]
    [InlineData("Connection c;\nwhile (flag)\n{\n    [|c = new Connection()|];\n    Log.Write(c);\n}")]
    [InlineData("object c = new Connection();\n[|c = new Connection()|];")]
    [InlineData("var c = new Connection();\nvar d = [|c = new Connection()|];\nd.Open();")]
    public Task Ignores_assignment(string statements) => Nothing(statements);
}
