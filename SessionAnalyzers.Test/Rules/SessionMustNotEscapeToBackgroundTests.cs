using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES4004: sessions that end before the work that captured them.</summary>
public sealed class SessionMustNotEscapeToBackgroundTests
{
    private static Verify<Only<SessionMustNotEscapeToBackground>, EmptyCodeFixProvider>.Test NewTest(string source) =>
        new(source.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common) { TestState = { Sources = { source, FlowRules.Preamble } } };

    private static async Task ReportsFile(string source, params DiagnosticResult[] expected)
    {
        var test = NewTest(source);
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    private static Task IgnoresFile(string source)
    {
        var test = NewTest(source);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    private static Task Reports(string members) => ReportsFile($"partial class C {{ {members} }}");

    private static Task Ignores(string members) => IgnoresFile($"partial class C {{ {members} }}");

    [Fact]
    public Task Reports_task_run() => Reports("""
        async Task M()
        {
            using var db = contexts.CreateDbContext();
            Task.Run(() => {|SES4004:db|}.SaveChanges());
            _ = Task.Run(async () => { await {|SES4004:db|}.SaveChangesAsync(); await db.SaveChangesAsync(); });
            await db.SaveChangesAsync();
        }
        """);

    [Fact]
    public Task Reports_using_statement() => Reports("""
        void M()
        {
            using (var c = new SqlConnection(cs)) { c.Open(); Task.Factory.StartNew(() => {|SES4004:c|}.Execute(sql)); }
            Console.ReadLine();
        }
        """);

    [Fact]
    public Task Reports_thread_pool() => Reports("""
        void M() { using var db = new Db(); ThreadPool.QueueUserWorkItem(_ => {|SES4004:db|}.SaveChanges()); }
        """);

    [Fact]
    public Task Reports_thread() => Reports("""
        void M() { using var db = new Db(); new Thread(() => {|SES4004:db|}.SaveChanges()).Start(); }
        void N() { using var db = new Db(); var thread = new Thread(() => {|SES4004:db|}.SaveChanges()); thread.IsBackground = true; thread.Start(); }
        """);

    [Fact]
    public Task Reports_timer() => Reports("""
        private Timer timer;
        void M() { using var db = new Db(); timer = new Timer(_ => {|SES4004:db|}.SaveChanges(), null, 0, 1000); }
        """);

    [Fact]
    public Task Reports_scope() => Reports("""
        void M() { using var scope = services.CreateScope(); _ = Task.Run(() => {|SES4004:scope|}.ServiceProvider.GetRequiredService<Db>().SaveChanges()); }
        """);

    [Fact]
    public Task Reports_context_of_a_controller() => ReportsFile("""
        using Microsoft.AspNetCore.Mvc;
        class Users : ControllerBase
        {
            private readonly Db db;
            public Users(Db db) { this.db = db; }
            public IActionResult Post() { _ = Task.Run(() => {|SES4004:db|}.SaveChanges()); return Ok(); }
            public async Task<IActionResult> Put() { Task.Run(async () => await {|SES4004:db|}.SaveChangesAsync()); await Task.Yield(); return Ok(); }
        }
        """);

    [CSharpFact(12)]
    public Task Reports_context_of_a_scoped_service() => ReportsFile("""
        using Microsoft.AspNetCore.Builder;
        class UserService(Db db)
        {
            private readonly Db db = db;
            public void Run() => _ = Task.Run(() => {|SES4004:db|}.SaveChanges());
            public static void Register(IServiceCollection all) => all.AddScoped<UserService>();
        }
        """);

    [Fact]
    public Task Reports_names() => ReportsFile("""
        partial class C { void M() { using var db = new Db(); _ = {|#1:Task.Run(() => {|#0:db|}.SaveChanges())|}; } }
        """, new DiagnosticResult("SES4004", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("Task.Run", "db", "context", "its using ends"));

    [Fact]
    public Task Ignores_awaited_work() => Ignores("""
        async Task M()
        {
            using var db = contexts.CreateDbContext();
            await Task.Run(() => db.SaveChanges());
            Task.Run(() => db.SaveChanges()).Wait();
            var n = Task.Run(() => db.SaveChanges()).Result;
            var task = Task.Run(() => db.SaveChanges());
            await task;
            var all = new List<Task> { Task.Run(() => db.SaveChanges()) };
            await Task.WhenAll(all);
        }
        """);

    [Fact]
    public Task Ignores_returned_and_kept_work() => Ignores("""
        private Task running;
        void M() { using var db = new Db(); running = Task.Run(() => db.SaveChanges()); running.Wait(); }
        Task N(Db db) => Task.Run(() => db.SaveChanges());
        void P(Db db) { _ = Task.Run(() => db.SaveChanges()); }
        """);

    [Fact]
    public Task Ignores_own_sessions() => Ignores("""
        void M() { using var db = new Db(); _ = Task.Run(() => { using var own = contexts.CreateDbContext(); own.SaveChanges(); }); db.SaveChanges(); }
        void N() { _ = Task.Run(async () => { using var scope = services.CreateScope(); await scope.ServiceProvider.GetRequiredService<Db>().SaveChangesAsync(); }); }
        """);

    [Fact]
    public Task Ignores_session_that_the_work_disposes() => Ignores("""
        void M() { var db = new Db(); _ = Task.Run(() => { using (db) { db.SaveChanges(); } }); }
        """);

    [Fact]
    public Task Ignores_results() => Ignores("""
        void M() { using var db = new Db(); var users = db.Users.ToList(); var id = users[0].Id; _ = Task.Run(() => Console.WriteLine(users.Count + id)); }
        """);

    [Fact]
    public Task Ignores_signals() => Ignores("""
        void M() { using var db = new Db(); using var done = new ManualResetEvent(false); ThreadPool.QueueUserWorkItem(_ => { db.SaveChanges(); done.Set(); }); done.WaitOne(); }
        async Task N() { using var db = new Db(); var done = new TaskCompletionSource(); ThreadPool.QueueUserWorkItem(_ => { db.SaveChanges(); done.SetResult(); }); await done.Task; }
        """);

    [Fact]
    public Task Ignores_work_beside_the_main_work() => Ignores("""
        async Task M(CancellationToken stop) { using var c = new SqlConnection(cs); _ = Task.Run(async () => await c.ExecuteAsync(new CommandDefinition(sql, cancellationToken: stop))); await WorkAsync(); }
        async Task N() { using var c = new SqlConnection(cs); _ = Task.Run(async () => { while (Flag()) { await c.ExecuteAsync(sql); } }); await WorkAsync(); }
        """);

    [Fact]
    public Task Ignores_joined_threads() => Ignores("""
        void M() { using var db = new Db(); var thread = new Thread(() => db.SaveChanges()); thread.Start(); thread.Join(); }
        void N(List<Thread> threads) { using var db = new Db(); var thread = new Thread(() => db.SaveChanges()); threads.Add(thread); thread.Start(); }
        """);

    [Fact]
    public Task Ignores_timer_of_the_scope() => Ignores("""
        void M() { using var db = new Db(); using var timer = new Timer(_ => db.SaveChanges(), null, 0, 1000); Work(); }
        """);

    [Fact]
    public Task Ignores_programs() => Ignores("""
        static void Main(string[] args) { using var db = new Db(); _ = Task.Run(() => db.SaveChanges()); Work(); }
        async Task Serve() { using var db = new Db(); _ = Task.Run(() => db.SaveChanges()); while (true) { await WorkAsync(); } }
        async Task Wait() { using var db = new Db(); _ = Task.Run(() => db.SaveChanges()); await Task.Delay(1000); }
        """);

    [Fact]
    public Task Ignores_objects_of_unknown_life() => IgnoresFile("""
        using Microsoft.AspNetCore.Builder;
        class UserService
        {
            private readonly Db db;
            public UserService(Db db) { this.db = db; }
            public void Run() => _ = Task.Run(() => db.SaveChanges());
        }
        """);

    [Fact]
    public Task Ignores_awaited_work_of_a_controller() => IgnoresFile("""
        using Microsoft.AspNetCore.Mvc;
        class Users : ControllerBase
        {
            private readonly Db db;
            private readonly IServiceScopeFactory scopes;
            public Users(Db db, IServiceScopeFactory scopes) { this.db = db; this.scopes = scopes; }
            public async Task<IActionResult> Put() { await Task.Run(() => db.SaveChanges()); return Ok(); }
            public Task Get() => Task.Run(() => db.SaveChanges());
            public IActionResult Post() { _ = Task.Run(() => { using var scope = scopes.CreateScope(); scope.ServiceProvider.GetRequiredService<Db>().SaveChanges(); }); return Ok(); }
        }
        """);

    [Fact]
    public Task Ignores_programs_without_requests() => IgnoresFile("""
        class MainModel
        {
            private readonly Db db;
            public MainModel(Db db) { this.db = db; }
            public void Save() => _ = Task.Run(() => db.SaveChanges());
            public static void Register(IServiceCollection all) => all.AddTransient<MainModel>();
        }
        """);

    [Fact]
    public Task Ignores_tests() => IgnoresFile("""
        class DbTests { void M() { using var db = new Db(); _ = Task.Run(() => db.SaveChanges()); } }
        """);
}
