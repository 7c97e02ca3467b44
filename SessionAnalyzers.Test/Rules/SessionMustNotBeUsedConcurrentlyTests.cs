using SessionAnalyzers.Test.Verification;
using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES4003: several operations of one session at a time.</summary>
public sealed class SessionMustNotBeUsedConcurrentlyTests
{
    [Fact]
    public Task Reports_when_all() => Reports("""
        async Task M(Db db)
        {
            await Task.WhenAll(db.Users.ToListAsync(), {|SES4003:db.Users.CountAsync()|}, {|SES4003:db.SaveChangesAsync()|});
        }
        """);

    [Fact]
    public Task Reports_when_all_of_a_connection() => Reports("""
        async Task M(SqlConnection c)
        {
            await Task.WhenAll(c.QueryAsync(sql), {|SES4003:c.ExecuteAsync(sql)|});
            await Task.WhenAll(new Task[] { c.QueryAsync(sql), {|SES4003:c.ExecuteAsync(sql)|} });
        }
        """);

    [Fact]
    public Task Reports_started_tasks() => Reports("""
        private readonly Db db = null!;
        async Task M()
        {
            var all = db.Users.Where(u => u.Id > 1).ToListAsync();
            var count = {|SES4003:db.Users.CountAsync()|};
            await Task.WhenAll(all, count);
        }
        """);

    [Fact]
    public Task Reports_operation_before_the_await() => Reports("""
        async Task<int> M(Db db)
        {
            var all = db.Users.ToListAsync();
            db.Users.Add(new User());
            {|SES4003:db.SaveChanges()|};
            return (await all).Count;
        }
        """);

    [Fact]
    public Task Reports_task_and_call_in_one_when_all() => Reports("""
        async Task M(Db db)
        {
            var all = db.Users.ToListAsync();
            await Task.WhenAll(all, {|SES4003:db.Users.CountAsync()|});
        }
        """);

    [Fact]
    public Task Reports_commands_of_one_connection() => Reports("""
        async Task M(SqlConnection c)
        {
            using var a = new SqlCommand(sql, c);
            using var b = c.CreateCommand();
            var first = a.ExecuteNonQueryAsync();
            await {|SES4003:b.ExecuteNonQueryAsync()|};
            await first;
        }
        """);

    [Fact]
    public Task Reports_query_variable() => Reports("""
        async Task M(Db db)
        {
            var query = db.Users.Where(u => u.Id > 1);
            var all = query.ToListAsync();
            var count = {|SES4003:query.CountAsync()|};
            await all; await count;
        }
        """);

    [Fact]
    public Task Reports_select() => Reports("""
        async Task M(Db db, List<int> ids)
        {
            await Task.WhenAll(ids.Select(async id => { var user = await {|SES4003:db.Users.FindAsync(id)|}; return user; }));
            await Task.WhenAll(ids.Select(id => {|SES4003:db.Users.FirstAsync(u => u.Id == id)|}).ToList());
            var tasks = ids.Select(id => {|SES4003:db.Users.FirstAsync(u => u.Id == id)|});
            await Task.WhenAll(tasks);
        }
        """);

    [Fact]
    public Task Reports_parallel() => Reports("""
        async Task M(Db db, SqlConnection c, List<int> ids)
        {
            Parallel.ForEach(ids, id => { var user = {|SES4003:db.Users.Find(id)|}; });
            Parallel.For(0, 10, i => {|SES4003:c.Execute(sql)|});
            await Parallel.ForEachAsync(ids, async (id, stop) => { await {|SES4003:db.Users.LoadAsync(stop)|}; });
            ids.AsParallel().ForAll(id => {|SES4003:c.Execute(sql)|});
            Parallel.ForEach(ids, new ParallelOptions { MaxDegreeOfParallelism = 4 }, id => {|SES4003:db.Users.Load()|});
        }
        """);

    [Fact]
    public Task Reports_parallel_commands() => Reports("""
        void M(SqlConnection c, List<int> ids) => Parallel.ForEach(ids, id => { using var command = new SqlCommand(sql, c); {|SES4003:command.ExecuteNonQuery()|}; });
        """);

    [Fact]
    public Task Reports_invoke() => Reports("""
        void M(Db db) => Parallel.Invoke(() => {|SES4003:db.Users.Load()|}, () => {|SES4003:db.SaveChanges()|});
        """);

