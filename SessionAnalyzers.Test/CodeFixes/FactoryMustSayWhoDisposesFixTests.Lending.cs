using Microsoft.CodeAnalysis.Testing;
using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

/// <summary>SES1003: the factory becomes one that lends.</summary>
public sealed partial class FactoryMustSayWhoDisposesFixTests
{
    private const string Lend = FactoryMustSayWhoDisposesFix.LendKey;

    [Fact]
    public Task Fixes_by_lending() => FixesMembers(Lend,
        """
        private SqlConnection {|SES1003:Open|}() => new("");

        public void Lose()
        {
            // Who closes it?
            var c = Open(); // nobody
            c.Open();

            // Twice.
            c.Execute("x"); // done
            // The end.
        }

        public int Use()
        {
            using var c = Open();
            return c.Execute("x"); // rows
        }
        """,
        """
        private SqlConnection Open() => new("");

        private void Use(Action<SqlConnection> work)
        {
            using var connection = Open();
            work(connection);
        }

        private T Use<T>(Func<SqlConnection, T> work)
        {
            using var connection = Open();
            return work(connection);
        }

        public void Lose()
        {
            // Who closes it?
            Use(c => // nobody
            {
                c.Open();

                // Twice.
                c.Execute("x"); // done
            });
            // The end.
        }

        public int Use()
        {
            return Use(c => c.Execute("x")); // rows
        }
        """.Replace("public int Use()", "public int Count()", StringComparison.Ordinal), "public int Use()", "public int Count()");

    private static Task FixesMembers(string key, string before, string after, string renamed, string name) =>
        FixesMembers(key, before.Replace(renamed, name, StringComparison.Ordinal), after);

    [Fact]
    public Task Fixes_by_lending_in_an_internal_class_of_which_nobody_else_knows() => Fixes(Lend,
        [
            """
            internal static class Connections
            {
                /// <summary>Opens.</summary>
                public static SqlConnection {|SES1003:OpenConnection|}(string cs, int timeout = 5)
                {
                    var c = new SqlConnection(cs);
                    c.Open();
                    return c;
                }
            }
            """,
            """
            class Caller
            {
                public int Count(bool all)
                {
                    var c = Connections.OpenConnection("a", 7);
                    if (all)
                    {
                        return c.Execute("x");
                    }

                    return 0;
                }

                public string Name()
                {
                    using (var c = Connections.OpenConnection("b"))
                    {
                        return c.Database;
                    }
                }

                public object Any(bool one)
                {
                    using var c = Connections.OpenConnection("c");
                    if (one)
                    {
                        return 1;
                    }

                    return 2.0;
                }
            }
            """,
        ],
        [
            """
            internal static class Connections
            {
                /// <summary>Opens.</summary>
                private static SqlConnection OpenConnection(string cs, int timeout = 5)
                {
                    var c = new SqlConnection(cs);
                    c.Open();
                    return c;
                }

                /// <summary>Lends what <c>OpenConnection</c> makes to <paramref name="work"/>, and disposes it at the end.</summary>
                public static T UseConnection<T>(string cs, Func<SqlConnection, T> work, int timeout = 5)
                {
                    using var connection = OpenConnection(cs, timeout);
                    return work(connection);
                }
            }
            """,
            """
            class Caller
            {
                public int Count(bool all)
                {
                    return Connections.UseConnection("a", c =>
                    {
                        if (all)
                        {
                            return c.Execute("x");
                        }

                        return 0;
                    }, 7);
                }

                public string Name()
                {
                    return Connections.UseConnection("b", c =>
                    {
                        return c.Database;
                    });
                }

                public object Any(bool one)
                {
                    return Connections.UseConnection<object>("c", c =>
                    {
                        if (one)
                        {
                            return 1;
                        }

                        return 2.0;
                    });
                }
            }
            """,
        ]);

