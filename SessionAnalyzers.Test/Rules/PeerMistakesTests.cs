using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>What users of other analyzers complained about, each with the issue. Fields, containers and fixes have tests of their own.</summary>
public sealed class PeerMistakesTests
{
    // roslyn-analyzers#1404
    [CSharpFact(12)]
    public Task Ignores_initializer_extra_catch_and_wrapping() => Ignores("""
        sealed class Unit(SqlConnection c) : IDisposable { public void Dispose() => c.Dispose(); }
        Unit A()
        {
            SqlConnection c = null;
            try { c = new SqlConnection { ConnectionString = cs }; c.Open(); var unit = new Unit(c); c = null; return unit; }
            catch (SqlException e) { logger.LogError(e, "x"); throw; }
            finally { if (c != null) c.Dispose(); }
        }
        """);

    // roslyn-analyzers#2637
    [Fact]
    public Task Ignores_result_of_a_helper_that_disposes_on_one_branch() => Ignores("""
        SqlConnection Check(SqlConnection c) { if (c.State == ConnectionState.Broken) { c.Dispose(); return null; } return c; }
        SqlConnection M() => Check(new SqlConnection(cs));
        SqlConnection N() { var c = Check(sessions.Open()); return c; }
        """);

    // roslyn-analyzers#2583
    [Fact]
    public Task Ignores_return_of_a_creation_inside_a_catch() => Ignores("""
        Db Create() => new Db();
        Db M() { try { var db = Create(); return db; } catch { return Create(); } }
        """);

    // roslyn-analyzers#3873
    [Fact]
    public Task Ignores_return_of_cached_or_new() => Ignores("""
        Db cached;
        Db A() => cached ?? new Db();
        Db B() => Flag() ? new Db() : cached;
        Db D() { return cached is { } c ? c : contexts.CreateDbContext(); }
        """);

    // roslyn-analyzers#2245
    [Fact]
    public Task Ignores_out_from_a_pool_and_into_a_field() => Ignores("""
        interface IPool { bool TryTake(out SqlConnection c); void Rent(out Db db); }
        Db field;
        void M(IPool pool) { if (pool.TryTake(out var c)) { c.Execute(sql); } pool.Rent(out field); pool.Rent(out var db); db.SaveChanges(); }
        """);

    // roslyn-analyzers#7510
    [Fact]
    public Task Ignores_using_in_a_loop_with_a_callee_that_uses_using() => Ignores("""
        static void Save(SqlConnection c, int i) { using var command = c.CreateCommand(); using var tx = c.BeginTransaction(); command.Transaction = tx; command.ExecuteNonQuery(); tx.Commit(); }
        void M(int[] n) { foreach (var i in n) { using var c = new SqlConnection(cs); c.Open(); Save(c, i); } }
        """);

    // roslyn-analyzers#7648
    [Fact]
    public Task Ignores_try_finally_in_a_loop_with_another_using() => Ignores("""
        void Log() { using var db = new Db(); db.SaveChanges(); }
        void M() { while (Flag()) { var c = new SqlConnection(cs); try { c.Open(); Log(); } finally { c.Dispose(); } Log(); } }
        """);

    // roslyn-analyzers#7527
    [Fact]
    public Task Ignores_using_of_a_discard_with_a_loop() => Ignores("""
        void M(Db db, int[] n) { using (_ = new TransactionScope(TransactionScopeOption.Suppress)) { for (var i = 0; i < n.Length; i++) { db.Users.Find(n[i]); } } }
        """);

    // roslyn-analyzers#3008
    [Fact]
    public Task Ignores_insert() => Ignores("void M(List<SqlConnection> all) { var c = new SqlConnection(cs); all.Insert(0, c); c.Open(); }");

    // roslyn-analyzers#4636
    [Fact]
    public Task Ignores_client_that_owns_what_it_is_given() => Ignores("""
        class Client : IDisposable { readonly SqlConnection c; readonly bool owns; public Client(SqlConnection c, bool disposeConnection) { this.c = c; owns = disposeConnection; } public void Dispose() { if (owns) c.Dispose(); } }
        void M() { var c = new SqlConnection(cs); using var client = new Client(c, disposeConnection: true); Work(); }
        """);

    // roslyn-analyzers#6912
    [Fact]
    public Task Ignores_product_cached_by_its_factory() => Ignores("""
        sealed class Factory : IDisposable { Db db; public Db Create() => db ??= new Db(); public void Dispose() => db?.Dispose(); }
        void M(Factory f) { var db = f.Create(); db.SaveChanges(); f.Create().SaveChanges(); }
        """);

