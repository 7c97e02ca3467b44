using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustNotEscapeToBackgroundFixTests
{
    private static Task FixesFile(string before, string after)
    {
        var test = new Verify<Only<SessionMustNotEscapeToBackground>, SessionMustNotEscapeToBackgroundFix>.Test(before.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common)
        {
            CodeActionEquivalenceKey = SessionMustNotEscapeToBackgroundFix.OwnSessionKey,
        };
        test.TestState.Sources.Add(before);
        test.TestState.Sources.Add(FlowRules.Preamble);
        test.FixedState.Sources.Add(after);
        test.FixedState.Sources.Add(FlowRules.Preamble);
        return test.RunAsync();
    }

    private static Task Fixes(string before, string after) => FixesFile("partial class C\n{\n" + before + "\n}\n", "partial class C\n{\n" + after + "\n}\n");

    private static Task Leaves(string members) => Fixes(members, members);

    private static Task FixesController(string before, string after) => FixesFile(InController(before), InController(after));

    private static Task LeavesController(string members) => FixesController(members, members);

    private static string InController(string members) => $$"""
        using Microsoft.AspNetCore.Mvc;
        class Repository { public void Touch() { } }
        class Users : ControllerBase
        {
            private readonly Db _db;
            private readonly IServiceScopeFactory scopes;
            private readonly Repository repository = new();
            private readonly ILogger logger;
            public Users(Db db, IServiceScopeFactory scopes, ILogger logger) { _db = db; this.scopes = scopes; this.logger = logger; }
        {{members}}
        }
        """;

    [Fact]
    public Task Fixes_context_of_a_factory() => Fixes(
        """
            void M(string name)
            {
                using var db = contexts.CreateDbContext();
                _ = Task.Run(() =>
                {
                    // in the background
                    {|SES4004:db|}.Users.Add(new User { Name = name });
                    db.SaveChanges();
                });
            }
        """,
        """
            void M(string name)
            {
                using var db = contexts.CreateDbContext();
                _ = Task.Run(() =>
                {
                    using var ownDb = contexts.CreateDbContext();
                    // in the background
                    ownDb.Users.Add(new User { Name = name });
                    ownDb.SaveChanges();
                });
            }
        """);

    [Fact]
    public Task Fixes_expressions() => Fixes(
        """
            void M()
            {
                using var db = contexts.CreateDbContext();
                Task.Run(() => {|SES4004:db|}.Users.ExecuteDeleteAsync());
            }

            void N()
            {
                using var db = contexts.CreateDbContext();
                ThreadPool.QueueUserWorkItem(_ => {|SES4004:db|}.Users.ExecuteDelete());
            }
        """,
        """
            void M()
            {
                using var db = contexts.CreateDbContext();
                Task.Run(async () =>
                {
                    await using var ownDb = await contexts.CreateDbContextAsync();
                    return await ownDb.Users.ExecuteDeleteAsync();
                });
            }

            void N()
            {
                using var db = contexts.CreateDbContext();
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    using var ownDb = contexts.CreateDbContext();
                    ownDb.Users.ExecuteDelete();
                });
            }
        """);

    [Fact]
    public Task FixesAll_work_of_a_controller() => FixesController(
        """
            public IActionResult Post(int id)
            {
                _ = Task.Run(async () =>
                {
                    var user = await {|SES4004:_db|}.Users.FindAsync(id);
                    _db.Users.Remove(user);
                    await _db.SaveChangesAsync();
                    logger.LogInformation("removed {Id}", id);
                });
                Task.Run(() => { {|SES4004:_db|}.Add(new User()); this._db.SaveChanges(); });
                return Ok();
            }
        """,
        """
            public IActionResult Post(int id)
            {
                _ = Task.Run(async () =>
                {
                    await using var scope = scopes.CreateAsyncScope();
                    var ownDb = scope.ServiceProvider.GetRequiredService<Db>();
                    var user = await ownDb.Users.FindAsync(id);
                    ownDb.Users.Remove(user);
                    await ownDb.SaveChangesAsync();
                    logger.LogInformation("removed {Id}", id);
                });
                Task.Run(() => { using var scope2 = scopes.CreateScope(); var ownDb2 = scope2.ServiceProvider.GetRequiredService<Db>(); ownDb2.Add(new User()); ownDb2.SaveChanges(); });
                return Ok();
            }
        """);

    [Fact]
    public Task Fixes_scope() => Fixes(
        """
            void M(IServiceScopeFactory scopes, int id)
            {
                using var scope = scopes.CreateScope();
                _ = Task.Run(() =>
                {
                    var db = {|SES4004:scope|}.ServiceProvider.GetRequiredService<Db>();
                    db.Users.Add(new User { Id = id });
                    db.SaveChanges();
                });
            }
        """,
        """
            void M(IServiceScopeFactory scopes, int id)
            {
                using var scope = scopes.CreateScope();
                _ = Task.Run(() =>
                {
                    using var ownScope = scopes.CreateScope();
                    var db = ownScope.ServiceProvider.GetRequiredService<Db>();
                    db.Users.Add(new User { Id = id });
                    db.SaveChanges();
                });
            }
        """);

    [Fact]
    public Task Keeps_work_on_what_the_session_knows() => LeavesController("""
        public IActionResult Save() { _db.Add(new User()); _ = Task.Run(() => {|SES4004:_db|}.SaveChanges()); return Ok(); }
        public IActionResult Change(User user) { _ = Task.Run(() => { user.Name = "x"; {|SES4004:_db|}.Update(user); _db.SaveChanges(); }); return Ok(); }
        public IActionResult Touch() { _ = Task.Run(() => { repository.Touch(); {|SES4004:_db|}.Add(new User()); _db.SaveChanges(); }); return Ok(); }
        public IActionResult Call() { _ = Task.Run(() => { Fill(); {|SES4004:_db|}.Add(new User()); _db.SaveChanges(); }); return Ok(); }
        public IActionResult Both() { _db.Add(new User()); _ = Task.Run(() => { {|SES4004:_db|}.Add(new User()); _db.SaveChanges(); }); return Ok(); }
        public IActionResult Rename(int id) { var user = _db.Users.Find(id); user.Name = "x"; _ = Task.Run(() => { {|SES4004:_db|}.Add(new User()); _db.SaveChanges(); }); return Ok(); }
        private void Fill() => _db.Add(new User());
        """);

    [Fact]
    public Task Keeps_work_that_goes_on() => LeavesController("""
        public IActionResult Post() { ThreadPool.QueueUserWorkItem(_ => { {|SES4004:_db|}.Users.ExecuteDeleteAsync(); }); return Ok(); }
        public IActionResult Put() { _ = Task.Run(() => { {|SES4004:_db|}.Users.Load(); Action later = () => _db.Users.Load(); later(); }); return Ok(); }
        """);

    [Fact]
    public Task Keeps_session_without_a_factory() => Leaves("""
        class Other : Db { }
        void M() { using var db = new Other(); _ = Task.Run(() => {|SES4004:db|}.Users.Load()); }
        void N() { using var c = new SqlConnection(cs); _ = Task.Run(() => {|SES4004:c|}.Execute(sql)); }
        void O(IServiceScopeFactory scopes) { using var db = new Other(); _ = Task.Run(() => {|SES4004:db|}.Users.Load()); }
        """);
}
