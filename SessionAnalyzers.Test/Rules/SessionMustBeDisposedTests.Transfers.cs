using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>Silence of all rules: what is handed on, and what never was ours.</summary>
public sealed partial class SessionMustBeDisposedTests
{
    // EventFlow MsSqlConnectionString: the using taken out.
    [Fact]
    public Task Reports_session_that_is_only_lent_to_callers() => Reports("""
        T With<T>(Func<SqlConnection, T> work)
        {
            var c = {|SES1001:new SqlConnection(cs)|};
            c.Open();
            return work(c);
        }
        void With(Action<SqlConnection> work) => With<int>(c => { work(c); return 0; });
        int A() => With(c => c.ExecuteScalar<int>(sql));
        int B() => With<int>(Count);
        void D() => With(c => { c.Execute(sql); });
        static int Count(SqlConnection c) => c.Query<int>("x").Count();
        """);

    [Fact]
    public Task Reports_session_that_is_lent_inside_a_lambda() => Reports("""
        Task<T> RunAsync<T>(Func<IDbConnection, CancellationToken, Task<T>> work, CancellationToken token) =>
            Retry(async () =>
            {
                IDbConnection c = {|SES1001:new SqlConnection(cs)|};
                return await work(c, token);
            });
        static Task<T> Retry<T>(Func<Task<T>> run) => run();
        Task<int> A() => RunAsync((c, t) => c.ExecuteAsync(sql), default);
        """);

    [Theory]
    [InlineData("int A() => With(c => { c.Dispose(); return 0; });")]
    [InlineData("SqlConnection A() => With(c => c);")]
    [InlineData("SqlConnection held; int A() => With(c => { held = c; return 0; });")]
    [InlineData("int A() => With(c => { using (c) { return 1; } });")]
    [InlineData("int A(Func<SqlConnection, int> f) => With(f); void B(C other) => other.A(Count); static int Count(SqlConnection c) { c.Dispose(); return 1; }")]
    [InlineData("Func<int> A() => With<Func<int>>(c => () => c.ExecuteScalar<int>(sql));")]
    [InlineData("int A() => With(c => c.ExecuteScalar<int>(sql)); int B(Func<SqlConnection, int> f) => With(f);")]
    [InlineData("SqlDataReader A() => With(c => { var q = c.CreateCommand(); return q.ExecuteReader(CommandBehavior.CloseConnection); });")]
    [InlineData("IDataReader A() => With(c => c.ExecuteReader(sql));")]
    [InlineData("IEnumerable<User> A() => With(c => c.Query<User>(sql, buffered: false));")]
    [InlineData("List<IDataReader> A() => With(c => new List<IDataReader> { c.ExecuteReader(sql) });")]
    [InlineData("SqlCommand A() => With(Command); static SqlCommand Command(SqlConnection c) => c.CreateCommand();")]
    [InlineData("List<IDataReader> rs; int A() => With(c => { var q = c.CreateCommand(); rs.Add(q.ExecuteReader(CommandBehavior.CloseConnection)); return 0; });")]
    [InlineData("Func<Func<SqlConnection, int>, int> A() { With(c => c.ExecuteScalar<int>(sql)); return With<int>; }")]
    [InlineData("")]
    public Task Ignores_session_that_callers_may_keep(string callers) => Ignores($$"""
        T With<T>(Func<SqlConnection, T> work) { var c = new SqlConnection(cs); c.Open(); return work(c); }
        {{callers}}
        """);

    // What a library does that is not restored: it works with the session before the dot.
    [Fact]
    public Task Reports_calls_that_do_not_compile() => Reports("""
        void M(List<User> users)
        {
            var db = {|SES1001:new Db()|};
            db.{|CS1061:BulkInsert|}(users);
            db.Users.Where(u => u.Id > 1).{|CS1061:BatchDelete|}();
        }
        async Task N(List<User> users)
        {
            var db = {|SES1001:new Db()|};
            await db.{|CS1061:BulkInsertAsync|}(users).ConfigureAwait(false);
        }
        """);