    // roslyn-analyzers#2212 #2347 #3042 #6765
    [Fact]
    public Task Ignores_async_shapes() => Ignores("""
        async Task A() { var c = new SqlConnection(cs); await using (c) { await c.OpenAsync().ConfigureAwait(false); } }
        async Task B() { await using (var c = new SqlConnection(cs)) { await c.OpenAsync(); await using (var tx = await c.BeginTransactionAsync()) { await tx.CommitAsync(); } } }
        async Task D() { using (var db = await contexts.CreateDbContextAsync().ConfigureAwait(false)) { await db.SaveChangesAsync(); } }
        async Task E() { var db = await contexts.CreateDbContextAsync(); await using var _ = db.ConfigureAwait(false); await db.SaveChangesAsync(); }
        async Task F() { await using var c = await source.OpenConnectionAsync(); await using var command = new NpgsqlCommand(sql, c); await using var r = await command.ExecuteReaderAsync(); while (await r.ReadAsync()) { await WorkAsync(); } }
        """);

    // roslyn-analyzers#3477
    [Fact]
    public Task Ignores_composite() => Ignores("""
        class Bag : IDisposable { IDisposable[] all; public Bag(params IDisposable[] all) => this.all = all; public void Dispose() { foreach (var d in all) d.Dispose(); } }
        void M() { var c = new SqlConnection(cs); var db = new Db(); using var bag = new Bag(c, db); c.Open(); db.SaveChanges(); }
        """);

    // roslyn-analyzers#2892 #6019 #2681, DisposableFixer#106
    [Fact]
    public Task Ignores_interlocked() => Ignores("""
        class Owner : IDisposable { SqlConnection f = new SqlConnection(""); public void Dispose() => Interlocked.Exchange(ref f, null)?.Dispose(); public void Reset() { var old = Interlocked.Exchange(ref f, new SqlConnection("")); old?.Dispose(); } }
        """);

    // roslyn-analyzers#7297
    [Fact]
    public Task Ignores_pattern_in_dispose() => Ignores("""
        class Owner : IDisposable { SqlConnection f = new(""); public void Dispose() { if (f is { } x) x.Dispose(); } }
        """);

    // roslyn-analyzers#4950 #2325
    [Fact]
    public Task Ignores_asynchronous_owners() => Ignores("""
        class Owner : IAsyncDisposable { Db db = new(); public async ValueTask DisposeAsync() { await DisposeAsyncCore(); GC.SuppressFinalize(this); } protected virtual async ValueTask DisposeAsyncCore() { if (db is not null) await db.DisposeAsync().ConfigureAwait(false); db = null; } }
        """);

    // roslyn-analyzers#2182
    [Fact]
    public Task Ignores_field_that_is_maybe_disposed_by_a_callee() => Ignores("""
        class Owner : IDisposable { Db db = new(); void Free(bool all) { if (all) db.Dispose(); } public void Dispose() => Free(true); }
        """);

    // IDisposableAnalyzers#573
    [Fact]
    public Task Ignores_database_connection() => Ignores("async Task M(Db db) { var c = db.Database.GetDbConnection(); await c.OpenAsync(); var command = c.CreateCommand(); await command.ExecuteNonQueryAsync(); }");

    // IDisposableAnalyzers#125
    [Fact]
    public Task Ignores_objects_of_a_cache() => Ignores("""
        static class Cache { static readonly Dictionary<string, SqlConnection> All = new(); public static SqlConnection Get(string k) { if (!All.TryGetValue(k, out var c)) { c = new SqlConnection(k); All[k] = c; } return c; } }
        void M() { var c = Cache.Get(cs); c.Open(); Cache.Get(sql).Open(); }
        """);

    // IDisposableAnalyzers#210
    [Fact]
    public Task Ignores_service_locator() => Ignores("""
        class Locator { public static IServiceProvider Provider; public static T Get<T>() => Provider.GetRequiredService<T>(); public static Db CreateDb() => Provider.GetRequiredService<Db>(); }
        void M() { var a = Locator.Get<Db>(); a.SaveChanges(); var b = Locator.CreateDb(); b.SaveChanges(); }
        """);

    // IDisposableAnalyzers#481 #202
    [Fact]
    public Task Ignores_assignment_after_check_or_disposal() => Ignores("""
        void A() { SqlConnection c = null; if (c == null) c = new SqlConnection(cs); c.Dispose(); c = new SqlConnection(sql); c.Dispose(); }
        void B(int[] n) { Db db = null; foreach (var i in n) { using (db = new Db()) { db.SaveChanges(); } } }
        """);