    [Fact]
    public Task Fixes_by_lending_to_asynchronous_callers() => FixesMembers(Lend,
        """
        public static async Task<SqlConnection> {|SES1003:OpenAsync|}(CancellationToken cancellation = default)
        {
            var c = new SqlConnection("");
            await c.OpenAsync(cancellation);
            return c;
        }

        public async Task Lose(CancellationToken cancellation)
        {
            var c = await OpenAsync(cancellation);
            await c.ExecuteAsync("x");
        }

        public async Task<int> Count()
        {
            await using var c = await Users.OpenAsync();
            return await c.ExecuteScalarAsync<int>("x");
        }
        """,
        """
        public static async Task<SqlConnection> OpenAsync(CancellationToken cancellation = default)
        {
            var c = new SqlConnection("");
            await c.OpenAsync(cancellation);
            return c;
        }

        public static async Task UseAsync(Func<SqlConnection, Task> work, CancellationToken cancellation = default)
        {
            await using var connection = await OpenAsync(cancellation);
            await work(connection);
        }

        public static async Task<T> UseAsync<T>(Func<SqlConnection, Task<T>> work, CancellationToken cancellation = default)
        {
            await using var connection = await OpenAsync(cancellation);
            return await work(connection);
        }

        public async Task Lose(CancellationToken cancellation)
        {
            await UseAsync(async c =>
            {
                await c.ExecuteAsync("x");
            }, cancellation);
        }

        public async Task<int> Count()
        {
            return await Users.UseAsync(async c => await c.ExecuteScalarAsync<int>("x"));
        }
        """);

    [Fact]
    public Task Fixes_by_lending_a_synchronous_session_to_asynchronous_callers() => FixesMembers(Lend,
        """
        private IDbConnection {|SES1003:Open|}() => new SqlConnection("");

        public async Task<int> Count()
        {
            var c = Open();
            c.Open();
            return await c.ExecuteScalarAsync<int>("x");
        }

        public async Task<int> Rows()
        {
            await Task.Yield();
            using var c = Open();
            return c.Execute("x");
        }
        """,
        """
        private IDbConnection Open() => new SqlConnection("");

        private T Use<T>(Func<IDbConnection, T> work)
        {
            using var connection = Open();
            return work(connection);
        }

        private async Task<T> UseAsync<T>(Func<IDbConnection, Task<T>> work)
        {
            using var connection = Open();
            return await work(connection);
        }

        public async Task<int> Count()
        {
            return await UseAsync(async c =>
            {
                c.Open();
                return await c.ExecuteScalarAsync<int>("x");
            });
        }

        public async Task<int> Rows()
        {
            await Task.Yield();
            return Use(c => c.Execute("x"));
        }
        """);

    [Fact]
    public Task Fixes_by_lending_from_a_property() => FixesMembers(Lend,
        """
        internal SqlConnection {|SES1003:Connection|} => new("");

        public void Lose(Users other)
        {
            using (var c = other.Connection)
            {
                c.Open();
                if (c.Database == "")
                {
                    return;
                }

                c.Execute("x");
            }
        }
        """,
        """
        private SqlConnection Connection => new("");

        internal void UseConnection(Action<SqlConnection> work)
        {
            using var connection = Connection;
            work(connection);
        }

        public void Lose(Users other)
        {
            other.UseConnection(c =>
            {
                c.Open();
                if (c.Database == "")
                {
                    return;
                }

                c.Execute("x");
            });
        }
        """);

    [Fact]
    public Task Fixes_by_lending_to_nested_scopes_and_temporaries() => FixesMembers(Lend,
        """
        private SqlConnection {|SES1003:Open|}() => new("");

        public int Copy()
        {
            var from = Open();
            var to = Open();
            from.Open();
            to.Open();
            return to.Execute("x");
        }

        public void Stacked()
        {
            using (var c = Open())
            using (var command = c.CreateCommand())
            {
                command.ExecuteNonQuery();
            }

            Open().Open();
        }
        """,
        """
        private SqlConnection Open() => new("");

        private void Use(Action<SqlConnection> work)
        {
            using var connection = Open();
            work(connection);
        }

        private T Use<T>(Func<SqlConnection, T> work)
        {
            using var connection = Open();
            return work(connection);
        }

        public int Copy()
        {
            return Use(from =>
            {
                return Use(to =>
                {
                    from.Open();
                    to.Open();
                    return to.Execute("x");
                });
            });
        }

        public void Stacked()
        {
            Use(c =>
            {
                using (var command = c.CreateCommand())
                {
                    command.ExecuteNonQuery();
                }
            });

            Use(connection =>
            {
                connection.Open();
            });
        }
        """);

