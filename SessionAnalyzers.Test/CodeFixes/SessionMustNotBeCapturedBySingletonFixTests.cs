using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustNotBeCapturedBySingletonFixTests
{
    private static Task Fixes(string before, string after)
    {
        var test = new Verify<SessionMustNotBeCapturedBySingleton, SessionMustNotBeCapturedBySingletonFix>.Test(before.StartsWith("using ", StringComparison.Ordinal) ? Libraries.All : Libraries.Common)
        {
            CodeActionEquivalenceKey = SessionMustNotBeCapturedBySingletonFix.ScopedKey,
        };
        test.TestState.Sources.Add(before);
        test.TestState.Sources.Add(FlowRules.Preamble);
        test.FixedState.Sources.Add(after);
        test.FixedState.Sources.Add(FlowRules.Preamble);
        return test.RunAsync();
    }

    private static Task Leaves(string source) => Fixes(source, source);

    private static Task FixesCalls(string before, string after) => Fixes(InMethod(before), InMethod(after));

    private static Task LeavesCalls(string calls) => FixesCalls(calls, calls);

    private static string InMethod(string calls) => $$"""
        static class Start
        {
            static void Add(IServiceCollection all, SqlConnection shared)
            {
                {{calls.Replace("\n", "\n        ")}}
            }
        }
        """;

    [Fact]
    public Task Fixes_type() => FixesCalls(
        "{|SES4002:all.AddSingleton<Db>()|}; // one",
        "all.AddScoped<Db>(); // one");

    [Fact]
    public Task Fixes_function_that_makes_one() => FixesCalls(
        """
        {|SES4002:all.AddSingleton<IDbConnection>(_ =>
        {
            // opened at once
            var connection = new SqlConnection("x");
            connection.Open();
            return connection;
        })|};
        """,
        """
        all.AddScoped<IDbConnection>(_ =>
        {
            // opened at once
            var connection = new SqlConnection("x");
            connection.Open();
            return connection;
        });
        """);

    [Fact]
    public Task Fixes_function_that_makes_one_with_a_resolved_factory() => FixesCalls(
        "{|SES4002:all.AddSingleton(provider => provider.GetRequiredService<IDbContextFactory<Db>>().CreateDbContext())|};",
        "all.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<Db>>().CreateDbContext());");

    [Fact]
    public Task Keeps_session_that_is_resolved_in_another_service() => LeavesCalls("""
        {|SES4002:all.AddSingleton<Db>()|};
        all.BuildServiceProvider().GetRequiredService<Lazy<Db>>();
        """);

    [Fact]
    public Task Fixes_lifetime() => FixesCalls(
        "{|SES4002:all.AddDbContext<Db>(o => { }, ServiceLifetime.Singleton)|};",
        "all.AddDbContext<Db>(o => { });");

    [Fact]
    public Task Fixes_lifetime_before_another() => FixesCalls(
        "{|SES4002:all.AddDbContext<Db>(o => { }, ServiceLifetime.Singleton /* why */, ServiceLifetime.Singleton)|};",
        "all.AddDbContext<Db>(o => { }, ServiceLifetime.Scoped /* why */, ServiceLifetime.Singleton);");

    [Fact]
    public Task FixesAll_registrations() => FixesCalls(
        """
        {|SES4002:all.AddSingleton<Db>()|};
        {|SES4002:all.AddSingleton<IDbConnection>(_ => new SqlConnection("x"))|};
        {|SES4002:all.AddSingleton(typeof(Db))|};
        {|SES4002:all.AddDbContext<Db>(o => { },
            contextLifetime: ServiceLifetime.Singleton)|};
        """,
        """
        all.AddScoped<Db>();
        all.AddScoped<IDbConnection>(_ => new SqlConnection("x"));
        all.AddScoped(typeof(Db));
        all.AddDbContext<Db>(o => { });
        """);

    [Fact]
    public Task Fixes_chain() => FixesCalls(
        """
        {|SES4002:{|SES4002:all.AddSingleton<Db>()|}
            .AddDbContext<Db>(ServiceLifetime.Singleton)|};
        """,
        """
        all.AddScoped<Db>()
            .AddDbContext<Db>();
        """);

    [Fact]
    public Task Keeps_objects() => LeavesCalls("""
        {|SES4002:all.AddSingleton(new Db())|};
        {|SES4002:all.AddSingleton<IDbConnection>(shared)|};
        {|SES4002:all.AddSingleton<IDbConnection>(_ => shared)|};
        {|SES4002:all.AddSingleton<IDbConnection>(_ => { var own = shared; return own; })|};
        """);

    [Fact]
    public Task Keeps_session_of_a_singleton() => Leaves("""
        interface IUsers { }
        class Users : IUsers { public Users(Db db) { } }
        class Cache { public Cache(IUsers users) { } }
        static class Start
        {
            static void Add(IServiceCollection all)
            {
                {|SES4002:all.AddSingleton<Db>()|};
                all.AddTransient<IUsers, Users>();
                all.AddSingleton<Cache>();
            }
        }
        """);

    [Fact]
    public Task Keeps_session_of_a_hosted_service() => Leaves("""
        using Microsoft.Extensions.Hosting;
        class Worker : BackgroundService { public Worker(Db db) { } protected override Task ExecuteAsync(CancellationToken stop) => Task.CompletedTask; }
        static class Start { static void Add(IServiceCollection all) { {|SES4002:all.AddSingleton<Db>()|}; } }
        """);

    [Fact]
    public Task Keeps_session_that_is_resolved_without_a_scope() => Leaves("""
        static class Start { static void Add(IServiceCollection all) { {|SES4002:all.AddSingleton<Db>()|}; all.BuildServiceProvider().GetRequiredService<Db>().SaveChanges(); } }
        """);

    [Fact]
    public Task Keeps_options_of_a_factory() => Leaves("""
        static class Start { static void Add(IServiceCollection all) { {|SES4002:all.AddDbContext<Db>(o => { }, ServiceLifetime.Singleton)|}; all.AddDbContextFactory<Db>(); } }
        """);

    [Fact]
    public Task Keeps_singletons_that_keep_sessions() => Leaves("""
        class Cache { public Cache(Db db) { } }
        static class Start { static void Add(IServiceCollection all) { {|SES4002:all.AddSingleton<Cache>()|}; } }
        """);
}
