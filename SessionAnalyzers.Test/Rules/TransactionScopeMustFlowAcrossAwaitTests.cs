using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2009: transaction scopes with an await inside that they do not flow across.</summary>
public sealed class TransactionScopeMustFlowAcrossAwaitTests
{
    [Fact]
    public Task Reports_await_in_a_using_statement() => Reports("""
        async Task M()
        {
            using (var scope = {|SES2009:new TransactionScope()|})
            {
                await WorkAsync();
                scope.Complete();
            }
        }
        """);

    [Fact]
    public Task Reports_await_after_a_using_declaration() => Reports("async Task M() { using var scope = {|SES2009:new TransactionScope(TransactionScopeOption.RequiresNew)|}; await WorkAsync(); scope.Complete(); }");

    [Fact]
    public Task Reports_scope_without_a_variable() => Reports("async Task M() { using ({|SES2009:new TransactionScope(TransactionScopeOption.Suppress)|}) { await WorkAsync(); } }");

    [Fact]
    public Task Reports_explicit_suppression_of_the_flow() => Reports("async Task M() { using var scope = {|SES2009:new TransactionScope(TransactionScopeAsyncFlowOption.Suppress)|}; await WorkAsync(); scope.Complete(); }");

    [Fact]
    public Task Reports_scope_disposed_by_hand() => Reports("""
        async Task M()
        {
            var scope = {|SES2009:new TransactionScope()|};
            try { await WorkAsync(); scope.Complete(); }
            finally { scope.Dispose(); }
        }
        """);

    [Fact]
    public Task Reports_await_of_a_loop() => Reports("async Task M(Db db) { using var scope = {|SES2009:new TransactionScope()|}; await foreach (var u in db.Users.AsAsyncEnumerable()) { Work(); } scope.Complete(); }");

    [Fact]
    public Task Reports_await_of_a_using() => Reports("async Task M(SqlConnection c) { using var scope = {|SES2009:new TransactionScope()|}; await using (c) { Work(); } scope.Complete(); }");

    [Fact]
    public Task Reports_scope_in_an_async_lambda() => Reports("Func<Task> M() => async () => { using var scope = {|SES2009:new TransactionScope()|}; await WorkAsync(); scope.Complete(); };");

    [Fact]
    public Task Reports_in_top_level_statements() => ReportsProgram("""
        using var scope = {|SES2009:new TransactionScope()|};
        await Task.Yield();
        scope.Complete();
        """);

    [Fact]
    public Task Ignores_enabled() => Ignores("async Task M() { using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled); await WorkAsync(); scope.Complete(); }");

    [Fact]
    public Task Ignores_enabled_after_other_arguments() => Ignores("async Task M() { using var scope = new TransactionScope(TransactionScopeOption.Required, new TransactionOptions(), TransactionScopeAsyncFlowOption.Enabled); await WorkAsync(); scope.Complete(); }");

    [Fact]
    public Task Ignores_option_from_elsewhere() => Ignores("async Task M(TransactionScopeAsyncFlowOption flow) { using var scope = new TransactionScope(flow); await WorkAsync(); scope.Complete(); }");

    [Fact]
    public Task Ignores_synchronous_work() => Ignores("void M() { using var scope = new TransactionScope(); Work(); scope.Complete(); }");

    [Fact]
    public Task Ignores_await_before_the_scope() => Ignores("async Task M() { await WorkAsync(); using var scope = new TransactionScope(); Work(); scope.Complete(); }");

    [Fact]
    public Task Ignores_await_after_the_scope() => Ignores("async Task M() { using (var scope = new TransactionScope()) { Work(); scope.Complete(); } await WorkAsync(); }");

    [Fact]
    public Task Ignores_await_after_disposal_by_hand() => Ignores("async Task M() { var scope = new TransactionScope(); try { Work(); scope.Complete(); } finally { scope.Dispose(); } await WorkAsync(); }");

    [Fact]
    public Task Ignores_await_in_a_nested_function() => Ignores("void M(List<Func<Task>> later) { using var scope = new TransactionScope(); later.Add(async () => await WorkAsync()); scope.Complete(); }");

    [Fact]
    public Task Ignores_await_in_a_local_function() => Ignores("void M() { using var scope = new TransactionScope(); scope.Complete(); async Task Later() { await WorkAsync(); } _ = (Func<Task>)Later; }");

    [Fact]
    public Task Ignores_scope_that_is_returned() => Ignores("TransactionScope M() => new TransactionScope();");

    [Fact]
    public Task Ignores_other_type_of_that_name() => IgnoresFile("""
        namespace Mine { class TransactionScope : System.IDisposable { public void Dispose() { } } }
        partial class C { async Task M() { using var scope = new Mine.TransactionScope(); await WorkAsync(); } }
        """);
}
