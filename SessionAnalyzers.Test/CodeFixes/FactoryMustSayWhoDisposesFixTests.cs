using Microsoft.CodeAnalysis.Testing;
using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

/// <summary>SES1003: the actions at a factory, which change its callers in other files and projects, too.</summary>
public sealed partial class FactoryMustSayWhoDisposesFixTests
{
    private const string Dispose = FactoryMustSayWhoDisposesFix.DisposeAtCallersKey;
    private const string Annotate = FactoryMustSayWhoDisposesFix.AnnotateKey;

    private static Verify<FactoryMustSayWhoDisposes, FactoryMustSayWhoDisposesFix>.Test NewTest(string key, string[] before, string[] after)
    {
        var test = new Verify<FactoryMustSayWhoDisposes, FactoryMustSayWhoDisposesFix>.Test(Libraries.Common) { CodeActionEquivalenceKey = key, FixedState = { MarkupHandling = MarkupMode.Allow } };
        foreach (var (state, sources) in new[] { (test.TestState, before), (test.FixedState, after) })
        {
            foreach (var source in sources.Append(FlowRules.Preamble))
            {
                state.Sources.Add(source);
            }
        }

        return test;
    }

    private static Task Fixes(string key, string[] before, string[] after) => NewTest(key, before, after).RunAsync();

    private static Task FixesMembers(string key, string before, string after) => Fixes(key, [InClass(before)], [InClass(after)]);

    private static Task OffersNothing(string key, string members) => FixesMembers(key, members, members);

    private static string InClass(string members) => "public class Users\n{\n    " + members.Replace("\n", "\n    ", StringComparison.Ordinal).Replace("    \n", "\n", StringComparison.Ordinal) + "\n}\n";

    [Fact]
    public Task Fixes_at_a_caller() => FixesMembers(Dispose,
        """
        private SqlConnection {|SES1003:Open|}() => new("");
        public void Use() { using var c = Open(); c.Open(); }

        public void Lose()
        {
            // Who closes it?
            var c = Open(); // nobody
            c.Open();
        }
        """,
        """
        private SqlConnection Open() => new("");
        public void Use() { using var c = Open(); c.Open(); }

        public void Lose()
        {
            // Who closes it?
            using var c = Open(); // nobody
            c.Open();
        }
        """);

    [Fact]
    public Task Fixes_at_callers_in_other_files() => Fixes(Dispose,
        [
            """
            public static class Connections
            {
                public static async Task<SqlConnection> {|SES1003:OpenAsync|}(string cs) { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }
            }
            """,
            """
            public class First
            {
                public async Task Lose()
                {
                    var c = await Connections.OpenAsync("");
                    await c.ExecuteAsync("x");
                }
            }
            """,
            """
            public class Second
            {
                public async Task<int> Count() => (await Connections.OpenAsync("")).ExecuteScalar<int>("x");
            }
            """,
        ],
        [
            """
            public static class Connections
            {
                public static async Task<SqlConnection> OpenAsync(string cs) { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }
            }
            """,
            """
            public class First
            {
                public async Task Lose()
                {
                    await using var c = await Connections.OpenAsync("");
                    await c.ExecuteAsync("x");
                }
            }
            """,
            """
            public class Second
            {
                public async Task<int> Count()
                {
                    await using var connection = await Connections.OpenAsync("");
                    return connection.ExecuteScalar<int>("x");
                }
            }
            """,
        ]);

    [Fact]
    public Task Fixes_several_calls_in_a_body() => FixesMembers(Dispose,
        """
        private SqlConnection {|SES1003:Open|}() => new("");

        public void Copy()
        {
            var from = Open();
            var to = Open();
            to.Open();
            from.Open();
            to.Execute("x", from.Query<int>("y"));
        }
        """,
        """
        private SqlConnection Open() => new("");

        public void Copy()
        {
            using var from = Open();
            using var to = Open();
            to.Open();
            from.Open();
            to.Execute("x", from.Query<int>("y"));
        }
        """);

    [Fact]
    public Task Fixes_calls_of_a_property_that_stays_reported() => FixesMembers(Dispose,
        """
        public SqlConnection {|SES1003:Connection|} => new("");

        public void Lose()
        {
            var c = Connection;
            c.Open();
        }
        """,
        """
        public SqlConnection {|SES1003:Connection|} => new("");

        public void Lose()
        {
            using var c = Connection;
            c.Open();
        }
        """);

