using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES4005: sessions that are resolved from the root provider.</summary>
public sealed class SessionMustBeResolvedFromScopeTests
{
    private static Verify<Only<SessionMustBeResolvedFromScope>, EmptyCodeFixProvider>.Test NewTest(string source) =>
        new(source.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common) { TestState = { Sources = { source, FlowRules.Preamble } } };

    private static async Task Reports(string source, params DiagnosticResult[] expected)
    {
        var test = NewTest(source);
        test.ExpectedDiagnostics.AddRange(expected);
        await test.RunAsync();
        Assert.True(test.HasReported, "Nothing was expected: mark a place in the source, or use Ignores");
    }

    private static Task Ignores(string source)
    {
        var test = NewTest(source);
        test.TestState.MarkupHandling = MarkupMode.None;
        return test.RunAsync();
    }

    [Fact]
    public Task Reports_application() => Reports("""
        using Microsoft.AspNetCore.Builder;
        static class Start
        {
            static void Run(WebApplication app, IApplicationBuilder builder)
            {
                var db = {|SES4005:app.Services.GetRequiredService<Db>()|};
                var other = {|SES4005:builder.ApplicationServices.GetService<Db>()|};
                var third = (IDbConnection){|SES4005:app.Services.GetService(typeof(IDbConnection))|};
                var services = app.Services;
                {|SES4005:services.GetRequiredService<Db>()|}.Database.EnsureCreated();
            }
        }
        """);

    [Fact]
    public Task Reports_host() => Reports("""
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.Extensions.Hosting;
        #pragma warning disable ASPDEPR008
        static class Start
        {
            static void Run(IHost host, IWebHost web) { {|SES4005:host.Services.GetRequiredService<Db>()|}.SaveChanges(); {|SES4005:web.Services.GetRequiredService<Db>()|}.SaveChanges(); }
        }
        """);

    [Fact]
    public Task Reports_built_provider() => Reports("""
        static class Start
        {
            static void Run(IServiceCollection all)
            {
                {|SES4005:all.BuildServiceProvider().GetRequiredService<Db>()|}.SaveChanges();
                var provider = all.BuildServiceProvider();
                {|SES4005:provider.GetRequiredService<Db>()|}.SaveChanges();
            }
        }
        """);

    [CSharpFact(12)]
    public Task Reports_hosted_service() => Reports("""
        using Microsoft.Extensions.Hosting;
        class Worker : BackgroundService
        {
            private readonly IServiceProvider services;
            public Worker(IServiceProvider services) { this.services = services; }
            protected override async Task ExecuteAsync(CancellationToken stop) => await {|SES4005:services.GetRequiredService<Db>()|}.SaveChangesAsync();
        }
        class Other(IServiceProvider services) : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stop) => await {|SES4005:services.GetRequiredService<Db>()|}.SaveChangesAsync();
        }
        """);

    [Fact]
    public Task Reports_singleton() => Reports("""
        class Cache
        {
            private readonly IServiceProvider services;
            public Cache(IServiceProvider services) { this.services = services ?? throw new ArgumentNullException(); }
            public int Count() => {|SES4005:services.GetRequiredService<Db>()|}.Users.Count();
            public static void Register(IServiceCollection all) => all.AddSingleton<Cache>();
        }
        """);

    [Fact]
    public Task Reports_function_of_a_singleton() => Reports("""
        class Cache { public Cache(Db db) { } }
        static class Start { static void Add(IServiceCollection all) => all.AddSingleton(services => new Cache({|SES4005:services.GetRequiredService<Db>()|})); }
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        static class Start { static void Run(IServiceCollection all) => {|#0:all.BuildServiceProvider().GetRequiredService<Db>()|}.SaveChanges(); }
        """, new DiagnosticResult("SES4005", DiagnosticSeverity.Warning).WithLocation(0).WithArguments("Db", "a provider that was just built", "context"));

    [Fact]
    public Task Ignores_scopes() => Ignores("""
        using Microsoft.AspNetCore.Builder;
        static class Start
        {
            static async Task Run(WebApplication app, IServiceCollection all)
            {
                using (var scope = app.Services.CreateScope()) { scope.ServiceProvider.GetRequiredService<Db>().SaveChanges(); }
                await using var second = app.Services.CreateAsyncScope();
                var services = second.ServiceProvider;
                await services.GetRequiredService<Db>().SaveChangesAsync();
                using var third = all.BuildServiceProvider().CreateScope();
                third.ServiceProvider.GetRequiredService<Db>().SaveChanges();
            }
        }
        """);

    // SimplCommerce: MigrationSimplDbContextFactory
    [Fact]
    public Task Ignores_factories_of_design_time() => Ignores("""
        class Factory : Microsoft.EntityFrameworkCore.Design.IDesignTimeDbContextFactory<Db>
        {
            public Db CreateDbContext(string[] args) => new ServiceCollection().BuildServiceProvider().GetRequiredService<Db>();
        }
        """);

