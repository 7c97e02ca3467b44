using SessionAnalyzers.Test.Verification;
using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2005: changes in a context that is disposed without a save.</summary>
public sealed class ChangesMustBeSavedTests
{
    [Fact]
    public Task Reports_added_updated_and_removed() => Reports("""
        void A(User u) { using var db = new Db(); {|SES2005:db.Add(u)|}; }
        void B(User u) { using var db = new Db(); {|SES2005:db.Users.Update(u)|}; }
        void C1(User u) { using (var db = contexts.CreateDbContext()) { {|SES2005:db.Users.Remove(u)|}; } }
        void D(User[] us) { using var db = sessions.CreateContext(); {|SES2005:db.Set<User>().AddRange(us)|}; }
        """);

    [Fact]
    public Task Reports_async() => Reports("""
        async Task<int> M(User u, CancellationToken token)
        {
            await using var db = await contexts.CreateDbContextAsync(token);
            if (await db.Users.AnyAsync(x => x.Id == u.Id, token)) { return 0; }
            await {|SES2005:db.Users.AddAsync(u, token)|}.ConfigureAwait(false);
            logger.LogInformation("added");
            return u.Id;
        }
        """);

    [Fact]
    public Task Reports_first_of_several_and_loops() => Reports("""
        void M(User[] us) { using var db = new Db(); foreach (var u in us) { {|SES2005:db.Users.Add(u)|}; } db.RemoveRange(us); }
        void N(User u) { var db = new Db(); try { var users = db.Users; {|SES2005:users.Add(u)|}; } finally { db.Dispose(); } }
        """);

    [Fact]
    public Task Reports_change_after_the_last_save() => Reports("""
        void M(User a, User b) { using var db = new Db(); db.Add(a); db.SaveChanges(); {|SES2005:db.Add(b)|}; }
        """);

    [Fact]
    public Task Reports_transaction_without_a_save() => Reports("""
        void M(User u)
        {
            using var db = new Db();
            using var tx = db.Database.BeginTransaction();
            db.Users.Where(x => x.Id > 5).ExecuteDelete();
            {|SES2005:db.Users.Add(u)|};
            tx.Commit();
        }
        """);

    [Fact]
    public Task Reports_changes_of_a_helper() => Reports("""
        private static void Fill(Db db, User u) { var old = db.Users.Find(u.Id); if (old == null) { db.Users.Add(u); } }
        void M(User u) { using var db = new Db(); {|SES2005:Fill(db, u)|}; }
        """);

