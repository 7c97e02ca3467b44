using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1009: private fields that own a session which nothing in the type ends.</summary>
public sealed class SessionFieldMustBeDisposedTests
{
    [Fact]
    public Task Reports_field_of_a_type_that_is_not_disposable() => Reports("""
        class Store { readonly Db db = {|SES1009:new Db()|}; public int Count() => db.Users.Count(); }
        """);

    [Fact]
    public Task Reports_field_that_the_constructor_fills() => Reports("""
        class Store { readonly SqlConnection c; public Store(string cs) { c = {|SES1009:new SqlConnection(cs)|}; } public void Go() { c.Open(); c.Execute("x"); } }
        """);

    [Fact]
    public Task Reports_disposable_type_that_forgets_one_field() => Reports("""
        class Store : IDisposable
        {
            readonly Db first = new Db(), second = {|SES1009:new Db()|};
            public int Count() => first.Users.Count() + second.Users.Count();
            public void Dispose() => first.Dispose();
        }
        """);

    [CSharpFact(12)]
    public Task Reports_context_from_a_factory() => Reports("""
        class Worker(IDbContextFactory<Db> factory) { Db db; public void Start() { db = {|SES1009:factory.CreateDbContext()|}; } public int Count() => db.Users.Count(); }
        """);

    [Fact]
    public Task Reports_field_that_a_helper_borrows() => Reports("""
        class Store { readonly Db db = {|SES1009:new Db()|}; public int Count() => Of(db); static int Of(Db db) => db.Users.Count(); }
        """);

    [Fact]
    public Task Ignores_every_form_of_disposal() => Ignores("""
        class A : IDisposable { readonly Db db = new Db(); public void Dispose() => db.Dispose(); }
        class B : IDisposable { Db db = new Db(); public void Dispose() { db?.Dispose(); db = null; } }
        class C1 : IAsyncDisposable { readonly Db db = new Db(); public ValueTask DisposeAsync() => db.DisposeAsync(); }
        class D : IDisposable { readonly Db db = new Db(); protected virtual void Dispose(bool disposing) { if (disposing) { db.Dispose(); } } public void Dispose() => Dispose(true); }
        class E { SqlConnection c; public void Start(string cs) { c = new SqlConnection(cs); c.Open(); } public void Stop() => c.Close(); }
        class F : IDisposable { Db db = new Db(); public void Dispose() => Interlocked.Exchange(ref db, null)?.Dispose(); }
        class G : IDisposable { readonly Db db = new Db(); public void Dispose() { if (db is { } live) { live.Dispose(); } } }
        class H : IDisposable { readonly Db db = new Db(); public void Dispose() { using (db) { } } }
        class I : IDisposable { readonly Db db = new Db(); public void Dispose() => End(db); static void End(IDisposable it) => it.Dispose(); }
        """);

    [Fact]
    public Task Ignores_field_that_leaves() => Ignores("""
        class A { readonly Db db = new Db(); public Db Get() => db; }
        class B { readonly Db db = new Db(); readonly List<IDisposable> all = new(); public B() { all.Add(db); } }
        class C1 { SqlConnection c; public IDbConnection Connection { get { if (c == null) { c = new SqlConnection(""); c.Open(); } return c; } } }
        class D { readonly Db db = new Db(); public IDisposable[] All() => new IDisposable[] { db }; }
        """);

    [Fact]
    public Task Ignores_field_that_others_can_reach() => Ignores("""
        class A { protected readonly Db db = new Db(); public int Count() => db.Users.Count(); }
        class B { public Db Db { get; } = new Db(); }
        class C1 { internal Db db = new Db(); }
        """);

    [Fact]
    public Task Ignores_static_field() => Ignores("class A { static readonly Db db = new Db(); public int Count() => db.Users.Count(); }");

    [Fact]
    public Task Ignores_injected_context() => Ignores("class A { readonly Db db; public A(Db db) { this.db = db; } public int Count() => db.Users.Count(); }");

    [Fact]
    public Task Ignores_connection_that_a_mapper_opens_and_closes() => Ignores("""
        class A { readonly SqlConnection c; public A(string cs) { c = new SqlConnection(cs); } public int Count() => c.ExecuteScalar<int>("x"); }
        """);

    [CSharpFact(12)]
    public Task Ignores_transaction_that_is_finished() => Ignores("""
        class A(SqlConnection c) { SqlTransaction t; public void Begin() { t = c.BeginTransaction(); } public void Commit() => t.Commit(); }
        """);

    [Fact]
    public Task Ignores_disposal_in_another_part() => Ignores("""
        partial class A { readonly Db db = new Db(); public int Count() => db.Users.Count(); }
        partial class A : IDisposable { public void Dispose() => db.Dispose(); }
        """);
}
