using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2003: one unit of work that is saved more than once without a transaction.</summary>
public sealed class WorkMustBeCommittedAtOnceTests
{
    private const string Members = """
        partial class C
        {
            private readonly Db db = new();
            private readonly Other other = new();
            private readonly Action action = null!;
            private readonly IRepository users = null!;
            private readonly Mail mail = null!;
        }
        public class Other : DbContext { public DbSet<User> Users => Set<User>(); }
        public abstract class Mail { public abstract Task Send(string to); }
        public interface IRepository { void Add(User user); void Save(); User Find(int id); }
        public class Repository : IRepository
        {
            private readonly Db context = new();
            public void Add(User user) => context.Users.Add(user);
            public void Save() => context.SaveChanges();
            public User Find(int id) => context.Users.First(u => u.Id == id);
        }
        """;

    private static async Task Reports(string members, params DiagnosticResult[] expected)
    {
        var test = NewTest($"partial class C {{ {members}\n}}");
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected");
    }

    private static Task Ignores(string members) => IgnoresFile($"partial class C {{ {members}\n}}");

    private static Task IgnoresFile(string source)
    {
        var test = NewTest(source);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    private static Verify<Only<WorkMustBeCommittedAtOnce>, EmptyCodeFixProvider>.Test NewTest(string source) =>
        new(Libraries.Common) { TestState = { Sources = { source, FlowRules.Preamble, Members } } };

    [Fact]
    public Task Reports_two_saves_of_one_context() => Reports("""
        void M(User a, User b) { db.Add(a); db.SaveChanges(); db.Add(b); {|SES2003:db.SaveChanges()|}; }
        async Task N(Db own, User a, User b) { own.Add(a); await own.SaveChangesAsync(); own.Add(b); await {|SES2003:own.SaveChangesAsync()|}.ConfigureAwait(false); }
        """);

    [Fact]
    public Task Reports_save_that_generates_the_key_of_the_next() => Reports("""
        async Task<int> M(string name, CancellationToken token)
        {
            var user = new User { Name = name };
            db.Users.Add(user);
            await db.SaveChangesAsync(token);
            user.Name = name + user.Id;
            return await {|SES2003:db.SaveChangesAsync(token)|};
        }
        """);

    [Fact]
    public Task Reports_queries_and_loops_in_between() => Reports("""
        void M(User[] list)
        {
            db.AddRange(list);
            db.SaveChanges();
            logger.LogInformation("saved {Count}", list.Length);
            foreach (var user in db.Users.Where(u => u.Name == "").ToList()) { user.Name = string.Join("-", list.Select(u => u.Name)); }
            {|SES2003:db.SaveChanges()|};
        }
        """);

    [Fact]
    public Task Reports_own_context() => Reports("""
        async Task M(User a, User b)
        {
            await using var own = await contexts.CreateDbContextAsync();
            own.Add(a);
            await own.SaveChangesAsync();
            own.Remove(b);
            await {|SES2003:own.SaveChangesAsync()|};
        }
        """);

    [Fact]
    public Task Reports_two_contexts() => Reports("""
        void M(User a) { db.Add(a); other.Add(a); db.SaveChanges(); a.Name = "x"; {|SES2003:other.SaveChanges()|}; }
        """);

    [Fact]
    public Task Reports_save_through_members() => Reports("""
        private Task SaveAsync() => db.SaveChangesAsync();
        private void Insert(User user) { db.Add(user); db.SaveChanges(); }
        async Task M(User a, User b) { db.Add(a); await SaveAsync(); db.Add(b); await {|SES2003:SaveAsync()|}; }
        void N(User a, User b) { Insert(a); {|SES2003:Insert(b)|}; }
        """);

    [Fact]
    public Task Reports_save_through_a_repository() => Reports("""
        void M(User a, User b) { users.Add(a); users.Save(); users.Find(1).Name = b.Name; {|SES2003:users.Save()|}; }
        """);

    [Fact]
    public Task Reports_in_one_branch_and_try() => Reports("""
        void M(User a, User b)
        {
            try
            {
                if (a.Id == 0)
                {
                    db.Add(a); db.SaveChanges();
                    using (logger.BeginScope("b")) { db.Add(b); {|SES2003:db.SaveChanges()|}; }
                }
            }
            catch (DbUpdateException e) { logger.LogError(e, "not saved"); throw; }
        }
        """);

    [Fact]
    public Task Reports_names_once() => Reports("""
        void M(User a)
        {
            db.Add(a);
            {|#1:db.SaveChanges()|};
            db.Update(a);
            {|#0:db.SaveChanges()|};
            db.Remove(a);
            {|#2:db.SaveChanges()|};
        }
        """, new DiagnosticResult("SES2003", DiagnosticSeverity.Info).WithLocation(0).WithLocation(1).WithLocation(2).WithArguments("SaveChanges", "db", 4));

    [Fact]
    public Task Ignores_one_save() => Ignores("""
        void M(User a, User b) { db.Add(a); db.Add(b); db.SaveChanges(); }
        void N(User a) { db.Add(a); db.SaveChanges(); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_exclusive_branches_and_conditions() => Ignores("""
        void M(User a) { if (a.Id == 0) { db.Add(a); db.SaveChanges(); } else { db.Update(a); db.SaveChanges(); } }
        void N(User a) { if (a.Id == 0) { db.Add(a); db.SaveChanges(); return; } db.Update(a); db.SaveChanges(); }
        void O(User a) { switch (a.Id) { case 0: db.Add(a); db.SaveChanges(); break; default: db.Update(a); db.SaveChanges(); break; } }
        void P() { if (!db.Users.Any()) { db.Add(new User()); db.SaveChanges(); } if (!db.Users.Any(u => u.Id > 1)) { db.Add(new User()); db.SaveChanges(); } }
        void Q(User a) { db.Add(a); if (db.SaveChanges() > 0) { db.Add(new User()); db.SaveChanges(); } }
        int R(User a) { db.Add(a); var count = db.SaveChanges(); db.Add(new User()); return count + db.SaveChanges(); }
        int S(User a) { db.Add(a); db.SaveChanges(); if (a.Id > 5) { return 0; } db.Add(new User()); return db.SaveChanges(); }
        void T(User a) { db.Add(a); db.SaveChanges(); a.Name = ""; _ = a.Id > 0 && db.SaveChanges() > 0; }
        """);

    [Fact]
    public Task Ignores_transactions() => Ignores("""
        void M(User a) { using var tx = db.Database.BeginTransaction(); db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); tx.Commit(); }
        void N(User a) { using var scope = new TransactionScope(); db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); scope.Complete(); }
        void O(User a, DbTransaction tx) { db.Database.UseTransaction(tx); db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); }
        void P(User a, IDbContextTransaction current) { db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); }
        void Q(User a) { if (db.Database.CurrentTransaction is null) { throw new InvalidOperationException(); } db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_transaction_of_the_caller() => Ignores("""
        public void Place(User a) { using var tx = db.Database.BeginTransaction(); Store(a); tx.Commit(); }
        private void Store(User a) { db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_transaction_of_a_filter() => IgnoresFile("""
        partial class C { void M(User a) { db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); } }
        class Filter
        {
            public async Task Invoke(Db db, Func<Task> next) { using var tx = await db.Database.BeginTransactionAsync(); await next(); await tx.CommitAsync(); }
        }
        """);

    [CSharpFact(12)]
    public Task Ignores_attribute() => IgnoresFile("""
        class TransactionalAttribute : Attribute;
        partial class C { [Transactional] void M(User a) { db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); } }
        """);

    [Fact]
    public Task Ignores_work_of_others_in_between() => Ignores("""
        async Task M(User a) { a.Name = "sending"; await db.SaveChangesAsync(); await mail.Send(a.Name); a.Name = "sent"; await db.SaveChangesAsync(); }
        async Task N(User a) { a.Name = "waiting"; await db.SaveChangesAsync(); await Task.Delay(1); a.Name = "done"; await db.SaveChangesAsync(); }
        void O(User a) { a.Name = "x"; db.SaveChanges(); action(); a.Name = "y"; db.SaveChanges(); }
        void P(User a) { a.Name = "x"; db.SaveChanges(); Console.WriteLine("first"); a.Name = "y"; db.SaveChanges(); }
        void Q(User a) { a.Name = "x"; db.SaveChanges(); Helper(); a.Name = "y"; db.SaveChanges(); }
        void R(User a) { a.Name = "x"; db.SaveChanges(); db.ChangeTracker.Clear(); db.Add(new User()); db.SaveChanges(); }
        private void Helper() => Work();
        """);

    [Fact]
    public Task Ignores_handlers_and_isolated_pieces() => Ignores("""
        void M(User a) { try { db.Add(a); db.SaveChanges(); } catch { a.Name = "x"; db.SaveChanges(); } }
        void N(User a) { try { db.Add(a); db.SaveChanges(); } finally { a.Name = "x"; db.SaveChanges(); } }
        void O(User a) { db.Add(a); db.SaveChanges(); try { db.Add(new User()); db.SaveChanges(); } catch (Exception e) { logger.LogError(e, "x"); } }
        void P(User a) { try { db.Add(a); db.SaveChanges(); } catch (Exception e) { logger.LogError(e, "x"); } db.Add(new User()); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_loops() => Ignores("""
        void M(User[] all) { foreach (var a in all) { db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); } }
        async Task N(CancellationToken token) { while (!token.IsCancellationRequested) { var a = db.Users.First(); a.Name = "x"; await db.SaveChangesAsync(token); a.Name = "y"; await db.SaveChangesAsync(token); } }
        void O(User[] all) { foreach (var a in all) { db.Add(a); db.SaveChanges(); } db.Add(new User()); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_functions_that_others_call() => Ignores("""
        void M(User a) { Run(() => { db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); }); }
        void N(User a) { void Save() { db.Add(a); db.SaveChanges(); a.Name = "x"; db.SaveChanges(); } Run(Save); }
        private static void Run(Action work) { using var scope = new TransactionScope(); work(); scope.Complete(); }
        """);

    [Fact]
    public Task Ignores_contexts_one_after_another() => Ignores("""
        void M(User a)
        {
            using (var first = new Db()) { first.Add(a); first.SaveChanges(); }
            using (var second = new Other()) { second.Add(a); second.SaveChanges(); }
        }
        void N(User a) { db.Add(a); db.SaveChanges(); using var log = contexts.CreateDbContext(); log.Add(new User()); log.SaveChanges(); }
        void O(User a) { var own = new Db(); own.Add(a); own.SaveChanges(); own = new Db(); own.Add(a); own.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_members_with_contexts_of_their_own_or_conditions() => Ignores("""
        private void Insert(User user) { using var own = new Db(); own.Add(user); own.SaveChanges(); }
        private void Save() { if (db.ChangeTracker.HasChanges()) { db.SaveChanges(); } }
        void M(User a, User b) { Insert(a); Insert(b); }
        void N(User a, User b) { db.Add(a); Save(); db.Add(b); Save(); }
        """);

    [CSharpFact(12)]
    public Task Ignores_tests_and_programs() => IgnoresFile("""
        class FactAttribute : Attribute;
        class T { [Fact] void M() { using var db = new Db(); db.Add(new User()); db.SaveChanges(); db.Add(new User()); db.SaveChanges(); } }
        class Program { static void Main() { using var db = new Db(); db.Add(new User()); db.SaveChanges(); db.Add(new User()); db.SaveChanges(); } }
        """);

    [Fact]
    public Task Ignores_recursion() => Ignores("""
        private void A(User a) { db.Add(a); B(a); db.SaveChanges(); }
        private void B(User a) { if (Flag()) { A(a); } }
        void M(User a, User b) { A(a); B(b); A(b); }
        """);
}