    // IDisposableAnalyzers#239
    [Fact]
    public Task Ignores_dispose_and_replace_on_one_path() => Ignores("""
        SqlConnection M() { var c = sessions.Open(); if (c.State != ConnectionState.Open) { c.Dispose(); c = new SqlConnection(cs); c.Open(); } return c; }
        """);

    // IDisposableAnalyzers#512 #475 #76
    [Fact]
    public Task Ignores_unrelated_tasks_returned_from_using() => Ignores("""
        Task A() { using var db = new Db(); db.SaveChanges(); return Task.CompletedTask; }
        Task<int> B() { using var db = new Db(); return Task.FromResult(db.SaveChanges()); }
        ValueTask<int> D() { using (var db = new Db()) { return new ValueTask<int>(db.SaveChanges()); } }
        """);

    // IDisposableAnalyzers#476 #219 #93 #470
    [Fact]
    public Task Reports_value_task_factories_like_task_factories() => Reports("""
        ValueTask<Db> A() => new ValueTask<Db>(new Db());
        async ValueTask<Db> B() { await Task.Yield(); return new Db(); }
        ValueTask<Db> D() => B();
        async Task M() { var a = await {|SES1001:A()|}; var b = await {|SES1001:B()|}; var d = await {|SES1001:D()|}; a.SaveChanges(); b.SaveChanges(); d.SaveChanges(); }
        """);

    // IDisposableAnalyzers#213 #236
    [Fact]
    public Task Ignores_real_transfer_to_a_constructor() => Ignores("""
        class Store : IDisposable { readonly SqlConnection c; public Store(SqlConnection c) { this.c = c; c.Open(); } public void Dispose() => c.Dispose(); }
        void M() { using var store = new Store(new SqlConnection(cs)); Work(); }
        """);

    // IDisposableAnalyzers#204, sonar-dotnet#5879
    [Fact]
    public Task Ignores_dispose_async() => Ignores("""
        async Task M() { var db = new Db(); try { await db.SaveChangesAsync(); } finally { await db.DisposeAsync().ConfigureAwait(false); } }
        void N() { var db = new Db(); try { db.SaveChanges(); } finally { db.DisposeAsync().AsTask().GetAwaiter().GetResult(); } }
        """);

    // IDisposableAnalyzers#392
    [Fact]
    public Task Ignores_task_that_is_disposable() => Ignores("async Task<int> M(Db db) { var task = db.SaveChangesAsync(); var n = await task; return n; }");

    // sonar-dotnet#1038 #649
    [Fact]
    public Task Ignores_two_different_objects_disposed() => Ignores("""
        void M() { var a = new SqlConnection(cs); a.Dispose(); a = new SqlConnection(sql); a.Dispose(); }
        void N() { using (var a = new SqlConnection(cs)) { a.Open(); a.Close(); } }
        """);

    // sonaranalyzer-dotnet#655
    [Fact]
    public Task Ignores_from_result() => Ignores("Task<Db> M() { var db = new Db(); return Task.FromResult(db); } Task<Db> N() => Task.FromResult(new Db());");

    // Meziantou.Analyzer#1117 #1134 #1147 #1115
    [Fact]
    public Task Ignores_synchronous_forms_in_async_code() => Ignores("""
        async Task M() { using var c = new SqlConnection(cs); await c.OpenAsync(); using var db = contexts.CreateDbContext(); await db.SaveChangesAsync(); using var tx = c.BeginTransaction(); tx.Commit(); }
        """);

    // codeql#7227 #2256
    [Fact]
    public Task Ignores_streams_and_using_of_an_existing_variable() => Ignores("""
        void M() { var stream = new MemoryStream(); stream.WriteByte(1); SqlConnection c; c = new SqlConnection(cs); using (c) { c.Open(); } }
        """);

    // infersharp#175 #221
    [Fact]
    public Task Ignores_tasks_and_collections() => Ignores("""
        async Task M() { var tasks = new List<Task<Db>> { contexts.CreateDbContextAsync(), contexts.CreateDbContextAsync() }; foreach (var db in await Task.WhenAll(tasks)) { await db.DisposeAsync(); } }
        async Task N() { var first = await Task.WhenAny(sessions.OpenAsync(), sessions.OpenAsync()); (await first).Dispose(); }
        """);

