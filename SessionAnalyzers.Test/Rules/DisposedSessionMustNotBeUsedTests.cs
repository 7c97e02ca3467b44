using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1011: calls on sessions, and second disposals, after the disposal on every path.</summary>
public sealed class DisposedSessionMustNotBeUsedTests
{
    [Fact]
    public Task Reports_call_after_dispose() => Reports("void M() { var db = new Db(); db.Dispose(); {|SES1011:db.SaveChanges()|}; }");

    [Fact]
    public Task Reports_call_after_both_branches() => Reports("""
        void M() { var c = new SqlConnection(cs); if (Flag()) { c.Dispose(); } else { c.Dispose(); } {|SES1011:c.Open()|}; }
        """);

    [Fact]
    public Task Reports_call_after_a_helper_that_disposes() => Reports("""
        void M() { var db = new Db(); End(db); {|SES1011:db.SaveChanges()|}; }
        static void End(Db db) => db.Dispose();
        """);

    [Fact]
    public Task Reports_second_disposal() => Reports("void M() { var db = new Db(); db.Dispose(); {|SES1011:db.Dispose()|}; }");

    [Fact]
    public Task Reports_call_after_a_using_of_an_existing_variable() => Reports("void M() { var db = new Db(); using (db) { db.SaveChanges(); } {|SES1011:db.SaveChanges()|}; }");

    [Fact]
    public Task Reports_query_after_dispose() => Reports("""
        int A() { var db = new Db(); db.Dispose(); return {|SES1011:db.Users.Count()|}; }
        List<User> B() { var db = new Db(); db.Dispose(); return {|SES1011:db.Users.Where(u => u.Id > 1).AsNoTracking().ToList()|}; }
        async Task<List<User>> D() { var db = new Db(); await db.DisposeAsync(); return await {|SES1011:db.Users.ToListAsync()|}.ConfigureAwait(false); }
        User E() { var db = new Db(); db.Dispose(); return {|SES1011:db.Users.Find(1)|}; }
        void F() { var db = new Db(); db.Dispose(); foreach (var user in {|SES1011:db.Users|}) { Work(); } }
        async Task G() { var db = new Db(); db.Dispose(); await foreach (var user in {|SES1011:db.Users.AsAsyncEnumerable()|}) { Work(); } }
        bool H() { var db = contexts.CreateDbContext(); db.Dispose(); return {|SES1011:db.Users.Select(u => u.Id).AsEnumerable().Any(i => i > 1)|}; }
        async Task I() { var db = contexts.CreateDbContext(); db.Dispose(); await {|SES1011:db.Users.Where(u => u.Id > 1).ExecuteDeleteAsync()|}; }
        void J() { var db = new Db(); using (db) { db.SaveChanges(); } _ = db?{|SES1011:.Users.Count()|}; }
        """);

    [Fact]
    public Task Reports_query_that_is_run_after_dispose() => Reports("""
        List<User> A() { var db = new Db(); var query = db.Users; db.Dispose(); return {|SES1011:query.ToList()|}; }
        List<User> B() { IQueryable<User> query; using (var db = new Db()) { query = db.Users.Where(u => u.Id > 1); } return {|SES1011:query.OrderBy(u => u.Id).ToList()|}; }
        int D() { IEnumerable<User> users; using (var db = new Db()) { users = db.Set<User>().AsEnumerable(); } var sum = 0; foreach (var user in {|SES1011:users|}) { sum += user.Id; } return sum; }
        """);

    [Fact]
    public Task Reports_task_once() => Reports("""
        Task<List<User>> A() { var db = new Db(); db.Dispose(); return {|SES1011:db.Users.ToListAsync()|}; }
        Task<int> B() { var db = new Db(); db.Dispose(); return {|SES1011:db.SaveChangesAsync()|}; }
        """);

    [Fact]
    public Task Reports_query_in_any_expression() => Reports("""
        void A() { var db = new Db(); try { db.SaveChanges(); } finally { db.Dispose(); } lock (this) { _ = {|SES1011:db.Users.Count()|}; } }
        int B(bool b) { var db = new Db(); db.Dispose(); var other = new Db(); other.Dispose(); return {|SES1011:(b ? db.Users : other.Users).Count()|}; }
        Dictionary<int, string> E() { var db = new Db(); db.Dispose(); return {|SES1011:(from u in db.Users where u.Id > 1 select u).ToDictionary(u => u.Id, u => u.Name)|}; }
        async Task<bool> F(CancellationToken token) { Db db; await using (db = new Db()) { await db.SaveChangesAsync(token); } return await {|SES1011:db.Users.AnyAsync(u => u.Id == 1, token)|}; }
        """);

    [Fact]
    public Task Ignores_query_before_dispose() => Ignores("""
        int B(bool b) { using var other = new Db(); var db = new Db(); db.Dispose(); return (b ? db.Users : other.Users).Count(); }
        void D() { Db db = null; try { for (var i = 0; i < 3; i++) { db?.Dispose(); db = new Db(); _ = db.Users.Count(); } } finally { db?.Dispose(); } }
        int E() { using var db = new Db(); Func<int> count = () => db.Users.Count(); return count(); }
        int F() { var db = new Db(); int Count() => db.Users.Count(); try { return Count(); } finally { db.Dispose(); } }
        int G() { using var db = new Db(); using (var other = new Db()) { other.SaveChanges(); } return db.Users.Count(); }
        async Task<int> H() { await using var db = new Db(); var query = db.Users.Where(u => u.Id > 1); return await query.CountAsync() + query.Count(); }
        void I() { var db = new Db(); try { foreach (var u in db.Users) { if (u.Id > 1) { return; } } } finally { db.Dispose(); } }
        """);

