using SessionAnalyzers.Flow;
using SessionAnalyzers.Test.Verification;
using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES2008: commits that tell of their failure by a result, which is dropped.</summary>
public sealed class CommitResultMustBeCheckedTests
{
    private const string Cosmos = "using Microsoft.Azure.Cosmos;\npartial class C { ";
    private const string Redis = "using StackExchange.Redis; using IDatabase = StackExchange.Redis.IDatabase; using CommandFlags = StackExchange.Redis.CommandFlags;\npartial class C { ";
    private const string Lite = "using LiteDB;\npartial class C { ";

    [Fact]
    public Task Reports_batch() => ReportsFile(Cosmos + "async Task M(TransactionalBatch batch) { await {|SES2008:batch.ExecuteAsync()|}; } }");

    [Fact]
    public Task Reports_batch_behind_ConfigureAwait() => ReportsFile(Cosmos + "async Task M(TransactionalBatch batch) { await {|SES2008:batch.CreateItem(1).ExecuteAsync()|}.ConfigureAwait(false); } }");

    [Fact]
    public Task Reports_batch_that_is_waited_for() => ReportsFile(Cosmos + "void M(TransactionalBatch batch) { {|SES2008:batch.ExecuteAsync()|}.Wait(); {|SES2008:batch.ExecuteAsync()|}.GetAwaiter().GetResult(); } }");

    [Fact]
    public Task Reports_names() => ReportsFile(
        Cosmos + "async Task M(TransactionalBatch batch) { await {|#0:batch.ExecuteAsync()|}; } }",
        new DiagnosticResult("SES2008", DiagnosticSeverity.Warning).WithLocation(0).WithArguments("ExecuteAsync", "batch"));

    [Fact]
    public Task Reports_Redis_with_a_condition() => ReportsFile(Redis + """
        void M(IDatabase db) { var tx = db.CreateTransaction(); tx.AddCondition(Condition.KeyNotExists("k")); tx.StringSetAsync("k", 1); {|SES2008:tx.Execute()|}; }
        async Task N(IDatabase db) { var tx = db.CreateTransaction(); tx.AddCondition(Condition.KeyNotExists("k")); _ = tx.StringSetAsync("k", 1); await {|SES2008:tx.ExecuteAsync()|}; } }
        """);

    [Fact]
    public Task Reports_LiteDB_after_an_await() => ReportsFile(Lite + "async Task M(ILiteDatabase db) { db.BeginTrans(); await WorkAsync(); {|SES2008:db.Commit()|}; } }");

    [Fact]
    public async Task Reports_API_of_the_user()
    {
        var test = new Verify<FlowRuleAnalyzer, EmptyCodeFixProvider>.Test(Libraries.Common)
        {
            TestState = { Sources = { "class Work { public bool Save() => true; static void M(Work w) { {|SES2008:w.Save()|}; if (w.Save()) { } } }", Preamble } },
        };
        test.TestState.AdditionalFiles.Add(("/0/SessionAnalyzers.own.txt", "M:Work.Save commits ignores-failure\n"));
        await test.RunAsync();
    }

    [Fact]
    public Task Ignores_checked_batch() => IgnoresFile(Cosmos + """
        async Task<bool> M(TransactionalBatch batch) { var r = await batch.ExecuteAsync(); return r.IsSuccessStatusCode; }
        async Task N(TransactionalBatch batch) { using TransactionalBatchResponse r = await batch.ExecuteAsync(); if (!r.IsSuccessStatusCode) throw new InvalidOperationException(); }
        Task<TransactionalBatchResponse> O(TransactionalBatch batch) => batch.ExecuteAsync();
        async Task P(TransactionalBatch batch) { if ((await batch.ExecuteAsync()).IsSuccessStatusCode) { Work(); } } }
        """);

    [Fact]
    public Task Ignores_discarded_on_purpose() => IgnoresFile(Cosmos + "async Task M(TransactionalBatch batch) { _ = await batch.ExecuteAsync(); } }");

    [Fact]
    public Task Ignores_result_that_is_passed_on() => IgnoresFile(Cosmos + """
        static void Check(TransactionalBatchResponse r) { }
        async Task M(TransactionalBatch batch) { Check(await batch.ExecuteAsync()); }
        async Task N(TransactionalBatch batch) { await batch.ExecuteAsync().ContinueWith(t => Check(t.Result)); } }
        """);

    [Fact]
    public Task Ignores_Redis_without_conditions() => IgnoresFile(Redis + """
        void M(IDatabase db) { var tx = db.CreateTransaction(); tx.StringSetAsync("k", 1); tx.Execute(); }
        void N(ITransaction tx) { tx.Execute(); } }
        """);

    [Fact]
    public Task Ignores_Redis_whose_condition_is_asked() => IgnoresFile(Redis + """
        bool M(IDatabase db) { var tx = db.CreateTransaction(); var c = tx.AddCondition(Condition.KeyNotExists("k")); tx.StringSetAsync("k", 1); tx.Execute(); return c.WasSatisfied; } }
        """);

    [Fact]
    public Task Ignores_Redis_whose_operations_are_awaited() => IgnoresFile(Redis + """
        async Task M(IDatabase db) { var tx = db.CreateTransaction(); tx.AddCondition(Condition.KeyNotExists("k")); var set = tx.StringSetAsync("k", 1); tx.Execute(); await set; } }
        """);

    [Fact]
    public Task Ignores_Redis_that_does_not_wait() => IgnoresFile(Redis + """
        void M(IDatabase db) { var tx = db.CreateTransaction(); tx.AddCondition(Condition.KeyNotExists("k")); tx.StringSetAsync("k", 1); tx.Execute(CommandFlags.FireAndForget); }
        void N(IDatabase db) { db.Execute("PING"); } }
        """);

    [Fact]
    public Task Ignores_LiteDB_on_one_thread() => IgnoresFile(Lite + """
        void M(ILiteDatabase db) { db.BeginTrans(); db.GetCollection("a").Insert(new BsonDocument()); db.Commit(); }
        async Task N(ILiteDatabase db) { await WorkAsync(); db.BeginTrans(); db.Commit(); await WorkAsync(); }
        async Task<bool> O(ILiteDatabase db) { db.BeginTrans(); await WorkAsync(); return db.Commit(); } }
        """);

    [Fact]
    public Task Ignores_commits_that_throw() => Ignores("""
        void M(Db db, SqlTransaction tx) { db.SaveChanges(); tx.Commit(); }
        """);
}
