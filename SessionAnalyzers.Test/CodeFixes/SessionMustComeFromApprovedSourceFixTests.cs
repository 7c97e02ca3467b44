using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;
using Verified = SessionAnalyzers.Test.Rules.Conventions<SessionAnalyzers.Flow.FlowRuleAnalyzer, SessionAnalyzers.Rules.SessionMustComeFromApprovedSourceFix>;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustComeFromApprovedSourceFixTests
{
    private const string Key = SessionMustComeFromApprovedSourceFix.ReplaceKey;
    private const string Approved = "session_analyzers.approved_sources = ";

    [Fact]
    public Task Fixes_context_of_a_factory_in_a_field() => Verified.Fixes(
        Approved + "M:ISessions.CreateContext",
        """
            void M(DbContextOptions options)
            {
                // a context
                using var db = {|SES5003:new Db(options)|}; // here
                db.SaveChanges();
            }
        """,
        """
            void M(DbContextOptions options)
            {
                // a context
                using var db = sessions.CreateContext(); // here
                db.SaveChanges();
            }
        """,
        Key);

    [Fact]
    public Task Fixes_awaited_source_and_temporary() => Verified.Fixes(
        Approved + "T:Sources",
        """
            async Task M()
            {
                await using (var db = {|SES5003:new Db()|})
                {
                    await db.SaveChangesAsync();
                }

                await using var other = await {|SES5003:contexts.CreateDbContextAsync()|};
            }
            void N()
            {
                using var db = {|SES5003:contexts.CreateDbContext()|};
            }
        }
        static class Sources
        {
            public static async Task<Db> OpenAsync() { await Task.Yield(); return new Db(); }
            public static Db Open() => new Db();
        """,
        """
            async Task M()
            {
                await using (var db = await Sources.OpenAsync())
                {
                    await db.SaveChangesAsync();
                }

                await using var other = await Sources.OpenAsync();
            }
            void N()
            {
                using var db = Sources.Open();
            }
        }
        static class Sources
        {
            public static async Task<Db> OpenAsync() { await Task.Yield(); return new Db(); }
            public static Db Open() => new Db();
        """,
        Key);

    [Fact]
    public Task Fixes_connection_that_comes_open() => Verified.Fixes(
        Approved + "M:Sources.Open",
        """
            void M()
            {
                using var c = {|SES5003:new SqlConnection(cs)|};
                c.Open();
                Work();
            }
            void N()
            {
                using (var c = {|SES5003:new SqlConnection(cs)|})
                {
                    c.Open();
                }
            }
        }
        static class Sources
        {
            public static SqlConnection Open() { var c = new SqlConnection(""); try { c.Open(); return c; } catch { c.Dispose(); throw; } }
        """,
        """
            void M()
            {
                using var c = Sources.Open();
                Work();
            }
            void N()
            {
                using (var c = Sources.Open())
                {
                }
            }
        }
        static class Sources
        {
            public static SqlConnection Open() { var c = new SqlConnection(""); try { c.Open(); return c; } catch { c.Dispose(); throw; } }
        """,
        Key);

    [Fact]
    public Task Keeps_what_is_not_certain() => Verified.OffersNothing(Approved + "T:Sources | T:Others", """
            void M(string name)
            {
                // Not opened here.
                using var c = {|SES5003:new SqlConnection(cs)|};
                // The argument does something.
                using var d = {|SES5003:new SqlConnection(File.ReadAllText(cs))|};
                d.Open();
                // It names its database.
                using var g = {|SES5003:new SqlConnection("Server=other")|};
                g.Open();
                // Two of them.
                using var e = {|SES5003:new Db()|};
                // Another type.
                using var f = {|SES5003:new SqliteConnection(cs)|};
            }
        }
        static class Others
        {
            public static Db Make() => new Db();
        }
        static class Sources
        {
            public static SqlConnection Open() { var c = new SqlConnection(""); try { c.Open(); return c; } catch { c.Dispose(); throw; } }
            public static Db Create() => new Db();
            public static SqlConnection With(string name) => new SqlConnection(name);
        """);

    [CSharpFact(12)]
    public Task FixesAll_files_of_a_solution() => Verified.FixesFiles(
        Approved + "Data.Sessions",
        [
            """
            class A(Data.Sessions sessions)
            {
                void M()
                {
                    using (var a = {|SES5003:new Db()|})
                    using (var b = {|SES5003:new Db()|})
                    {
                        a.SaveChanges();
                        b.SaveChanges();
                    }
                }

                void N()
                {
                    using var db = sessions.Create();
                }
            }
            """,
            """
            class B
            {
                private readonly Data.Sessions sessions = new();

                int M() { using var db = {|SES5003:new Db()|}; return db.SaveChanges(); }
            }

            namespace Data
            {
                class Sessions
                {
                    public Db Create() => new Db();
                }
            }
            """,
        ],
        [
            """
            class A(Data.Sessions sessions)
            {
                void M()
                {
                    using (var a = sessions.Create())
                    using (var b = sessions.Create())
                    {
                        a.SaveChanges();
                        b.SaveChanges();
                    }
                }

                void N()
                {
                    using var db = sessions.Create();
                }
            }
            """,
            """
            class B
            {
                private readonly Data.Sessions sessions = new();

                int M() { using var db = sessions.Create(); return db.SaveChanges(); }
            }

            namespace Data
            {
                class Sessions
                {
                    public Db Create() => new Db();
                }
            }
            """,
        ],
        Key);
}
