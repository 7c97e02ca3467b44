using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class TransactionScopeMustFlowAcrossAwaitFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<TransactionScopeMustFlowAcrossAwaitFix>(
        "async Task M() { using var scope = " + before + "; await WorkAsync(); scope.Complete(); }",
        "async Task M() { using var scope = " + after + "; await WorkAsync(); scope.Complete(); }",
        "SES2009.EnableFlow");

    [Fact]
    public Task Fixes_no_arguments() => Fixes("{|SES2009:new TransactionScope()|}", "new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)");

    [Fact]
    public Task Fixes_option() => Fixes("{|SES2009:new TransactionScope(TransactionScopeOption.RequiresNew)|}", "new TransactionScope(TransactionScopeOption.RequiresNew, TransactionScopeAsyncFlowOption.Enabled)");

    [Fact]
    public Task Fixes_option_and_time() => Fixes(
        "{|SES2009:new TransactionScope(TransactionScopeOption.Required, TimeSpan.FromMinutes(1) /* long */)|}",
        "new TransactionScope(TransactionScopeOption.Required, TimeSpan.FromMinutes(1) /* long */, TransactionScopeAsyncFlowOption.Enabled)");

    [Fact]
    public Task Fixes_named_arguments() => Fixes(
        "{|SES2009:new TransactionScope(scopeOption: TransactionScopeOption.Required)|}",
        "new TransactionScope(scopeOption: TransactionScopeOption.Required, asyncFlowOption: TransactionScopeAsyncFlowOption.Enabled)");

    [Fact]
    public Task Fixes_explicit_suppression() => Fixes(
        "{|SES2009:new TransactionScope(TransactionScopeAsyncFlowOption.Suppress)|}",
        "new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)");

    [Fact]
    public Task Fixes_qualified_name() => Fixes(
        "{|SES2009:new System.Transactions.TransactionScope()|}",
        "new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled)");

    [Fact]
    public Task FixesAll_scopes() => RealReports.Fixes<TransactionScopeMustFlowAcrossAwaitFix>(
        "async Task M() { using (var a = {|SES2009:new TransactionScope()|}) { await WorkAsync(); a.Complete(); } using (var b = {|SES2009:new TransactionScope()|}) { await WorkAsync(); b.Complete(); } }",
        "async Task M() { using (var a = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)) { await WorkAsync(); a.Complete(); } using (var b = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)) { await WorkAsync(); b.Complete(); } }",
        "SES2009.EnableFlow");

    [Fact]
    public Task Leaves_constructor_without_the_option() => RealReports.OffersNothing<TransactionScopeMustFlowAcrossAwaitFix>(
        "async Task M(TransactionOptions o) { using var scope = {|SES2009:new TransactionScope(TransactionScopeOption.Required, o, EnterpriseServicesInteropOption.None)|}; await WorkAsync(); scope.Complete(); }");
}
