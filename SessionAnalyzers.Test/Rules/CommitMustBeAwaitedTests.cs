using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2004: tasks of commits and their like that are dropped.</summary>
public sealed class CommitMustBeAwaitedTests
{
    [Fact]
    public Task Reports_save_in_a_synchronous_method() => Reports("void M(Db db) { {|SES2004:db.SaveChangesAsync()|}; }");

    [Fact]
    public Task Reports_save_in_an_async_method() => Reports("async Task M(Db db) { db.Add(new User()); {|SES2004:db.SaveChangesAsync()|}; await WorkAsync(); }");

    [Fact]
    public Task Reports_save_behind_ConfigureAwait() => Reports("void M(Db db) { {|SES2004:db.SaveChangesAsync()|}.ConfigureAwait(false); }");

    [Fact]
    public Task Reports_conditional_save() => Reports("void M(Db db) { db?{|SES2004:.SaveChangesAsync()|}; }");

    [Fact]
    public Task Reports_commit() => Reports("async Task M(SqlTransaction tx) { {|SES2004:tx.CommitAsync()|}; await WorkAsync(); }");

    [Fact]
    public Task Reports_rollback() => Reports("async Task M(DbTransaction tx) { try { await tx.CommitAsync(); } catch { {|SES2004:tx.RollbackAsync()|}; throw; } }");

    [Fact]
    public Task Reports_disposal() => Reports("async Task M(SqlConnection c) { await WorkAsync(); {|SES2004:c.DisposeAsync()|}; }");

    // CAP ccd72ce2: the insert ran on while its transaction was committed.
    [Fact]
    public Task Reports_command_of_a_mapper() => Reports("void M(IDbConnection c) { {|SES2004:c.ExecuteAsync(sql)|}; }");

    [Fact]
    public Task Reports_save_in_a_lambda_without_result() => Reports("void M(Db db) { Action save = () => {|SES2004:db.SaveChangesAsync()|}; save(); }");

    [Fact]
    public Task Reports_save_as_the_body_of_a_method() => Reports("void M(Db db) => {|SES2004:db.SaveChangesAsync()|};");

    [Fact]
    public Task Ignores_awaited() => Ignores("async Task M(Db db) { await db.SaveChangesAsync(); await db.SaveChangesAsync().ConfigureAwait(false); }");

    [Fact]
    public Task Ignores_returned() => Ignores("Task M(Db db) => db.SaveChangesAsync(); Task N(Db db) { return db.SaveChangesAsync(); }");

    [Fact]
    public Task Ignores_kept() => Ignores("async Task M(Db db) { var saving = db.SaveChangesAsync(); Work(); await saving; }");

    [Fact]
    public Task Ignores_discarded_on_purpose() => Ignores("void M(Db db) { _ = db.SaveChangesAsync(); }");

    [Fact]
    public Task Ignores_waited_for() => Ignores("void M(Db db) { db.SaveChangesAsync().Wait(); db.SaveChangesAsync().GetAwaiter().GetResult(); var n = db.SaveChangesAsync().Result; }");

    [Fact]
    public Task Ignores_continued() => Ignores("Task M(Db db) { return db.SaveChangesAsync().ContinueWith(t => Work()); }");

    [Fact]
    public Task Ignores_passed_on() => Ignores("async Task M(Db db) { await Task.WhenAll(db.SaveChangesAsync(), WorkAsync()); }");

    [Fact]
    public Task Ignores_lambda_with_a_task() => Ignores("Task M(Db db) { Func<Task> save = () => db.SaveChangesAsync(); return save(); }");

    [Fact]
    public Task Ignores_synchronous_save() => Ignores("void M(Db db) { db.SaveChanges(); }");

    [Fact]
    public Task Ignores_other_tasks() => Ignores("void M() { WorkAsync(); }");

    [Fact]
    public Task Ignores_verification_of_a_mock() => Ignores("""
        static T Received<T>(T mock) => mock;
        void M(Db db) { Received(db).SaveChangesAsync(); }
        """);

    [Fact]
    public Task Ignores_half_typed_call() => IgnoresFile("partial class C { async Task M(Db db) { await db.SaveChangesAsync(); } }");
}