    [Fact]
    public Task Reports_queries_beside() => Reports("""
        void M(User u)
        {
            using var db = new Db();
            foreach (var other in db.Users.AsNoTracking().Where(x => x.Id > u.Id).OrderBy(x => x.Name)) { logger.LogInformation(other.Name); }
            var entity = {|SES2005:db.Add(u)|}.Entity;
            _ = db.Users.ToList();
        }
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        void M(User u)
        {
            using (var db = {|#1:new Db()|})
            {
                {|#0:db.Add(u)|};
            }
        }
        """, new DiagnosticResult("SES2005", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithSpan(3, 16, 3, 29).WithArguments("Add", "db", "new Db", 3));

    [Fact]
    public Task Ignores_saved() => Ignores("""
        void A(User u) { using var db = new Db(); db.Add(u); db.SaveChanges(); }
        async Task B(User u) { await using var db = new Db(); db.Add(u); await db.SaveChangesAsync().ConfigureAwait(false); }
        void C1(User u) { using var db = new Db(); try { db.Add(u); } finally { db.SaveChanges(); } }
        int D(User u) { using var db = new Db(); db.Add(u); return db.SaveChanges(); }
        void E(User[] us) { using var db = new Db(); var i = 0; while (i < us.Length) { db.SaveChanges(); db.Add(us[i++]); } }
        """);

    [Fact]
    public Task Ignores_save_on_a_condition() => Ignores("""
        void A(User u, bool dry) { using var db = new Db(); db.Add(u); if (!dry) { db.SaveChanges(); } }
        void B(User u, bool dry) { using var db = new Db(); db.Add(u); if (dry) { return; } db.SaveChanges(); }
        void C1(User u) { using var db = new Db(); var any = false; if (u.Id == 0) { db.Add(u); any = true; } if (any) { db.SaveChanges(); } }
        """);

    [Fact]
    public Task Ignores_exceptions_and_handlers() => Ignores("""
        void A(User u) { using var db = new Db(); db.Add(u); throw new InvalidOperationException(); }
        void B(User u) { using var db = new Db(); try { db.Add(u); db.SaveChanges(); } catch (DbUpdateException) { db.Remove(u); } }
        """);

    [Fact]
    public Task Ignores_contexts_of_others() => Ignores("""
        private readonly Db own;
        C(Db db) => own = db;
        void A(Db db, User u) { db.Add(u); }
        void B(User u) { own.Add(u); }
        void C1(User u) { using var scope = services.CreateScope(); var db = scope.ServiceProvider.GetRequiredService<Db>(); db.Add(u); }
        """);

    [CSharpFact(12)]
    public Task Ignores_contexts_that_others_get() => Ignores("""
        private static void Save(DbContext db) => db.SaveChanges();
        private static void MaySave(DbContext db) { if (Flag()) { db.SaveChanges(); } }
        class Saver(Db db) { public void Save() => db.SaveChanges(); }
        void A(User u) { using var db = new Db(); db.Add(u); Save(db); }
        void B(User u) { using var db = new Db(); db.Add(u); MaySave(db); }
        void C1(User u) { using var db = new Db(); var saver = new Saver(db); db.Add(u); saver.Save(); }
        void D(User u, Action<Db> save) { using var db = new Db(); db.Add(u); save(db); }
        void E(User u) { using var db = new Db(); Action save = () => db.SaveChanges(); db.Add(u); save(); }
        void F(User u, IList<object> list) { using var db = new Db(); list.Add(db); db.Add(u); }
        void H(User u, List<DbSet<User>> sets) { using var db = new Db(); sets.Add(db.Users); db.Add(u); }
        """);

    [Fact]
    public Task Ignores_use_of_what_is_tracked() => Ignores("""
        void A(User u) { using var db = new Db(); db.Add(u); Console.WriteLine(db.ChangeTracker.DebugView.LongView); }
        void B(User u) { using var db = new Db(); db.Add(u); db.Entry(u).State = EntityState.Detached; }
        int C1(User u) { using var db = new Db(); db.Add(u); return db.Users.Local.Count; }
        object D(User u) { using var db = new Db(); return db.Add(u).Property("Id").CurrentValue; }
        void E(User u) { using var db = new Db(); var entry = db.Add(u); entry.State = EntityState.Unchanged; }
        void F(User u) { using var db = new Db(); db.Add(u); db.ChangeTracker.Clear(); }
        """);

    [Fact]
    public Task Ignores_work_past_the_tracker() => Ignores("""
        void A() { using var db = new Db(); db.Users.Where(x => x.Id > 5).ExecuteDelete(); }
        void B(User u) { using var db = new Db(); var list = db.Users.ToList(); list.Add(u); list.Remove(u); }
        """);

    [Fact]
    public Task Ignores_contexts_with_members_of_their_own() => Ignores("""
        class Saving : Db
        {
            public override void Dispose() { SaveChanges(); base.Dispose(); }
        }
        class Eager : Db
        {
            public void Add(User u) { Users.Add(u); SaveChanges(); }
            public void Commit() => SaveChanges();
        }
        void A(User u) { using var db = new Saving(); db.Add((object)u); }
        void B(User u) { using var db = new Eager(); db.Add(u); }
        void C1(User u) { using var db = new Eager(); db.Users.Add(u); db.Commit(); }
        """);

    [CSharpFact(12)]
    public Task Ignores_tests() => IgnoresFile("""
        class FactAttribute : Attribute;
        class T { [Fact] void M() { using var db = new Db(); db.Add(new User()); } }
        class UserTests { void M() { using var db = new Db(); db.Add(new User()); } }
        """);

    [Fact]
    public Task Reports_in_functions_and_other_context_saved() => Reports("""
        Action M(User u) => () => { using var db = new Db(); {|SES2005:db.Add(u)|}; };
        void N(User u) { void Local() { using var db = new Db(); {|SES2005:db.Add(u)|}; } Local(); }
        void O(User u) { using var a = new Db(); using var b = new Db(); {|SES2005:a.Add(u)|}; b.Remove(u); b.SaveChanges(); }
        void P<T>(User u) where T : Db, new() { using var db = new T(); {|SES2005:db.Users.Add(u)|}; }
        """);

    [Fact]
    public Task Ignores_loops_and_labels() => Ignores("""
        void A(User[] us) { using var db = new Db(); for (var i = 0; i < us.Length; i++) { if (i % 10 == 9) { db.SaveChanges(); db.ChangeTracker.Clear(); } db.Add(us[i]); } }
        void B(User u) { using var db = new Db();
        again: if (Flag()) { db.SaveChanges(); return; } db.Add(u); if (Flag()) { goto again; } }
        """);

    [Fact]
    public Task Ignores_aliases_and_conditional_access() => Ignores("""
        void A(User u) { using var db = new Db(); var same = db; db.Add(u); same.SaveChanges(); }
        void B(User u) { using var db = Flag() ? new Db() : null; db?.Add(u); db?.SaveChanges(); }
        void C1(User u) { DbContext db = new Db(); using (db) { db.Add(u); ((Db)db).SaveChanges(); } }
        async Task D(User u) { await using var db = new Db(); db.Add(u); var task = db.SaveChangesAsync(); await task; }
        """);
}