    [Fact]
    public Task Reports_lambda_with_a_call_that_does_not_compile() => Reports("""
        void M(List<User> users)
        {
            var c = {|SES1001:new SqlConnection(cs)|};
            users.ForEach(u => c.{|CS1061:Store|}(u));
        }
        """);

    [Fact]
    public Task Ignores_calls_that_do_not_compile_and_may_take_over() => Reports("""
        void M(List<User> users)
        {
            var a = new SqlConnection(cs);
            a.{|CS1061:DisposeWith|}(this);
            var b = new SqlConnection(cs);
            {|CS0103:Keep|}(b);
            var c = new SqlConnection(cs);
            var d = c.{|CS1061:CreateUnitOfWork|}();
            var e = new SqlConnection(cs);
            e.{|CS1501:Close|}(1);
            var f = new SqlConnection(cs);
            f.Open();
            var g = f.{|CS1061:ReadAll|}(sql);
        }
        """);

    [Fact]
    public Task Ignores_half_typed_call() => Reports("""
        void M()
        {
            var c = new SqlConnection(cs);
            c.{|CS1001:|}{|CS1002:|}
        }
        """);

    // Dapper's benchmarks: the lambda outlives the method, and the context is there for it.
    [Theory]
    [InlineData("runs.Add(id => db.Users.First(u => u.Id == id));")]
    [InlineData("Keep(id => db.Users.First(u => u.Id == id));")]
    [InlineData("Pass(id => db.Users.First(u => u.Id == id));")]
    [InlineData("kept.Keep(id => db.Users.First(u => u.Id == id));")]
    public Task Ignores_session_of_a_function_that_is_kept(string use) => Ignores($$"""
        interface IKept { void Keep(Func<int, object> run); }
        class Kept : IKept { Func<int, object> run; public void Keep(Func<int, object> run) => this.run = run; }
        List<Func<int, object>> runs;
        IKept kept;
        void Keep(Func<int, object> run) => runs.Add(run);
        void Pass(Func<int, object> run) { if (run != null) { Keep(run); } }
        void M() { var db = new Db(); {{use}} }
        """);

    [Fact]
    public Task Reports_session_of_a_function_that_is_run() => Reports("""
        static void Run(Func<int, object> run) { if (run != null) { Again(run); run?.Invoke(1); } }
        static void Again(Func<int, object> run) => run(2);
        void M() { var db = {|SES1001:new Db()|}; Run(id => db.Users.First(u => u.Id == id)); }
        """);

    // Dapper SqlMapper.ExecuteReaderWithFlagsFallbackAsync
    [Fact]
    public Task Ignores_task_that_has_failed() => Ignores("""
        Task<SqlDataReader> M(SqlCommand q)
        {
            var task = q.ExecuteReaderAsync(CommandBehavior.SequentialAccess);
            if (task.Status == TaskStatus.Faulted && task.Exception.InnerException is ArgumentException)
            {
                return q.ExecuteReaderAsync();
            }
            return task;
        }
        """);

    // Dapper SqlMapper.ExecuteReaderWithFlagsFallback
    [Fact]
    public Task Ignores_temporary_of_an_expression_that_fails() => Ignores("""
        static DbDataReader Wrap(IDataReader reader) => reader as DbDataReader ?? Other(reader);
        static DbDataReader Other(IDataReader reader) { kept.Add(reader); return null; }
        static readonly List<IDataReader> kept;
        DbDataReader M(IDbCommand q)
        {
            try { return Wrap(q.ExecuteReader(CommandBehavior.SequentialAccess)); }
            catch (ArgumentException e)
            {
                if (e.ParamName == "x") { return Wrap(q.ExecuteReader()); }
                throw;
            }
        }
        """);

    [Fact]
    public Task Ignores_return() => Ignores("SqlConnection M() => new SqlConnection(cs);");

    [Fact]
    public Task Ignores_return_of_an_opened_variable() => Ignores("SqlConnection M() { var c = new SqlConnection(cs); c.Open(); return c; }");

