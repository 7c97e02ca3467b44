using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class CommitMustBeAwaitedFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<CommitMustBeAwaitedFix>(before, after, "SES2004.Await");

    private static Task Leaves(string members) => RealReports.OffersNothing<CommitMustBeAwaitedFix>(members);

    [Fact]
    public Task Fixes_save() => Fixes(
        "async Task M(Db db) { {|SES2004:db.SaveChangesAsync()|}; /* then */ await WorkAsync(); }",
        "async Task M(Db db) { await db.SaveChangesAsync(); /* then */ await WorkAsync(); }");

    [Fact]
    public Task Fixes_save_behind_ConfigureAwait() => Fixes(
        "async Task M(Db db) { {|SES2004:db.SaveChangesAsync()|}.ConfigureAwait(false); await WorkAsync(); }",
        "async Task M(Db db) { await db.SaveChangesAsync().ConfigureAwait(false); await WorkAsync(); }");

    [Fact]
    public Task Fixes_save_in_an_async_lambda() => Fixes(
        "Func<Task> M(Db db) => async () => { {|SES2004:db.SaveChangesAsync()|}; await WorkAsync(); };",
        "Func<Task> M(Db db) => async () => { await db.SaveChangesAsync(); await WorkAsync(); };");

    [Fact]
    public Task FixesAll_calls() => Fixes(
        "async Task M(Db db, SqlTransaction tx) { {|SES2004:db.SaveChangesAsync()|}; await WorkAsync(); {|SES2004:tx.CommitAsync()|}; }",
        "async Task M(Db db, SqlTransaction tx) { await db.SaveChangesAsync(); await WorkAsync(); await tx.CommitAsync(); }");

    [Fact]
    public Task Leaves_synchronous_method() => Leaves("void M(Db db) { {|SES2004:db.SaveChangesAsync()|}; }");

    [Fact]
    public Task Leaves_method_that_returns_another_task() => Leaves("Task M(Db db) { {|SES2004:db.SaveChangesAsync()|}; return WorkAsync(); }");

    [Fact]
    public Task Leaves_session_that_may_be_null() => Leaves("async Task M(Db db) { db?{|SES2004:.SaveChangesAsync()|}; await WorkAsync(); }");

    [Fact]
    public Task Leaves_lock() => Leaves("async Task M(Db db) { lock (db) { {|SES2004:db.SaveChangesAsync()|}; } await WorkAsync(); }");

    [Fact]
    public Task Leaves_synchronous_lambda_of_an_async_method() => Leaves("async Task M(Db db) { Action save = () => { {|SES2004:db.SaveChangesAsync()|}; }; save(); await WorkAsync(); }");
}