    // sqlclosecheck#43 #35
    [Fact]
    public Task Ignores_close_in_a_helper_or_closure() => Ignores("""
        static void CloseAll(params IDisposable[] all) { foreach (var d in all) d?.Dispose(); }
        void A(SqlCommand command) { var c = sessions.Open(); var r = command.ExecuteReader(); try { r.Read(); } finally { CloseAll(r, c); } }
        void B() { var c = sessions.Open(); Action close = () => { c.Close(); }; try { Work(); } finally { close(); } }
        void D() { var c = sessions.Open(); try { Work(); } finally { End(); } void End() => c.Close(); }
        """);

    // rowserrcheck#32
    [Fact]
    public Task Ignores_reader_returned_to_the_caller() => Ignores("IDataReader M(SqlConnection c) { var command = c.CreateCommand(); command.CommandText = sql; var r = command.ExecuteReader(); r.Read(); return r; }");

    // DisposableFixer#50
    [Fact]
    public Task Ignores_mocks() => IgnoresFile("""
        using Moq;
        class M1 { void M() { var factory = new Mock<IDbContextFactory<Db>>(); factory.Setup(f => f.CreateDbContext()).Returns(new Db()); var connection = new Mock<DbConnection>(); connection.Object.Open(); } }
        """);

    // roslyn-analyzers#5138 #7590
    [Fact]
    public Task Reports_four_cases_of_factories() => Reports("""
        class F { public static Db A() => new Db(); public Db B() { var db = {|SES1004:new Db()|}; db.Users.Load(); return db; } public Db D { get { return new Db(); } } public static Task<Db> E() => Task.FromResult(new Db()); }
        async Task M(F f) { var a = {|SES1001:F.A()|}; var b = {|SES1001:f.B()|}; var e = await {|SES1001:F.E()|}; a.SaveChanges(); b.SaveChanges(); e.SaveChanges(); }
        """);

    // roslyn-analyzers#5330, IDisposableAnalyzers#354 #521 #322
    [Fact]
    public Task Reports_factory_behind_an_interface() => Reports("""
        interface IF { Db Make(); Task<Db> MakeAsync(); }
        class F1 : IF { public Db Make() => new Db(); public async Task<Db> MakeAsync() { await Task.Yield(); return new Db(); } }
        class F2 : IF { Db IF.Make() { return new Db(); } Task<Db> IF.MakeAsync() => Task.FromResult(new Db()); }
        async Task M(IF f) { var a = {|SES1001:f.Make()|}; a.SaveChanges(); var b = await {|SES1001:f.MakeAsync()|}; b.SaveChanges(); }
        """);

    // sdk#52179
    [Fact]
    public Task Reports_transaction_that_nobody_ends() => Reports("""
        void M(SqlConnection c) { var tx = {|SES1001:c.BeginTransaction()|}; using var command = new SqlCommand(sql, c, tx); command.ExecuteNonQuery(); }
        """);

    // docs#25722
    [Fact]
    public Task Reports_documented_bad_example() => Reports("""
        SqlConnection OpenPort(string s) { var port = {|SES1001:new SqlConnection(s)|}; port.Open(); SomeMethod(); return null; }
        static void SomeMethod() => File.Delete("x");
        """);

    // roslyn-analyzers#4885
    [Fact]
    public Task Reports_throw_between_creation_and_disposal() => Reports("void M(int n) { var db = {|SES1002:new Db()|}; if (n < 0) throw new ArgumentException(nameof(n)); db.Dispose(); }");

    // IDisposableAnalyzers#240
    [Fact]
    public Task Reports_disposal_in_the_catch_block_only() => Reports("void M() { var c = {|SES1001:sessions.Open()|}; try { c.Execute(sql); } catch (Exception) { c.Dispose(); } }");

    // sonar-dotnet#4078
    [Fact]
    public Task Reports_three_leaks_of_one_service() => Reports("""
        int A() { var db = {|SES1001:new Db()|}; return db.Users.Count(); }
        void B() { var c = {|SES1001:sessions.Open()|}; c.Execute(sql); }
        bool D() => {|SES1007:new Db()|}.Users.Any();
        """);

    // sonar-dotnet#2615
    [Fact]
    public Task Ignores_wrapper_that_disposes_its_inner_object() => Ignores("""
        sealed class Wrapper : IDisposable { readonly Db inner; public Wrapper(Db inner) => this.inner = inner ?? throw new ArgumentNullException(nameof(inner)); public void Dispose() => inner.Dispose(); }
        void M() { var db = new Db(); using (new Wrapper(db)) { db.SaveChanges(); } }
        """);