    // roslyn-analyzers#3873
    [Fact]
    public Task Ignores_return_of_coalescing() => Ignores("""
        SqlConnection M(SqlConnection existing) => existing ?? new SqlConnection(cs);
        SqlConnection N(SqlConnection existing) { return Flag() ? new SqlConnection(cs) : existing; }
        """);

    // roslyn-analyzers#2583
    [Fact]
    public Task Ignores_return_in_a_catch() => Ignores("""
        SqlConnection Create() => new SqlConnection(cs);
        SqlConnection M() { try { return sessions.Open(); } catch (Exception) { return Create(); } }
        """);

    // roslyn-analyzers#2637
    [Fact]
    public Task Ignores_return_of_a_helper_that_may_return_null() => Ignores("""
        SqlConnection Try() { var c = new SqlConnection(cs); try { c.Open(); return c; } catch (SqlException) { c.Dispose(); return null; } }
        SqlConnection M() => Try();
        SqlConnection N() { var c = Try(); return c; }
        """);

    [Fact]
    public Task Ignores_return_of_a_switch_expression() => Ignores("""
        DbConnection M(string kind) => kind switch { "sqlite" => new SqliteConnection(cs), "pg" => new NpgsqlConnection(cs), _ => new SqlConnection(cs) };
        """);

    [Fact]
    public Task Ignores_async_return() => Ignores("""
        async Task<SqlConnection> M() { var c = new SqlConnection(cs); try { await c.OpenAsync(); return c; } catch { await c.DisposeAsync(); throw; } }
        """);

    [Fact]
    public Task Reports_only_the_failure_of_an_async_factory() =>
        Reports("async Task<SqlConnection> M() { var c = {|SES1004:new SqlConnection(cs)|}; await c.OpenAsync(); await c.ExecuteAsync(sql); return c; }");

    [Fact]
    public Task Ignores_return_of_a_task() => Ignores("Task<SqlConnection> M() => sessions.OpenAsync();");

    // sonaranalyzer-dotnet#655
    [Fact]
    public Task Ignores_completed_task() => Ignores("Task<SqlConnection> M() { var c = new SqlConnection(cs); return Task.FromResult(c); }");

    [Fact]
    public Task Ignores_completed_task_of_an_interface() => Ignores("Task<IDbConnection> M() { var c = new SqlConnection(cs); return Task.FromResult<IDbConnection>(c); }");

    // IDisposableAnalyzers#470
    [Fact]
    public Task Ignores_value_tasks() => Ignores("""
        ValueTask<SqlConnection> A() => new(new SqlConnection(cs));
        ValueTask<SqlConnection> B() { var c = new SqlConnection(cs); return ValueTask.FromResult(c); }
        async ValueTask<SqlConnection> D() { var c = new SqlConnection(cs); await c.OpenAsync(); return c; }
        """);

    [Fact]
    public Task Ignores_task_completion_source() => Ignores("""
        Task<SqlConnection> M() { var source = new TaskCompletionSource<SqlConnection>(); var c = new SqlConnection(cs); source.SetResult(c); return source.Task; }
        """);

    [Fact]
    public Task Reports_only_the_failure_of_a_returned_tuple() => Reports("""
        (SqlConnection, SqlTransaction) M() { var c = {|SES1004:new SqlConnection(cs)|}; c.Open(); return (c, c.BeginTransaction()); }
        """);

    [Fact]
    public Task Ignores_returned_tuple_variable() => Ignores("""
        (SqlConnection C, int N) M() { var c = new SqlConnection(cs); c.Open(); var pair = (c, 1); return pair; }
        """);

    [Fact]
    public Task Ignores_returned_record() => Ignores("""
        record Unit(SqlConnection Connection) : IDisposable { public void Dispose() => Connection.Dispose(); }
        Unit M() { var c = new SqlConnection(cs); c.Open(); return new Unit(c); }
        Unit N() { var c = new SqlConnection(cs); c.Open(); return new(c) { Connection = c }; }
        """);