    [Fact]
    public Task FixesAll_by_lending_over_two_files() => Fixes(Lend,
        [
            """
            public class A
            {
                internal static SqlConnection {|SES1003:Open|}() => new("");
                public void M()
                {
                    var mine = Open();
                    mine.Open();
                    var other = B.Create();
                    other.Users.ToList();
                }
            }
            """,
            """
            public class B
            {
                internal static Db {|SES1003:Create|}() => new();
                public int M()
                {
                    var db = Create();
                    db.Users.ToList();
                    using var c = A.Open();
                    return c.Execute("x");
                }
            }
            """,
        ],
        [
            """
            public class A
            {
                private static SqlConnection Open() => new("");

                internal static void Use(Action<SqlConnection> work)
                {
                    using var connection = Open();
                    work(connection);
                }

                internal static T Use<T>(Func<SqlConnection, T> work)
                {
                    using var connection = Open();
                    return work(connection);
                }
                public void M()
                {
                    Use(mine =>
                    {
                        mine.Open();
                        B.Use(other =>
                        {
                            other.Users.ToList();
                        });
                    });
                }
            }
            """,
            """
            public class B
            {
                private static Db Create() => new();

                internal static void Use(Action<Db> work)
                {
                    using var db = Create();
                    work(db);
                }

                internal static T Use<T>(Func<Db, T> work)
                {
                    using var db = Create();
                    return work(db);
                }
                public int M()
                {
                    return Use(db =>
                    {
                        db.Users.ToList();
                        return A.Use(c => c.Execute("x"));
                    });
                }
            }
            """,
        ]);

    [Fact]
    public Task Fixes_by_lending_to_another_project()
    {
        const string Factory = """
            public static class Connections
            {
                public static SqlConnection {|SES1003:Open|}() => new("");
                public static void Lose() { var c = Open(); c.Open(); }
            }
            """;
        const string LendingFactory = """
            public static class Connections
            {
                public static SqlConnection Open() => new("");

                public static void Use(Action<SqlConnection> work)
                {
                    using var connection = Open();
                    work(connection);
                }

                public static T Use<T>(Func<SqlConnection, T> work)
                {
                    using var connection = Open();
                    return work(connection);
                }
                public static void Lose() { Use(c => { c.Open(); }); }
            }
            """;
        const string Caller = """
            public class Caller
            {
                public string Name()
                {
                    using var c = Connections.Open();
                    return c.Database;
                }
            }
            """;
        var test = NewTest(Lend, [Caller], [Caller
            .Replace("using var c = Connections.Open();\n        return c.Database", "return Connections.Use(c => c.Database)", StringComparison.Ordinal)]);
        foreach (var (state, source) in new[] { (test.TestState, Factory), (test.FixedState, LendingFactory) })
        {
            state.AdditionalProjects["Library"].Sources.Add(("Connections.cs", source));
            state.AdditionalProjects["Library"].Sources.Add(("Usings.cs", "global using System;\nglobal using Microsoft.Data.SqlClient;"));
            state.AdditionalProjects["Library"].AdditionalReferences.AddRange(Libraries.Common);
            state.AdditionalProjectReferences.Add("Library");
        }

        return test.RunAsync();
    }