    [Fact]
    public Task Fixes_only_leaks() => FixesMembers(Dispose,
        """
        private SqlConnection {|SES1003:Open|}() => new("");
        private SqlConnection kept;

        public void Keep() => kept = Open();

        public SqlConnection OpenAgain() => Open();

        public void Lose(bool more)
        {
            var c = Open();
            c.Open();
            if (more)
            {
                c.Execute("x");
                c.Dispose();
            }
        }
        """,
        """
        private SqlConnection Open() => new("");
        private SqlConnection kept;

        public void Keep() => kept = Open();

        public SqlConnection OpenAgain() => Open();

        public void Lose(bool more)
        {
            using var c = Open();
            c.Open();
            if (more)
            {
                c.Execute("x");
            }
        }
        """);

    [Fact]
    public Task FixesAll_factories_over_two_files() => Fixes(Dispose,
        [
            """
            public class A
            {
                internal static SqlConnection {|SES1003:Open|}() => new("");
                public void M()
                {
                    var mine = Open();
                    var other = B.Create();
                    mine.Open();
                    mine.Execute("x", other.Users.ToList());
                }
            }
            """,
            """
            public class B
            {
                internal static Db {|SES1003:Create|}() => new();
                public void M()
                {
                    var db = Create();
                    db.Users.ToList();
                    A.Open().Open();
                }
            }
            """,
        ],
        [
            """
            public class A
            {
                internal static SqlConnection Open() => new("");
                public void M()
                {
                    using var mine = Open();
                    using var other = B.Create();
                    mine.Open();
                    mine.Execute("x", other.Users.ToList());
                }
            }
            """,
            """
            public class B
            {
                internal static Db Create() => new();
                public void M()
                {
                    using var db = Create();
                    db.Users.ToList();
                    using var connection = A.Open();
                    connection.Open();
                }
            }
            """,
        ]);

    [Fact]
    public Task FixesAll_leaves_out_what_is_not_certain() => FixesMembers(Dispose,
        """
        private SqlConnection {|SES1003:Open|}() => new("");
        private Db {|SES1003:Create|}() => new();

        public void Lose()
        {
            var db = Create();
            db.Users.ToList();
        }

        public void Twice()
        {
            var c = Open();
            c.Open();
            c = Open();
            c.Open();
        }
        """,
        """
        private SqlConnection {|SES1003:Open|}() => new("");
        private Db Create() => new();

        public void Lose()
        {
            using var db = Create();
            db.Users.ToList();
        }

        public void Twice()
        {
            var c = Open();
            c.Open();
            c = Open();
            c.Open();
        }
        """);

    [Fact]
    public Task Ignores_callers_of_which_one_is_not_certain() => OffersNothing(Dispose, """
        private SqlConnection {|SES1003:Open|}() => new("");

        public void Lose()
        {
            var c = Open();
            c.Open();
        }

        public IEnumerable<int> Lazy()
        {
            var c = Open();
            c.Open();
            return c.Query<int>("x", buffered: false);
        }
        """);

    [Fact]
    public Task Ignores_a_loop_that_loses_all_but_the_last() => OffersNothing(Dispose, """
        private SqlConnection {|SES1003:Open|}() => new("");

        public string Lose(bool more)
        {
            SqlConnection c = null;
            while (more)
            {
                c = Open();
                c.Open();
                more = c.Execute("x") > 0;
            }

            return c?.Database;
        }
        """);

    [Fact]
    public Task Ignores_factories_without_leaks() => OffersNothing(Dispose, """
        public SqlConnection {|SES1003:Connection|} => new("");
        public SqlConnection {|SES1003:GetConnection|}() => new("");
        """);

    [Fact]
    public Task Ignores_callers_in_generated_files()
    {
        const string Factory = """
            public static class Connections { public static SqlConnection {|SES1003:Open|}() => new(""); }
            """;
        const string Caller = """
            public class Caller { public void Lose() { var c = Connections.Open(); c.Open(); } }
            """;
        var test = NewTest(Dispose, [Factory], [Factory]);
        test.TestState.Sources.Add(("Caller.g.cs", Caller));
        test.FixedState.Sources.Add(("Caller.g.cs", Caller));
        return test.RunAsync();
    }