    [Fact]
    public Task Ignores_returned_object_with_initializer() => Ignores("""
        class Holder { public SqlConnection Connection { get; set; } public Db Context; }
        Holder M() { var c = new SqlConnection(cs); c.Open(); return new Holder { Connection = c, Context = new Db() }; }
        """);

    [Fact]
    public Task Ignores_returned_anonymous_object() => Ignores("object M() { var c = new SqlConnection(cs); c.Open(); return new { c }; }");

    [Fact]
    public Task Ignores_yield() => Ignores("IEnumerable<SqlConnection> M() { var c = new SqlConnection(cs); c.Open(); yield return c; yield return new SqlConnection(cs); }");

    [Fact]
    public Task Ignores_async_yield() => Ignores("async IAsyncEnumerable<SqlConnection> M() { var c = new SqlConnection(cs); await c.OpenAsync(); yield return c; }");

    [Fact]
    public Task Ignores_lambda_that_returns() => Ignores("Func<SqlConnection> M() => () => new SqlConnection(cs);");

    [Fact]
    public Task Ignores_lambda_with_a_body_that_returns() => Ignores("Func<SqlConnection> M() => () => { var c = new SqlConnection(cs); c.Open(); return c; };");

    [Fact]
    public Task Ignores_out_parameter() => Ignores("void M(out SqlConnection c) { c = new SqlConnection(cs); c.Open(); }");

    [Fact]
    public Task Ignores_ref_parameter() => Ignores("void M(ref SqlConnection c) { if (c == null) { c = new SqlConnection(cs); c.Open(); } }");

    [Fact]
    public Task Ignores_out_parameter_of_a_lambda() => Ignores("""
        delegate bool Try(out SqlConnection c);
        Try M() => (out SqlConnection c) => { c = new SqlConnection(cs); c.Open(); return true; };
        """);

    // roslyn-analyzers#2245
    [Fact]
    public Task Ignores_session_from_a_queue() => Ignores("""
        void M(ConcurrentQueue<SqlConnection> queue) { if (queue.TryDequeue(out var c)) { c.Execute(sql); queue.Enqueue(c); } }
        void N(Dictionary<string, SqlConnection> map) { if (map.TryGetValue(cs, out var c)) { c.Execute(sql); } }
        """);

    [Fact]
    public Task Ignores_field() => Ignores("internal SqlConnection field; void M() { field = new SqlConnection(cs); field.Open(); }");

    [Fact]
    public Task Ignores_variable_stored_in_a_field() => Ignores("SqlConnection field; void M() { var c = new SqlConnection(cs); c.Open(); field = c; }");

    [Fact]
    public Task Ignores_field_of_another_object() => Ignores("""
        class Holder { public SqlConnection Connection; }
        void M(Holder holder) { var c = sessions.Open(); holder.Connection = c; }
        """);

    [Fact]
    public Task Ignores_field_initializer() => Ignores("SqlConnection field = new SqlConnection(\"x\"); static Db context = new Db();");

    [Fact]
    public Task Ignores_property() => Ignores("SqlConnection Property { get; set; } void M() { var c = new SqlConnection(cs); c.Open(); Property = c; }");

    [Fact]
    public Task Ignores_property_initializer() => Ignores("SqlConnection Property { get; } = new SqlConnection(\"x\");");

    [Fact]
    public Task Ignores_lazily_created_field() => Ignores("""
        SqlConnection field;
        SqlConnection Connection => field ??= new SqlConnection(cs);
        SqlConnection Get() { if (field == null) { field = new SqlConnection(cs); field.Open(); } return field; }
        void M() { Connection.Open(); Get().Execute(sql); }
        """);

    [Fact]
    public Task Ignores_lazily_created_field_under_lock() => Ignores("""
        Db field;
        Db Get() { if (field is null) { lock (sessions) { field ??= new Db(); } } return field; }
        int M() { var db = Get(); return db.Users.Count(); }
        """);

    [Fact]
    public Task Ignores_lazy() => Ignores("""
        readonly Lazy<SqlConnection> lazy = new(() => new SqlConnection("x"));
        void M() { var c = lazy.Value; c.Open(); }
        """);