    [Fact]
    public Task Fixes_by_lending_in_a_generic_class_with_braces_at_the_end_of_lines_and_tabs() => Fixes(Lend,
        [
            "internal class Users<T> {\r\n\tprivate readonly int connection;\r\n\tprotected internal SqlConnection {|SES1003:Open|}(string connection, string work) {\r\n\t\treturn new(connection + work);\r\n\t}\r\n\r\n"
            + "\tpublic int Lose(bool b) {\r\n\t\tvar c = Open(\"a\", \"b\");\r\n\t\tc.Open();\r\n\t\tif (b) {\r\n\t\t\tthrow new InvalidOperationException(@\"x\r\ny\");\r\n\t\t}\r\n\r\n\t\treturn c.Execute(\"x\");\r\n\t}\r\n}\r\n",
        ],
        [
            "internal class Users<T> {\r\n\tprivate readonly int connection;\r\n\tprivate SqlConnection Open(string connection, string work) {\r\n\t\treturn new(connection + work);\r\n\t}\r\n\r\n"
            + "\tprotected internal T2 Use<T2>(string connection, string work, Func<SqlConnection, T2> work2) {\r\n\t\tusing var connection2 = Open(connection, work);\r\n\t\treturn work2(connection2);\r\n\t}\r\n\r\n"
            + "\tpublic int Lose(bool b) {\r\n\t\treturn Use(\"a\", \"b\", c => {\r\n\t\t\tc.Open();\r\n\t\t\tif (b) {\r\n\t\t\t\tthrow new InvalidOperationException(@\"x\r\ny\");\r\n\t\t\t}\r\n\r\n\t\t\treturn c.Execute(\"x\");\r\n\t\t});\r\n\t}\r\n}\r\n",
        ]);

    [Fact]
    public Task Fixes_by_lending_to_lambdas_local_functions_accessors_and_extension_calls() => Fixes(Lend,
        [
            """
            internal static class Extensions
            {
                internal static SqlConnection {|SES1003:Open|}(this string cs) => new(cs);

                internal static int Count
                {
                    get
                    {
                        var c = "x".Open();
                        c.Open();
                        return c.Execute("x");
                    }
                }

                internal static void Others(List<int> all)
                {
                    all.ForEach(i =>
                    {
                        using var c = Open("y");
                        if (i > 0)
                        {
                            return;
                        }

                        c.Execute("x");
                    });

                    async Task<string> Local()
                    {
                        await Task.Yield();
                        #region work
                        using (var c = "z".Open())
                        {
                            var sum = 0;
                            Func<int> add = () => { return sum++; };
                            await c.OpenAsync();
                            return c.Database + add();
                        }
                        #endregion
                    }
                }
            }
            """,
        ],
        [
            """
            internal static class Extensions
            {
                private static SqlConnection Open(this string cs) => new(cs);

                internal static void Use(this string cs, Action<SqlConnection> work)
                {
                    using var connection = Open(cs);
                    work(connection);
                }

                internal static T Use<T>(this string cs, Func<SqlConnection, T> work)
                {
                    using var connection = Open(cs);
                    return work(connection);
                }

                internal static async Task<T> UseAsync<T>(this string cs, Func<SqlConnection, Task<T>> work)
                {
                    await using var connection = Open(cs);
                    return await work(connection);
                }

                internal static int Count
                {
                    get
                    {
                        return "x".Use(c =>
                        {
                            c.Open();
                            return c.Execute("x");
                        });
                    }
                }

                internal static void Others(List<int> all)
                {
                    all.ForEach(i =>
                    {
                        Use("y", c =>
                        {
                            if (i > 0)
                            {
                                return;
                            }

                            c.Execute("x");
                        });
                    });

                    async Task<string> Local()
                    {
                        await Task.Yield();
                        #region work
                        return await "z".UseAsync(async c =>
                        {
                            var sum = 0;
                            Func<int> add = () => { return sum++; };
                            await c.OpenAsync();
                            return c.Database + add();
                        });
                        #endregion
                    }
                }
            }
            """,
        ]);

