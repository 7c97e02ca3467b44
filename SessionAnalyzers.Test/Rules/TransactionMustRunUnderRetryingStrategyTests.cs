using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES3006: transactions of contexts that are configured to retry.</summary>
public sealed class TransactionMustRunUnderRetryingStrategyTests
{
    private const string Registered = """
        using Microsoft.EntityFrameworkCore.Infrastructure;
        static class Startup { static void Add(IServiceCollection all) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => s.EnableRetryOnFailure())); }
        """;

    private const string OtherContext = """
        public class Other : DbContext { }
        """;

    /// <summary>Members of a class, and where the context is told to retry.</summary>
    private static Task ReportsWith(string configuration, string members) => ReportsFiles("using System.Text;\npartial class C { " + members + "\n}", configuration);

    private static Task IgnoresWith(string configuration, string members) => IgnoresFiles("using System.Text;\npartial class C { " + members + "\n}", configuration);

    [Fact]
    public Task Reports_begin() => ReportsWith(Registered, """
        void M(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.Add(new User()); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_begin_of_an_injected_context() => ReportsWith(Registered, """
        private readonly Db db;
        public async Task M() { await using var tx = await {|SES3006:db.Database.BeginTransactionAsync()|}; await db.SaveChangesAsync(); await tx.CommitAsync(); }
        """);

    [Fact]
    public Task Reports_begin_with_isolation() => ReportsWith(Registered, """
        void M(Db db) { using (var tx = {|SES3006:db.Database.BeginTransaction(System.Data.IsolationLevel.Serializable)|}) { db.SaveChanges(); tx.Commit(); } }
        """);

    [Fact]
    public Task Reports_scope() => ReportsWith(Registered, """
        void M(Db db) { using (var scope = {|SES3006:new TransactionScope()|}) { db.SaveChanges(); scope.Complete(); } }
        async Task N(Db db) { using var scope = {|SES3006:new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)|}; await db.SaveChangesAsync(); scope.Complete(); }
        """);

    [Fact]
    public Task Reports_OnConfiguring() => ReportsWith("""
        public class Shop : DbContext { protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlServer("", s => s.EnableRetryOnFailure(3)); }
        public class Outlet : Shop { }
        """, """
        void M() { using var db = new Outlet(); using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_strategy() => ReportsWith("""
        static class Startup { static void Add(IServiceCollection all) => all.AddDbContextPool<Db>(o => o.UseSqlServer("", s => s.ExecutionStrategy(d => new SqlServerRetryingExecutionStrategy(d, 3)))); }
        """, """
        void M(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_PostgreSQL_and_a_factory() => ReportsWith("""
        static class Startup { static void Add(IServiceCollection all) => all.AddDbContextFactory<Db>((p, o) => { o.UseNpgsql("", s => { s.EnableRetryOnFailure(); }); }); }
        """, """
        void M() { using var db = contexts.CreateDbContext(); using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_helper_of_the_only_context() => ReportsWith("""
        using Microsoft.EntityFrameworkCore.Infrastructure;
        static class Options { public static void Set(SqlServerDbContextOptionsBuilder s) => s.EnableRetryOnFailure(); }
        """, """
        void M(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_one_provider_of_several() => ReportsWith("""
        static class Startup
        {
            static void Add(IServiceCollection all, string kind) => all.AddDbContext<Db>(o =>
            {
                if (kind == "sqlite") { o.UseSqlite(""); } else { o.UseSqlServer("", s => s.EnableRetryOnFailure()); }
            });
        }
        """, """
        void M(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_endpoint() => ReportsWith(Registered, """
        static void Map(Microsoft.AspNetCore.Builder.WebApplication app) =>
            Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapPost(app, "/", (Db db) => { using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); });
        """);

    [Fact]
    public Task Reports_queries() => ReportsWith(Registered, """
        void L(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; var all = db.Users.Where(u => u.Id > 1).ToList(); tx.Commit(); }
        void M(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; foreach (var user in db.Users) { Work(); } tx.Commit(); }
        async Task N(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; await db.Users.ExecuteDeleteAsync(); tx.Commit(); }
        async Task O(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; db.Database.ExecuteSqlRaw(sql); await db.SaveChangesAsync(); tx.Commit(); }
        void P(Db db) { using var tx = {|SES3006:db.Database.BeginTransaction()|}; Work(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_names() => ReportsFile("""
        using Microsoft.Extensions.Configuration;
        partial class C
        {
            static void Add(IServiceCollection all) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => s.{|#1:EnableRetryOnFailure|}()));
            void M(Db db) { using var tx = {|#0:db.Database.BeginTransaction()|}; db.SaveChanges(); tx.Commit(); }
        }
        """, new DiagnosticResult("SES3006", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("BeginTransaction", "Db", "Test0.cs", 4));

    [Fact]
    public Task Ignores_delegate_of_a_strategy() => IgnoresWith(Registered, """
        void M(Db db) { var strategy = db.Database.CreateExecutionStrategy(); strategy.Execute(() => { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }); }
        async Task N(Db db) => await db.Database.CreateExecutionStrategy().ExecuteAsync(async () => { await using var tx = await db.Database.BeginTransactionAsync(); await db.SaveChangesAsync(); await tx.CommitAsync(); });
        """);

    [Fact]
    public Task Ignores_method_that_a_strategy_runs() => IgnoresWith(Registered, """
        Task M(Db db) => db.Database.CreateExecutionStrategy().ExecuteAsync(() => Save(db));
        async Task Save(Db db) { await using var tx = await db.Database.BeginTransactionAsync(); await db.SaveChangesAsync(); await tx.CommitAsync(); }
        """);

    [Fact]
    public Task Ignores_method_that_is_passed_to_a_wrapper() => IgnoresWith("""
        using System.Text;
        static class Resilient
        {
            public static void Run(Db db, Action work) => db.Database.CreateExecutionStrategy().Execute(work);
            static void Add(IServiceCollection all) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => s.EnableRetryOnFailure()));
        }
        """, """
        void M(Db db) => Resilient.Run(db, () => Save(db));
        void Save(Db db) => SaveNow(db);
        void SaveNow(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        void N(Db db) => Resilient.Run(db, () => { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); });
        """);

    [Fact]
    public Task Ignores_handlers_of_a_pipeline() => IgnoresWith("""
        using System.Text;
        class Behaviour
        {
            private readonly Db db;
            public Task Handle(Func<Task> next) => db.Database.CreateExecutionStrategy().ExecuteAsync(next);
            static void Add(IServiceCollection all) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => s.EnableRetryOnFailure()));
        }
        """, """
        void Handle(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    // eShopOnContainers: the context begins, the pipeline saves and commits.
    [Fact]
    public Task Ignores_transaction_that_is_handed_on() => IgnoresWith("""
        public class Shop : DbContext
        {
            private IDbContextTransaction current;
            protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlServer("", s => s.EnableRetryOnFailure());
            public async Task<IDbContextTransaction> BeginAsync() { if (current != null) return null; current = await Database.BeginTransactionAsync(); return current; }
            public IDbContextTransaction Begin() => Database.BeginTransaction();
        }
        """, """
        public IDbContextTransaction kept;
        void M(Shop db) { kept = db.Database.BeginTransaction(); }
        void N(Shop db) { db.Database.BeginTransaction(); }
        IDbContextTransaction O(Shop db) { var tx = db.Database.BeginTransaction(); db.SaveChanges(); return tx; }
        """);

    // EF Core sends statements without its strategy, and so they do not throw.
    [Fact]
    public Task Ignores_statements() => IgnoresWith(Registered, """
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.Database.ExecuteSqlRaw(sql); tx.Commit(); }
        async Task N(Db db) { await using var tx = await db.Database.BeginTransactionAsync(); await db.Database.ExecuteSqlAsync($"a"); await tx.CommitAsync(); }
        void O(Db db) { using var tx = db.Database.BeginTransaction(); db.Database.GetDbConnection().Execute(sql, transaction: tx.GetDbTransaction()); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_other_contexts() => IgnoresWith(Registered + OtherContext, """
        void M(Other db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        void N(DbContext db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        void O(Other db) { using var scope = new TransactionScope(); db.SaveChanges(); scope.Complete(); }
        """);

    [Fact]
    public Task Ignores_helper_with_several_contexts() => IgnoresWith("""
        using Microsoft.EntityFrameworkCore.Infrastructure;
        public class Other : DbContext { }
        static class Options { public static void Set(SqlServerDbContextOptionsBuilder s) => s.EnableRetryOnFailure(); }
        """, """
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_generic_registration() => IgnoresWith("""
        public class Other : DbContext { }
        static class Startup { static void Add<T>(IServiceCollection all) where T : DbContext => all.AddDbContext<T>(o => o.UseSqlServer("", s => s.EnableRetryOnFailure())); }
        """, """
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_contexts_that_do_not_retry() => IgnoresWith("""
        static class Startup
        {
            static void Add(IServiceCollection all) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => s.CommandTimeout(3)));
            static void AddOther(IServiceCollection all) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => s.EnableRetryOnFailure(0)));
            static void AddMore(IServiceCollection all) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => s.ExecutionStrategy(d => new NonRetryingExecutionStrategy(d))));
        }
        """, """
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_option_under_a_condition_of_its_own() => IgnoresWith("""
        static class Startup
        {
            static void Add(IServiceCollection all, bool retry) => all.AddDbContext<Db>(o => o.UseSqlServer("", s => { if (retry) { s.EnableRetryOnFailure(); } }));
        }
        """, """
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_option_that_only_fills_in() => IgnoresWith("""
        public class Shop : DbContext
        {
            protected override void OnConfiguring(DbContextOptionsBuilder options) { if (!options.IsConfigured) { options.UseSqlServer("", s => s.EnableRetryOnFailure()); } }
        }
        public class Store : DbContext
        {
            protected override void OnConfiguring(DbContextOptionsBuilder options) { if (options.IsConfigured) { return; } options.UseSqlServer("", s => s.EnableRetryOnFailure()); }
        }
        """, """
        void M(Shop db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        void N(Store db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_design_time_factory() => IgnoresWith("""
        using Microsoft.EntityFrameworkCore.Design;
        class Factory : IDesignTimeDbContextFactory<Db>
        {
            public Db CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<Db>().UseSqlServer("", s => s.EnableRetryOnFailure()).Options);
        }
        """, """
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_context_with_options_of_its_own() => IgnoresWith(Registered, """
        void M(DbContextOptions options) { using var db = new Db(options); using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_suppressed_scope() => IgnoresWith(Registered, """
        void M(Db db) { using var scope = new TransactionScope(TransactionScopeOption.Suppress); db.SaveChanges(); scope.Complete(); }
        void N(SqlConnection c) { using var scope = new TransactionScope(); c.Open(); scope.Complete(); }
        """);

    [Fact]
    public Task Ignores_delegates() => IgnoresWith(Registered, """
        void M(Db db) { Run(() => { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }); }
        void N(Db db) { void Save() { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); } Run(Save); }
        static void Run(Action action) => action();
        """);

    [Fact]
    public Task Ignores_transactions_of_connections() => IgnoresWith(Registered, """
        void M(SqlConnection c) { using var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_branch_on_the_strategy() => IgnoresWith(Registered, """
        void M(Db db)
        {
            if (db.Database.CreateExecutionStrategy().RetriesOnFailure) { return; }
            using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_method_of_the_same_name_elsewhere() => IgnoresWith("""
        class Options { public void EnableRetryOnFailure() { } static void Set(Options o) => o.EnableRetryOnFailure(); }
        """, """
        void M(Db db) { using var tx = db.Database.BeginTransaction(); db.SaveChanges(); tx.Commit(); }
        """);
}
