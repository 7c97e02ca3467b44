using Microsoft.CodeAnalysis.CSharp;
using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustBeDisposedOnExceptionFixTests
{
    private static FixVerifier Fix => new(new SessionMustBeDisposedOnExceptionFix());

    private static FixVerifier OldFix => new(new SessionMustBeDisposedOnExceptionFix()) { Language = LanguageVersion.CSharp7_3 };

    private static Task Fixes(string before, string after, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1002.Using");

    private static Task Finally(string before, string after, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1002.TryFinally");

    [Theory]
    [InlineData("c.Dispose();")]
    [InlineData("c.Close();")]
    [InlineData("c?.Dispose();")]
    [InlineData("c?.Close();")]
    [InlineData("if (c != null) c.Dispose();")]
    [InlineData("if (null != c) { c.Close(); }")]
    [InlineData("if (c is not null)\n{\n    c.Close();\n    c.Dispose();\n}")]
    [InlineData("if (c is { }) c.Dispose();")]
    [InlineData("if (c != null && c.State != 0) c.Close();")]
    [InlineData("if (c.State == 1) c.Close();")]
    [InlineData("((IDisposable)c).Dispose();")]
    [InlineData("(c as IDisposable)?.Dispose();")]
    [InlineData("c.Close();\nc.Dispose();")]
    [InlineData("c.Dispose();\nc = null;")]
    [InlineData("c.Close(); c.Dispose(); c = null;")]
    public Task Fixes_every_form_of_disposal(string disposal) => Fixes(
        "var c = [|new Connection()|];\nc.Open();\n" + disposal,
        "using var c = new Connection();\nc.Open();");

    [Theory]
    [InlineData("await c.DisposeAsync();")]
    [InlineData("await c.CloseAsync();")]
    [InlineData("await c.DisposeAsync().ConfigureAwait(false);")]
    [InlineData("c.Dispose();")]
    public Task Fixes_every_form_of_async_disposal(string disposal) => Fixes(
        "var c = [|new Connection()|];\nawait c.OpenAsync();\n" + disposal,
        "await using var c = new Connection();\nawait c.OpenAsync();",
        "async Task Run()");

    [Theory]
    [InlineData("return 1;")]
    [InlineData("return n;")]
    [InlineData("return n + 1;")]
    [InlineData("return n.ToString().Length;")]
    [InlineData("return flag ? n : -1;")]
    public Task Fixes_disposal_before_simple_return(string statement) => Fixes(
        $"""
        var c = [|new Connection()|];
        var n = c.Count();
        c.Close();
        {statement}
        """,
        $"""
        using var c = new Connection();
        var n = c.Count();
        {statement}
        """,
        "int Run(bool flag)");

    [Fact]
    public Task Fixes_disposal_before_more_work_with_statement() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        c.Close();
        Log.Write(1);
        """,
        """
        using (var c = new Connection())
        {
            c.Open();
        }
        Log.Write(1);
        """);

    [Fact]
    public Task Fixes_disposal_before_more_work_on_the_result() => Fixes(
        """
        var c = [|new Connection()|];
        var n = c.Count();

        c.Close();

        Log.Write(n);
        Log.Write(2);
        """,
        """
        int n;
        using (var c = new Connection())
        {
            n = c.Count();
        }

        Log.Write(n);
        Log.Write(2);
        """);

    [Fact]
    public Task Fixes_disposal_after_lazy_work() => Fixes(
        """
        var db = [|new Db()|];
        var users = Lazy(db);
        foreach (var user in users)
        {
            Log.Write(user);
        }

        db.Dispose();
        Log.Write(1);

        IEnumerable<User> Lazy(Db source) => source.Users;
        """,
        """
        using (var db = new Db())
        {
            var users = Lazy(db);
            foreach (var user in users)
            {
                Log.Write(user);
            }
        }

        Log.Write(1);

        IEnumerable<User> Lazy(Db source) => source.Users;
        """);

    [Fact]
    public Task Fixes_disposal_in_the_middle_that_has_to_stay() => Fixes(
        """
        var c = [|new Connection()|];
        var n = new { Count = c.Count() };
        c.Close();
        Log.Write(n);
        Log.Write(2);
        """,
        """
        using var c = new Connection();
        var n = new { Count = c.Count() };
        c.Close();
        Log.Write(n);
        Log.Write(2);
        """);

    [Fact]
    public Task Fixes_disposal_before_work_with_many_results() => Fixes(
        """
        var c = [|new Connection()|];
        var a = c.Count();
        var b = c.Count();
        var d = c.Count();
        var e = c.Count();
        c.Close();
        Log.Write(a + b + d + e);
        """,
        """
        using var c = new Connection();
        var a = c.Count();
        var b = c.Count();
        var d = c.Count();
        var e = c.Count();
        c.Close();
        Log.Write(a + b + d + e);
        """);

    [Fact]
    public Task Fixes_close_in_the_middle_and_disposal_at_the_end() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        c.Close();
        Log.Write(1);
        c.Dispose();
        """,
        """
        using var c = new Connection();
        c.Open();
        c.Close();
        Log.Write(1);
        """);

    [Fact]
    public Task Fixes_close_and_reopen() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        c.Close();
        c.Open();
        c.Close();
        """,
        """
        using var c = new Connection();
        c.Open();
        c.Close();
        c.Open();
        """);

    [Fact]
    public Task Fixes_finally_that_comes_too_late() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        try
        {
            c.Count();

            Log.Write(1);
        }
        finally
        {
            c.Dispose();
        }
        """,
        """
        using var c = new Connection();
        c.Open();
        c.Count();

        Log.Write(1);
        """);

    [Fact]
    public Task Fixes_finally_beside_catch() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        try
        {
            c.Count();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }
        finally
        {
            if (c != null)
            {
                c.Close();
            }
        }
        """,
        """
        using var c = new Connection();
        c.Open();
        try
        {
            c.Count();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }
        """);

    [Fact]
    public Task Fixes_finally_with_other_disposals() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        var m = c.CreateCommand();
        try
        {
            m.Execute();
        }
        finally
        {
            m.Dispose();
            c.Dispose();
        }
        """,
        """
        using var c = new Connection();
        c.Open();
        var m = c.CreateCommand();
        try
        {
            m.Execute();
        }
        finally
        {
            m.Dispose();
        }
        """);

    [Fact]
    public Task FixesAll_of_a_finally() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        var m = [|c.CreateCommand()|];
        Log.Write(m.Execute());
        try
        {
            m.Execute();
        }
        finally
        {
            m.Dispose();
            c.Dispose();
        }
        """,
        """
        using var c = new Connection();
        c.Open();
        using var m = c.CreateCommand();
        Log.Write(m.Execute());
        m.Execute();
        """);

    [Fact]
    public Task Keeps_comments_of_what_goes_away() => Fixes(
        """
        var c = [|new Connection()|];
        try
        {
            c.Open();
        }
        catch (InvalidOperationException)
        {
            // give up
            c.Dispose(); // at once
            throw;
        }
        finally
        {
            // clean up
            c.Dispose();
        }
        """,
        """
        using var c = new Connection();
        try
        {
            c.Open();
        }
        // give up
        // at once
        // clean up
        """.Replace("try\n{\n    c.Open();\n}\n", "c.Open();\n", StringComparison.Ordinal));

    [Fact]
    public Task Keeps_comment_of_removed_statement() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();

        // back to the pool
        c.Close(); // now

        return;
        """,
        """
        using var c = new Connection();
        c.Open();

        // back to the pool
        // now

        return;
        """);

    [Fact]
    public Task Fixes_disposal_in_every_branch() => Fixes(
        """
        var c = [|new Connection()|];
        if (c.Count() == 0)
        {
            c.Close();
            return 0;
        }
        else if (flag)
        {
            c.Close();
        }
        else
        {
            Log.Write(1);
            c.Close();
        }

        return 1;
        """,
        """
        using var c = new Connection();
        if (c.Count() == 0)
        {
            return 0;
        }
        else if (flag)
        {
        }
        else
        {
            Log.Write(1);
        }

        return 1;
        """,
        "int Run(bool flag)");

    [Fact]
    public Task Fixes_disposal_at_the_end_of_a_loop_body() => Fixes(
        """
        while (flag)
        {
            var c = [|new Connection()|];
            if (c.Count() == 0)
            {
                c.Close();
                continue;
            }

            if (c.Count() == 1)
            {
                c.Close();
                break;
            }

            c.Open();
            c.Close();
        }
        """,
        """
        while (flag)
        {
            using var c = new Connection();
            if (c.Count() == 0)
            {
                continue;
            }

            if (c.Count() == 1)
            {
                break;
            }

            c.Open();
        }
        """);

    [Fact]
    public Task Fixes_disposal_in_a_loop_that_ends() => Fixes(
        """
        var c = [|new Connection()|];
        while (true)
        {
            if (c.Count() == 1)
            {
                c.Close();
                break;
            }
        }
        """,
        """
        using var c = new Connection();
        while (true)
        {
            if (c.Count() == 1)
            {
                break;
            }
        }
        """);

    [Fact]
    public Task Fixes_old_language_with_finally_around_all() => OldFix.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            c.Open();
            try
            {
                c.Count();
            }
            finally
            {
                c.Close();
            }
            Log.Write(1);
            """),
        InMethod("""
            using (var c = new Connection())
            {
                c.Open();
                c.Count();
            }
            Log.Write(1);
            """));

    [Fact]
    public Task Fixes_assignment_in_try_that_closes() => Finally(
        """
        Connection c = null;
        try
        {
            c = [|new Connection()|];
            c.Open();
            c.Close();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }
        """,
        """
        Connection c = null;
        try
        {
            c = new Connection();
            c.Open();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }
        finally
        {
            c?.Dispose();
        }
        """);

    [Fact]
    public Task Fixes_assignment_in_try_that_is_closed_after_it() => Finally(
        """
        Connection c = null;
        try
        {
            c = [|new Connection()|];
            c.Open();
        }
        catch (InvalidOperationException e)
        {
            Log.Write(e);
        }

        if (c != null)
        {
            c.Close();
        }

        Log.Write(1);
        """,
        """
        Connection c = null;
        try
        {
            c = new Connection();
            c.Open();
        }
        catch (InvalidOperationException e)
        {
            Log.Write(e);
        }
        finally
        {
            c?.Dispose();
        }

        Log.Write(1);
        """);

    [Fact]
    public Task Keeps_disposal_before_a_finally_that_works() => Fixes(
        """
        var c = [|new Connection()|];
        try
        {
            var n = c.Count();
            c.Close();
            return n;
        }
        finally
        {
            Log.Write(1);
        }
        """,
        """
        using (var c = new Connection())
        {
            try
            {
                var n = c.Count();
                c.Close();
                return n;
            }
            finally
            {
                Log.Write(1);
            }
        }
        """,
        "int Run()");

    [Fact]
    public Task Fixes_disposal_that_is_asked_for_later() => Finally(
        """
        var c = [|new Connection()|];
        if (c.Count() > 0)
        {
            c.Dispose();
            c = null;
        }

        return c == null;
        """,
        """
        var c = new Connection();
        try
        {
            if (c.Count() > 0)
            {
                c.Dispose();
                c = null;
            }

            return c == null;
        }
        finally
        {
            c?.Dispose();
        }
        """,
        "bool Run()");

    [Fact]
    public Task Fixes_what_was_returned_after_the_disposal() => Fixes(
        """
        var db = [|new Db()|];
        object result = Wrap(db.Users.Count());
        db.Dispose();
        return result;

        static object Wrap(object value) => value;
        """,
        """
        using var db = new Db();
        object result = Wrap(db.Users.Count());
        return result;

        static object Wrap(object value) => value;
        """,
        "object Run()");

    [Fact]
    public Task Ignores_closed_session_that_is_returned() => Fix.OffersNothingAsync(InMethod(
        """
        var c = [|new Connection()|];
        c.Open();
        c.Close();
        return c;
        """,
        "Connection Run()"));

    [Fact]
    public Task Keeps_swallowed_close() => Fixes(
        """
        var c = [|new Connection()|];
        c.Open();
        try { c.Close(); } catch { }
        """,
        """
        using var c = new Connection();
        c.Open();
        try { c.Close(); } catch { }
        """);

    [Fact]
    public Task Fixes_transaction_that_is_forgotten() => Fixes(
        """
        var t = [|factory.Shared.BeginTransaction()|];
        factory.Shared.Count();
        t.Commit();
        t.Dispose();
        factory.Shared.Close();
        """,
        """
        using (var t = factory.Shared.BeginTransaction())
        {
            factory.Shared.Count();
            t.Commit();
        }
        factory.Shared.Close();
        """);
}