    [Fact]
    public Task Fixes_by_lending_as_the_team_has_settled()
    {
        var before = InClass("""
            private SqlConnection {|SES1003:Open|}() => new("");

            public void Lose()
            {
                var c = Open();
                c.Open();
            }
            """);
        var after = InClass("""
            private SqlConnection Open() => new("");

            private void Use(Action<SqlConnection> work)
            {
                using (var connection = Open())
                {
                    work(connection);
                }
            }

            public void Lose()
            {
                Use(c =>
                {
                    c.Open();
                });
            }
            """);
        var test = NewTest(Lend, [before], [after]);
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\nsession_analyzers.scope_style = using_statement\n"));
        return test.RunAsync();
    }

    public static TheoryData<string> NotLent =>
    [
        // Goes on sometimes.
        "public int M(bool b) { using (var c = Open()) { if (b) { return 1; } c.Open(); } return 2; }",
        // Returns and goes on behind the scope.
        "public void M(bool b) { using (var c = Open()) { if (b) { return; } c.Open(); } System.GC.Collect(); }",
        "public void M() { while (true) { using var c = Open(); c.Open(); break; } }",
        "public void M() { foreach (var i in \"x\") { using var c = Open(); if (i == 'y') continue; c.Open(); } }",
        "public IEnumerable<int> M() { using var c = Open(); c.Open(); yield return 1; }",
        "public void M(ref int n) { using var c = Open(); n = c.Execute(\"x\"); }",
        "public void M(out int n) { using var c = Open(); n = c.Execute(\"x\"); }",
        "public int M() { int n; using (var c = Open()) { n = c.Execute(\"x\"); } return n; }",
        "public void M(Span<char> s) { using var c = Open(); s[0] = c.Database[0]; }",
        "public Task<int> M() { using var c = Open(); return c.ExecuteScalarAsync<int>(\"x\"); }",
        "public async Task M() { using var c = Open(); await c.OpenAsync().ConfigureAwait(false); }",
        "public async Task M() { await Task.Yield(); await using var c = Open(); c.Open(); }",
        "public void M() { using SqlConnection a = Open(), b = Open(); a.Open(); }",
        "public void M() { using IDbConnection c = Open(); c.Open(); }",
        "public void M() { var c = Open(); try { c.Open(); } finally { c.Dispose(); } }",
        "private SqlConnection M() => Open();",
        "public void M() { Func<SqlConnection> f = Open; using var c = f(); c.Open(); }",
        "public string M() => nameof(Open);",
        "private SqlConnection kept; public void M() { kept = Open(); }",
        "public void M(Users u) { using var c = u?.Open(); c?.Open(); }",
        "public void M(bool b) { using var c = b ? Open() : null; c?.Open(); }",
        "public void M() { using var c = Open(/* why */); c.Open(); }",
        "public void M() { using var c = Open(); }",
        "public void M() { using var c = Open(); goto End; End: c.Open(); }",
        "public void Use() { using var c = Open(); c.Open(); }",
        "public void M()\n{\n    using var c = Open();\n#if OTHER\n    return;\n#endif\n    c.Open();\n}",
        "#if OTHER\npublic void M() { Open(); }\n#endif",
        "struct S { int n; public S(Users u) { n = 0; using var c = u.Open(); n = c.Execute(\"x\"); } }",
        "public void M(int i) { switch (i) { case 1: using (Open()) { } break; } }",
        "public void M(int i) { using var c = Open(); goto case1; case1: c.Open(); }",
        "public void M() { Use(); using var c = Open(); c.Open(); void Use() { } }",
        "public readonly int n; public Users() { using var c = Open(); n = c.Execute(\"x\"); }",
    ];

    [Theory]
    [MemberData(nameof(NotLent))]
    public Task Ignores_a_factory_with_a_caller_that_cannot_borrow(string caller) => OffersNothing(Lend,
        "internal SqlConnection {|SES1003:Open|}() => new(\"\");\npublic void Lose() { var c = Open(); c.Open(); }\n" + caller);

