using Microsoft.CodeAnalysis.CSharp;
using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class TemporarySessionMustBeDisposedFixTests
{
    private static FixVerifier Fix => new(new TemporarySessionMustBeDisposedFix());

    private static Task Fixes(string before, string after, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1007.Using");

    private static Task Nothing(string statements, string signature = "void Run(Factory factory, bool flag)") =>
        Fix.OffersNothingAsync(InMethod(statements, signature));

    private static Task FixesMember(string before, string after) => Fix.FixesAsync(InClass(before), InClass(after));

    private static string InClass(string members) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        class Test
        {
            private Factory factory;

            {{members.Replace("\n", "\n    ", StringComparison.Ordinal).Replace("    \n", "\n", StringComparison.Ordinal)}}
        }
        """;

    [Fact]
    public Task Fixes_receiver() => Fix.FixesAsync(
        InMethod("var users = [|new Db()|].Users.ToList();"),
        InMethod("using var db = new Db();\nvar users = db.Users.ToList();"),
        "SES1007.Using",
        "Dispose with new 'using' variable 'db'");

    [Theory]
    [InlineData("[|new Db()|].Save();", "db.Save();")]
    [InlineData("Log.Write([|new Db()|].Save());", "Log.Write(db.Save());")]
    [InlineData("Log.Write(([|new Db()|]).Save());", "Log.Write(db.Save());")]
    [InlineData("Log.Write(((Db)[|new Db()|]).Save());", "Log.Write(((Db)db).Save());")]
    [InlineData("Log.Write([|new Db()|]?.Save());", "Log.Write(db?.Save());")]
    [InlineData("if ([|new Db()|].Save() > 0) Log.Write(1);", "if (db.Save() > 0) Log.Write(1);")]
    [InlineData("foreach (var u in [|new Db()|].Users) Log.Write(u);", "foreach (var u in db.Users) Log.Write(u);")]
    [InlineData("for (int i = 0, n = [|new Db()|].Save(); i < n; i++) Log.Write(i);", "for (int i = 0, n = db.Save(); i < n; i++) Log.Write(i);")]
    [InlineData("switch ([|new Db()|].Save()) { default: break; }", "switch (db.Save()) { default: break; }")]
    [InlineData("var x = [|new Db()|].Save() switch { 1 => 2, _ => 3 };", "var x = db.Save() switch { 1 => 2, _ => 3 };")]
    [InlineData("var x = [|new Db()|].Save() > 1 && flag;", "var x = db.Save() > 1 && flag;")]
    [InlineData("var x = flag == ([|new Db()|].Save() > 1);", "var x = flag == (db.Save() > 1);")]
    [InlineData("var x = $\"{flag}{[|new Db()|].Save()}\";", "var x = $\"{flag}{db.Save()}\";")]
    [InlineData("var x = (from u in [|new Db()|].Users select u.Id).ToList();", "var x = (from u in db.Users select u.Id).ToList();")]
    [InlineData("var x = new User { Id = [|new Db()|].Save() };", "var x = new User { Id = db.Save() };")]
    [InlineData("var x = new List<int> { 1, [|new Db()|].Save() };", "var x = new List<int> { 1, db.Save() };")]
    [InlineData("factory.Shared.State = [|new Db()|].Save();", "factory.Shared.State = db.Save();")]
    public Task Fixes_place(string before, string after) => Fixes(before, "using var db = new Db();\n" + after);

    [Theory]
    [InlineData("Log.Write((await [|factory.CreateAsync()|]).Save());", "await using var db = await factory.CreateAsync();\nLog.Write(db.Save());")]
    [InlineData("Log.Write((await [|factory.CreateAsync()|].ConfigureAwait(false)).Save());", "await using var db = await factory.CreateAsync().ConfigureAwait(false);\nLog.Write(db.Save());")]
    [InlineData("await [|new Db()|].SaveAsync();", "await using var db = new Db();\nawait db.SaveAsync();")]
    [InlineData("return await [|new Db()|].SaveAsync();", "await using var db = new Db();\nreturn await db.SaveAsync();")]
    public Task Fixes_async(string before, string after) => Fixes(before, after, "async Task<int> Run(Factory factory)");

    [Theory]
    [InlineData("Log.Write([|factory.CreateAsync()|].Result.Save());", "using var db = factory.CreateAsync().Result;\nLog.Write(db.Save());")]
    [InlineData("Log.Write([|factory.CreateAsync()|].GetAwaiter().GetResult().Save());", "using var db = factory.CreateAsync().GetAwaiter().GetResult();\nLog.Write(db.Save());")]
    public Task Fixes_waiting(string before, string after) => Fixes(before, after);

    [Fact]
    public Task Fixes_argument() => Fixes(
        """var command = new Command("sql", [|new Connection()|]);""",
        """
        using var connection = new Connection();
        var command = new Command("sql", connection);
        """);

    [Fact]
    public Task Fixes_target_typed_argument() => Fixes(
        """var command = new Command("sql", [|new("text")|]);""",
        """
        using Connection connection = new("text");
        var command = new Command("sql", connection);
        """);

    [Fact]
    public Task Fixes_before_using() => Fixes(
        """
        using (var command = new Command("sql", [|new Connection()|]))
        {
            command.Execute();
        }
        """,
        """
        using var connection = new Connection();
        using (var command = new Command("sql", connection))
        {
            command.Execute();
        }
        """);

    [Fact]
    public Task FixesAll_in_one_statement() => Fixes(
        "Log.Write(new List<object> { [|new Connection()|].State, [|new Db()|].Save(), [|new Db()|].Save() });",
        """
        using var connection = new Connection();
        using var db = new Db();
        Log.Write(new List<object> { connection.State, db.Save(), new Db().Save() });
        """);

    [Fact]
    public Task FixesAll_nested() => Fixes(
        """Log.Write([|new Command("sql", [|new Connection()|])|].Execute());""",
        """
        using var connection = new Connection();
        using var command = new Command("sql", connection);
        Log.Write(command.Execute());
        """);

    [Fact]
    public Task FixesAll_in_several_statements() => Fixes(
        """
        // first
        Log.Write([|new Db()|].Save());
        // second
        Log.Write([|new Db()|].Save());
        if (flag)
        {
            Log.Write([|new Db()|].Save());
        }
        """,
        """
        // first
        using var db = new Db();
        Log.Write(db.Save());
        // second
        using var db2 = new Db();
        Log.Write(db2.Save());
        if (flag)
        {
            using var db3 = new Db();
            Log.Write(db3.Save());
        }
        """);

    [Fact]
    public Task Fixes_name_that_is_taken() => Fixes(
        """
        Log.Write([|new Db()|].Save());
        foreach (var db in new[] { 1 }) Log.Write(db);
        """,
        """
        using var db2 = new Db();
        Log.Write(db2.Save());
        foreach (var db in new[] { 1 }) Log.Write(db);
        """);

    [Fact]
    public Task Fixes_embedded_statement() => Fixes(
        """
        if (flag)
            [|new Db()|].Save();
        else
            Log.Write(1);
        """,
        """
        if (flag)
        {
            using var db = new Db();
            db.Save();
        }
        else
            Log.Write(1);
        """);

    [Fact]
    public Task Fixes_embedded_statement_on_one_line() => Fixes(
        "if (flag) [|new Db()|].Save();",
        """
        if (flag)
        {
            using var db = new Db();
            db.Save();
        }
        """);

    [Fact]
    public Task Fixes_else_if() => Fixes(
        """
        if (flag)
        {
        }
        else if ([|new Db()|].Save() > 0)
        {
            Log.Write(1);
        }
        """,
        """
        if (flag)
        {
        }
        else
        {
            using var db = new Db();
            if (db.Save() > 0)
            {
                Log.Write(1);
            }
        }
        """);

    [Fact]
    public Task Fixes_switch_section() => Fixes(
        """
        switch (flag)
        {
            default:
                var n = [|new Db()|].Save();
                Log.Write(n);
                break;
        }
        """,
        """
        switch (flag)
        {
            default:
                int n;
                using (var db = new Db())
                {
                    n = db.Save();
                }
                Log.Write(n);
                break;
        }
        """);

    [Fact]
    public Task Fixes_method_body() => FixesMember(
        "public List<User> Get() => [|new Db()|].Users.ToList();",
        """
        public List<User> Get()
        {
            using var db = new Db();
            return db.Users.ToList();
        }
        """);

    [Fact]
    public Task Fixes_void_and_task_bodies() => FixesMember(
        """
        public void A() => [|new Db()|].Save();

        public async Task B() => await [|new Db()|].SaveAsync();

        public async Task<int> C() =>
            await [|new Db()|].SaveAsync();
        """,
        """
        public void A()
        {
            using var db = new Db();
            db.Save();
        }

        public async Task B()
        {
            await using var db = new Db();
            await db.SaveAsync();
        }

        public async Task<int> C()
        {
            await using var db = new Db();
            return await db.SaveAsync();
        }
        """);

    [Fact]
    public Task Fixes_property_and_accessor_bodies() => FixesMember(
        """
        public int A => [|new Db()|].Save();

        public int B
        {
            get => [|new Db()|].Save();
            set => [|new Db()|].Save();
        }

        public int this[int i] => [|new Db()|].Save();
        """,
        """
        public int A
        {
            get
            {
                using var db = new Db();
                return db.Save();
            }
        }

        public int B
        {
            get
            {
                using var db = new Db();
                return db.Save();
            }
            set
            {
                using var db = new Db();
                db.Save();
            }
        }

        public int this[int i]
        {
            get
            {
                using var db = new Db();
                return db.Save();
            }
        }
        """);

    [Fact]
    public Task Fixes_lambda_body() => Fixes(
        """
        Func<int, User> f = i => [|new Db()|].Users.Find(i);
        Action g = () => [|new Db()|].Save();
        var users = new[] { 1 }.Select(i => [|new Db()|].Users.Find(i)).ToList();
        """,
        """
        Func<int, User> f = i =>
        {
            using var db = new Db();
            return db.Users.Find(i);
        };
        Action g = () =>
        {
            using var db2 = new Db();
            db2.Save();
        };
        var users = new[] { 1 }.Select(i =>
        {
            using var db3 = new Db();
            return db3.Users.Find(i);
        }).ToList();
        """);

    [Fact]
    public Task Fixes_local_function_body() => Fixes(
        """
        Log.Write(Count());
        int Count() => [|new Db()|].Save();
        """,
        """
        Log.Write(Count());
        int Count()
        {
            using var db = new Db();
            return db.Save();
        }
        """);

    [Fact]
    public Task Fixes_top_level_statement() => new FixVerifier(new TemporarySessionMustBeDisposedFix()) { Output = OutputKind.ConsoleApplication }.FixesAsync(
        "Log.Write([|new Db()|].Save());\n",
        "using var db = new Db();\nLog.Write(db.Save());\n");

    [Fact]
    public Task Fixes_old_language() => new FixVerifier(new TemporarySessionMustBeDisposedFix()) { Language = LanguageVersion.CSharp7_3 }.FixesAsync(
        InMethod("""
            Log.Write(0);
            Log.Write([|new Db()|].Save());
            Log.Write(1);
            """),
        InMethod("""
            Log.Write(0);
            using (var db = new Db())
            {
                Log.Write(db.Save());
            }
            Log.Write(1);
            """));

    [Fact]
    public Task Keeps_carriage_returns() => Fix.FixesAsync(
        InClass("public List<User> Get() => [|new Db()|].Users.ToList();").Replace("\n", "\r\n", StringComparison.Ordinal),
        InClass("""
            public List<User> Get()
            {
                using var db = new Db();
                return db.Users.ToList();
            }
            """).Replace("\n", "\r\n", StringComparison.Ordinal));

    [Fact]
    public Task Keeps_lines_and_comments_of_the_statement() => Fixes(
        """
        // all of them
        var users = [|new Db()|] // fresh
            .Users
            .Where(u => u.Id > 1) // but one
            .ToList();
        """,
        """
        // all of them
        using var db = new Db();
        var users = db // fresh
            .Users
            .Where(u => u.Id > 1) // but one
            .ToList();
        """);

    [Theory]
    [InlineData("[|new Db()|];")]
    [InlineData("[|factory.Create()|];")]
    [InlineData("_ = [|factory.Create()|];")]
    [InlineData("_ = [|factory.CreateAsync()|];")]
    [InlineData("while ([|new Db()|].Save() > 0) { }")]
    [InlineData("do { } while ([|new Db()|].Save() > 0);")]
    [InlineData("for (var i = 0; i < [|new Db()|].Save(); i++) { }")]
    [InlineData("var x = flag && [|new Db()|].Save() > 0;")]
    [InlineData("var x = flag ? [|new Db()|].Save() : 0;")]
    [InlineData("var x = flag ? 0 : [|new Db()|].Save();")]
    [InlineData("int? n = null; var x = n ?? [|new Db()|].Save();")]
    [InlineData("int? n = null; n ??= [|new Db()|].Save();")]
    [InlineData("var x = 1 switch { 1 => [|new Db()|].Save(), _ => 0 };")]
    [InlineData("factory?.Shared?.Count([|new Db()|].Save().ToString());")]
    [InlineData("Log.Write(factory.Open().Count() + [|new Db()|].Save());")]
    [InlineData("int a = factory.Open().Count(), b = [|new Db()|].Save();")]
    [InlineData("new[] { 1 }[factory.Open().Count()] = [|new Db()|].Save();")]
    [InlineData("try { } catch when ([|new Db()|].Save() > 0) { }")]
    [InlineData("var x = from i in new[] { 1 } from u in [|new Db()|].Users select u;")]
    [InlineData("System.Linq.Expressions.Expression<Func<int>> e = () => [|new Db()|].Save();")]
    [InlineData("var t = [|new Db()|].SaveAsync();")]
    [InlineData("[|new Db()|].SaveAsync();")]
    public Task Ignores_place(string statement) => Nothing(statement);

    [Theory]
    [InlineData("public IQueryable<User> Get() => [|new Db()|].Users;")]
    [InlineData("public IEnumerable<User> Get() => [|new Db()|].Users.Where(u => u.Id > 1);")]
    [InlineData("public Task<int> Get() => [|new Db()|].SaveAsync();")]
    [InlineData("public Command Get() => new Command(\"sql\", [|new Connection()|]);")]
    [InlineData("public Reader Get() => new Command(\"sql\", [|new Connection()|]).ExecuteReader();")]
    [InlineData("public Db Get() => [|new Db()|];")]
    [InlineData("public int Field = [|new Db()|].Save();")]
    [InlineData("public int Auto { get; } = [|new Db()|].Save();")]
    [InlineData("public Test(int i) { } public Test() : this([|new Db()|].Save()) { }")]
    [InlineData("private IEnumerable<User> kept; public void Keep() { kept = [|new Db()|].Users; }")]
    public Task Ignores_member(string member) => Fix.OffersNothingAsync(InClass(member));

    [Fact]
    public Task Ignores_property_that_acts_before() => Fix.OffersNothingAsync(InClass(
        """
        private Factory Acting { get { Log.Write(1); return factory; } }

        public void Run() => Acting.Shared.State = [|new Db()|].Save();
        """));
}