    [Fact]
    public Task Reports_change_and_statement_after_dispose() => Reports("""
        void A(User user) { var db = new Db(); db.Dispose(); {|SES1011:db.Users.Add(user)|}; }
        void B() { var db = new Db(); db.Dispose(); {|SES1011:db.Database.ExecuteSqlRaw("x")|}; }
        """);

    [Fact]
    public Task Reports_the_first_call_of_a_chain_once() => Reports("int M() { var db = new Db(); db.Dispose(); return {|SES1011:db.Set<User>()|}.Count(); }");

    [Fact]
    public Task Ignores_what_runs_no_query() => Ignores("""
        void A() { var db = new Db(); db.Dispose(); var users = db.Users; _ = users; }
        string B() { var db = new Db(); db.Dispose(); return db.Users.EntityType.Name + db.Users.GetType(); }
        void D() { List<User> all; using (var db = new Db()) { all = db.Users.ToList(); } foreach (var user in all) { Work(); } _ = all.Count() + all.Where(u => u.Id > 1).Count(); }
        bool E() { var db = new Db(); var users = db.Users; db.Dispose(); return users.TryGetNonEnumeratedCount(out _) || users == null; }
        int F() { var db = new Db(); var local = db.Users.Local; db.Dispose(); return local.Count() + local.Count; }
        int G() { IQueryable<string> names; using (var db = new Db()) { names = db.Users.Select(u => u.Name).ToArray().AsQueryable(); } return names.Count(); }
        """);

    [Fact]
    public Task Ignores_query_whose_context_is_alive_on_a_path() => Ignores("""
        int A(Db other) { IQueryable<User> query; using (var db = new Db()) { query = db.Users; if (Flag()) { query = other.Users; } } return query.Count(); }
        int B(List<User> known) { IEnumerable<User> users; using (var db = new Db()) { users = db.Users; if (Flag()) { users = known; } } return users.Count(); }
        int D() { var db = new Db(); db.Dispose(); db = new Db(); try { return db.Users.Count(); } finally { db.Dispose(); } }
        void E() { foreach (var i in new[] { 1, 2 }) { using var db = new Db(); _ = db.Users.Count(); foreach (var user in db.Users) { Work(); } } }
        int F(IQueryable<User> query) { using (var db = new Db()) { if (Flag()) { query = db.Users; } } return query.Count(); }
        """);

    [Fact]
    public Task Ignores_sequence_that_a_query_is_only_part_of() => Ignores("""
        bool A(List<User> known) { IEnumerable<User> all; using (var db = new Db()) { all = known.Concat(db.Users); } return all.Any(); }
        """);

    [Fact]
    public Task Ignores_property_of_the_context_that_may_be_a_list() => IgnoresFile("""
        class Fake : DbContext
        {
            private readonly List<User> users = new();
            public IQueryable<User> Users => users.AsQueryable();
            public IQueryable<User> Active() => users.AsQueryable();
            public static int M() { var db = new Fake(); IQueryable<User> active; using (db) { active = db.Active(); } return db.Users.Count() + active.Count(); }
        }
        """);

    [Fact]
    public Task Ignores_variable_that_may_hold_another_context() => Ignores("void M(Db other) { var db = new Db(); db.Dispose(); if (Flag()) { db = other; } db.SaveChanges(); _ = db.Users.Count(); }");

    [Fact]
    public Task Ignores_close_inside_using() => Ignores("void M() { using (var c = new SqlConnection(cs)) { c.Open(); c.Close(); } }");

    [Fact]
    public Task Ignores_dispose_inside_using() => Ignores("void M() { using (var c = new SqlConnection(cs)) { c.Open(); c.Dispose(); } }");

    [Fact]
    public Task Ignores_reopening() => Ignores("void M() { using var c = new SqlConnection(cs); c.Open(); c.Close(); c.Open(); c.Execute(sql); }");

    [Fact]
    public Task Ignores_disposal_on_one_path() => Ignores("void M() { var c = new SqlConnection(cs); if (Flag()) { c.Dispose(); c = new SqlConnection(sql); } c.Open(); c.Dispose(); }");

    [Fact]
    public Task Ignores_new_session_in_the_variable() => Ignores("void M() { var db = new Db(); db.Dispose(); db = new Db(); db.Dispose(); }");

    [Fact]
    public Task Ignores_inspection() => Ignores("string M() { var c = new SqlConnection(cs); c.Dispose(); return c.ToString() + c.State; }");

    [Fact]
    public Task Ignores_rollback_after_a_failed_commit() => Ignores("""
        void M(DbConnection c) { using var t = c.BeginTransaction(); try { c.Execute(sql, transaction: t); t.Commit(); } catch { t.Rollback(); throw; } }
        """);

    [Fact]
    public Task Ignores_dispose_in_catch_and_finally() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); } catch { c.Dispose(); throw; } finally { c.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_loop_with_a_session_a_round() => Ignores("void M() { for (var i = 0; i < 3; i++) { using var db = new Db(); db.SaveChanges(); } }");
}