    // roslyn-analyzers#3008
    [Fact]
    public Task Ignores_collections() => Ignores("""
        readonly List<SqlConnection> list = new(); readonly Dictionary<string, SqlConnection> map = new(); readonly Stack<IDisposable> stack = new();
        void A() { var c = new SqlConnection(cs); c.Open(); list.Add(c); }
        void B() { var c = new SqlConnection(cs); c.Open(); list.Insert(0, c); }
        void D() { var c = new SqlConnection(cs); c.Open(); map[cs] = c; }
        void E() { var c = new SqlConnection(cs); c.Open(); map.Add(cs, c); }
        void F() { var c = new SqlConnection(cs); c.Open(); list[0] = c; }
        void G() { var c = new SqlConnection(cs); c.Open(); stack.Push(c); }
        void H() { map.TryAdd(cs, new SqlConnection(cs)); list.Add(new SqlConnection(cs)); }
        """);

    [Fact]
    public Task Ignores_cached_value() => Ignores("""
        readonly ConcurrentDictionary<string, SqlConnection> cache = new();
        void M() { var c = cache.GetOrAdd(cs, static k => new SqlConnection(k)); c.Open(); }
        """);

    [Fact]
    public Task Ignores_array_element() => Ignores("void M(SqlConnection[] all) { all[0] = new SqlConnection(cs); all[0].Open(); var c = all[1]; c.Open(); }");

    [Fact]
    public Task Ignores_constructor_of_an_owner_in_source() => Ignores("""
        sealed class Owner : IDisposable { readonly SqlConnection c; public Owner(SqlConnection c) { this.c = c; } public void Dispose() => c.Dispose(); }
        void M() { var c = new SqlConnection(cs); c.Open(); using var owner = new Owner(c); Work(); }
        Owner N() => new Owner(new SqlConnection(cs));
        """);

    [CSharpFact(12)]
    public Task Ignores_constructor_of_an_owner_with_primary_constructor() => Ignores("""
        sealed class Owner(SqlConnection c) : IDisposable { public void Dispose() => c.Dispose(); }
        void M() { var c = new SqlConnection(cs); c.Open(); using var owner = new Owner(c); Work(); }
        """);

    [Fact]
    public Task Ignores_constructor_chain_of_owners() => Ignores("""
        class Base { protected readonly SqlConnection c; protected Base(SqlConnection c) => this.c = c; }
        class Derived : Base { public Derived(string s) : base(new SqlConnection(s)) { } public Derived() : this("x") { } }
        """);

    // roslyn-analyzers#4636
    [Fact]
    public Task Ignores_constructor_of_an_owner_in_metadata() => Ignores("""
        void M() { var c = new SqlConnection(cs); c.Open(); var box = new Lazy<SqlConnection>(c); Work(); var list = new List<SqlConnection>(new[] { sessions.Open() }); }
        """);

    // DisposableFixer#58
    [Fact]
    public Task Ignores_composite_disposable() => Ignores("""
        sealed class CompositeDisposable : IDisposable { readonly List<IDisposable> all = new(); public void Add(IDisposable d) => all.Add(d); public void Dispose() { foreach (var d in all) d.Dispose(); } }
        void M() { using var all = new CompositeDisposable(); var c = new SqlConnection(cs); all.Add(c); c.Open(); }
        """);

