using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class BorrowedSessionMustNotBeDisposedFixTests
{
    private const string Signature = "void Run(Command command, bool flag)";

    private static FixVerifier Fix => new(new BorrowedSessionMustNotBeDisposedFix()) { Properties = new() { [BorrowedSessionMustNotBeDisposed.CanDrop] = "" } };

    private static Task Fixes(string before, string after, string signature = Signature) =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1010.DropDisposal");

    private static Task Nothing(string statements, string signature = Signature) => Fix.OffersNothingAsync(InMethod(statements, signature));

    [Fact]
    public Task Fixes_using_declaration() => Fix.FixesAsync(
        InMethod("""
            // the connection
            using var c = [|command.Connection|];
            c.Open();
            """, Signature),
        InMethod("""
            // the connection
            var c = command.Connection;
            c.Open();
            """, Signature),
        "SES1010.DropDisposal",
        "Remove 'using': the session is borrowed");

    [Fact]
    public Task Fixes_asynchronous_using_declaration() => Fixes(
        """
        await using Connection c = [|command.Connection|];
        await c.OpenAsync();
        """,
        """
        Connection c = command.Connection;
        await c.OpenAsync();
        """,
        "async Task Run(Command command)");

    [Fact]
    public Task Fixes_using_statement() => Fixes(
        """
        Log.Write("before");
        using (var c = [|command.Connection|])
        {
            // work
            c.Open();

            Log.Write(c.Count());
        }

        Log.Write("after");
        """,
        """
        Log.Write("before");
        var c = command.Connection;
        // work
        c.Open();

        Log.Write(c.Count());

        Log.Write("after");
        """);

    [Fact]
    public Task Fixes_using_statement_with_brace_on_the_line() => Fixes(
        """
        using (var c = [|command.Connection|]) {
            c.Open();
        }
        """,
        """
        var c = command.Connection;
        c.Open();
        """);

    [Fact]
    public Task Fixes_asynchronous_using_statement() => Fixes(
        """
        await using (var c = [|command.Connection|])
        {
            await c.OpenAsync();
        }
        """,
        """
        var c = command.Connection;
        await c.OpenAsync();
        """,
        "async Task Run(Command command)");

    [Fact]
    public Task Fixes_using_of_a_variable() => Fixes(
        """
        var c = command.Connection;
        using ([|c|])
        {
            c.Open();
        }
        """,
        """
        var c = command.Connection;
        c.Open();
        """);

    [Fact]
    public Task Fixes_using_with_declarations_at_the_end() => Fixes(
        """
        using (var c = [|command.Connection|])
        {
            using var other = c.CreateCommand();
            other.Execute();
        }
        """,
        """
        var c = command.Connection;
        using var other = c.CreateCommand();
        other.Execute();
        """);

    [Fact]
    public Task Fixes_call() => Fix.FixesAsync(
        InMethod("""
            var c = command.Connection;
            c.Open();
            [|c.Dispose()|]; // done
            Log.Write("after");
            """, Signature),
        InMethod("""
            var c = command.Connection;
            c.Open();
            // done
            Log.Write("after");
            """, Signature),
        "SES1010.DropDisposal",
        "Remove the disposal: the session is borrowed");

    [Fact]
    public Task Fixes_guarded_call() => Fixes(
        """
        var c = command.Connection;
        c.Open();
        if (c != null)
        {
            [|c.Dispose()|];
        }
        """,
        """
        var c = command.Connection;
        c.Open();
        """);

    [Fact]
    public Task Fixes_call_in_finally() => Fixes(
        """
        var c = command.Connection;
        try
        {
            c.Open();
        }
        finally
        {
            [|c.Dispose()|];
        }
        """,
        """
        var c = command.Connection;
        c.Open();
        """);

    [Fact]
    public Task Fixes_call_in_finally_beside_others() => Fixes(
        """
        var c = command.Connection;
        try
        {
            c.Open();
        }
        finally
        {
            [|c.Dispose()|];
            Log.Write("end");
        }
        """,
        """
        var c = command.Connection;
        try
        {
            c.Open();
        }
        finally
        {
            Log.Write("end");
        }
        """);

    [Fact]
    public Task Fixes_asynchronous_call() => Fixes(
        """
        var c = command.Connection;
        await c.OpenAsync();
        [|await c.DisposeAsync()|];
        """,
        """
        var c = command.Connection;
        await c.OpenAsync();
        """,
        "async Task Run(Command command)");

    [Fact]
    public Task FixesAll_forms() => Fixes(
        """
        using (var a = [|command.Connection|])
        {
            a.Open();
            using (var b = [|command.Connection|])
            {
                b.Open();
            }
        }

        using var c = [|command.Connection|];
        var d = command.Connection;
        d.Open();
        [|d.Dispose()|];
        """,
        """
        var a = command.Connection;
        a.Open();
        var b = command.Connection;
        b.Open();

        var c = command.Connection;
        var d = command.Connection;
        d.Open();
        """);

    [Fact]
    public Task Keeps_using_whose_names_meet_others() => Nothing("""
        using (var c = [|command.Connection|])
        {
            c.Open();
        }

        using (var c = new Connection())
        {
            c.Open();
        }
        """);

    [Fact]
    public Task Keeps_using_with_declarations_in_the_middle() => Nothing("""
        using (var c = [|command.Connection|])
        {
            using var other = c.CreateCommand();
            other.Execute();
        }

        Log.Write("after");
        """);

    [Fact]
    public Task Keeps_nested_header() => Nothing("""
        using (var other = new Connection())
        using (var c = [|command.Connection|])
        {
            c.Open();
        }
        """);

    [Fact]
    public Task Keeps_several_variables() => Nothing("""
        using Connection a = [|command.Connection|], b = new Connection();
        """);

    [Fact]
    public Task Keeps_directives() => Nothing("""
        using (var c = [|command.Connection|])
        {
        #if DEBUG
            c.Open();
        #endif
            c.Open();
        }
        """);

    [Fact]
    public Task Keeps_using_without_a_variable() => Nothing("""
        using ([|new Factory().Open()|])
        {
            Log.Write(1);
        }
        """);

    [Fact]
    public Task Keeps_what_nobody_ends_in_time() => new FixVerifier(new BorrowedSessionMustNotBeDisposedFix()).OffersNothingAsync(InMethod("using var c = [|command.Connection|];", Signature));

    [Fact]
    public async Task Fixes_what_is_reported()
    {
        var test = new Verify<Only<BorrowedSessionMustNotBeDisposed>, BorrowedSessionMustNotBeDisposedFix>.Test(Libraries.Common) { CodeActionEquivalenceKey = "SES1010.DropDisposal" };
        test.TestState.Sources.Add(InClass("using var c = {|SES1010:db.Database.GetDbConnection()|};"));
        test.TestState.Sources.Add(FlowRules.Preamble);
        test.FixedState.Sources.Add(InClass("var c = db.Database.GetDbConnection();"));
        test.FixedState.Sources.Add(FlowRules.Preamble);
        await test.RunAsync();

        static string InClass(string statement) => $$"""
            partial class C
            {
                int Run(Db db)
                {
                    {{statement}}
                    return c.Execute(sql);
                }
            }
            """;
    }

    [Theory]
    [InlineData("void Run() { using var db = {|SES1010:services.GetRequiredService<Db>()|}; db.SaveChanges(); }")]
    [InlineData("void Run(Db db) { using var c = {|SES1010:db.Database.GetDbConnection()|}; c.Open(); c.Execute(sql); }")]
    [InlineData("void Run(Db db) { using var tx = {|SES1010:db.Database.CurrentTransaction ?? db.Database.BeginTransaction()|}; tx.Commit(); }")]
    public Task Keeps_what_needs_more_than_that(string member) =>
        new Verify<Only<BorrowedSessionMustNotBeDisposed>, BorrowedSessionMustNotBeDisposedFix>.Test(Libraries.Common)
        {
            TestState = { Sources = { $"partial class C {{ {member} }}", FlowRules.Preamble } },
            FixedState = { Sources = { $"partial class C {{ {member} }}", FlowRules.Preamble }, MarkupHandling = MarkupMode.Allow },
        }.RunAsync();
}
