using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustBeResolvedFromScopeFixTests
{
    private static Task Fixes(string before, string after, OutputKind output = OutputKind.DynamicallyLinkedLibrary)
    {
        var test = new Verify<Only<SessionMustBeResolvedFromScope>, SessionMustBeResolvedFromScopeFix>.Test(before.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common)
        {
            CodeActionEquivalenceKey = SessionMustBeResolvedFromScopeFix.CreateScopeKey,
        };
        foreach (var (state, source) in new[] { (test.TestState, before), (test.FixedState, after) })
        {
            state.OutputKind = output;
            state.Sources.Add(source);
            state.Sources.Add(FlowRules.Preamble);
        }

        return test.RunAsync();
    }

    private static Task Leaves(string source, OutputKind output = OutputKind.DynamicallyLinkedLibrary) => Fixes(source, source, output);

    private static Task FixesIn(string before, string after) => Fixes(InClass(before), InClass(after));

    private static Task LeavesIn(string members) => FixesIn(members, members);

    private static string InClass(string members) => $$"""
        using Microsoft.AspNetCore.Builder;
        using Microsoft.Extensions.Hosting;
        class Other : DbContext { public DbSet<User> Users => Set<User>(); }
        class Worker : BackgroundService
        {
            private readonly IServiceProvider services;
            private Db kept;
            public Worker(IServiceProvider services) { this.services = services; }
            protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask;
        {{members}}
        }
        """;

    [Fact]
    public Task Fixes_local() => FixesIn(
        """
            int Count()
            {
                // counts them
                var db = {|SES4005:services.GetRequiredService<Db>()|};
                return db.Users.Count();
            }
        """,
        """
            int Count()
            {
                // counts them
                using var scope = services.CreateScope();
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                return db.Users.Count();
            }
        """);

    [Fact]
    public Task Fixes_asynchronous_local() => FixesIn(
        """
            async Task Save(CancellationToken stop)
            {
                if (stop.CanBeCanceled)
                {
                    var db = {|SES4005:services.GetRequiredService<Db>()|}; // the context
                    await db.Users.LoadAsync(stop);
                }
            }
        """,
        """
            async Task Save(CancellationToken stop)
            {
                if (stop.CanBeCanceled)
                {
                    await using var scope = services.CreateAsyncScope();
                    var db = scope.ServiceProvider.GetRequiredService<Db>(); // the context
                    await db.Users.LoadAsync(stop);
                }
            }
        """);

    [Fact]
    public Task Fixes_expressions() => FixesIn(
        """
            int Count() => {|SES4005:services.GetRequiredService<Db>()|}.Users.Count();
        """,
        """
            int Count()
            {
                using var scope = services.CreateScope();
                return scope.ServiceProvider.GetRequiredService<Db>().Users.Count();
            }
        """);

    [Fact]
    public Task FixesAll_sessions() => FixesIn(
        """
            void Save(IDbConnection c)
            {
                var db = {|SES4005:services.GetRequiredService<Db>()|};
                var other = {|SES4005:services.GetRequiredService<Other>()|};
                var logger = services.GetRequiredService<ILogger<Worker>>();
                db.Users.Add(new User());
                db.SaveChanges();
                other.Users.Load();
            }

            async Task SaveOther()
            {
                await {|SES4005:services.GetRequiredService<Other>()|}.Users.LoadAsync();
            }
        """,
        """
            void Save(IDbConnection c)
            {
                using var scope = services.CreateScope();
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                using var scope2 = services.CreateScope();
                var other = scope2.ServiceProvider.GetRequiredService<Other>();
                var logger = services.GetRequiredService<ILogger<Worker>>();
                db.Users.Add(new User());
                db.SaveChanges();
                other.Users.Load();
            }

            async Task SaveOther()
            {
                await using var scope = services.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Other>().Users.LoadAsync();
            }
        """);

    [Fact]
    public Task Fixes_program() => Fixes(
        """
        using Microsoft.AspNetCore.Builder;

        var app = WebApplication.CreateBuilder(args).Build();

        // creates it
        {|SES4005:app.Services.GetRequiredService<Db>()|}.Database.EnsureCreated();
        var db = {|SES4005:app.Services.GetRequiredService<Db2>()|};
        var count = await db.Users.CountAsync();
        app.Run();
        Console.WriteLine(count);

        class Db2 : DbContext { public DbSet<User> Users => Set<User>(); }
        """,
        """
        using Microsoft.AspNetCore.Builder;

        var app = WebApplication.CreateBuilder(args).Build();

        // creates it
        await using (var scope = app.Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<Db>().Database.EnsureCreated();
        }
        int count;
        await using (var scope2 = app.Services.CreateAsyncScope())
        {
            var db = scope2.ServiceProvider.GetRequiredService<Db2>();
            count = await db.Users.CountAsync();
        }
        app.Run();
        Console.WriteLine(count);

        class Db2 : DbContext { public DbSet<User> Users => Set<User>(); }
        """,
        OutputKind.ConsoleApplication);

    [Fact]
    public Task Fixes_built_provider() => FixesIn(
        """
            void Run(IServiceCollection all)
            {
                {|SES4005:all.BuildServiceProvider().GetRequiredService<Db>()|}.Database.EnsureCreated();
            }
        """,
        """
            void Run(IServiceCollection all)
            {
                using var scope = all.BuildServiceProvider().CreateScope();
                scope.ServiceProvider.GetRequiredService<Db>().Database.EnsureCreated();
            }
        """);

    [Fact]
    public Task Keeps_sessions_that_leave() => LeavesIn("""
        Db Make() => {|SES4005:services.GetRequiredService<Db>()|};
        IQueryable<User> Query() => {|SES4005:services.GetRequiredService<Db>()|}.Users.Where(u => u.Id > 1);
        void Keep() { kept = {|SES4005:services.GetRequiredService<Db>()|}; }
        Task Start() => {|SES4005:services.GetRequiredService<Db>()|}.Users.LoadAsync();
        void Drop() { {|SES4005:services.GetRequiredService<Db>()|}.Users.LoadAsync(); }
        void Later() { var db = {|SES4005:services.GetRequiredService<Db>()|}; Task.Run(() => db.Users.Load()); }
        """);

    [Fact]
    public Task Keeps_sessions_that_others_may_share() => LeavesIn("""
        class Users { }
        void Two()
        {
            var db = {|SES4005:services.GetRequiredService<Db>()|};
            db.Users.Add(new User());
            {|SES4005:services.GetRequiredService<Db>()|}.SaveChanges();
        }
        void Service()
        {
            var db = {|SES4005:services.GetRequiredService<Db>()|};
            var users = services.GetRequiredService<Users>();
            db.Users.Load();
        }
        void Pass()
        {
            var db = {|SES4005:services.GetRequiredService<Db>()|};
            Fill(this.services);
            db.Users.Load();
        }
        static void Fill(IServiceProvider services) { }
        void Alias()
        {
            var provider = services;
            var db = {|SES4005:provider.GetRequiredService<Db>()|};
            var users = services.GetRequiredService<Users>();
            db.Users.Load();
        }
        void Add() { var db = {|SES4005:services.GetRequiredService<Db>()|}; db.Users.Add(new User()); }
        void Save() => {|SES4005:services.GetRequiredService<Db>()|}.SaveChanges();
        """);

    [Fact]
    public Task Fixes_loops_and_sections() => FixesIn(
        """
            void Print(int i, bool b)
            {
                switch (i)
                {
                    case 1:
                        foreach (var user in {|SES4005:services.GetRequiredService<Db>()|}.Users)
                            Console.WriteLine(user.Name);
                        break;
                }

                if (b)
                    {|SES4005:services.GetRequiredService<Other>()|}.Users.Load(); // loads
            }
        """,
        """
            void Print(int i, bool b)
            {
                switch (i)
                {
                    case 1:
                        using (var scope = services.CreateScope())
                        {
                            foreach (var user in scope.ServiceProvider.GetRequiredService<Db>().Users)
                                Console.WriteLine(user.Name);
                        }
                        break;
                }

                if (b)
                {
                    using var scope2 = services.CreateScope();
                    scope2.ServiceProvider.GetRequiredService<Other>().Users.Load(); // loads
                }
            }
        """);

    [Fact]
    public Task Keeps_session_of_a_loop() => LeavesIn("""
        async Task Run(CancellationToken stop)
        {
            var db = {|SES4005:services.GetRequiredService<Db>()|};
            while (!stop.IsCancellationRequested) { await db.Users.LoadAsync(stop); await Task.Delay(1000, stop); }
        }
        """);

    [Fact]
    public Task Keeps_function_of_a_registration() => LeavesIn("""
        class Cache { public Cache(Db db) { } }
        static void Add(IServiceCollection all) => all.AddSingleton(services => new Cache({|SES4005:services.GetRequiredService<Db>()|}));
        """);
}
