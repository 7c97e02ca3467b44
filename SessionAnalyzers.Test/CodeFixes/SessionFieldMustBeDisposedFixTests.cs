using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionFieldMustBeDisposedFixTests
{
    private const string Key = "SES1009.DisposeField";

    private static Task Fixes(string members, string fixedMembers) =>
        RealReports.Fixes<SessionFieldMustBeDisposedFix>(members, fixedMembers, Key);

    private static Task Nothing(string members) => RealReports.OffersNothing<SessionFieldMustBeDisposedFix>(members);

    private static FixVerifier Made => new(new SessionFieldMustBeDisposedFix()) { Properties = { ["variable"] = "c", ["kind"] = "connection" } };

    [Fact]
    public Task Fixes_type_that_is_not_disposable() => Fixes(
        """
            class Store // of users
            {
                readonly Db db = {|SES1009:new Db()|};

                public int Count() => db.Users.Count();

                // to be continued
            }
        """,
        """
            class Store : IDisposable // of users
            {
                readonly Db db = new Db();

                public int Count() => db.Users.Count();

                // to be continued

                public void Dispose() => db.Dispose();
            }
        """);

    [Fact]
    public Task Fixes_type_with_bases_and_constraints() => Fixes(
        """
            interface IStore { }

            class Store<T> : IStore
                where T : class
            {
                private readonly SqlConnection connection;

                public Store(string cs)
                {
                    connection = {|SES1009:new SqlConnection(cs)|};
                }

                public void Open() => connection.Open();
            }
        """,
        """
            interface IStore { }

            class Store<T> : IStore, IDisposable
                where T : class
            {
                private readonly SqlConnection connection;

                public Store(string cs)
                {
                    connection = new SqlConnection(cs);
                }

                public void Open() => connection.Open();

                public void Dispose() => connection.Dispose();
            }
        """);

    [Fact]
    public Task Fixes_field_that_is_filled_later() => Fixes(
        """
            class Worker
            {
                SqlConnection connection;

                public void Start(string cs)
                {
                    connection = {|SES1009:new SqlConnection(cs)|};
                    connection.Open();
                }
            }
        """,
        """
            class Worker : IDisposable
            {
                SqlConnection connection;

                public void Start(string cs)
                {
                    connection = new SqlConnection(cs);
                    connection.Open();
                }

                public void Dispose() => connection?.Dispose();
            }
        """);

    [Fact]
    public Task Fixes_disposable_type() => Fixes(
        """
            class Store : IDisposable
            {
                readonly Db first = new Db(), second = {|SES1009:new Db()|};

                public int Count() => first.Users.Count() + second.Users.Count();

                public void Dispose()
                {
                    first.Dispose(); // the first
                    GC.SuppressFinalize(this);
                }
            }
        """,
        """
            class Store : IDisposable
            {
                readonly Db first = new Db(), second = new Db();

                public int Count() => first.Users.Count() + second.Users.Count();

                public void Dispose()
                {
                    first.Dispose(); // the first
                    second.Dispose();
                    GC.SuppressFinalize(this);
                }
            }
        """);

    [Fact]
    public Task Fixes_expression_body_and_one_line() => Fixes(
        """
            class A : IDisposable
            {
                readonly Db first = new Db(), second = {|SES1009:new Db()|};
                public int Count() => first.Users.Count() + second.Users.Count();
                public void Dispose() => first.Dispose();
            }

            class B : IDisposable
            {
                readonly Db first = new Db(), second = {|SES1009:new Db()|};
                public int Count() => first.Users.Count() + second.Users.Count();
                public void Dispose() { first.Dispose(); }
            }
        """,
        """
            class A : IDisposable
            {
                readonly Db first = new Db(), second = new Db();
                public int Count() => first.Users.Count() + second.Users.Count();
                public void Dispose()
                {
                    first.Dispose();
                    second.Dispose();
                }
            }

            class B : IDisposable
            {
                readonly Db first = new Db(), second = new Db();
                public int Count() => first.Users.Count() + second.Users.Count();
                public void Dispose() { first.Dispose(); second.Dispose(); }
            }
        """);

    [Fact]
    public Task Fixes_dispose_of_the_pattern() => Fixes(
        """
            class Store : IDisposable
            {
                private readonly Db db = {|SES1009:new Db()|};
                private bool disposed;

                public int Count() => db.Users.Count();

                protected virtual void Dispose(bool disposing)
                {
                    if (!disposed)
                    {
                        if (disposing)
                        {
                            // managed state
                        }

                        disposed = true;
                    }
                }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }
            }
        """,
        """
            class Store : IDisposable
            {
                private readonly Db db = new Db();
                private bool disposed;

                public int Count() => db.Users.Count();

                protected virtual void Dispose(bool disposing)
                {
                    if (!disposed)
                    {
                        if (disposing)
                        {
                            db.Dispose();
                            // managed state
                        }

                        disposed = true;
                    }
                }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }
            }
        """);

    [Fact]
    public Task Fixes_override_of_dispose() => Fixes(
        """
            class Root : IDisposable
            {
                protected virtual void Dispose(bool disposing) { }
                public void Dispose() => Dispose(true);
            }

            class Store : Root
            {
                private readonly Db db = {|SES1009:new Db()|}, other = new Db();

                public int Count() => db.Users.Count();

                protected override void Dispose(bool disposing)
                {
                    if (disposing)
                        other.Dispose();
                    base.Dispose(disposing);
                }
            }
        """,
        """
            class Root : IDisposable
            {
                protected virtual void Dispose(bool disposing) { }
                public void Dispose() => Dispose(true);
            }

            class Store : Root
            {
                private readonly Db db = new Db(), other = new Db();

                public int Count() => db.Users.Count();

                protected override void Dispose(bool disposing)
                {
                    if (disposing)
                    {
                        other.Dispose();
                        db.Dispose();
                    }
                    base.Dispose(disposing);
                }
            }
        """);

    [Fact]
    public Task Fixes_both_forms_of_disposal() => Fixes(
        """
            class Store : IDisposable, IAsyncDisposable
            {
                readonly Db first = new Db();
                Db db;

                public void Start() => db = {|SES1009:new Db()|};
                public int Count() => first.Users.Count() + db.Users.Count();

                public void Dispose()
                {
                    if (db is null) return;
                    first.Dispose();
                }

                public async ValueTask DisposeAsync()
                {
                    await first.DisposeAsync();
                }
            }
        """,
        """
            class Store : IDisposable, IAsyncDisposable
            {
                readonly Db first = new Db();
                Db db;

                public void Start() => db = new Db();
                public int Count() => first.Users.Count() + db.Users.Count();

                public void Dispose()
                {
                    if (db is null) return;
                    first.Dispose();
                    db?.Dispose();
                }

                public async ValueTask DisposeAsync()
                {
                    await first.DisposeAsync();
                    if (db is not null)
                    {
                        await db.DisposeAsync();
                    }
                }
            }
        """);

    [Fact]
    public Task Fixes_async_disposal_that_calls_the_other() => Fixes(
        """
            class Store : IDisposable, IAsyncDisposable
            {
                readonly Db first = new Db(), db = {|SES1009:new Db()|};
                public int Count() => db.Users.Count();
                public void Dispose() => first.Dispose();
                public ValueTask DisposeAsync() { Dispose(); return default; }
            }
        """,
        """
            class Store : IDisposable, IAsyncDisposable
            {
                readonly Db first = new Db(), db = new Db();
                public int Count() => db.Users.Count();
                public void Dispose()
                {
                    first.Dispose();
                    db.Dispose();
                }
                public ValueTask DisposeAsync() { Dispose(); return default; }
            }
        """);

    [Fact]
    public Task Fixes_async_core() => Fixes(
        """
            class Store : IAsyncDisposable
            {
                readonly Db first = new Db(), db = {|SES1009:new Db()|};

                public int Count() => db.Users.Count();

                protected virtual async ValueTask DisposeAsyncCore()
                {
                    await first.DisposeAsync().ConfigureAwait(false);
                }

                public async ValueTask DisposeAsync()
                {
                    await DisposeAsyncCore().ConfigureAwait(false);
                    GC.SuppressFinalize(this);
                }
            }
        """,
        """
            class Store : IAsyncDisposable
            {
                readonly Db first = new Db(), db = new Db();

                public int Count() => db.Users.Count();

                protected virtual async ValueTask DisposeAsyncCore()
                {
                    await first.DisposeAsync().ConfigureAwait(false);
                    await db.DisposeAsync();
                }

                public async ValueTask DisposeAsync()
                {
                    await DisposeAsyncCore().ConfigureAwait(false);
                    GC.SuppressFinalize(this);
                }
            }
        """);

    [Fact]
    public Task Fixes_async_disposal_that_has_nothing_to_do_yet() => Fixes(
        """
            interface ILifetime
            {
                Task InitializeAsync();
                Task DisposeAsync();
            }

            class A : ILifetime
            {
                Db db;

                public async Task InitializeAsync()
                {
                    db = {|SES1009:new Db()|};
                    await db.Users.ToListAsync();
                }

                public Task DisposeAsync() => Task.CompletedTask; // nothing
            }

            class B : IAsyncDisposable
            {
                readonly Db db = {|SES1009:new Db()|};
                public int Count() => db.Users.Count();

                public ValueTask DisposeAsync()
                {
                    // nothing
                    return ValueTask.CompletedTask;
                }
            }
        """,
        """
            interface ILifetime
            {
                Task InitializeAsync();
                Task DisposeAsync();
            }

            class A : ILifetime
            {
                Db db;

                public async Task InitializeAsync()
                {
                    db = new Db();
                    await db.Users.ToListAsync();
                }

                public async Task DisposeAsync()
                {
                    if (db is not null)
                    {
                        await db.DisposeAsync();
                    }
                } // nothing
            }

            class B : IAsyncDisposable
            {
                readonly Db db = new Db();
                public int Count() => db.Users.Count();

                public async ValueTask DisposeAsync()
                {
                    // nothing
                    await db.DisposeAsync();
                }
            }
        """);

    [Fact]
    public Task Fixes_name_that_is_hidden() => Fixes(
        """
            class Store : IDisposable
            {
                readonly Db db = {|SES1009:new Db()|};
                readonly List<IDisposable> all = new();

                public int Count() => db.Users.Count();

                public void Dispose()
                {
                    int db = all.Count;
                }
            }
        """,
        """
            class Store : IDisposable
            {
                readonly Db db = new Db();
                readonly List<IDisposable> all = new();

                public int Count() => db.Users.Count();

                public void Dispose()
                {
                    int db = all.Count;
                    this.db.Dispose();
                }
            }
        """);

    [Fact]
    public Task FixesAll_fields_of_a_type() => Fixes(
        """
            class Store
            {
                readonly Db first = {|SES1009:new Db()|};
                readonly Db second = {|SES1009:new Db()|};

                public int Count() => first.Users.Count() + second.Users.Count();
            }
        """,
        """
            class Store : IDisposable
            {
                readonly Db first = new Db();
                readonly Db second = new Db();

                public int Count() => first.Users.Count() + second.Users.Count();

                public void Dispose()
                {
                    first.Dispose();
                    second.Dispose();
                }
            }
        """);

    [Fact]
    public Task FixesAll_sources_of_one_field() => Fixes(
        """
            class Store
            {
                SqlConnection connection;

                public void Open(string cs)
                {
                    connection = {|SES1009:new SqlConnection(cs)|};
                    connection.Open();
                }

                public void Open(ISessions sessions)
                {
                    connection = {|SES1009:sessions.Open()|};
                }
            }
        """,
        """
            class Store : IDisposable
            {
                SqlConnection connection;

                public void Open(string cs)
                {
                    connection = new SqlConnection(cs);
                    connection.Open();
                }

                public void Open(ISessions sessions)
                {
                    connection = sessions.Open();
                }

                public void Dispose() => connection?.Dispose();
            }
        """);

    private const string Frameworks = """

        namespace NUnit.Framework
        {
            class SetUpAttribute : System.Attribute { }
            class TearDownAttribute : System.Attribute { }
            class OneTimeTearDownAttribute : System.Attribute { }
        }
        namespace Microsoft.VisualStudio.TestTools.UnitTesting
        {
            class TestInitializeAttribute : System.Attribute { }
            class TestCleanupAttribute : System.Attribute { }
        }

        """;

    private static string Test(string members) => "using NUnit.Framework;\nusing Microsoft.VisualStudio.TestTools.UnitTesting;\n" + members + Frameworks;

    [Fact]
    public Task Fixes_tear_down() => Made.FixesAsync(
        Test("""
            class Test
            {
                Connection c;

                [SetUp]
                public void Before()
                {
                    c = [|new Connection()|];
                    c.Open();
                }

                [TearDown]
                public void After()
                {
                }

                [OneTimeTearDown]
                public void AfterAll()
                {
                }
            }
            """),
        Test("""
            class Test
            {
                Connection c;

                [SetUp]
                public void Before()
                {
                    c = new Connection();
                    c.Open();
                }

                [TearDown]
                public void After()
                {
                    c?.Dispose();
                }

                [OneTimeTearDown]
                public void AfterAll()
                {
                }
            }
            """),
        Key,
        "Dispose 'c' in 'After'");

    [Fact]
    public Task Fixes_async_test_cleanup() => Made.FixesAsync(
        Test("""
            class Test
            {
                readonly Connection c = [|new Connection()|];

                [TestCleanup]
                public async System.Threading.Tasks.Task After()
                {
                    await c.CountAsync();
                }
            }
            """),
        Test("""
            class Test
            {
                readonly Connection c = new Connection();

                [TestCleanup]
                public async System.Threading.Tasks.Task After()
                {
                    await c.CountAsync();
                    await c.DisposeAsync();
                }
            }
            """));

    [Fact]
    public Task Fixes_type_without_using_of_system() => Made.FixesAsync(
        """
        class Test
        {
            readonly Connection c = [|new Connection()|];
            int Count() => c.Count();
        }
        """,
        """
        class Test : System.IDisposable
        {
            readonly Connection c = new Connection();
            int Count() => c.Count();

            public void Dispose() => c.Dispose();
        }
        """,
        Key,
        "Make 'Test' disposable and dispose 'c'");

    [Fact]
    public Task Fixes_transaction_before_its_connection() => new FixVerifier(new SessionFieldMustBeDisposedFix())
    {
        Properties = { ["variable"] = "t", ["kind"] = "transaction" },
    }.FixesAsync(
        """
        class Test : System.IDisposable
        {
            readonly Connection c = new Connection();
            Transaction t;
            bool done;

            void Begin() => t = [|c.BeginTransaction()|];
            string Name() => t.ToString();

            public void Dispose()
            {
                if (done)
                {
                    return;
                }

                c.Dispose();
                done = true;
            }
        }
        """,
        """
        class Test : System.IDisposable
        {
            readonly Connection c = new Connection();
            Transaction t;
            bool done;

            void Begin() => t = c.BeginTransaction();
            string Name() => t.ToString();

            public void Dispose()
            {
                if (done)
                {
                    return;
                }
                t?.Dispose();

                c.Dispose();
                done = true;
            }
        }
        """);

    [Fact]
    public Task Keeps_null_state() => new FixVerifier(new SessionFieldMustBeDisposedFix())
    {
        Nullable = Microsoft.CodeAnalysis.NullableContextOptions.Enable,
        Properties = { ["variable"] = "c", ["kind"] = "connection" },
    }.FixesAsync(
        """
        class Test
        {
            private Connection? c;

            Test() => c = [|new Connection()|];

            int Count() => c!.Count();
        }
        """,
        """
        class Test : System.IDisposable
        {
            private Connection? c;

            Test() => c = new Connection();

            int Count() => c!.Count();

            public void Dispose() => c?.Dispose();
        }
        """);

    [Fact]
    public Task Ignores_field_that_may_be_somebody_elses() => Nothing("""
            class Store
            {
                SqlConnection connection;

                public Store(SqlConnection shared) => connection = shared;

                public Store(string cs)
                {
                    connection = {|SES1009:new SqlConnection(cs)|};
                }

                public void Open() => connection.Open();
            }
        """);

    [Fact]
    public Task Ignores_parts_in_other_files() => RealReports.OffersNothing<SessionFieldMustBeDisposedFix>("""
            readonly Db db = {|SES1009:new Db()|};
            public int Count() => db.Users.Count();
        """);

    [Theory]

    // A base class, an heir or a name in the way.
    [InlineData("class Root : System.IDisposable { public virtual void Dispose() { } }", "class Test : Root", "")]
    [InlineData("class Root : System.IDisposable { protected virtual void Dispose(bool disposing) { } public void Dispose() { } }", "class Test : Root", "")]
    [InlineData("class Root { protected void Dispose() { } }", "class Test : Root", "")]
    [InlineData("class Heir : Test { public void Dispose() { } }", "class Test", "")]
    [InlineData("", "class Test", "int Dispose => 1;")]
    [InlineData("", "class Test", "int Dispose() => 1;")]
    [InlineData("", "class Test", "void Dispose(int i) { }")]
    [InlineData("", "class Test : Missing", "")]

    // Disposals that cannot take one more.
    [InlineData("", "abstract class Test : System.IDisposable", "public abstract void Dispose();")]
    [InlineData("", "class Test : System.IDisposable", "public void Dispose()\n    {\n        if (Count() == 0) return;\n        Log.Write(1);\n        return;\n    }")]
    [InlineData("", "class Test : System.IDisposable", "public void Dispose()\n    {\n        if (flag) { Log.Write(1); return; }\n        Log.Write(2);\n    }\n    bool flag;")]
    [InlineData("", "class Test : System.IDisposable", "public void Dispose()\n    {\n        throw new System.NotSupportedException();\n    }")]
    [InlineData("", "class Test : System.IDisposable", "public void Dispose() => throw new System.NotSupportedException();")]
    [InlineData("", "class Test : System.IDisposable", "public void Dispose()\n    {\n#if X\n        Log.Write(1);\n#endif\n    }")]
    [InlineData("", "class Test : System.IDisposable", "public void Dispose() {}")]
    [InlineData("", "class Test : System.IDisposable", "protected virtual void Dispose(bool disposing) { Log.Write(disposing); }\n    public void Dispose() { Dispose(true); }")]
    [InlineData("", "class Test : System.IDisposable", "protected virtual void Dispose(bool disposing)\n    {\n        if (disposing && Count() > 0)\n        {\n        }\n    }\n    public void Dispose() { Dispose(true); }")]
    [InlineData("", "class Test : System.IAsyncDisposable", "public System.Threading.Tasks.ValueTask DisposeAsync() => default;")]
    [InlineData("", "class Test : System.IAsyncDisposable", "public System.Threading.Tasks.ValueTask DisposeAsync() => /* no */ System.Threading.Tasks.ValueTask.CompletedTask;")]
    [InlineData("", "class Test : System.IAsyncDisposable", "public System.Threading.Tasks.ValueTask DisposeAsync() { return System.Threading.Tasks.ValueTask.CompletedTask; }")]
    [InlineData("", "class Test : System.IAsyncDisposable", "public System.Threading.Tasks.ValueTask DisposeAsync() => new();")]
    [InlineData("", "class Test : System.IDisposable, System.IAsyncDisposable", "public void Dispose() { Log.Write(1); }\n    public System.Threading.Tasks.ValueTask DisposeAsync() => default;")]

    // Not laid out so that a member can be added, or mentioned where this compilation does not look.
    [InlineData("", "class Test", "\n#if X\n    void Dispose() { }\n#endif")]
    [InlineData("", "class Test", "\n#if X\n    void End() { c = null; }\n#endif")]
    public Task Ignores_type(string others, string header, string member) => Made.OffersNothingAsync($$"""
        {{others}}
        {{header}}
        {
            readonly Connection c = [|new Connection()|];
            int Count() => c.Count();
            {{member}}
        }
        """);

    [Theory]
    [InlineData("static class Test { static Connection c = [|new Connection()|]; static int Count() => c.Count(); }")]
    [InlineData("class Test { readonly Connection c = [|new Connection()|]; int Count() => c.Count(); }")]
    [InlineData("record Test\n{\n    readonly Connection c = [|new Connection()|];\n    int Count() => c.Count();\n}")]
    [InlineData("struct Test\n{\n    Connection c;\n    void Go()\n    {\n        c = [|new Connection()|];\n        c.Open();\n    }\n}")]
    [InlineData("class Test\n{\n    AsyncOnly c = [|new AsyncOnly()|];\n    void Go() => c.Go();\n}")]
    [InlineData("class Test\n{\n    object c = [|new Connection()|];\n    string Go() => c.ToString();\n}")]
    [InlineData("class Test\n{\n    Scope c;\n    void Go()\n    {\n        c = [|new Scope()|];\n        c.Go();\n    }\n}")]
    [InlineData("class Test\n{\n    Connection c = [|new Connection()|];\n    int Count() => c.Count();\n    void Set(Connection other) => c = other;\n}")]
    [InlineData("class Test\n{\n    Connection c;\n    Test(Connection other) => c = other ?? [|new Connection()|];\n    int Count() => c.Count();\n}")]
    [InlineData("class Test\n{\n    Connection d = [|new Connection()|];\n    int Count() => d.Count();\n}")]
    [InlineData("class Test\n{\n    Connection c = [|new Connection()|];\n    int Count() => c.Count();\n    void End() => c.Close();\n}")]
    public Task Ignores_field(string source) => Made.OffersNothingAsync(source);

    [Theory]
    [InlineData("[SetUp]", "")]
    [InlineData("[SetUp]", "[OneTimeTearDown] public void A() { }")]
    [InlineData("[SetUp]", "[TearDown] public void A() { }\n    [TearDown] public void B() { }")]
    [InlineData("[SetUp]", "public void Dispose() { }")]
    [InlineData("[TestInitialize]", "")]
    public Task Ignores_set_up_without_tear_down(string attribute, string member) => Made.OffersNothingAsync(Test($$"""
        class Test
        {
            Connection c;

            {{attribute}}
            public void Before()
            {
                c = [|new Connection()|];
                c.Open();
            }

            {{member}}
        }
        """));
}