    [Fact]
    public Task Reports_tasks_of_a_loop() => Reports("""
        async Task M(Db db, List<int> ids)
        {
            var tasks = new List<Task>();
            foreach (var id in ids) { tasks.Add({|SES4003:db.Users.FirstAsync(u => u.Id == id)|}); }
            await Task.WhenAll(tasks);
        }
        """);

    [Fact]
    public Task Reports_own_context() => Reports("""
        class Own : Db
        {
            public async Task Run() { var all = Users.ToListAsync(); await {|SES4003:SaveChangesAsync()|}; await all; }
        }
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        async Task M(Db db)
        {
            await Task.WhenAll({|#1:db|}.Users.ToListAsync(), {|#0:db.SaveChangesAsync()|});
        }
        """, new DiagnosticResult("SES4003", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1)
            .WithArguments("SaveChangesAsync", "db", "while 'ToListAsync' on line 3 may still run", "context"));

    [Fact]
    public Task Ignores_one_after_the_other() => Ignores("""
        async Task M(Db db)
        {
            var all = await db.Users.ToListAsync();
            var count = db.Users.CountAsync();
            await count;
            await db.SaveChangesAsync();
            var third = db.Users.CountAsync();
            Console.WriteLine(third.Result);
            db.SaveChanges();
            var fourth = db.Users.CountAsync().ConfigureAwait(false);
            await fourth;
            await db.SaveChangesAsync();
        }
        """);

    [Fact]
    public Task Ignores_different_sessions() => Ignores("""
        async Task M(Db a, Db b, SqlConnection c)
        {
            await Task.WhenAll(a.Users.ToListAsync(), b.Users.ToListAsync(), c.QueryAsync(sql));
            var first = a.Users.CountAsync();
            var second = b.Users.CountAsync();
            await Task.WhenAll(first, second);
        }
        """);

    [Fact]
    public Task Ignores_a_session_for_each() => Ignores("""
        async Task M(List<int> ids, SqlConnection outer)
        {
            await Task.WhenAll(ids.Select(async id => { using var db = contexts.CreateDbContext(); return await db.Users.FirstAsync(u => u.Id == id); }));
            Parallel.ForEach(ids, id => { using var c = new SqlConnection(cs); c.Execute(sql); });
            Parallel.ForEach(ids, () => contexts.CreateDbContext(), (id, state, db) => { db.SaveChanges(); return db; }, db => db.Dispose());
        }
        Db New => Unknown(); static extern Db Unknown();
        async Task N() => await Task.WhenAll(New.Users.ToListAsync(), New.Users.CountAsync());
        [ThreadStatic] static Db mine;
        void O(List<int> ids) => Parallel.ForEach(ids, id => mine.Users.Load());
        void P(List<int> ids, ThreadLocal<Db> each) => Parallel.ForEach(ids, id => each.Value.Users.Load());
        """);

    [Fact]
    public Task Ignores_replaced_session() => Ignores("""
        async Task M(Db db, Db other)
        {
            var all = db.Users.ToListAsync();
            db = other;
            await db.Users.CountAsync();
            await all;
        }
        void N(List<int> ids, Db db, List<Db> all) => Parallel.ForEach(ids, id => { db = all[id]; db.Users.Load(); });
        """);

    [Fact]
    public Task Ignores_guards() => Ignores("""
        private readonly SemaphoreSlim gate = new(1);
        private readonly object locked = new();
        async Task M(Db db, List<int> ids)
        {
            Parallel.ForEach(ids, id => { lock (locked) { db.Users.Load(); } });
            await Task.WhenAll(ids.Select(async id => { await gate.WaitAsync(); try { await db.SaveChangesAsync(); } finally { gate.Release(); } }));
            Parallel.ForEach(ids, new ParallelOptions { MaxDegreeOfParallelism = 1 }, id => db.Users.Load());
            var options = new ParallelOptions { MaxDegreeOfParallelism = 1 };
            Parallel.ForEach(ids, options, id => db.Users.Load());
        }
        """);

