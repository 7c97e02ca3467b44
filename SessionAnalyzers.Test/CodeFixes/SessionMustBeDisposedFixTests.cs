using Microsoft.CodeAnalysis.CSharp;
using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustBeDisposedFixTests
{
    // Older hosts of these tests don't know the name.
    private const LanguageVersion CSharp12 = (LanguageVersion)1200;

    private static FixVerifier Fix => new(new SessionMustBeDisposedFix());

    private static FixVerifier OldFix => new(new SessionMustBeDisposedFix()) { Language = LanguageVersion.CSharp7_3 };

    private static Task Fixes(string before, string after, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1001.Using");

    private static Task Finally(string before, string after, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1001.TryFinally");

    private static Task Nothing(string statements, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.OffersNothingAsync(InMethod(statements, signature));

    [Fact]
    public Task Fixes_leak_with_using_declaration() => Fix.FixesAsync(
        InMethod("""
            var connection = [|new Connection()|];
            connection.Open();
            Log.Write(connection.Count());
            """),
        InMethod("""
            using var connection = new Connection();
            connection.Open();
            Log.Write(connection.Count());
            """),
        "SES1001.Using",
        "Dispose 'connection' with 'using'");

    [Theory]
    [InlineData("Connection c = [|new Connection()|];")]
    [InlineData("Connection c = [|new()|];")]
    [InlineData("var c = ([|factory.Open()|]);")]
    [InlineData("var c = (Connection)(object)[|factory.Open()|];")]
    [InlineData("var c = [|factory.Open()|]!;")]
    [InlineData("var c = [|factory.Open()|] as Connection;")]
    [InlineData("var c = flag ? [|new Connection()|] : null;")]
    [InlineData("var c = flag ? new Connection(\"a\") : [|new Connection()|];")]
    [InlineData("var c = [|factory.Open()|] ?? new Connection();")]
    [InlineData("var c = [|factory.Open()|] ?? throw new InvalidOperationException();")]
    [InlineData("var c = 1 switch { 1 => [|factory.Open()|], _ => null };")]
    [InlineData("var c = [|factory.OpenAsync()|].Result;")]
    [InlineData("var c = [|factory.OpenAsync()|].GetAwaiter().GetResult();")]
    public Task Fixes_initializer(string declaration) => Fixes(
        declaration + "\nc.Open();",
        "using " + declaration.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal) + "\nc.Open();");

    [Theory]
    [InlineData("var c = factory.Shared ?? [|new Connection()|];")]
    [InlineData("var c = flag ? factory.Shared : [|new Connection()|];")]
    [InlineData("var c = 1 switch { 1 => [|factory.Open()|], _ => factory.Shared };")]
    public Task Ignores_initializer_that_may_be_borrowed(string declaration) => Nothing(declaration + "\nc.Open();");

    [Theory]
    [InlineData("var c = await [|factory.OpenAsync()|];")]
    [InlineData("var c = await [|factory.OpenAsync()|].ConfigureAwait(false);")]
    [InlineData("var c = [|new Connection()|];")]
    [InlineData("var c = [|factory.CreateScope()|];")]
    public Task Fixes_with_await_using_in_async_method(string declaration) => Fixes(
        declaration + "\nawait Task.Yield();",
        "await using " + declaration.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal) + "\nawait Task.Yield();",
        "async Task Run(Factory factory)");

    [Fact]
    public Task Fixes_with_using_where_type_is_not_async() => Fixes(
        """
        var c = [|new OldConnection()|];
        c.Open();
        await Task.Yield();
        """,
        """
        using var c = new OldConnection();
        c.Open();
        await Task.Yield();
        """,
        "async Task Run()");

    [Fact]
    public Task Fixes_struct_scope_in_sync_method() => Fixes(
        """
        var scope = [|factory.CreateScope()|];
        scope.Go();
        """,
        """
        using var scope = factory.CreateScope();
        scope.Go();
        """);

    [Fact]
    public Task Fixes_async_only_type_in_async_method() => Fixes(
        """
        var c = [|new AsyncOnly()|];
        c.Go();
        """,
        """
        await using var c = new AsyncOnly();
        c.Go();
        """,
        "async Task Run()");

    [Fact]
    public Task Ignores_async_only_type_in_sync_method() => Nothing(
        """
        var c = [|new AsyncOnly()|];
        c.Go();
        """);

    [Fact]
    public Task Fixes_with_using_in_sync_lambda_of_async_method() => Fixes(
        """
        Action work = () =>
        {
            var c = [|new Connection()|];
            c.Open();
        };
        work();
        await Task.Yield();
        """,
        """
        Action work = () =>
        {
            using var c = new Connection();
            c.Open();
        };
        work();
        await Task.Yield();
        """,
        "async Task Run()");

    [Fact]
    public Task Fixes_with_await_using_in_async_local_function() => Fixes(
        """
        async Task Work()
        {
            var c = [|new Connection()|];
            await c.OpenAsync();
        }

        Work().Wait();
        """,
        """
        async Task Work()
        {
            await using var c = new Connection();
            await c.OpenAsync();
        }

        Work().Wait();
        """);

    [Fact]
    public Task Fixes_single_line_lambda() => Fixes(
        "Action work = () => { var c = [|new Connection()|]; c.Open(); };",
        "Action work = () => { using var c = new Connection(); c.Open(); };");

    [Fact]
    public Task Fixes_with_using_inside_lock() => Fixes(
        """
        lock (this)
        {
            var c = [|new Connection()|];
            c.Open();
        }
        await Task.Yield();
        """,
        """
        lock (this)
        {
            using var c = new Connection();
            c.Open();
        }
        await Task.Yield();
        """,
        "async Task Run()");

    [Fact]
    public Task Ignores_task_local() => Nothing(
        """
        var task = [|factory.OpenAsync()|];
        var c = await task;
        c.Open();
        """,
        "async Task Run(Factory factory)");

    [Fact]
    public Task Ignores_dropped_session() => Nothing("[|new Connection()|];");

    [Fact]
    public Task Fixes_body_of_loop() => Fixes(
        """
        foreach (var i in new[] { 1, 2 })
        {
            var c = [|new Connection()|];
            if (flag) continue;
            c.Open();
        }
        """,
        """
        foreach (var i in new[] { 1, 2 })
        {
            using var c = new Connection();
            if (flag) continue;
            c.Open();
        }
        """);

    [Fact]
    public Task Fixes_disposal_on_one_path_only() => Fixes(
        """
        var c = [|new Connection()|];
        if (flag)
        {
            return 0;
        }

        var n = c.Count();
        c.Dispose();
        return n;
        """,
        """
        using var c = new Connection();
        if (flag)
        {
            return 0;
        }

        var n = c.Count();
        return n;
        """,
        "int Run(bool flag)");

    [Fact]
    public Task Fixes_disposal_in_rethrowing_catch_only() => Fixes(
        """
        var c = [|new Connection()|];
        try
        {
            c.Open();
            return c.Count();
        }
        catch
        {
            c.Dispose();
            throw;
        }
        """,
        """
        using var c = new Connection();
        c.Open();
        return c.Count();
        """,
        "int Run()");

    [Fact]
    public Task Fixes_disposal_in_logging_catch_only() => Fixes(
        """
        var c = [|new Connection()|];
        try
        {
            c.Open();
            return c.Count();
        }
        catch (Exception e)
        {
            Log.Write(e);
            c.Dispose();
            throw;
        }
        """,
        """
        using var c = new Connection();
        try
        {
            c.Open();
            return c.Count();
        }
        catch (Exception e)
        {
            Log.Write(e);
            throw;
        }
        """,
        "int Run()");

    [Fact]
    public Task Fixes_one_of_a_shared_declaration() => Fixes(
        """
        Connection a = null, b = [|new Connection()|], c = null;
        b.Open();
        """,
        """
        Connection a = null;
        using Connection b = new Connection();
        Connection c = null;
        b.Open();
        """);

    [Fact]
    public Task FixesAll_of_a_shared_declaration() => Fixes(
        """
        Connection a = [|new Connection()|], b = [|new Connection()|];
        b.Open();
        """,
        """
        using Connection a = new Connection();
        using Connection b = new Connection();
        b.Open();
        """);

    [Fact]
    public Task Fixes_declaration_apart_from_assignment() => Fixes(
        """
        Connection c = null;
        Log.Write("start");
        c = [|new Connection()|];
        c.Open();
        """,
        """
        Log.Write("start");
        using Connection c = new Connection();
        c.Open();
        """);

    [Fact]
    public Task Fixes_declaration_further_out_than_all_uses() => Fixes(
        """
        Connection c;
        if (flag)
        {
            c = [|new Connection()|];
            c.Open();
        }
        """,
        """
        if (flag)
        {
            using Connection c = new Connection();
            c.Open();
        }
        """);

    [Fact]
    public Task FixesAll_several_in_one_method() => Fixes(
        """
        var connection = [|new Connection()|];
        connection.Open();
        var transaction = [|connection.BeginTransaction()|];
        var command = [|connection.CreateCommand()|];
        command.Execute();
        transaction.Commit();
        """,
        """
        using var connection = new Connection();
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Execute();
        transaction.Commit();
        """);

    [Fact]
    public Task FixesAll_several_with_statements() => OldFix.FixesAsync(
        InMethod("""
            var connection = [|new Connection()|];
            connection.Open();
            var command = [|connection.CreateCommand()|];
            command.Execute();
            Log.Write("done");
            """),
        InMethod("""
            using (var connection = new Connection())
            {
                connection.Open();
                using (var command = connection.CreateCommand())
                {
                    command.Execute();
                }
            }
            Log.Write("done");
            """));

    [Fact]
    public Task Keeps_comments_and_blank_lines() => Fixes(
        """
        // the connection
        var c = [|new Connection()|]; // opened below

        // open it
        c.Open(); /* now */

        #region work
        c.Count();
        #endregion

        // closed here
        """,
        """
        // the connection
        using var c = new Connection(); // opened below

        // open it
        c.Open(); /* now */

        #region work
        c.Count();
        #endregion

        // closed here
        """);

    [Fact]
    public Task Keeps_carriage_returns() => Fix.FixesAsync(
        InMethod("""
            Connection c = null;
            c = [|new Connection()|];
            c.Open();
            """).Replace("\n", "\r\n", StringComparison.Ordinal),
        InMethod("""
            using Connection c = new Connection();
            c.Open();
            """).Replace("\n", "\r\n", StringComparison.Ordinal));

    [Fact]
    public Task Keeps_carriage_returns_of_statement() => OldFix.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            c.Open();
            Log.Write(1);
            """).Replace("\n", "\r\n", StringComparison.Ordinal),
        InMethod("""
            using (var c = new Connection())
            {
                c.Open();
            }
            Log.Write(1);
            """).Replace("\n", "\r\n", StringComparison.Ordinal));

    [Fact]
    public Task Fixes_top_level_statements() => new FixVerifier(new SessionMustBeDisposedFix()) { Output = OutputKind.ConsoleApplication }.FixesAsync(
        """
        var c = [|new Connection()|];
        c.Open();

        """,
        """
        using var c = new Connection();
        c.Open();

        """);

    [Fact]
    public Task Fixes_top_level_statements_with_await() => new FixVerifier(new SessionMustBeDisposedFix()) { Output = OutputKind.ConsoleApplication }.FixesAsync(
        """
        var c = [|new Connection()|];
        await c.OpenAsync();
        """,
        """
        await using var c = new Connection();
        await c.OpenAsync();
        """);

    [Fact]
    public Task Fixes_switch_section_with_statement() => Fixes(
        """
        switch (flag)
        {
            case true:
                var c = [|new Connection()|];
                c.Open();
                break;
        }
        """,
        """
        switch (flag)
        {
            case true:
                using (var c = new Connection())
                {
                    c.Open();
                }
                break;
        }
        """);

    [Fact]
    public Task Fixes_accessor_and_constructor() => Fix.FixesAsync(
        """
        class Test
        {
            public Test()
            {
                var a = [|new Connection()|];
                a.Open();
            }

            public int Count
            {
                get
                {
                    var b = [|new Connection()|];
                    return b.Count();
                }
            }
        }
        """,
        """
        class Test
        {
            public Test()
            {
                using var a = new Connection();
                a.Open();
            }

            public int Count
            {
                get
                {
                    using var b = new Connection();
                    return b.Count();
                }
            }
        }
        """);

    [Fact]
    public Task Fixes_iterator() => Fixes(
        """
        var c = [|new Db()|];
        foreach (var user in c.Users)
        {
            yield return user;
        }
        """,
        """
        using var c = new Db();
        foreach (var user in c.Users)
        {
            yield return user;
        }
        """,
        "IEnumerable<User> Run()");

    // C# 7: statements

    [Theory]
    [InlineData("var c = [|new Connection()|];")]
    [InlineData("var c = flag ? new Connection(\"a\") : [|new Connection()|];")]
    public Task Fixes_old_language_with_statement(string declaration) => OldFix.FixesAsync(
        InMethod(declaration + "\nc.Open();\nLog.Write(c.Count());\nLog.Write(0);"),
        InMethod($$"""
            using ({{declaration.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal).TrimEnd(';')}})
            {
                c.Open();
                Log.Write(c.Count());
            }
            Log.Write(0);
            """),
        "SES1001.Using");

    [Fact]
    public Task Fixes_statement_up_to_the_last_dependent_use() => OldFix.FixesAsync(
        InMethod("""
            var db = [|new Db()|];
            var users = db.Users.Where(u => u.Id > 0);
            Log.Write(0);
            Log.Write(users.Count());
            Log.Write(1);
            """),
        InMethod("""
            using (var db = new Db())
            {
                var users = db.Users.Where(u => u.Id > 0);
                Log.Write(0);
                Log.Write(users.Count());
            }
            Log.Write(1);
            """));

    [Fact]
    public Task Fixes_statement_with_hoisted_locals() => OldFix.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            var n = c.Count();
            string name = c.Name(), other;
            Log.Write(n);
            """.Replace(", other", "", StringComparison.Ordinal)),
        InMethod("""
            int n;
            using (var c = new Connection())
            {
                n = c.Count();
                string name = c.Name();
            }
            Log.Write(n);
            """));

    [Fact]
    public Task Fixes_statement_with_several_hoisted_locals() => OldFix.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            int n = c.Count(); // how many
            List<User> users;
            users = new List<User> { new User { Id = c.Count() } };
            Log.Write(n);
            Log.Write(users);
            """),
        InMethod("""
            int n;
            List<User> users;
            using (var c = new Connection())
            {
                n = c.Count(); // how many
                users = new List<User> { new User { Id = c.Count() } };
            }
            Log.Write(n);
            Log.Write(users);
            """));

    [Theory]
    [InlineData("var n = new { Count = c.Count() };")]
    [InlineData("int n = c.Count(), m = 0;")]
    [InlineData("int.TryParse(c.Name(), out var n);")]
    [InlineData("if (!(c.Name() is string n)) return;")]
    public Task Ignores_locals_that_can_not_be_hoisted(string declaration) => OldFix.OffersNothingAsync(InMethod(
        $$"""
        var c = [|new Connection()|];
        {{declaration}}
        Log.Write(n);
        """));

    [Fact]
    public Task Keeps_literals_in_moved_lines() => OldFix.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            c.Count(@"select
              *
            from t");
            c.Count($@"select {
              c.Name()}
            from t");
            // done

            /* more
               to say */
            c.Open(
                );
            """),
        """"
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        class Test
        {
            void Run(Factory factory, bool flag)
            {
                using (var c = new Connection())
                {
                    c.Count(@"select
                  *
                from t");
                    c.Count($@"select {
                  c.Name()}
                from t");
                    // done

                    /* more
                       to say */
                    c.Open(
                        );
                }
            }
        }

        """");

    [Fact]
    public Task Keeps_braces_and_tabs() => OldFix.FixesAsync(
        """
        class Test {
        	void Run(bool flag) {
        		if (flag) {
        			var c = [|new Connection()|]; // here
        			c.Open();
        			Log.Write(1);
        		}
        	}
        }
        """,
        """
        class Test {
        	void Run(bool flag) {
        		if (flag) {
        			using (var c = new Connection()) { // here
        				c.Open();
        			}
        			Log.Write(1);
        		}
        	}
        }
        """);

    [Fact]
    public Task Keeps_directives() => OldFix.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            #region open
            c.Open();
            #endregion
            #if DEBUG
            Log.Write("debug");
            #endif
            #pragma warning disable CS0168
            c.Count();
            #pragma warning restore CS0168
            Log.Write(1);
            """),
        InMethod("""
            using (var c = new Connection())
            {
            #region open
                c.Open();
            #endregion
            #if DEBUG
                Log.Write("debug");
            #endif
            #pragma warning disable CS0168
                c.Count();
            }
            #pragma warning restore CS0168
            Log.Write(1);
            """));

    [Fact]
    public Task Ignores_torn_region() => OldFix.OffersNothingAsync(InMethod(
        """
        #region create
        var c = [|new Connection()|];
        #endregion
        #region use
        c.Open();
        #endregion
        """));

    [Fact]
    public Task Ignores_directive_before_the_first_statement_of_a_try() => Nothing(
        """
        var c = [|new Connection()|];
        #if !OTHER
        c.Open();
        #endif
        if (flag)
        {
            c = null;
        }

        c?.Open();
        """);

    [Fact]
    public Task Ignores_name_in_other_branch_of_directive() => Nothing(
        """
        var c = [|new Connection()|];
        #if OTHER
        return c;
        #endif
        c.Open();
        """);

    [Fact]
    public Task Ignores_goto() => Nothing(
        """
        again:
        var c = [|new Connection()|];
        c.Open();
        if (flag) goto again;
        """);

    [Fact]
    public Task Fixes_goto_case() => Fixes(
        """
        switch (flag)
        {
            case true:
                goto case false;
            case false:
                {
                    var c = [|new Connection()|];
                    c.Open();
                    break;
                }
        }
        """,
        """
        switch (flag)
        {
            case true:
                goto case false;
            case false:
                {
                    using var c = new Connection();
                    c.Open();
                    break;
                }
        }
        """);

    [Fact]
    public Task Ignores_other_using_that_would_end_early() => OldFix.OffersNothingAsync(InMethod(
        """
        switch (flag)
        {
            case true:
                var c = [|new Connection()|];
                int.TryParse(c.Name(), out var n);
                Log.Write(n);
                break;
            default:
                n = 1;
                Log.Write(n);
                break;
        }
        """));

    // try/finally

    [Fact]
    public Task Fixes_assignment_in_try_with_new_finally() => Finally(
        """
        Connection c = null;
        try
        {
            c = [|new Connection()|];
            c.Open();
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
    public Task Fixes_assignment_in_try_with_existing_finally() => Finally(
        """
        Connection c;
        try
        {
            c = [|new Connection()|];
            c.Open();
        }
        finally
        {
            Log.Write("end");
        }
        """,
        """
        Connection c = null;
        try
        {
            c = new Connection();
            c.Open();
        }
        finally
        {
            c?.Dispose();
            Log.Write("end");
        }
        """);

    [Fact]
    public Task Fixes_assignment_in_try_of_async_method() => Finally(
        """
        Connection c = null;
        try
        {
            c = [|new Connection()|];
            await c.OpenAsync();
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
            await c.OpenAsync();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }
        finally
        {
            if (c is not null)
            {
                await c.DisposeAsync();
            }
        }
        """,
        "async Task Run()");

    [Fact]
    public Task FixesAll_in_one_finally_in_order() => Finally(
        """
        Connection c = null;
        Command m = null;
        try
        {
            c = [|new Connection()|];
            m = [|c.CreateCommand()|];
            m.Execute();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }
        """,
        """
        Connection c = null;
        Command m = null;
        try
        {
            c = new Connection();
            m = c.CreateCommand();
            m.Execute();
        }
        catch (Exception e)
        {
            Log.Write(e);
        }
        finally
        {
            m?.Dispose();
            c?.Dispose();
        }
        """);

    [Fact]
    public Task Fixes_assignment_in_inner_try_in_the_outer_finally() => Finally(
        """
        Connection c = null;
        try
        {
            try
            {
                c = [|new Connection()|];
            }
            catch (InvalidOperationException e)
            {
                Log.Write(e);
                return;
            }

            c.Open();
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
            try
            {
                c = new Connection();
            }
            catch (InvalidOperationException e)
            {
                Log.Write(e);
                return;
            }

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
    public Task Fixes_nullable_declaration_in_try() => new FixVerifier(new SessionMustBeDisposedFix()) { Nullable = NullableContextOptions.Enable }.FixesAsync(
        InMethod("""
            Connection c;
            try
            {
                c = [|new Connection()|];
                c.Open();
            }
            catch (Exception e)
            {
                Log.Write(e);
            }
            """),
        InMethod("""
            Connection? c = null;
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
            """));

    [Fact]
    public Task Fixes_assignment_in_branches_with_try() => Finally(
        """
        Connection c;
        if (flag)
        {
            c = [|new Connection()|];
        }
        else
        {
            c = new Connection("b");
        }

        c.Open();
        Log.Write(1);
        """,
        """
        Connection c = null;
        try
        {
            if (flag)
            {
                c = new Connection();
            }
            else
            {
                c = new Connection("b");
            }

            c.Open();
        }
        finally
        {
            c?.Dispose();
        }
        Log.Write(1);
        """);

    [Fact]
    public Task Fixes_local_passed_by_reference_with_try() => Finally(
        """
        var c = [|new Connection()|];
        if (flag) c = null;
        c?.Open();
        """,
        """
        var c = new Connection();
        try
        {
            if (flag) c = null;
            c?.Open();
        }
        finally
        {
            c?.Dispose();
        }
        """);

    [Theory]
    [InlineData("c = factory.Shared;")]
    [InlineData("Swap(ref c);\nstatic void Swap(ref Connection x) { }")]
    public Task Ignores_local_that_may_hold_another_session(string statement) => Nothing(
        "var c = [|new Connection()|];\n" + statement + "\nc.Open();");

    [Fact]
    public Task Ignores_use_after_the_try() => Nothing(
        """
        Connection c = null;
        try
        {
            c = [|new Connection()|];
        }
        catch (Exception e)
        {
            Log.Write(e);
            return;
        }

        c = c ?? factory.Shared;
        c.Open();
        """);

    // What leaves

    [Theory]
    [InlineData("return c;", "Connection")]
    [InlineData("return (c, 1);", "(Connection, int)")]
    [InlineData("return Task.FromResult(c);", "Task<Connection>")]
    [InlineData("return new ValueTask<Connection>(c);", "ValueTask<Connection>")]
    [InlineData("return c.CreateCommand();", "Command")]
    [InlineData("var m = c.CreateCommand(); return m;", "Command")]
    [InlineData("var m = new Command(\"\", c); return m.ExecuteReader();", "Reader")]
    [InlineData("var m = new Command { Connection = c }; return m;", "Command")]
    [InlineData("var m = new Command(); m.Connection = c; return m;", "Command")]
    [InlineData("return () => c.Count();", "Func<int>")]
    [InlineData("Func<int> f = () => c.Count(); return f;", "Func<int>")]
    [InlineData("int F() => c.Count(); return F;", "Func<int>")]
    [InlineData("return c.CountAsync();", "Task<int>")]
    [InlineData("var t = c.CountAsync(); return t;", "Task<int>")]
    [InlineData("return new List<Command> { c.CreateCommand() };", "List<Command>")]
    [InlineData("var l = new List<Command>(); l.Add(c.CreateCommand()); return l;", "List<Command>")]
    [InlineData("return new { c };", "object")]
    [InlineData("return new[] { 1 }.Select(i => c.Count());", "IEnumerable<int>")]
    [InlineData("field = c; return 1;", "int")]
    [InlineData("field = field ?? c; return 1;", "int")]
    [InlineData("reader = new Command(\"\", c).ExecuteReader(); return 1;", "int")]
    [InlineData("list.Add(c.CreateCommand()); return 1;", "int")]
    [InlineData("c.CountAsync(); return 1;", "int")]
    [InlineData("_ = c.CountAsync(); return 1;", "int")]
    [InlineData("var t = c.CountAsync(); return 1;", "int")]
    [InlineData("var t = new List<Task>(); t.Add(c.CountAsync()); return 1;", "int")]
    [InlineData("Task.Run(() => c.Count()); return 1;", "int")]
    [InlineData("Task.WhenAny(Task.Run(() => c.Count()), Task.Delay(1)).Wait(); return 1;", "int")]
    [InlineData("return c.State switch { 1 => c, _ => null };", "Connection")]
    [InlineData("switch (c.CreateCommand()) { case Command m: return m; } return null;", "Command")]
    [InlineData("var t = new System.Threading.Timer(_ => c.Count()); return 1;", "int")]
    [InlineData("Console.CancelKeyPress += (_, _) => c.Close(); return 1;", "int")]
    [InlineData("return new Holder(c);", "Holder")]
    [InlineData("return new Holder(null) { Any = c };", "Holder")]
    public Task Ignores_what_leaves(string statements, string result) => Fix.OffersNothingAsync(
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        class Test
        {
            private Connection field;
            private Reader reader;
            private List<Command> list;

            {{result}} Run()
            {
                var c = [|new Connection()|];
                {{statements}}
            }
        }

        class Holder
        {
            private readonly Connection held;
            public object Any;
            public Holder(Connection held) => this.held = held;
        }
        """);

    [Fact]
    public Task Ignores_what_leaves_in_a_primary_constructor() => LanguageVersion.Latest.MapSpecifiedToEffectiveVersion() < CSharp12
        ? Task.CompletedTask
        : Fix.OffersNothingAsync(
        """
        class Test
        {
            Late Run()
            {
                var c = [|new Connection()|];
                return new Late(c);
            }
        }

        class Late(Connection held)
        {
            public int Count => held.Count();
        }
        """);

    [Theory]
    [InlineData("return db.Users;", "IQueryable<User>")]
    [InlineData("return db.Users.Where(u => u.Id > 1);", "IEnumerable<User>")]
    [InlineData("IEnumerable<User> q = db.Users; return q;", "IEnumerable<User>")]
    [InlineData("return from u in db.Users select u.Name;", "IEnumerable<string>")]
    [InlineData("return db.Users.AsEnumerable();", "IEnumerable<User>")]
    [InlineData("return db.Users.GroupBy(u => u.Name);", "IEnumerable<IGrouping<string, User>>")]
    [InlineData("return (1, db.Users.Select(u => u.Id));", "(int, IEnumerable<int>)")]
    [InlineData("return db.SaveAsync();", "Task")]
    [InlineData("return db.Users.ToListAsync();", "Task<List<User>>")]
    [InlineData("var q = db.Users.Select(u => u.Id); return q.Take(2);", "IEnumerable<int>")]
    [InlineData("if (Get(db, out var q)) return q; return null;", "IQueryable<User>")]
    [InlineData("foreach (var u in db.Users) { kept = db.Users.Skip(1); } return null;", "object")]
    public Task Ignores_queries_that_leave(string statements, string result) => Fix.OffersNothingAsync(
        $$"""
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        class Test
        {
            private IEnumerable<User> kept;

            {{result}} Run()
            {
                var db = [|new Db()|];
                {{statements}}
            }

            static bool Get(Db db, out IQueryable<User> query) { query = db.Users; return true; }
        }
        """);

    [Theory]
    [InlineData("return db.Users.ToList();", "IEnumerable<User>")]
    [InlineData("return db.Users.ToArray();", "IReadOnlyList<User>")]
    [InlineData("return db.Users.ToDictionary(u => u.Id);", "object")]
    [InlineData("return db.Users.First();", "User")]
    [InlineData("return db.Users.Select(u => u.Name).First();", "string")]
    [InlineData("return db.Users.Count();", "int")]
    [InlineData("return db.Users.Any() ? 1 : 2;", "int?")]
    [InlineData("return (db.Users.Count(), db.Users.ToList());", "(int, IList<User>)")]
    [InlineData("return new Dto { Users = db.Users.ToList(), Count = db.Users.Count() };", "Dto")]
    [InlineData("return Wrap(db.Users.ToList());", "object")]
    [InlineData("return new List<User>(db.Users);", "IEnumerable<User>")]
    [InlineData("return Task.FromResult(db.Users.Count());", "Task<int>")]
    [InlineData("var users = db.Users.ToList(); return users.Where(u => u.Id > 1);", "IEnumerable<User>")]
    [InlineData("IEnumerable<User> users = db.Users.ToList(); return users;", "IEnumerable<User>")]
    [InlineData("return new[] { 1, 2 }.Select(i => db.Users.Find(i)).ToList();", "IEnumerable<User>")]
    [InlineData("last = db.Users.First(); return last;", "User")]
    [InlineData("db.Save(); return this;", "Test")]
    [InlineData("return (int)new Command().ExecuteScalar() + db.Save();", "int")]
    public Task Fixes_data_that_leaves(string statements, string result)
    {
        string Source(string declaration) =>
            $$"""
            using System.Collections.Generic;
            using System.Linq;
            using System.Threading.Tasks;

            class Test
            {
                private User last;

                {{result}} Run()
                {
                    {{declaration}}
                    {{statements}}
                }

                static object Wrap(object value) => value;
            }

            class Dto
            {
                public List<User> Users { get; set; }
                public int Count { get; set; }
            }
            """;

        return Fix.FixesAsync(Source("var db = [|new Db()|];"), Source("using var db = new Db();"));
    }

    [Fact]
    public Task Fixes_scalar_that_leaves() => Fixes(
        """
        var c = [|new Connection()|];
        var m = new Command("", c);
        return m.ExecuteScalar();
        """,
        """
        using var c = new Connection();
        var m = new Command("", c);
        return m.ExecuteScalar();
        """,
        "object Run()");

    [Fact]
    public Task Fixes_awaited_tasks() => Fixes(
        """
        var c = [|new Connection()|];
        var a = c.CountAsync();
        var b = c.CountAsync();
        await Task.WhenAll(a, b);
        """,
        """
        await using var c = new Connection();
        var a = c.CountAsync();
        var b = c.CountAsync();
        await Task.WhenAll(a, b);
        """,
        "async Task Run()");

    [Fact]
    public Task Fixes_local_function_that_uses_the_session() => Fixes(
        """
        var c = [|new Connection()|];
        Log.Write(Twice());
        int Twice() => 2 * c.Count();
        """,
        """
        using var c = new Connection();
        Log.Write(Twice());
        int Twice() => 2 * c.Count();
        """);

    [Fact]
    public Task Ignores_query_used_outside_the_block() => Nothing(
        """
        IQueryable<User> q = null;
        if (flag)
        {
            var db = [|new Db()|];
            q = db.Users;
        }

        Log.Write(q?.Count());
        """);

    [Fact]
    public Task Ignores_other_variable_than_reported()
    {
        var fix = new FixVerifier(new SessionMustBeDisposedFix()) { Properties = { ["variable"] = "d" } };
        return fix.OffersNothingAsync(InMethod("var c = [|new Connection()|];\nvar d = c;\nd.Open();"));
    }

    [Fact]
    public Task Ignores_code_that_is_being_typed() => Nothing("var c = [|new Connection()|];\nc.Open(");

    [Theory]
    [InlineData("return typeof(Db).GetProperty(\"Users\").GetValue(db);")]
    [InlineData("object users = db.Users; return users;")]
    [InlineData("dynamic users = db.Users; return users;")]
    public Task Ignores_object_that_may_be_live(string statements) => Nothing("var db = [|new Db()|];\n" + statements, "object Run()");

    [Fact]
    public Task Fixes_data_record_that_leaves() => Fixes(
        """
        var c = [|new Connection()|];
        object result = null;
        if (record.GetName(0) == c.Name())
        {
            result = record.GetValue(c.Count());
        }

        return result ?? record[c.Count()];
        """,
        """
        using var c = new Connection();
        object result = null;
        if (record.GetName(0) == c.Name())
        {
            result = record.GetValue(c.Count());
        }

        return result ?? record[c.Count()];
        """,
        "object Run(System.Data.IDataRecord record)");

    [Fact]
    public Task Fixes_old_language_on_one_line() => OldFix.FixesAsync(
        InMethod("Action work = () => { var c = [|new Connection()|]; c.Open(); Log.Write(1); };"),
        InMethod("Action work = () => { using (var c = new Connection()) { c.Open(); } Log.Write(1); };"));

    [Fact]
    public Task Fixes_old_language_with_nothing_to_enclose() => OldFix.FixesAsync(
        InMethod("var c = [|new Connection()|];"),
        InMethod("""
            using (var c = new Connection())
            {
            }
            """));

    [Fact]
    public Task Keeps_braces_of_finally() => Fix.FixesAsync(
        """
        class Test {
          void Run() {
            Connection c = null;
            try {
              c = [|new Connection()|];
              c.Open();
            } catch (System.Exception e) {
              Log.Write(e);
            } // done
          }
        }
        """,
        """
        class Test {
          void Run() {
            Connection c = null;
            try {
              c = new Connection();
              c.Open();
            } catch (System.Exception e) {
              Log.Write(e);
            } finally {
              c?.Dispose();
            } // done
          }
        }
        """);

    [Fact]
    public Task Keeps_carriage_returns_of_finally() => Fix.FixesAsync(
        InMethod("""
            Connection c;
            if (flag) c = [|new Connection()|]; else c = new Connection();
            c.Open();
            """).Replace("\n", "\r\n", StringComparison.Ordinal),
        InMethod("""
            Connection c = null;
            try
            {
                if (flag) c = new Connection(); else c = new Connection();
                c.Open();
            }
            finally
            {
                c?.Dispose();
            }
            """).Replace("\n", "\r\n", StringComparison.Ordinal));

    [Fact]
    public Task Fixes_nullable_result_with_hoisted_local() =>
        new FixVerifier(new SessionMustBeDisposedFix()) { Language = LanguageVersion.CSharp8, Nullable = NullableContextOptions.Enable }.FixesAsync(
            InMethod("""
                switch (flag)
                {
                    default:
                        var c = [|new Connection()|];
                        var name = c.Name();
                        Log.Write(name);
                        break;
                }
                """),
            InMethod("""
                switch (flag)
                {
                    default:
                        string name;
                        using (var c = new Connection())
                        {
                            name = c.Name();
                        }
                        Log.Write(name);
                        break;
                }
                """));

    [Fact]
    public Task FixesAll_of_nested_functions() => Fixes(
        """
        var outer = [|new Connection()|];
        void Inner()
        {
            var inner = [|new Connection()|];
            inner.Open();
            Action innermost = () =>
            {
                var c = [|new Connection()|];
                c.Open();
            };
            innermost();
        }

        Inner();
        outer.Open();
        """,
        """
        using var outer = new Connection();
        void Inner()
        {
            using var inner = new Connection();
            inner.Open();
            Action innermost = () =>
            {
                using var c = new Connection();
                c.Open();
            };
            innermost();
        }

        Inner();
        outer.Open();
        """);

    [Fact]
    public Task Ignores_type_that_can_not_be_disposed() => Nothing("object c = [|new Connection()|];\nLog.Write(c);");

    [Fact]
    public Task Ignores_session_that_is_disposed_already() => Nothing("using var c = [|new Connection()|];");
}
