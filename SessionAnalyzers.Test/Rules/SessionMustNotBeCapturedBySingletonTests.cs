using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES4002: sessions that singletons keep.</summary>
public sealed class SessionMustNotBeCapturedBySingletonTests
{
    private static Verify<SessionMustNotBeCapturedBySingleton, EmptyCodeFixProvider>.Test NewTest(string source) =>
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
    public Task Reports_singleton() => Reports("""
        interface ICache { }
        class Cache : ICache { public Cache(ILogger logger, Db db) { } }
        static class Start { static void Add(IServiceCollection all) { {|SES4002:all.AddSingleton<ICache, Cache>()|}; } }
        """);

    [CSharpFact(12)]
    public Task Reports_forms_of_registration() => Reports("""
        class A { public A(Db db) { } }
        class B { public B(IDbConnection connection) { } }
        class D(Db db) { public Db Db => db; }
        static class Start
        {
            static void Add(IServiceCollection all) { {|SES4002:all.AddSingleton<A>()|}; {|SES4002:all.AddSingleton(typeof(B))|}; {|SES4002:all.AddSingleton(typeof(object), typeof(D))|}; }
        }
        """);

    [Fact]
    public Task Reports_chain() => Reports("""
        interface IUsers { }
        class Users : IUsers { public Users(Db db) { } }
        class Names { public Names(IUsers users) { } }
        class Cache { public Cache(Names names) { } }
        static class Start
        {
            static void Add(IServiceCollection all)
            {
                all.AddScoped<IUsers, Users>();
                all.AddTransient<Names>();
                {|#0:all.AddSingleton<Cache>()|};
            }
        }
        """, new DiagnosticResult("SES4002", DiagnosticSeverity.Warning).WithLocation(0).WithSpan(2, 40, 2, 42)
            .WithArguments("The singleton 'Cache' keeps 'Db' through 'Names', 'Users'", "context"));

    [Fact]
    public Task Reports_open_generic_service() => Reports("""
        interface IRepository<T> { }
        class Repository<T> : IRepository<T> { public Repository(Db db) { } }
        class Cache { public Cache(IRepository<User> users) { } }
        static class Start { static void Add(IServiceCollection all) { all.AddScoped(typeof(IRepository<>), typeof(Repository<>)); {|SES4002:all.AddSingleton<Cache>()|}; } }
        """);

    [Fact]
    public Task Reports_interface_of_a_context() => Reports("""
        interface IShop { }
        class Shop : Db, IShop { }
        class Cache { public Cache(IShop shop) { } }
        static class Start { static void Add(IServiceCollection all) { all.AddScoped<IShop, Shop>(); {|SES4002:all.AddSingleton<Cache>()|}; } }
        """);

    [Fact]
    public Task Reports_session_as_singleton() => Reports("""
        static class Start
        {
            static void Add(IServiceCollection all)
            {
                {|SES4002:all.AddSingleton<Db>()|};
                {|SES4002:all.AddSingleton<IDbConnection>(_ => new SqlConnection("x"))|};
                {|SES4002:all.AddSingleton(new Db())|};
                {|SES4002:all.AddDbContext<Db>(o => { }, ServiceLifetime.Singleton)|};
                {|SES4002:all.AddDbContext<Db>(o => { }, contextLifetime: ServiceLifetime.Singleton)|};
            }
        }
        """);

    [CSharpFact(12)]
    public Task Reports_hosted_services() => Reports("""
        using Microsoft.Extensions.Hosting;
        class Worker : BackgroundService { public Worker(Db {|SES4002:db|}) { } protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask; }
        class Other : IHostedService { public Other(SqlConnection {|SES4002:c|}) { } public Task StartAsync(CancellationToken stop) => Task.CompletedTask; public Task StopAsync(CancellationToken stop) => Task.CompletedTask; }
        class Users { public Users(Db db) { } }
        class Third(Users {|SES4002:users|}) : BackgroundService { protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask; public Users Users => users; }
        static class Start { static void Add(IServiceCollection all) { all.AddScoped<Users>(); all.AddHostedService<Worker>(); all.AddSingleton<Worker>(); } }
        """);

    [Fact]
    public Task Reports_middleware() => Reports("""
        using Microsoft.AspNetCore.Http;
        class Tenants { private readonly RequestDelegate next; public Tenants(RequestDelegate next, Db {|SES4002:db|}) { this.next = next; } public Task InvokeAsync(HttpContext context) => next(context); }
        """);