    [Fact]
    public Task Ignores_requests() => Ignores("""
        using Microsoft.AspNetCore.Http;
        using Microsoft.AspNetCore.Mvc;
        class Users : ControllerBase
        {
            private readonly IServiceProvider services;
            public Users(IServiceProvider services) { this.services = services; }
            public int Get() => services.GetRequiredService<Db>().Users.Count() + HttpContext.RequestServices.GetRequiredService<Db>().Users.Count();
        }
        """);

    [Fact]
    public Task Ignores_unknown_providers() => Ignores("""
        class Users
        {
            private readonly IServiceProvider services;
            public Users(IServiceProvider services) { this.services = services; }
            public int Get() => services.GetRequiredService<Db>().Users.Count();
            public static int Other(IServiceProvider provider) => provider.GetRequiredService<Db>().Users.Count();
        }
        static class App { public static IServiceProvider Services { get; set; } static int Get() => App.Services.GetRequiredService<Db>().Users.Count(); }
        """);

    [Fact]
    public Task Ignores_other_services() => Ignores("""
        using Microsoft.AspNetCore.Builder;
        static class Start
        {
            static void Run(WebApplication app)
            {
                app.Services.GetRequiredService<IDbContextFactory<Db>>().CreateDbContext().Dispose();
                app.Services.GetRequiredService<NpgsqlDataSource>().ReloadTypes();
                app.Services.GetRequiredService<ILogger<Db>>();
                app.Services.GetServices<DbContextOptions>();
            }
        }
        """);

    [Fact]
    public Task Ignores_provider_that_ends_here() => Ignores("""
        static class Start
        {
            static async Task Run(IServiceCollection all)
            {
                using var provider = all.BuildServiceProvider();
                provider.GetRequiredService<Db>().SaveChanges();
                await using (var second = all.BuildServiceProvider()) { second.GetRequiredService<Db>().SaveChanges(); }
                var third = all.BuildServiceProvider();
                third.GetRequiredService<Db>().SaveChanges();
                third.Dispose();
            }
        }
        """);

    [Fact]
    public Task Ignores_tools() => Ignores("""
        using Microsoft.Extensions.Hosting;
        static class Start
        {
            static void Tool(string[] args)
            {
                using var host = Host.CreateDefaultBuilder(args).Build();
                host.Services.GetRequiredService<Db>().SaveChanges();
            }
        }
        """);

    [Fact]
    public Task Reports_host_that_runs() => Reports("""
        using Microsoft.Extensions.Hosting;
        static class Start
        {
            static void Service(string[] args)
            {
                using var host = Host.CreateDefaultBuilder(args).Build();
                {|SES4005:host.Services.GetRequiredService<Db>()|}.Database.EnsureCreated();
                host.Run();
            }
        }
        """);

    [Fact]
    public Task Ignores_transient_sessions() => Ignores("""
        static class Start
        {
            static void Run(IServiceCollection all)
            {
                all.AddTransient<Db>();
                all.BuildServiceProvider().GetRequiredService<Db>().SaveChanges();
            }
        }
        """);

    [Fact]
    public Task Ignores_singleton_sessions() => Ignores("""
        static class Start
        {
            static void Run(IServiceCollection all)
            {
                all.AddDbContext<Db>(o => { }, ServiceLifetime.Singleton);
                all.BuildServiceProvider().GetRequiredService<Db>().SaveChanges();
            }
        }
        """);

    [Fact]
    public Task Ignores_functions_of_scoped_services() => Ignores("""
        class Cache { public Cache(Db db) { } }
        static class Start
        {
            static void Add(IServiceCollection all)
            {
                all.AddScoped(services => new Cache(services.GetRequiredService<Db>()));
                all.AddTransient(services => new Cache(services.GetRequiredService<Db>()));
                all.AddSingleton<Func<Db>>(services => () => { using var scope = services.CreateScope(); return scope.ServiceProvider.GetRequiredService<Db>(); });
            }
        }
        """);

    [Fact]
    public Task Ignores_hosted_service_with_scopes() => Ignores("""
        using Microsoft.Extensions.Hosting;
        class Worker : BackgroundService
        {
            private readonly IServiceProvider services;
            public Worker(IServiceProvider services) { this.services = services; }
            protected override async Task ExecuteAsync(CancellationToken stop) { using var scope = services.CreateScope(); await scope.ServiceProvider.GetRequiredService<Db>().SaveChangesAsync(); }
        }
        class Scoped { private readonly IServiceProvider services; public Scoped(IServiceProvider services) { this.services = services; } public void Run() => services.GetRequiredService<Db>().SaveChanges(); public static void Add(IServiceCollection all) => all.AddScoped<Scoped>(); }
        """);

    [Fact]
    public Task Ignores_replaced_provider() => Ignores("""
        using Microsoft.AspNetCore.Builder;
        static class Start
        {
            static void Run(WebApplication app, IServiceScope scope, bool b)
            {
                var services = app.Services;
                if (b) { services = scope.ServiceProvider; }
                services.GetRequiredService<Db>().SaveChanges();
            }
        }
        """);

    [Fact]
    public Task Ignores_tests() => Ignores("""
        class StartTests { void Run(IServiceCollection all) => all.BuildServiceProvider().GetRequiredService<Db>().SaveChanges(); }
        """);
}