    [Fact]
    public Task Ignores_lazy_select() => Ignores("""
        async Task M(Db db, List<int> ids)
        {
            foreach (var task in ids.Select(id => db.Users.FirstAsync(u => u.Id == id))) { await task; }
            var tasks = ids.Select(async id => await db.Users.FirstAsync(u => u.Id == id));
            foreach (var task in tasks) { await task; }
            await Task.WhenAll(tasks);
            var names = ids.Select(id => db.Users.Find(id).Name).ToList();
        }
        """);

    [Fact]
    public Task Ignores_synchronous_work_of_a_select() => Ignores("""
        async Task M(Db db, List<int> ids) => await Task.WhenAll(ids.Select(id => { var user = db.Users.Find(id); return File.WriteAllTextAsync("x", user.Name); }));
        """);

    [Fact]
    public Task Ignores_work_that_only_reads_results() => Ignores("""
        async Task M(Db db)
        {
            var users = await db.Users.ToListAsync();
            await Task.WhenAll(users.Select(async user => { await WorkAsync(); user.Name = "x"; }));
            Parallel.ForEach(users, user => user.Name = "x");
            await db.SaveChangesAsync();
        }
        """);

    [Fact]
    public Task Ignores_other_work_in_between() => Ignores("""
        async Task M(Db db)
        {
            var all = db.Users.ToListAsync();
            await WorkAsync();
            Func<int> later = () => db.SaveChanges();
            await all;
            await db.SaveChangesAsync();
            await Task.WhenAll(db.Users.CountAsync(), WorkAsync());
        }
        """);

    [Fact]
    public Task Ignores_task_that_goes_elsewhere() => Ignores("""
        async Task M(Db db)
        {
            var all = db.Users.ToListAsync();
            await Wait(all);
            await db.SaveChangesAsync();
            var count = db.Users.CountAsync();
            if (await Task.WhenAny(count, Task.Delay(5)) == count) { await db.SaveChangesAsync(); }
        }
        static Task Wait(Task t) => t;
        """);

    [Fact]
    public Task Ignores_branches_that_await() => Ignores("""
        async Task M(Db db, bool b)
        {
            var all = db.Users.ToListAsync();
            if (b) { await all; await db.SaveChangesAsync(); }
            await all;
        }
        """);

    [Fact]
    public Task Ignores_sessions_of_other_objects() => Ignores("""
        class Holder { public Db Db { get; set; } }
        async Task M(Holder a, Holder b) => await Task.WhenAll(a.Db.Users.ToListAsync(), b.Db.Users.CountAsync());
        async Task N(List<Db> all) => await Task.WhenAll(all.Select(db => db.Users.CountAsync()));
        async Task O(Db[] all) => await Task.WhenAll(all[0].Users.CountAsync(), all[1].Users.CountAsync());
        """);

    [Fact]
    public Task Ignores_functions_that_run_later() => Ignores("""
        void M(Db db, List<int> ids, List<Action> later) => Parallel.ForEach(ids, id => { lock (later) { later.Add(() => db.Users.Load()); } });
        async Task N(Db db) { await Task.WhenAll(db.Users.CountAsync(), Later(() => db.Users.Load())); }
        static Task Later(Action a) => Task.CompletedTask;
        """);

    [Fact]
    public Task Ignores_loops_around_the_await() => Ignores("""
        async Task M(Db db, List<int> ids)
        {
            foreach (var id in ids) { var user = db.Users.FirstAsync(u => u.Id == id); await user; await db.SaveChangesAsync(); break; }
            var all = db.Users.ToListAsync();
            foreach (var user in await all) { await db.Users.CountAsync(); }
            using var transaction = await db.Database.BeginTransactionAsync();
            var last = db.Users.CountAsync();
            if (await last > 0) { await transaction.CommitAsync(); await db.Users.CountAsync(); }
        }
        """);

    [Fact]
    public Task Ignores_returned_tasks() => Ignores("""
        Task<int> M(Db db, bool b) => b ? db.Users.CountAsync() : db.Users.CountAsync(u => u.Id > 1);
        Task<int> N(Db db, bool b) { if (b) { return db.Users.CountAsync(); } return db.Users.CountAsync(u => u.Id > 1); }
        """);

    [Fact]
    public Task Ignores_embedded_databases() => Ignores("""
        async Task M(SqliteConnection c) => await Task.WhenAll(c.QueryAsync(sql), c.ExecuteAsync(sql));
        """);

