using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1005: sessions that are returned or stored and disposed on the way out.</summary>
public sealed class ReturnedSessionMustBeAliveTests
{
    [Fact]
    public Task Reports_return_from_a_using_declaration() => Reports("SqlConnection M() { using var c = new SqlConnection(cs); c.Open(); return {|SES1005:c|}; }");

    [Fact]
    public Task Reports_return_from_a_using_statement() => Reports("SqlConnection M() { using (var c = new SqlConnection(cs)) { c.Open(); return {|SES1005:c|}; } }");

    [Fact]
    public Task Reports_return_from_try_finally() => Reports("SqlConnection M() { var c = new SqlConnection(cs); try { c.Open(); return {|SES1005:c|}; } finally { c.Dispose(); } }");

    [Fact]
    public Task Reports_return_from_await_using() => Reports("async Task<Db> M() { await using var db = await contexts.CreateDbContextAsync(); return {|SES1005:db|}; }");

    [Fact]
    public Task Reports_finished_task_of_the_session() => Reports("Task<Db> M() { using var db = new Db(); return {|SES1005:Task.FromResult(db)|}; }");

    [Fact]
    public Task Reports_service_of_a_scope_that_ends() => Reports("""
        Db M(IServiceProvider services) { using var scope = services.CreateScope(); return {|SES1005:scope.ServiceProvider.GetRequiredService<Db>()|}; }
        """);

    [Fact]
    public Task Reports_field_that_keeps_what_its_using_disposes() => Reports("""
        SqlConnection kept;
        void M() { using var c = new SqlConnection(cs); {|SES1005:kept = c|}; c.Open(); }
        """);

    [Fact]
    public Task Ignores_disposal_on_failure_only() => Ignores("""
        SqlConnection M() { var c = new SqlConnection(cs); try { c.Open(); return c; } catch { c.Dispose(); throw; } }
        """);

    [Fact]
    public Task Ignores_flag_in_finally() => Ignores("""
        SqlConnection M() { var c = new SqlConnection(cs); var keep = false; try { c.Open(); keep = true; return c; } finally { if (!keep) { c.Dispose(); } } }
        """);

    [Fact]
    public Task Ignores_return_of_another_session() => Ignores("""
        SqlConnection M() { using var old = new SqlConnection(cs); old.Open(); return new SqlConnection(sql); }
        """);

    [Fact]
    public Task Ignores_closed_connection() => Ignores("SqlConnection M() { var c = new SqlConnection(cs); c.Open(); c.Close(); return c; }");

    [Fact]
    public Task Ignores_data_of_a_session() => Ignores("string M() { using var c = new SqlConnection(cs); return c.Database; }");

    [Fact]
    public Task Ignores_service_that_is_used_inside_its_scope() => Ignores("""
        int M(IServiceProvider services) { using var scope = services.CreateScope(); return scope.ServiceProvider.GetRequiredService<Db>().Users.Count(); }
        """);

    [Fact]
    public Task Reports_only_the_failure_of_a_scope_that_is_returned_with_its_service() => Reports("""
        (IServiceScope, Db) M(IServiceProvider services) { var scope = {|SES1004:services.CreateScope()|}; return (scope, scope.ServiceProvider.GetRequiredService<Db>()); }
        """);

    [Fact]
    public Task Ignores_yield_inside_using() => Ignores("IEnumerable<SqlConnection> M() { using var c = new SqlConnection(cs); c.Open(); yield return c; }");

    [Fact]
    public Task Reports_service_stored_when_its_scope_ends() => Reports("""
        private Db kept;
        private Db Kept { get; set; }
        Db M(IServiceProvider services)
        {
            if (Kept == null)
            {
                using (var scope = services.CreateScope())
                {
                    {|SES1005:Kept = scope.ServiceProvider.GetRequiredService<Db>()|};
                }
            }
            return Kept;
        }
        void N(IServiceProvider services)
        {
            using var scope = services.CreateScope();
            {|SES1005:kept = scope.ServiceProvider.GetRequiredService<Db>()|};
        }
        """);

    [Fact]
    public Task Ignores_service_stored_for_the_rest_of_the_scope() => Ignores("""
        private Db kept;
        void M(IServiceProvider services)
        {
            using (var scope = services.CreateScope())
            {
                kept = scope.ServiceProvider.GetRequiredService<Db>();
                kept.SaveChanges();
            }
            using (services.CreateScope())
            {
                kept = services.GetRequiredService<Db>();
            }
        }
        """);
}
