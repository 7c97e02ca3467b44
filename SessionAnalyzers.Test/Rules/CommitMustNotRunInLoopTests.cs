using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2001: saves on each iteration of a loop.</summary>
public sealed class CommitMustNotRunInLoopTests
{
    // jellyfin MigrateAuthenticationDb: the rows of a reader are items, not chunks.
    [Fact]
    public Task Reports_rows_of_a_reader() => Reports("""
        void M(Db db, IEnumerable<SqliteDataReader> rows)
        {
            foreach (var row in rows)
            {
                if (row.IsDBNull(2))
                {
                    continue;
                }

                db.Add(new User { Name = row.GetString(2) });
                {|SES2001:db.SaveChanges()|};
            }
        }
        """);

    [Fact]
    public Task Reports_foreach() => Reports("""
        void M(Db db, List<User> users)
        {
            foreach (var user in users)
            {
                db.Users.Add(user);
                {|SES2001:db.SaveChanges()|};
            }
        }
        """);

    // EventFlow f4538945
    [Fact]
    public Task Reports_awaited_save() => Reports("""
        async Task M(IEnumerable<User> users)
        {
            await using var db = contexts.CreateDbContext();
            foreach (var user in users)
            {
                db.Add(user);
                await {|SES2001:db.SaveChangesAsync()|}.ConfigureAwait(false);
            }
        }
        """);

    [Fact]
    public Task Reports_for() => Reports("void M(Db db, User[] users) { for (var i = 0; i < users.Length; i++) { db.Add(users[i]); {|SES2001:db.SaveChanges()|}; } }");

    [Fact]
    public Task Reports_loop_over_a_reader() => Reports("""
        void M(Db db, SqlDataReader reader)
        {
            while (reader.Read())
            {
                db.Add(new User { Name = reader.GetString(0) });
                {|SES2001:db.SaveChanges()|};
            }
        }
        """);

    [Fact]
    public Task Reports_ForEach_of_a_list() => Reports("void M(Db db, List<User> users) => users.ForEach(u => { db.Add(u); {|SES2001:db.SaveChanges()|}; });");

    [Fact]
    public Task Reports_field() => Reports("readonly Db db = null!; void M(List<User> users) { foreach (var u in users) { db.Add(u); {|SES2001:db.SaveChanges()|}; } }");

    [Fact]
    public Task Reports_save_in_a_condition() => Reports("void M(Db db, List<User> users) { foreach (var u in users) { db.Add(u); if ({|SES2001:db.SaveChanges()|} > 0) { Work(); } } }");

    [Fact]
    public Task Reports_save_after_a_skipped_item() => Reports("void M(Db db, List<User> users) { foreach (var u in users) { if (u.Id == 0) { continue; } db.Add(u); {|SES2001:db.SaveChanges()|}; } }");

    [Fact]
    public Task Reports_save_of_the_context_itself() => ReportsFile("""
        class Shop : DbContext
        {
            public void Import(List<User> users)
            {
                foreach (var user in users) { Add(user); {|SES2001:SaveChanges()|}; }
            }
        }
        """);

    [Fact]
    public Task Reports_stream_of_a_query() => Reports("async Task M(Db db) { await foreach (var u in db.Users.AsAsyncEnumerable()) { u.Name = \"\"; await {|SES2001:db.SaveChangesAsync()|}; } }");