    [Fact]
    public Task Ignores_active_result_sets() => Ignores("""
        async Task M()
        {
            using var c = new SqlConnection("Server=.;MultipleActiveResultSets=true");
            await Task.WhenAll(c.QueryAsync(sql), c.ExecuteAsync(sql));
        }
        """);

    [Fact]
    public Task Ignores_sources() => Ignores("""
        async Task M() => await Task.WhenAll(source.ReloadTypesAsync(), source.ReloadTypesAsync());
        async Task N(StringReader reader) => await Task.WhenAll(reader.ReadToEndAsync(), reader.ReadLineAsync());
        """);

    [Fact]
    public Task Ignores_queries_in_a_loop() => Ignores("""
        async Task M(Db db, List<int> ids)
        {
            var tasks = new List<Task>();
            foreach (var id in ids) { var task = db.Users.FirstAsync(u => u.Id == id); await task; }
            foreach (var id in ids) { using var own = contexts.CreateDbContext(); tasks.Add(own.Users.FirstAsync(u => u.Id == id)); await Task.WhenAll(tasks); }
            foreach (var id in ids) { var some = new List<Task>(); some.Add(db.Users.FirstAsync(u => u.Id == id)); await Task.WhenAll(some); }
        }
        """);

    [Fact]
    public Task Ignores_tests() => IgnoresFile("""
        class ConcurrencyTests { async Task Run(Db db) => await Task.WhenAll(db.Users.ToListAsync(), db.Users.CountAsync()); }
        """);

    [Fact]
    public Task Reports_methods_that_share_a_field() => Reports("""
        private readonly Db db = null!;
        async Task M() => await Task.WhenAll(UsersAsync(), {|SES4003:CountAsync()|});
        async Task<List<User>> UsersAsync() => await db.Users.ToListAsync();
        Task<int> CountAsync() => db.Users.CountAsync();
        """);

    [Fact]
    public Task Reports_method_for_each_item() => Reports("""
        private readonly Db db = null!;
        async Task M(List<int> ids)
        {
            await Task.WhenAll(ids.Select(id => {|SES4003:FindAsync(id)|}));
            await Task.WhenAll(ids.Select({|SES4003:FindAsync|}));
            var tasks = ids.Select(async id => await {|SES4003:FindAsync(id)|}).ToList();
            await Task.WhenAll(tasks);
        }
        async Task<User> FindAsync(int id) { var user = await db.Users.FirstAsync(u => u.Id == id); return user; }
        """);

    [Fact]
    public Task Reports_repository_of_a_field() => Reports("""
        class Users { private readonly Db db; public Users(Db db) => this.db = db; public Task<List<User>> AllAsync() => db.Users.ToListAsync(); public Task<int> CountAsync() => db.Users.CountAsync(); }
        class Service
        {
            private readonly Users users;
            public Service(Users users) => this.users = users;
            public async Task<int> M()
            {
                var all = users.AllAsync();
                var count = {|SES4003:users.CountAsync()|};
                await Task.WhenAll(all, count);
                return await count;
            }
        }
        """);

    [Fact]
    public Task Reports_tasks_of_an_iterator() => Reports("""
        async Task M(SqlConnection c, List<string> names) => await Task.WhenAll({|SES4003:CreateAll(names, c)|});
        IEnumerable<Task> CreateAll(List<string> names, SqlConnection connection)
        {
            foreach (var name in names)
            {
                yield return CreateAsync(name, connection);
            }
        }
        async Task CreateAsync(string name, SqlConnection connection)
        {
            using (var command = new SqlCommand(name, connection))
            {
                await command.ExecuteNonQueryAsync();
            }
        }
        """);

    [Fact]
    public Task Reports_method_in_parallel_iterations() => Reports("""
        private readonly Db db = null!;
        void M(List<User> users) => Parallel.ForEach(users, u => {|SES4003:Rename(u)|});
        void Rename(User u) => u.Name = db.Find<User>(u.Id).Name;
        """);

    [Fact]
    public Task Ignores_methods_with_their_own_contexts() => Ignores("""
        async Task M() => await Task.WhenAll(UsersAsync(), UsersAsync());
        async Task<List<User>> UsersAsync() { using var db = contexts.CreateDbContext(); return await db.Users.ToListAsync(); }
        """);