    [Theory]
    [InlineData("internal virtual SqlConnection {|SES1003:Open|}() => new(\"\");")]
    [InlineData("internal SqlConnection {|SES1003:Open|}(params int[] all) => new(\"\");")]
    [InlineData("internal SqlConnection {|SES1003:Open|}<T>(T x = default) => new(\"\"); public void N() { using var c = Open(1); c.Open(); }")]
    [InlineData("internal SqlConnection {|SES1003:Open|}(in int x = 0) => new(\"\");")]
    public Task Ignores_lending_by_a_factory_of_another_kind(string factory) => OffersNothing(Lend,
        factory + "\npublic void Lose() { var c = Open(); c.Open(); }".Replace("Open();", factory.Contains("<T>", StringComparison.Ordinal) ? "Open<int>();" : "Open();", StringComparison.Ordinal).Replace("c.Open<int>", "c.Open", StringComparison.Ordinal));

    [Fact]
    public Task Ignores_lending_by_a_public_factory_that_nobody_loses() => OffersNothing(Lend, """
        public SqlConnection {|SES1003:GetConnection|}() => new("");
        public void Use() { using var c = GetConnection(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_lending_by_an_internal_factory_that_others_may_see() => Fixes(Lend,
        [Friendly, "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Elsewhere\")]"],
        [Friendly, "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Elsewhere\")]"]);

    [CSharpFact(12)]
    public Task Ignores_lending_by_a_factory_that_fits_an_interface_of_a_derived_class() => OffersNothing(Lend, """
        public interface IFactory { SqlConnection GetConnection(); }
        internal class Base { public SqlConnection {|SES1003:GetConnection|}() => new(""); public void Use() { using var c = GetConnection(); c.Open(); } }
        internal class Derived : Base, IFactory;
        """);

    [Theory]
    [InlineData(Dispose)]
    [InlineData(Annotate)]
    [InlineData(Lend)]
    public Task Ignores_files_of_several_projects(string key)
    {
        const string Source = "public class Users\n{\n    internal SqlConnection {|SES1003:Open|}() => new(\"\");\n    public void Lose() { var c = Open(); c.Open(); }\n}\n";
        var test = NewTest(key, [Source], [Source]);
        foreach (var state in new[] { test.TestState, test.FixedState })
        {
            state.AdditionalProjects["Twin"].Sources.Add(("/0/Test0.cs", Source));
            state.AdditionalProjects["Twin"].Sources.Add(("Usings.cs", "global using Microsoft.Data.SqlClient;"));
            state.AdditionalProjects["Twin"].AdditionalReferences.AddRange(Libraries.Common);
        }

        return test.RunAsync();
    }

    [Fact]
    public Task Fixes_by_lending_where_null_counts() => Fixes(Lend,
        ["""
        #nullable enable
        public class Users
        {
            private SqlConnection {|SES1003:Open|}() => new("");

            public User? Find(int id)
            {
                var c = Open();
                c.Open();
                if (id == 0)
                {
                    return null;
                }

                return c.QueryFirstOrDefault<User>("x", new { id });
            }

            public (int Count, string? Name) Both()
            {
                using var c = Open();
                return (c.Execute("x"), null);
            }
        }
        """],
        ["""
        #nullable enable
        public class Users
        {
            private SqlConnection Open() => new("");

            private T Use<T>(Func<SqlConnection, T> work)
            {
                using var connection = Open();
                return work(connection);
            }

            public User? Find(int id)
            {
                return Use(c =>
                {
                    c.Open();
                    if (id == 0)
                    {
                        return null;
                    }

                    return c.QueryFirstOrDefault<User>("x", new { id });
                });
            }

            public (int Count, string? Name) Both()
            {
                return Use<(int Count, string? Name)>(c => (c.Execute("x"), null));
            }
        }
        """]);

    private const string Friendly = """
        internal class Users
        {
            internal SqlConnection {|SES1003:GetConnection|}() => new("");
            public void Use() { using var c = GetConnection(); c.Open(); }
        }
        """;
}