    [Fact]
    public Task Fixes_by_annotation() => FixesMembers(Annotate,
        """
        /// <summary>Makes one.</summary>
        public SqlConnection {|SES1003:GetConnection|}() => new(""); // new

        [Obsolete]
        // On its own line.
        internal static async Task<Db> {|SES1003:ContextAsync|}()
        {
            await Task.Yield();
            return new Db();
        }

        [Obsolete] public Db {|SES1003:Context|}() => new();
        """,
        """
        /// <summary>Makes one.</summary>
        [MustDisposeResource]
        public SqlConnection GetConnection() => new(""); // new

        [Obsolete]
        // On its own line.
        [MustDisposeResource]
        internal static async Task<Db> ContextAsync()
        {
            await Task.Yield();
            return new Db();
        }

        [Obsolete] [MustDisposeResource] public Db Context() => new();
        """);

    [Fact]
    public Task FixesAll_by_annotation_over_two_files() => Fixes(Annotate,
        [
            "public class A { public SqlConnection {|SES1003:Get|}() => new(\"\"); }",
            "public class B\n{\n#if true\n    public\n        Db {|SES1003:Get|}() => new();\n#endif\n}",
        ],
        [
            "public class A { [MustDisposeResource] public SqlConnection Get() => new(\"\"); }",
            "public class B\n{\n#if true\n    [MustDisposeResource]\n    public\n        Db Get() => new();\n#endif\n}",
        ]);

    [Fact]
    public Task Fixes_by_annotation_a_factory_whose_callers_lose() => FixesMembers(Annotate,
        """
        private SqlConnection {|SES1003:Open|}() => new("");
        public void Lose() { var c = Open(); c.Open(); }
        """,
        """
        [MustDisposeResource]
        private SqlConnection Open() => new("");
        public void Lose() { var c = Open(); c.Open(); }
        """);

    [CSharpFact(12)]
    public async Task Fixes_by_annotation_with_the_name_that_is_in_scope()
    {
        const string Source = """
            using Microsoft.Data.SqlClient;

            namespace Shop
            {
                class MustDisposeResource : System.Attribute;

                public class Users
                {
                    public SqlConnection {|SES1003:GetConnection|}() => new("");
                }
            }
            """;
        var test = new Verify<FactoryMustSayWhoDisposes, FactoryMustSayWhoDisposesFix>.Test(Libraries.Common)
        {
            CodeActionEquivalenceKey = Annotate,
            TestCode = Source,
            FixedCode = Source.Replace("{|SES1003:GetConnection|}", "GetConnection", StringComparison.Ordinal)
                .Replace("        public S", "        [JetBrains.Annotations.MustDisposeResource]\n        public S", StringComparison.Ordinal),
        };
        await test.RunAsync();
    }

    [Fact]
    public Task Ignores_annotation_of_properties() => OffersNothing(Annotate, """
        public SqlConnection {|SES1003:Connection|} => new("");
        public SqlConnection {|SES1003:this|}[string name] => new(name);
        """);

    [Fact]
    public Task Ignores_annotation_without_the_package()
    {
        const string Source = """
            using System.Data.Common;
            using Microsoft.Data.Sqlite;

            public class Users
            {
                public SqliteConnection {|SES1003:GetConnection|}() => new("");
            }
            """;
        var references = Libraries.Common.Where(static r => r.Display?.Contains("JetBrains", StringComparison.OrdinalIgnoreCase) != true);
        return new Verify<FactoryMustSayWhoDisposes, FactoryMustSayWhoDisposesFix>.Test([.. references])
        {
            CodeActionEquivalenceKey = Annotate,
            TestCode = Source,
            FixedCode = Source,
        }.RunAsync();
    }

    [Fact]
    public Task Ignores_broken_code()
    {
        const string Source = "public class Users\n{\n    public SqlConnection {|SES1003:Open|}() => new(\"\"\n    public void Lose() { var c = Open(); c.Open(); }\n}\n";
        var test = NewTest(Dispose, [Source], [Source]);
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test.RunAsync();
    }
}