    [Fact]
    public Task Ignores_methods_on_two_contexts() => Ignores("""
        async Task M(Db first, Db second) => await Task.WhenAll(UsersAsync(first), UsersAsync(second));
        async Task<List<User>> UsersAsync(Db db) => await db.Users.ToListAsync();
        """);

    [Fact]
    public Task Ignores_method_that_ends_before_its_task() => Ignores("""
        private readonly Db db = null!;
        async Task M() => await Task.WhenAll(UsersAsync(), UsersAsync());
        Task UsersAsync() { var all = db.Users.ToList(); return Task.Delay(all.Count); }
        """);

    [Fact]
    public Task Ignores_method_with_a_semaphore() => Ignores("""
        private readonly Db db = null!;
        private readonly SemaphoreSlim gate = new SemaphoreSlim(1);
        async Task M() => await Task.WhenAll(UsersAsync(), UsersAsync());
        async Task UsersAsync() { await gate.WaitAsync(); try { await db.Users.ToListAsync(); } finally { gate.Release(); } }
        """);

    [Fact]
    public Task Ignores_methods_one_after_the_other() => Ignores("""
        private readonly Db db = null!;
        async Task M() { await UsersAsync(); await UsersAsync(); foreach (var t in TasksOf()) { await t; } }
        async Task UsersAsync() => await db.Users.ToListAsync();
        IEnumerable<Task> TasksOf() { yield return UsersAsync(); yield return UsersAsync(); }
        """);

    [Fact]
    public Task Ignores_iterator_of_one_task() => Ignores("""
        private readonly Db db = null!;
        async Task M() => await Task.WhenAll(TasksOf());
        IEnumerable<Task> TasksOf() { yield return db.Users.ToListAsync(); yield return Task.Delay(1); }
        """);

    [Fact]
    public Task Ignores_repositories_of_two_fields() => Ignores("""
        class Users { private readonly Db db; public Users(Db db) => this.db = db; public Task<List<User>> AllAsync() => db.Users.ToListAsync(); }
        class Service
        {
            private readonly Users users, others;
            public Service(Users users, Users others) { this.users = users; this.others = others; }
            public Task M() => Task.WhenAll(users.AllAsync(), others.AllAsync());
        }
        """);

    [Fact]
    public Task Ignores_repository_per_item() => Ignores("""
        class Users { private readonly Db db; public Users(Db db) => this.db = db; public Task<List<User>> AllAsync() => db.Users.ToListAsync(); }
        Task M(List<Users> all) => Task.WhenAll(all.Select(users => users.AllAsync()));
        """);

    [Fact]
    public Task Reports_queries_in_parallel_iterations() => Reports("""
        void M(Db db, List<int> ids)
        {
            Parallel.ForEach(ids, id => { var user = {|SES4003:db.Users.First(u => u.Id == id)|}; });
            Parallel.For(0, 10, id => {|SES4003:db.Users.Where(u => u.Id == id).ToList()|}.Clear());
        }
        """);

    [Fact]
    public Task Ignores_queries_that_do_not_run() => Ignores("""
        void M(Db db, List<int> ids, ConcurrentBag<IQueryable<User>> later)
        {
            Parallel.ForEach(ids, id => later.Add(db.Users.Where(u => u.Id == id)));
            Parallel.ForEach(ids, id => { var two = new[] { id, id }.ToList(); });
            var found = ids.Select(id => db.Users.First(u => u.Id == id)).ToList();
        }
        """);

    [Fact]
    public Task Reports_method_of_a_local() => Reports("""
        class Queue
        {
            public Task Send(string name, SqlConnection connection) => SendRaw(name, connection);
            private async Task SendRaw(string name, SqlConnection connection)
            {
                using (var command = new SqlCommand(name, connection)) { await command.ExecuteNonQueryAsync(); }
            }
        }
        Task M(SqlConnection c, List<string> names) => Task.WhenAll({|SES4003:SendAll(names, c)|});
        IEnumerable<Task> SendAll(List<string> names, SqlConnection connection)
        {
            foreach (var name in names)
            {
                var queue = new Queue();
                yield return queue.Send(name, connection);
            }
        }
        """);
}