    // roslyn-analyzers#3477
    [Fact]
    public Task Ignores_disposable_stack_that_gives_back() => Ignores("""
        sealed class DisposableStack : IDisposable { readonly Stack<IDisposable> all = new(); public T Push<T>(T d) where T : IDisposable { all.Push(d); return d; } public void Dispose() { while (all.Count > 0) all.Pop().Dispose(); } }
        void M() { using var all = new DisposableStack(); var c = all.Push(new SqlConnection(cs)); c.Open(); c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_register_for_dispose() => IgnoresFile("""
        using Microsoft.AspNetCore.Http;
        class M1
        {
            void M(HttpContext http, string cs) { var c = new SqlConnection(cs); http.Response.RegisterForDispose(c); c.Open(); }
            async Task N(HttpContext http, string cs) { var c = new SqlConnection(cs); http.Response.RegisterForDisposeAsync(c); await c.OpenAsync(); }
        }
        """);

    // roslyn-analyzers#2892
    [Fact]
    public Task Ignores_interlocked_exchange() => Ignores("""
        SqlConnection field;
        void M() { var c = new SqlConnection(cs); c.Open(); Interlocked.Exchange(ref field, c)?.Dispose(); }
        void N() { Interlocked.Exchange(ref field, null)?.Dispose(); }
        void O() { var c = new SqlConnection(cs); if (Interlocked.CompareExchange(ref field, c, null) != null) c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_reader_with_close_connection() => Ignores("""
        IDataReader M() { var c = new SqlConnection(cs); c.Open(); var command = c.CreateCommand(); command.CommandText = sql; return command.ExecuteReader(CommandBehavior.CloseConnection); }
        """);

    [Fact]
    public Task Ignores_reader_with_close_connection_and_more() => Ignores("""
        void M()
        {
            var c = new SqlConnection(cs);
            var command = new SqlCommand(sql, c);
            c.Open();
            using (var reader = command.ExecuteReader(CommandBehavior.CloseConnection | CommandBehavior.SingleRow)) { reader.Read(); }
        }
        """);

    [Fact]
    public Task Ignores_async_reader_with_close_connection() => Ignores("""
        async Task<DbDataReader> M()
        {
            var c = new SqlConnection(cs);
            try { await c.OpenAsync(); var command = new SqlCommand(sql, c); return await command.ExecuteReaderAsync(CommandBehavior.CloseConnection); }
            catch { c.Dispose(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_context_that_owns_the_connection() => Ignores("""
        Db M() { var c = new SqliteConnection(cs); c.Open(); return new Db(new DbContextOptionsBuilder<Db>().UseSqlite(c, true).Options); }
        void N() { var c = new SqliteConnection(cs); c.Open(); using var db = new Db(new DbContextOptionsBuilder<Db>().UseSqlite(c, contextOwnsConnection: true).Options); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_connection_given_to_a_context() => Ignores("""
        void M() { using var db = new Db(); var c = new SqliteConnection(cs); db.Database.SetDbConnection(c, true); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_annotated_parameter() => Ignores("""
        void Take([HandlesResourceDisposal] SqlConnection c) => c.Open();
        void M() { var c = new SqlConnection(cs); Take(c); }
        """);

    [Fact]
    public Task Ignores_annotated_factory_that_lends() => Ignores("""
        [MustDisposeResource(false)] SqlConnection Lend() => new SqlConnection(cs);
        void M() { var c = Lend(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_session_captured_by_a_stored_delegate() => Ignores("""
        Action stored;
        void M() { var c = new SqlConnection(cs); c.Open(); stored = () => c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_session_captured_by_a_returned_delegate() =>
        Ignores("Func<int> M() { var c = new SqlConnection(cs); c.Open(); return () => c.Execute(sql); }");

    [Fact]
    public Task Ignores_session_captured_by_an_event_handler() => Ignores("""
        event EventHandler Ended;
        void M() { var db = new Db(); Ended += (_, _) => db.Dispose(); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_session_captured_by_a_returned_local_function() => Ignores("""
        IEnumerable<int> M() { var db = new Db(); return Read(); IEnumerable<int> Read() { using (db) { foreach (var u in db.Users) yield return u.Id; } } }
        """);

    [Fact]
    public Task Ignores_method_group_of_a_session() => Ignores("Func<int> M() { var db = new Db(); return db.SaveChanges; }");

    [Fact]
    public Task Ignores_session_passed_to_unknown_code() => Ignores("""
        interface IPool { void Return(SqlConnection c); }
        void M(IPool pool) { var c = new SqlConnection(cs); c.Open(); pool.Return(c); }
        void N(Action<SqlConnection> use) { var c = new SqlConnection(cs); use(c); }
        """);

    [Fact]
    public Task Ignores_session_started_in_the_background() => Ignores("""
        void M() { var db = new Db(); _ = Task.Run(async () => { await db.SaveChangesAsync(); await db.DisposeAsync(); }); }
        void N() { var db = new Db(); ThreadPool.QueueUserWorkItem(static d => { using (d) d.SaveChanges(); }, db, true); }
        """);

    [Fact]
    public Task Ignores_session_disposed_by_a_continuation() => Ignores("""
        Task M() { var db = new Db(); return db.SaveChangesAsync().ContinueWith(_ => db.Dispose(), TaskScheduler.Default); }
        """);

    [Fact]
    public Task Ignores_method_that_returns_its_argument() => Ignores("""
        static SqlConnection Opened(SqlConnection c) { c.Open(); return c; }
        SqlConnection M() => Opened(new SqlConnection(cs));
        void N() { using var c = Opened(new SqlConnection(cs)); c.Execute(sql); }
        """);

    [Fact]
    public Task Ignores_fluent_extension() => Ignores("""
        void M() { using var c = new SqlConnection(cs).OpenedFluently(); c.Execute(sql); }
        }
        static class Extensions { public static T OpenedFluently<T>(this T c) where T : IDbConnection { c.Open(); return c; }
        """);

    // IDisposableAnalyzers#573
    [Fact]
    public Task Ignores_connection_of_a_context() => Ignores("void M(Db db) { var c = db.Database.GetDbConnection(); c.Open(); c.Execute(sql); }");

    [Fact]
    public Task Ignores_connection_of_a_command() => Ignores("void M(SqlCommand command) { var c = command.Connection; c.Open(); command.ExecuteNonQuery(); }");

    [Fact]
    public Task Ignores_connection_of_a_transaction() => Ignores("void M(IDbTransaction tx) { var c = tx.Connection; c.Execute(sql, transaction: tx); }");

    [Fact]
    public Task Ignores_current_transaction() => Ignores("void M(Db db) { var tx = db.Database.CurrentTransaction; db.SaveChanges(); tx.Commit(); }");

    [Fact]
    public Task Ignores_used_transaction() => Ignores("void M(Db db, DbTransaction tx) { var wrapper = db.Database.UseTransaction(tx); db.SaveChanges(); }");

    // IDisposableAnalyzers#210
    [Fact]
    public Task Ignores_resolved_services() => Ignores("""
        void M() { var db = services.GetRequiredService<Db>(); db.SaveChanges(); var c = services.GetService<IDbConnection>(); c.Execute(sql); }
        void N() { var db = (Db)services.GetService(typeof(Db)); db.SaveChanges(); }
        """);

    [CSharpFact(12)]
    public Task Ignores_injected_sessions() => Ignores("""
        class Repository(Db db, SqlConnection c) { public void M() { db.SaveChanges(); c.Execute("x"); var same = db; same.SaveChanges(); } }
        """);

    [Fact]
    public Task Ignores_parameters() => Ignores("void M(Db db, SqlConnection c, IDbTransaction tx) { c.Open(); db.SaveChanges(); tx.Commit(); }");

    // IDisposableAnalyzers#125
    [Fact]
    public Task Ignores_session_owned_by_a_repository() => Ignores("""
        class Repository { readonly Db db = new(); public Db Context => db; public Db Get() => db; }
        void M(Repository r) { var a = r.Context; a.SaveChanges(); var b = r.Get(); b.SaveChanges(); }
        """);

    // roslyn-analyzers#6912
    [Fact]
    public Task Ignores_product_that_its_factory_owns() => Ignores("""
        class Factory : IDisposable
        {
            readonly List<SqlConnection> made = new();
            public SqlConnection Create() { var c = new SqlConnection("x"); made.Add(c); return c; }
            public void Dispose() => made.ForEach(c => c.Dispose());
        }
        void M(Factory factory) { var c = factory.Create(); c.Open(); }
        """);

    [Fact]
    public Task Ignores_interface_property() => Ignores("void M() { var c = sessions.Current; c.Open(); c.Execute(sql); }");

    [Fact]
    public Task Ignores_getter_of_unknown_origin() => Ignores("""
        interface IProvider { SqlConnection GetConnection(); Db Context(); Db Resolve(); }
        void M(IProvider p) { var c = p.GetConnection(); c.Open(); p.Context().SaveChanges(); var db = p.Resolve(); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_delegate_of_unknown_origin() => Ignores("void M(Func<SqlConnection> current) { var c = current(); c.Execute(sql); }");

    [Fact]
    public Task Ignores_generic_results() => Ignores("""
        interface IResolver { T Create<T>(); T Get<T>() where T : DbContext; }
        void M(IResolver r) { var db = r.Create<Db>(); db.SaveChanges(); var other = r.Get<Db>(); other.SaveChanges(); }
        """);

    // DisposableFixer#50
    [Fact]
    public Task Ignores_test_doubles() => IgnoresFile("""
        using Moq;
        class M1
        {
            void M() { var c = new Mock<IDbConnection>(); c.Setup(x => x.BeginTransaction()).Returns(new Mock<IDbTransaction>().Object); c.Object.Open(); c.Object.CreateCommand(); }
            void N(Mock<IDbContextFactory<Db>> factory) { factory.Setup(f => f.CreateDbContext()).Returns(() => new Db()); }
            void V(Mock<IDbContextFactory<Db>> factory) { factory.Verify(f => f.CreateDbContext(), Times.Once()); }
        }
        """);

    // codeql#7227
    [Fact]
    public Task Ignores_disposables_that_are_no_sessions() => Ignores("""
        void M() { var stream = new MemoryStream(); var table = new DataTable(); var set = new DataSet(); var task = Task.Run(() => 1); var source = new CancellationTokenSource(); table.Rows.Add(1); }
        """);

    [Fact]
    public Task Ignores_types_of_the_same_name() => Ignores("""
        class DbContext : IDisposable { public void Dispose() { } public void SaveChanges() { } }
        interface ISession : IDisposable { void Clear(); }
        interface ISessionSource { ISession OpenSession(); }
        void M(ISessionSource s) { var db = new DbContext(); db.SaveChanges(); var session = s.OpenSession(); session.Clear(); }
        """);

    [Fact]
    public Task Ignores_design_time_factory() => Ignores("""
        class Design : Microsoft.EntityFrameworkCore.Design.IDesignTimeDbContextFactory<Db>
        {
            public Db CreateDbContext(string[] args) { var builder = new DbContextOptionsBuilder<Db>(); builder.UseSqlite("x"); return new Db(builder.Options); }
        }
        """);

    [Fact]
    public Task Ignores_never_opened_command_and_adapter() => Ignores("""
        DataTable M() { var table = new DataTable(); var adapter = new SqlDataAdapter(sql, new SqlConnection(cs)); adapter.Fill(table); return table; }
        """);

    [Fact]
    public Task Ignores_connection_that_a_mapper_opens_and_closes() =>
        Ignores("int M() { var c = new SqlConnection(cs); return c.QuerySingle<int>(sql); }");

    [Fact]
    public Task Ignores_data_sources_and_clients() => IgnoresFile("""
        using MongoDB.Driver;
        class M1 { void M(string cs) { var source = NpgsqlDataSource.Create(cs); source.CreateCommand("x").ExecuteNonQuery(); var client = new MongoClient(cs); client.GetDatabase("x"); } }
        """);

    [Fact]
    public Task Ignores_process_that_ends() => Ignores("void M() { var c = new SqlConnection(cs); c.Open(); Environment.Exit(1); }");

    [Fact]
    public Task Ignores_context_handed_to_a_repository() => Ignores("""
        class Repository { readonly Db db; public Repository(Db db) { this.db = db; } public int Count() => db.Users.Count(); }
        int M() { var db = new Db(); var repository = new Repository(db); return repository.Count(); }
        """);
}
