using SessionAnalyzers.Rules;
using Verified = SessionAnalyzers.Test.Rules.Conventions<SessionAnalyzers.Rules.SessionScopeMustHaveStyle, SessionAnalyzers.Rules.SessionScopeMustHaveStyleFix>;

namespace SessionAnalyzers.Test.Rules;

public class SessionScopeMustHaveStyleTests
{
    private const string Declaration = "session_analyzers.scope_style = using_declaration";
    private const string Statement = "session_analyzers.scope_style = using_statement";
    private const string TryFinally = "session_analyzers.scope_style = try_finally";

    private const string AllForms = """
            void A() { }
            void M()
            {
                using (var c = new SqlConnection(cs))
                {
                    c.Open();
                }
            }
            void N()
            {
                using var c = new SqlConnection(cs);
                c.Open();
            }
            void O()
            {
                var c = new SqlConnection(cs);
                try
                {
                    c.Open();
                }
                finally
                {
                    c.Dispose();
                }
            }
        """;

    [Fact]
    public async Task Reports_every_other_form()
    {
        const string Value = "new SqlConnection(cs)";
        foreach (var (setting, own) in new[] { (Declaration, 1), (Statement, 0), (TryFinally, 2) })
        {
            var parts = AllForms.Split(Value);
            var marked = parts[0];
            for (var i = 1; i < parts.Length; i++)
            {
                marked += (i - 1 == own ? Value : "{|SES5001:" + Value + "|}") + parts[i];
            }

            await Verified.Of(setting, [Verified.InClass(marked)], null, null).RunAsync();
        }
    }

    [Fact]
    public Task Reports_whatever_the_case_of_the_value() => Verified.Reports("session_analyzers.scope_style = Using_Declaration", """
            void M()
            {
                using (var c = {|SES5001:new SqlConnection(cs)|})
                {
                    c.Open();
                }
            }
        """);

    [Fact]
    public Task Ignores_everything_without_a_setting() => Verified.Ignores(null, AllForms);

    [Fact]
    public Task Ignores_setting_with_an_unknown_value() => Verified.Ignores("session_analyzers.scope_style = braces", AllForms);

    [Fact]
    public Task Ignores_setting_without_a_value() => Verified.Ignores("session_analyzers.scope_style =", AllForms);

    [Fact]
    public Task Ignores_files_of_other_sections() => Verified.Ignores("[other/*.cs]\n" + Declaration, AllForms);

    [Fact]
    public Task Ignores_statement_after_which_something_happens() => Verified.Ignores(Declaration, """
            void M()
            {
                using (var c = new SqlConnection(cs))
                {
                    c.Open();
                }

                Work();
            }
            int N()
            {
                using (var c = new SqlConnection(cs))
                {
                    c.Open();
                }

                return File.Exists("x") ? 1 : 2;
            }
        """);

    [Fact]
    public Task Ignores_statements_whose_names_would_meet() => Verified.Ignores(Declaration, """
            void M(bool flag)
            {
                if (flag)
                {
                    var c = 1;
                    Work();
                    _ = c;
                }

                using (var c = new SqlConnection(cs))
                {
                    c.Open();
                }
            }
            void N(bool flag)
            {
                foreach (var text in new[] { cs })
                {
                    _ = text.Length;
                }

                using (var c = new SqlConnection(cs))
                {
                    var text = c.Database;
                    logger.LogInformation(text);
                }
            }
        """);

    [Fact]
    public Task Ignores_using_without_a_variable() => Verified.Ignores(Declaration, """
            void M(SqlConnection c)
            {
                using (c.BeginTransaction())
                {
                    Work();
                }

                using (new TransactionScope())
                {
                    Work();
                }
            }
        """);

    [Fact]
    public Task Ignores_switch_sections_where_no_declaration_can_stand() => Verified.Ignores(Declaration, """
            void M(int i)
            {
                switch (i)
                {
                    case 1:
                        using (var c = new SqlConnection(cs))
                        {
                            c.Open();
                        }

                        break;
                }
            }
        """);

    [Fact]
    public Task Ignores_what_is_no_session_or_not_owned() => Verified.Ignores(Declaration, """
            void M(SqlConnection given)
            {
                using (var file = File.OpenRead("x"))
                {
                    file.ReadByte();
                }

                var mine = given;
                try
                {
                    mine.Open();
                }
                finally
                {
                    mine.Dispose();
                }
            }
        """);

    [Fact]
    public Task Ignores_finally_that_does_more() => Verified.Ignores(Declaration, """
            void M()
            {
                var c = new SqlConnection(cs);
                try
                {
                    c.Open();
                }
                finally
                {
                    Work();
                    c.Dispose();
                }
            }
        """);

    [Fact]
    public Task Ignores_variable_that_gets_another_session_or_is_used_later() => Verified.Ignores(Declaration, """
            void M()
            {
                var c = new SqlConnection(cs);
                try
                {
                    c.Open();
                    c.Dispose();
                    c = new SqlConnection(sql);
                    c.Open();
                }
                finally
                {
                    c.Dispose();
                }
            }
            ConnectionState N()
            {
                var c = new SqlConnection(cs);
                try
                {
                    c.Open();
                }
                finally
                {
                    c.Close();
                }

                return c.State;
            }
        """);

    [Fact]
    public Task Ignores_closed_connection_that_somebody_else_has() => Verified.Ignores(Statement, """
            private SqlConnection kept;
            void M()
            {
                var c = new SqlConnection(cs);
                try
                {
                    c.Open();
                    kept = c;
                }
                finally
                {
                    c.Close();
                }
            }
        """);

    [Fact]
    public Task Ignores_conditional_parts_and_labels() => Verified.Ignores(Statement, """
            void M()
            {
                using var c = new SqlConnection(cs);
        #if DEBUG
                c.Open();
        #else
                c.OpenAsync().Wait();
        #endif
            }
            void N()
            {
                using var c = new SqlConnection(cs);
            again:
                c.Open();
                if (Flag()) goto again;
            }
        """);

    [Fact]
    public Task Ignores_local_function_that_is_called_from_above() => Verified.Ignores(Statement, """
            void M()
            {
                Go();
                using var c = new SqlConnection(cs);
                c.Open();
                void Go() => Work();
            }
        """);

    [Fact]
    public Task Ignores_several_variables_for_try() => Verified.Ignores(TryFinally, """
            void M()
            {
                using (SqlConnection a = new SqlConnection(cs), b = new SqlConnection(sql))
                {
                    a.Open();
                    b.Open();
                }
            }
        """);

    [Fact]
    public Task Ignores_same_name_twice_for_try() => Verified.Ignores(TryFinally, """
            void M()
            {
                using (var c = new SqlConnection(cs))
                {
                    c.Open();
                }

                using (var c = new SqlConnection(sql))
                {
                    c.Open();
                }
            }
        """);

    [Fact]
    public Task Ignores_context_whose_await_is_configured() => Verified.Ignores(Declaration, """
            async Task M()
            {
                var db = await contexts.CreateDbContextAsync();
                try
                {
                    await db.SaveChangesAsync();
                }
                finally
                {
                    await db.DisposeAsync().ConfigureAwait(false);
                }
            }
        """);

    [Fact]
    public Task Ignores_broken_code() => Verified.Reports(Declaration, """
            void M()
            {
                using (var c = new SqlConnection(cs))
                {
                    c.Open(){|CS1002:|}
                }
            }
        """);
}