    // infersharp#129
    [Fact]
    public Task Reports_nested_creation() => Reports("void M() { using var command = new SqlCommand(sql, {|SES1007:new SqlConnection(cs)|}); command.Connection.Open(); command.ExecuteNonQuery(); }");

    // DisposableFixer#108
    [Fact]
    public Task Reports_anonymous_receiver() => Reports("class F { public Db Create() => new Db(); } int M() => {|SES1007:new F().Create()|}.Users.Count();");

    // Meziantou.Analyzer#1132
    [Fact]
    public Task Reports_connection_in_the_first_place() => Reports("void M() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); using var command = c.CreateCommand(); command.ExecuteNonQuery(); }");

    // IDisposableAnalyzers#61
    [Fact]
    public Task Ignores_mutually_recursive_setters() => Ignores("""
        SqlConnection A { get => B; set { B = value; } }
        SqlConnection B { get => A; set { A = value; } }
        void M() { A = new SqlConnection(cs); B = A; var c = A; c.Open(); }
        """);

    // IDisposableAnalyzers#212 #178
    [Fact]
    public Task Ignores_recursive_overloads() => Ignores("""
        SqlConnection Get(int n) => Get(n.ToString());
        SqlConnection Get(string s) => Get(s.Length);
        SqlConnection Get(object o) => o is string s ? Get(s) : Get(1);
        void M() { var c = Get(1); c.Open(); Get((object)1).Open(); }
        """);

    // IDisposableAnalyzers#257
    [Fact]
    public Task Reports_factory_of_another_file() => ReportsFiles(
        "partial class C { void M() { var c = {|SES1001:Other()|}; c.Open(); Finish({|SES1007:new Db()|}); } }",
        "partial class C { private string pad = \"\"; SqlConnection Other() { var c = {|SES1004:new SqlConnection(cs)|}; Finish2(c); return c; } }",
        "partial class C { void Finish(Db db) => db.SaveChanges(); static void Finish2(SqlConnection c) => c.Open(); }");

    // roslyn-analyzers#3268 #2943 #3238
    [Fact]
    public Task Reports_session_of_a_nested_tuple() => Reports("""
        ((Db First, int) Pair, string) Nested() => ((new Db(), 1), "");
        (Db, SqlConnection) Two() { var db = new Db(); var c = new SqlConnection(cs); return (db, c); }
        void M() { var n = Nested(); n.Pair.First.SaveChanges(); var (db, c) = {|SES1001:Two()|}; using (c) { db.SaveChanges(); } }
        """);

    // sonar-dotnet#3162
    [Fact]
    public Task Ignores_ranges_and_indices() => Ignores("""
        void M(SqlConnection[] all) { var last = all[^1]; var some = all[1..^1]; last.Open(); some[0].Open(); using var c = new SqlConnection(cs[1..^0]); c.Open(); _ = sql[..^1]; }
        """);

    // roslyn-analyzers#3084 #2874
    [Fact]
    public Task Reports_leak_beside_a_using_declaration() => Reports("void M() { using var a = new Db(); var b = {|SES1001:new Db()|}; b.SaveChanges(); using var c = new Db(); }");

    // infersharp#92
    [Fact]
    public Task Reports_object_acquisition_and_path() => Reports("""
        void M()
        {
            var audit = {|#0:contexts.CreateDbContext()|};
            {|#1:audit.SaveChanges();|}
        }
        """, new DiagnosticResult("SES1001", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1)
        .WithMessage("'audit', the context from 'CreateDbContext', is not disposed when the method ends (line 4)"));

    // DisposableFixer#55, nunit.analyzers#576
    [Fact]
    public Task Ignores_fixtures_with_tear_down() => IgnoresFile("""
        using NUnit.Framework;
        class Fixture { Db db; [SetUp] public void SetUp() { db = new Db(); db.Users.Load(); } [TearDown] public void TearDown() => db.Dispose(); [Test] public void T() => Assert.That(db.Users.Count(), Is.Zero); }
        """);

    // go#34544
    [Fact]
    public Task Reports_reader_that_is_read_to_its_end() => Reports("void M(SqlCommand command) { var r = {|SES1013:command.ExecuteReader()|}; while (r.Read()) { } }");

    // vs-threading#129
    [Fact]
    public Task Reports_using_of_the_task() => Reports("void M() { using (var task = {|SES1001:sessions.OpenAsync()|}) { Work(); } }");
}