    [Fact]
    public Task Reports_names() => Reports("""
        class Cache { public Cache(Db {|#1:db|}) { } }
        static class Start { static void Add(IServiceCollection all) => {|#0:all.AddSingleton<Cache>()|}; }
        """, new DiagnosticResult("SES4002", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments("The singleton 'Cache' keeps 'Db'", "context"));

    [Fact]
    public Task Ignores_other_lifetimes() => Ignores("""
        class A { public A(Db db) { } }
        static class Start { static void Add(IServiceCollection all) { all.AddScoped<A>(); all.AddTransient<A>(); all.AddDbContext<Db>(); all.AddDbContext<Db>(o => { }, ServiceLifetime.Scoped, ServiceLifetime.Singleton); all.AddDbContext<Db>(o => { }, ServiceLifetime.Transient); } }
        """);

    [Fact]
    public Task Ignores_types_without_a_registration() => Ignores("""
        class A { public A(Db db) { } }
        class B { private static readonly B only = new(null); public B(SqlConnection c) { } }
        """);

    [Fact]
    public Task Ignores_factories_and_sources() => Ignores("""
        class A { public A(IDbContextFactory<Db> contexts, IServiceScopeFactory scopes, IServiceProvider services, Func<Db> make, Lazy<Db> later) { } }
        class B { public B(NpgsqlDataSource source, DbContextOptions<Db> options, DbProviderFactory provider) { } }
        static class Start { static void Add(IServiceCollection all) { all.AddSingleton<A>(); all.AddSingleton<B>(); all.AddSingleton(NpgsqlDataSource.Create("x")); all.AddDbContextFactory<Db>(o => { }); } }
        """);

    [Fact]
    public Task Ignores_functions_and_objects() => Ignores("""
        class A { public A(Db db) { } }
        static class Start { static void Add(IServiceCollection all, A a) { all.AddSingleton(a); all.AddSingleton<A>(_ => new A(null)); all.AddSingleton(typeof(A), a); } }
        """);

    [Fact]
    public Task Ignores_second_constructor() => Ignores("""
        class A { public A(Db db) { } public A(IDbContextFactory<Db> contexts) { } }
        class B { private B(Db db) { } public B() { } }
        class D { public D(Db db = null) { } }
        static class Start { static void Add(IServiceCollection all) { all.AddSingleton<A>(); all.AddSingleton<B>(); all.AddSingleton<D>(); } }
        """);

    [Fact]
    public Task Ignores_uncertain_chains() => Ignores("""
        interface IUsers { }
        class Users : IUsers { public Users(Db db) { } }
        class Others : IUsers { }
        interface INames { }
        class Names : INames { public Names(Db db) { } }
        class A { public A(IUsers users) { } }
        class B { public B(INames names) { } }
        class D { public D(IEnumerable<IUsers> users) { } }
        static class Start
        {
            static void Add(IServiceCollection all)
            {
                all.AddScoped<IUsers, Users>(); all.AddScoped<IUsers, Others>();
                all.AddScoped<INames>(_ => new Names(null));
                all.AddSingleton<A>(); all.AddSingleton<B>(); all.AddSingleton<D>();
            }
        }
        """);

    [Fact]
    public Task Ignores_service_that_is_not_registered() => Ignores("""
        class Users { public Users(Db db) { } }
        class A { public A(Users users) { } }
        static class Start { static void Add(IServiceCollection all) => all.AddSingleton<A>(); }
        """);

    [Fact]
    public Task Ignores_session_that_is_reported_where_it_is_registered() => Ignores("""
        class A { public A(SqliteConnection c) { } }
        static class Start { static void Add(IServiceCollection all) { all.AddSingleton<A>(); } }
        """);

    [Fact]
    public Task Ignores_memory() => Ignores("""
        static class Start
        {
            static void Add(IServiceCollection all)
            {
                all.AddSingleton<DbConnection>(_ => { var c = new SqliteConnection("DataSource=:memory:"); c.Open(); return c; });
                var keep = new SqliteConnection("x");
                all.AddSingleton(keep);
            }
        }
        """);

    [Fact]
    public Task Ignores_hosted_services_with_factories() => Ignores("""
        using Microsoft.Extensions.Hosting;
        class Worker : BackgroundService { public Worker(IServiceScopeFactory scopes, IDbContextFactory<Db> contexts) { } protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask; }
        abstract class Base : BackgroundService { protected Base(Db db) { } }
        """);

    [Fact]
    public Task Ignores_hosted_services_with_a_session_of_their_own() => Ignores("""
        using Microsoft.Extensions.Hosting;
        class Worker : BackgroundService { public Worker(Db db) { } protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask; }
        class Made : BackgroundService { public Made(Other db) { } protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask; }
        class Other : Db { }
        static class Start { static void Add(IServiceCollection all) { all.AddTransient<Db>(); all.AddHostedService(_ => new Made(new Other())); } }
        """);

    [Fact]
    public Task Ignores_session_of_the_method_of_middleware() => Ignores("""
        using Microsoft.AspNetCore.Http;
        class A { private readonly RequestDelegate next; public A(RequestDelegate next) { this.next = next; } public Task InvokeAsync(HttpContext context, Db db) => next(context); }
        class B : IMiddleware { public B(Db db) { } public Task InvokeAsync(HttpContext context, RequestDelegate next) => next(context); }
        """);

    [Fact]
    public Task Ignores_tests() => Ignores("""
        class A { public A(Db db) { } }
        class StartTests { static void Add(IServiceCollection all) { all.AddSingleton<A>(); all.AddSingleton<Db>(); } }
        """);

    [Fact]
    public Task Ignores_other_containers() => Ignores("""
        class A { public A(Db db) { } }
        class Own { public void AddSingleton<T>() { } void M() { AddSingleton<A>(); AddSingleton<Db>(); } }
        """);
}