    [Fact]
    public Task Ignores_save_after_the_loop() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { db.Add(u); } db.SaveChanges(); }");

    [Fact]
    public Task Ignores_save_under_a_condition() => Ignores("void M(Db db, List<User> users) { var n = 0; foreach (var u in users) { db.Add(u); if (++n % 100 == 0) { db.SaveChanges(); } } db.SaveChanges(); }");

    [Fact]
    public Task Ignores_transaction_around_the_loop() => Ignores("""
        void M(Db db, List<User> users)
        {
            using var tx = db.Database.BeginTransaction();
            foreach (var u in users) { db.Add(u); db.SaveChanges(); }
            tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_scope_around_the_loop() => Ignores("void M(Db db, List<User> users) { using var scope = new TransactionScope(); foreach (var u in users) { db.Add(u); db.SaveChanges(); } scope.Complete(); }");

    [Fact]
    public Task Ignores_transaction_of_the_caller() => Ignores("void M(Db db, IDbContextTransaction tx, List<User> users) { foreach (var u in users) { db.Add(u); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_transaction_in_a_field() => Ignores("IDbContextTransaction? current; void M(Db db, List<User> users) { foreach (var u in users) { db.Add(u); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_fresh_context() => Ignores("void M(List<User> users) { foreach (var u in users) { using var db = new Db(); db.Add(u); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_context_replaced_in_the_loop() => Ignores("void M(Db first, Queue<Db> more, List<User> users) { var db = first; foreach (var u in users) { db.Add(u); db.SaveChanges(); db = more.Dequeue(); } }");

    [Fact]
    public Task Ignores_context_of_a_scope() => Ignores("void M(List<User> users) { foreach (var u in users) { using var scope = services.CreateScope(); var db = scope.ServiceProvider.GetRequiredService<Db>(); db.Add(u); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_chunks() => Ignores("void M(Db db, List<User> users) { foreach (var part in users.Chunk(100)) { db.AddRange(part); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_steps_of_more_than_one() => Ignores("void M(Db db, List<User> users) { for (var i = 0; i < users.Count; i += 100) { db.AddRange(users.GetRange(i, 100)); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_pages() => Ignores("void M(Db db) { for (var n = 0; n < 10; n++) { var users = db.Users.Skip(n * 100).Take(100).ToList(); users[0].Name = \"\"; db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_retry() => Ignores("""
        void M(Db db)
        {
            for (var attempt = 0; attempt < 3; attempt++)
            {
                try { db.SaveChanges(); return; }
                catch (DbUpdateConcurrencyException) { }
            }
        }
        """);

    [Fact]
    public Task Ignores_loop_that_ends_with_success() => Ignores("void M(Db db) { for (var i = 0; i < 3; i++) { Work(); db.SaveChanges(); break; } }");

    [Fact]
    public Task Ignores_returned_save() => Ignores("int M(Db db, List<User> users) { foreach (var u in users) { db.Add(u); return db.SaveChanges(); } return 0; }");

    [Fact]
    public Task Ignores_isolated_items() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { db.ChangeTracker.Clear(); } } }");

    [Fact]
    public Task Ignores_pump() => Ignores("async Task M(Db db, CancellationToken stop) { while (!stop.IsCancellationRequested) { db.Add(new User()); await db.SaveChangesAsync(); } }");

    [Fact]
    public Task Ignores_consumer() => Ignores("async Task M(Db db, System.Threading.Channels.ChannelReader<User> users) { await foreach (var u in users.ReadAllAsync()) { db.Add(u); await db.SaveChangesAsync(); } }");

    [Fact]
    public Task Ignores_queue() => Ignores("void M(Db db, Queue<User> users) { while (users.Count > 0) { db.Add(users.Dequeue()); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_cleared_tracker() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { db.Add(u); db.SaveChanges(); db.ChangeTracker.Clear(); } }");

    [Fact]
    public Task Ignores_stored_lambda() => Ignores("void M(Db db, List<User> users, List<Action> later) { foreach (var u in users) { later.Add(() => db.SaveChanges()); } }");

    [Fact]
    public Task Ignores_other_save() => Ignores("class Store { public void SaveChanges() { } } void M(Store store, List<User> users) { foreach (var u in users) { store.SaveChanges(); } }");

    [Fact]
    public Task Ignores_context_of_the_item() => Ignores("void M(List<Db> all) { foreach (var db in all) { db.SaveChanges(); } }");

    [Fact]
    public Task Reports_method_that_saves() => Reports("""
        private readonly Db db = null!;
        void M(List<User> users)
        {
            foreach (var u in users)
            {
                {|SES2001:Store(u)|};
            }
        }
        void Store(User u) { db.Add(u); db.SaveChanges(); }
        """);

    [Fact]
    public Task Reports_chain_of_methods_with_the_context_as_parameter() => Reports("""
        async Task M(Db db, List<User> users)
        {
            foreach (var u in users)
            {
                await {|SES2001:StoreAsync(db, u)|};
            }
        }
        Task StoreAsync(Db db, User u) => AddAsync(db, u, true);
        async Task AddAsync(Db context, User u, bool check)
        {
            if (check) { Check(u); }
            context.Add(u);
            await context.SaveChangesAsync();
        }
        void Check(User u) { if (u.Name == "") { throw new ArgumentException(); } }
        """);

    [Fact]
    public Task Reports_repository() => Reports("""
        interface IUsers { void Add(User u); }
        class Users : IUsers
        {
            private readonly Db db;
            public Users(Db db) => this.db = db;
            public void Add(User u) { db.Add(u); db.SaveChanges(); }
        }
        class Service
        {
            private readonly IUsers users;
            public Service(IUsers users) => this.users = users;
            public void Import(List<User> all)
            {
                foreach (var u in all)
                {
                    {|SES2001:users.Add(u)|};
                }
            }
        }
        """);

    [Fact]
    public Task Reports_method_of_the_context() => Reports("""
        class Own : DbContext { public void Store(User u) { Add(u); SaveChanges(); } }
        void M(Own db, List<User> users) { foreach (var u in users) { {|SES2001:db.Store(u)|}; } }
        """);

    [Fact]
    public Task Ignores_method_that_saves_sometimes() => Ignores("""
        private readonly Db db = null!;
        private int count;
        void M(List<User> users) { foreach (var u in users) { Store(u); } }
        void Store(User u) { db.Add(u); if (++count % 100 == 0) { db.SaveChanges(); } }
        """);

    [Fact]
    public Task Ignores_method_that_returns_early() => Ignores("""
        private readonly Db db = null!;
        void M(List<User> users) { foreach (var u in users) { Store(u); } }
        void Store(User u) { if (u.Name == "") { return; } db.Add(u); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_method_with_its_own_context() => Ignores("""
        void M(List<User> users) { foreach (var u in users) { Store(u); } }
        void Store(User u) { using var db = new Db(); db.Add(u); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_method_that_isolates_its_failure() => Ignores("""
        private readonly Db db = null!;
        void M(List<User> users) { foreach (var u in users) { Store(u); } }
        void Store(User u) { try { db.Add(u); db.SaveChanges(); } catch (DbUpdateException) { db.ChangeTracker.Clear(); } }
        """);

    [Fact]
    public Task Ignores_method_with_its_own_transaction() => Ignores("""
        private readonly Db db = null!;
        void M(List<User> users) { foreach (var u in users) { Store(u); } }
        void Store(User u) { using var t = db.Database.BeginTransaction(); db.Add(u); db.SaveChanges(); t.Commit(); }
        """);

    [Fact]
    public Task Ignores_method_that_does_more_than_save() => Ignores("""
        private readonly Db db = null!;
        async Task M(List<User> users) { foreach (var u in users) { await SendAsync(u); } }
        async Task SendAsync(User u) { await Mail(u); u.Name = "sent"; await db.SaveChangesAsync(); }
        Task Mail(User u) => Task.Delay(u.Id);
        """);

    [Fact]
    public Task Ignores_transaction_around_the_loop_that_calls() => Ignores("""
        private readonly Db db = null!;
        void M(List<User> users) { using var t = db.Database.BeginTransaction(); foreach (var u in users) { Store(u); } t.Commit(); }
        void Store(User u) { db.Add(u); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_method_that_recurses() => Ignores("""
        private readonly Db db = null!;
        void M(List<User> users) { foreach (var u in users) { First(u); } }
        void First(User u) { if (u.Id > 0) { Second(u); } }
        void Second(User u) { First(u); Third(u); }
        void Third(User u) { Second(u); if (u.Id == 1) { db.SaveChanges(); } }
        """);

    [Fact]
    public Task Ignores_repository_per_item() => Ignores("""
        class Users { private readonly Db db; public Users(Db db) => this.db = db; public void Add(User u) { db.Add(u); db.SaveChanges(); } }
        void M(List<Users> all) { foreach (var users in all) { users.Add(new User()); } }
        """);

    [Fact]
    public Task Ignores_interface_with_two_implementations() => Ignores("""
        interface IUsers { void Add(User u); }
        class Users : IUsers { private readonly Db db = null!; public void Add(User u) { db.Add(u); db.SaveChanges(); } }
        class NoUsers : IUsers { public void Add(User u) { } }
        void M(IUsers users) { foreach (var u in new List<User>()) { users.Add(u); } }
        """);
}
