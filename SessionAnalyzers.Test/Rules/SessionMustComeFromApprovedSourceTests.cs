using SessionAnalyzers.Conventions;
using SessionAnalyzers.Rules;
using Verified = SessionAnalyzers.Test.Rules.Conventions<SessionAnalyzers.Flow.FlowRuleAnalyzer, SessionAnalyzers.Rules.SessionMustComeFromApprovedSourceFix>;

namespace SessionAnalyzers.Test.Rules;

public class SessionMustComeFromApprovedSourceTests
{
    private const string Approved = "session_analyzers.approved_sources = ";

    [Fact]
    public Task Reports_sessions_from_elsewhere() => Verified.Reports(Approved + "M:App.Connections.Open", """
            void M()
            {
                using var c = {|SES5003:new SqlConnection(cs)|};
                using var t = c.BeginTransaction();
            }
            async Task N()
            {
                await using var db = await {|SES5003:contexts.CreateDbContextAsync()|};
                await using var c = {|SES5003:source.CreateConnection()|};
                using var scope = services.CreateScope();
            }
            void O() => Use(() =>
            {
                using var c = {|SES5003:sessions.Open()|};
            });
            void Use(Action action) => action();
        """);

    [Fact]
    public Task Reports_the_body_of_a_helper_and_not_its_callers() => Verified.Reports(Approved + "App.Connections", """
            void M()
            {
                using var c = OpenMine();
            }
            SqlConnection OpenMine() => {|SES5003:new SqlConnection(cs)|};
        """);

    [Fact]
    public Task Ignores_everything_without_a_setting() => Verified.Ignores(null, """
            void M()
            {
                using var c = new SqlConnection(cs);
            }
        """);

    [Fact]
    public Task Ignores_list_without_an_entry() => Verified.Ignores(Approved + ", | X:Y | M:", """
            void M()
            {
                using var c = new SqlConnection(cs);
            }
        """);

    [Theory]
    [InlineData("M:ISessions.Open, M:ISessions.OpenAsync , M:ISessions.CreateContext")]
    [InlineData("T:ISessions")]
    [InlineData("ISessions")]
    [InlineData("ISessions.Open|ISessions.OpenAsync()|ISessions.CreateContext")]
    public Task Ignores_approved_members(string list) => Verified.Ignores(Approved + list, """
            async Task M()
            {
                using var a = sessions.Open();
                using var b = await sessions.OpenAsync();
                using var c = sessions.CreateContext();
            }
        """);

    [Fact]
    public Task Ignores_what_approved_members_do() => Verified.Ignores(Approved + "M:ISessions.Open | P:C.Fresh | M:C.Make(System.String,System.Int32)", """
            class Mine : ISessions
            {
                public SqlConnection Open() => new SqlConnection("");
                Task<SqlConnection> ISessions.OpenAsync() => throw new NotSupportedException();
                ValueTask<SqlConnection> ISessions.CreateAsync() => throw new NotSupportedException();
                Db ISessions.CreateContext() => throw new NotSupportedException();
                IDbConnection ISessions.Current => throw new NotSupportedException();
            }
            Db Make(string a, int b) => new Lazy<Func<Db>>(() => () => new Db()).Value();
        """);

    [Fact]
    public Task Ignores_the_constructor_of_an_approved_type() => Verified.Ignores(Approved + "T:Db", """
            void M()
            {
                using var db = new Db();
            }
        """);

    [Fact]
    public Task Ignores_tests_and_design_time_factories() => Verified.Ignores(Approved + "M:App.Connections.Open", """
            class OrderTests
            {
                void M()
                {
                    using var db = new Db();
                }
            }
            class Design : IDesignTimeDbContextFactory
            {
                public Db CreateDbContext(string[] args) => new Db();
            }
            interface IDesignTimeDbContextFactory { Db CreateDbContext(string[] args); }
        """);

    [Fact]
    public Task Ignores_delegates_and_what_is_injected() => Verified.Ignores(Approved + "M:App.Connections.Open", """
            void M(Func<Db> createContext, Db db)
            {
                using var own = createContext();
                var scope = services.GetRequiredService<Db>();
                db.SaveChanges();
            }
        """);

    [Theory]
    [InlineData("", false)]
    [InlineData(" | , ", false)]
    [InlineData("M:A.B(", true)]
    [InlineData("M:A.B(System.Int32,System.String), T:X", true)]
    [InlineData("?", false)]
    [InlineData("F:A.B", false)]
    public void Reads_a_list(string text, bool isList) => Assert.Equal(isList, ApprovedSources.Parse(text) is not null);
}
