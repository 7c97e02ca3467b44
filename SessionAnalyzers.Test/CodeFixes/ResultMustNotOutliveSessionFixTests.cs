using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class ResultMustNotOutliveSessionFixTests
{
    private const string ToListKey = "SES1006.ToList";
    private const string AwaitKey = "SES1006.Await";

    private static Task Runs(string members, string fixedMembers) =>
        RealReports.Fixes<ResultMustNotOutliveSessionFix>(members, fixedMembers, ToListKey);

    private static Task Awaits(string members, string fixedMembers) =>
        RealReports.Fixes<ResultMustNotOutliveSessionFix>(members, fixedMembers, AwaitKey);

    private static Task Nothing(string members) => RealReports.OffersNothing<ResultMustNotOutliveSessionFix>(members);

    private static FixVerifier Made => new(new ResultMustNotOutliveSessionFix());

    [Fact]
    public Task Fixes_unbuffered_mapper() => Runs(
        """
            IEnumerable<int> A()
            {
                using var c = new SqlConnection(cs);
                return {|SES1006:c.Query<int>(sql, buffered: false)|};
            }
        """,
        """
            IEnumerable<int> A()
            {
                using var c = new SqlConnection(cs);
                return c.Query<int>(sql, buffered: false).ToList();
            }
        """);

    [Fact]
    public Task FixesAll_queries() => Runs(
        """
            IEnumerable<User> A()
            {
                using var db = new Db();
                // all of them
                return {|SES1006:db.Users|}; // lazily
            }

            IEnumerable<int> B()
            {
                using (var db = new Db())
                {
                    return {|SES1006:db.Users.AsEnumerable().Select(u => u.Id)|};
                }
            }

            IEnumerable<User> D()
            {
                using var db = new Db();
                return {|SES1006:db.Users
                    .Where(u => u.Id > 1)
                    .OrderBy(u => u.Name)|};
            }

            IEnumerable<int> E()
            {
                var db = new Db();
                try
                {
                    var ids = db.Users.Select(u => u.Id);
                    return {|SES1006:ids|};
                }
                finally
                {
                    db.Dispose();
                }
            }
        """,
        """
            IEnumerable<User> A()
            {
                using var db = new Db();
                // all of them
                return db.Users.ToList(); // lazily
            }

            IEnumerable<int> B()
            {
                using (var db = new Db())
                {
                    return db.Users.AsEnumerable().Select(u => u.Id).ToList();
                }
            }

            IEnumerable<User> D()
            {
                using var db = new Db();
                return db.Users
                    .Where(u => u.Id > 1)
                    .OrderBy(u => u.Name)
                    .ToList();
            }

            IEnumerable<int> E()
            {
                var db = new Db();
                try
                {
                    var ids = db.Users.Select(u => u.Id);
                    return ids.ToList();
                }
                finally
                {
                    db.Dispose();
                }
            }
        """);

    [Fact]
    public Task Fixes_query_expression() => Made.FixesAsync(
        InMethod("""
            using var db = new Db();
            return [|from u in db.Users
                   where u.Id > 1
                   select u.Name|];
            """, "IEnumerable<string> Run()"),
        InMethod("""
            using var db = new Db();
            return (from u in db.Users
                   where u.Id > 1
                   select u.Name).ToList();
            """, "IEnumerable<string> Run()"));

    [Fact]
    public Task Fixes_property_and_local_function() => Runs(
        """
            IEnumerable<User> All
            {
                get
                {
                    using var db = new Db();
                    return {|SES1006:db.Users.AsNoTracking()|};
                }
            }

            int Count()
            {
                return Load().Count();

                IEnumerable<User> Load()
                {
                    using var db = new Db();
                    return {|SES1006:db.Users.AsNoTracking()|};
                }
            }
        """,
        """
            IEnumerable<User> All
            {
                get
                {
                    using var db = new Db();
                    return db.Users.AsNoTracking().ToList();
                }
            }

            int Count()
            {
                return Load().Count();

                IEnumerable<User> Load()
                {
                    using var db = new Db();
                    return db.Users.AsNoTracking().ToList();
                }
            }
        """);

    [Fact]
    public Task FixesAll_tasks() => Awaits(
        """
            public Task<int> Save()
            {
                using var db = new Db();
                return {|SES1006:db.SaveChangesAsync()|}; // soon
            }

            private static Task<List<User>> Load(bool none)
            {
                if (none)
                {
                    return Task.FromResult(new List<User>());
                }

                using (var db = new Db())
                {
                    return {|SES1006:db.Users.ToListAsync()|};
                }
            }

            Task Go(bool none)
            {
                if (none) return Task.CompletedTask;
                using var c = new SqlConnection(cs);
                return {|SES1006:Run(c)|};
            }

            Task Two(bool first)
            {
                using var c = new SqlConnection(cs);
                if (first)
                {
                    return {|SES1006:Run(c)|};
                }

                if (c.Database == "")
                {
                    return WorkAsync();
                }

                c.Open();
                return {|SES1006:Run(c)|};
            }

            async Task Run(SqlConnection c) => await c.ExecuteAsync(sql);

            Task<IEnumerable<int>> Numbers()
            {
                using var c = new SqlConnection(cs);
                return {|SES1006:c.QueryAsync<int>(sql)|};
            }
        """,
        """
            public async Task<int> Save()
            {
                using var db = new Db();
                return await db.SaveChangesAsync(); // soon
            }

            private static async Task<List<User>> Load(bool none)
            {
                if (none)
                {
                    return new List<User>();
                }

                using (var db = new Db())
                {
                    return await db.Users.ToListAsync();
                }
            }

            async Task Go(bool none)
            {
                if (none) return;
                using var c = new SqlConnection(cs);
                await Run(c);
            }

            async Task Two(bool first)
            {
                using var c = new SqlConnection(cs);
                if (first)
                {
                    await Run(c);
                    return;
                }

                if (c.Database == "")
                {
                    await WorkAsync();
                    return;
                }

                c.Open();
                await Run(c);
            }

            async Task Run(SqlConnection c) => await c.ExecuteAsync(sql);

            async Task<IEnumerable<int>> Numbers()
            {
                using var c = new SqlConnection(cs);
                return await c.QueryAsync<int>(sql);
            }
        """);

    [Fact]
    public Task Fixes_task_of_a_local_function() => Made.FixesAsync(
        InMethod("""
            return Save();

            static Task<int> Save()
            {
                using var db = new Db();
                return [|db.SaveAsync()|];
            }
            """, "Task<int> Run()"),
        InMethod("""
            return Save();

            static async Task<int> Save()
            {
                using var db = new Db();
                return await db.SaveAsync();
            }
            """, "Task<int> Run()"),
        AwaitKey,
        "Make 'Save' async and await its tasks");

    [Fact]
    public Task Fixes_choice_between_tasks() => Made.FixesAsync(
        InMethod("""
            using var db = new Db();
            return [|flag ? db.SaveAsync() : db.SaveAsync()|];
            """, "Task<int> Run(bool flag)"),
        InMethod("""
            using var db = new Db();
            return await (flag ? db.SaveAsync() : db.SaveAsync());
            """, "async Task<int> Run(bool flag)"));

    [Fact]
    public Task Fixes_query_alone_with_its_title() => Made.FixesAsync(
        InMethod("""
            using var db = new Db();
            return [|db.Users.Select(u => u.Id)|];
            """, "IEnumerable<int> Run()"),
        InMethod("""
            using var db = new Db();
            return db.Users.Select(u => u.Id).ToList();
            """, "IEnumerable<int> Run()"),
        ToListKey,
        "Run the query here with 'ToList'");

    [Fact]
    public Task Ignores_results_that_stay_lazy() => Nothing("""
            IQueryable<User> A()
            {
                using var db = new Db();
                return {|SES1006:db.Users.Where(u => u.Id > 1)|};
            }

            IAsyncEnumerable<User> B()
            {
                using var db = new Db();
                return {|SES1006:db.Users.AsAsyncEnumerable()|};
            }

            IDataReader C1()
            {
                using var c = new SqlConnection(cs);
                c.Open();
                using var command = new SqlCommand(sql, c);
                return {|SES1006:command.ExecuteReader()|};
            }

            Func<int> D()
            {
                using var db = new Db();
                return {|SES1006:() => db.Users.Count()|};
            }
        """);

    [Fact]
    public Task Ignores_query_of_a_session_that_has_ended() => Nothing("""
            IEnumerable<User> A()
            {
                IQueryable<User> all;
                using (var db = new Db())
                {
                    all = db.Users.Where(u => u.Id > 1);
                }

                return {|SES1006:all|};
            }

            IEnumerable<User> B()
            {
                var db = {|SES1002:new Db()|};
                var all = db.Users.Where(u => u.Id > 1);
                db.Dispose();
                return {|SES1006:all|};
            }
        """);

    [Theory]

    // Not certain to be rows, not certain to be there.
    [InlineData("IEnumerable<object> Run()", "using var db = new Db();\nreturn [|db.Users.Select(u => (object)db.Users)|];")]
    [InlineData("IEnumerable<IEnumerable<User>> Run()", "using var db = new Db();\nreturn [|db.Users.Select(u => db.Users.AsEnumerable())|];")]
    [InlineData("IEnumerable<User> Run(Db other)", "using var db = new Db();\nreturn [|other?.Users.Where(u => u.Id > 1)|];")]
    [InlineData("async Task<IEnumerable<User>> Run()", "using var db = new Db();\nawait db.SaveAsync();\nreturn [|db.Users.Where(u => u.Id > 1)|];")]
    [InlineData("object Run()", "using var db = new Db();\nreturn [|db.Users.Where(u => u.Id > 1)|];")]
    [InlineData("IEnumerable Run()", "using var db = new Db();\nreturn [|db.Users.Where(u => u.Id > 1)|];")]

    // A return that is not the method's, or whose session does not end behind it.
    [InlineData("void Run()", "Func<IEnumerable<User>> load = () =>\n{\n    using var db = new Db();\n    return [|db.Users.Where(u => u.Id > 1)|];\n};")]
    [InlineData("IEnumerable<User> Run(Db db)", "return [|db.Users.Where(u => u.Id > 1)|];")]
    [InlineData("IEnumerable<User> Run(bool flag)", "if (flag)\n{\n    using var old = new Db();\n    old.Save();\n}\n\nusing var db = new Db();\nreturn [|db.Users.Where(u => u.Id > 1)|];")]
    [InlineData("IEnumerable<User> Run()", "using var db = new Db();\ndb.Dispose();\nreturn [|db.Users.Where(u => u.Id > 1)|];")]
    [InlineData("IEnumerable<User> Run()", "using var db = new Db();\n#if X\nreturn null;\n#endif\nreturn [|db.Users.Where(u => u.Id > 1)|];")]
    public Task Ignores_query(string signature, string statements) => Made.OffersNothingAsync(InMethod(statements, signature));

    [Theory]

    // A signature that cannot be async, or is.
    [InlineData("Task<int> Run(ref int i)", "using var db = new Db();\nreturn [|db.SaveAsync()|];")]
    [InlineData("Task<int> Run(out int i)", "i = 1;\nusing var db = new Db();\nreturn [|db.SaveAsync()|];")]
    [InlineData("object Run()", "using var db = new Db();\nreturn [|db.SaveAsync()|];")]
    [InlineData("async Task<Task<int>> Run()", "await Task.Yield();\nusing var db = new Db();\nreturn [|db.SaveAsync()|];")]
    [InlineData("void Run()", "Func<Task<int>> save = () =>\n{\n    using var db = new Db();\n    return [|db.SaveAsync()|];\n};")]

    // What a task gives can need the session, too.
    [InlineData("Task<Reader> Run(Command c)", "using var db = new Db();\nreturn [|c.ExecuteReaderAsync()|];")]
    [InlineData("Task<IEnumerable<User>> Run()", "using var db = new Db();\nreturn [|Task.FromResult(db.Users.AsEnumerable())|];")]
    [InlineData("Task<IEnumerable<User>> Run()", "using var db = new Db();\nreturn [|Load(db)|];\nasync Task<IEnumerable<User>> Load(Db it) { await it.SaveAsync(); return it.Users; }")]

    // Handlers, locks and other returns.
    [InlineData("Task<int> Run()", "try\n{\n    using var db = new Db();\n    return [|db.SaveAsync()|];\n}\ncatch (Exception)\n{\n    return Task.FromResult(0);\n}")]
    [InlineData("Task<int> Run(bool flag)", "if (flag) return null;\nusing var db = new Db();\nreturn [|db.SaveAsync()|];")]
    [InlineData("Task<int> Run(bool flag)", "if (flag) return Task.FromResult(/* none */ 0);\nusing var db = new Db();\nreturn [|db.SaveAsync()|];")]
    [InlineData("Task Run(bool flag)", "if (flag) return Task.Delay(1);\nusing var db = new Db();\nreturn [|db.SaveAsync()|];")]
    [InlineData("Task Run()", "using var db = new Db();\nreturn /* now */ [|db.SaveAsync()|];")]
    [InlineData("Task<int> Run()", "lock (this)\n{\n    using var db = new Db();\n    return [|db.SaveAsync()|];\n}")]
    [InlineData("Task<int> Run()", "using var db = new Db();\nvar t = db.SaveAsync();\ndb.Dispose();\nreturn [|t|];")]
    public Task Ignores_task(string signature, string statements) => Made.OffersNothingAsync(InMethod(statements, signature));

    [Fact]
    public Task Ignores_task_of_a_method_with_spans() => new FixVerifier(new ResultMustNotOutliveSessionFix())
    {
        Language = Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp8,
    }.OffersNothingAsync(InMethod("""
        Span<int> s = stackalloc int[1];
        using var db = new Db();
        return [|db.SaveAsync()|];
        """, "Task<int> Run()"));

    [Fact]
    public Task Ignores_query_without_linq() => Made.OffersNothingAsync("""
        class Test
        {
            System.Collections.Generic.IEnumerable<User> Run()
            {
                using var db = new Db();
                return [|db.Users|];
            }
        }
        """);

    [Fact]
    public Task Ignores_another_method_of_the_name() => Made.OffersNothingAsync("""
        using System.Collections.Generic;

        static class Lazy
        {
            public static IEnumerable<User> ToList(this IEnumerable<User> users) => users;
        }

        class Test
        {
            IEnumerable<User> Run()
            {
                using var db = new Db();
                return [|db.Users|];
            }
        }
        """);

    [Fact]
    public Task Ignores_task_of_a_property() => Made.OffersNothingAsync("""
        using System.Threading.Tasks;

        class Test
        {
            Task<int> Saved
            {
                get
                {
                    using var db = new Db();
                    return [|db.SaveAsync()|];
                }
            }
        }
        """);

    [Fact]
    public Task Ignores_session_that_a_helper_ended() => Nothing("""
            IEnumerable<User> A()
            {
                using var other = new SqlConnection(cs);
                var db = {|SES1002:new Db()|};
                var all = db.Users.Where(u => u.Id > 1);
                End(db);
                return {|SES1006:all|};
            }

            static void End(Db db) => db.Dispose();
        """);
}
