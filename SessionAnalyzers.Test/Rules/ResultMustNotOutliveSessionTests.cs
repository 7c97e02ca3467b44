using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1006: queries, readers, tasks and functions that need a session which is gone.</summary>
public sealed class ResultMustNotOutliveSessionTests
{
    [Fact]
    public Task Reports_query() => Reports("IQueryable<User> M() { using var db = new Db(); return {|SES1006:db.Users.Where(u => u.Id > 1)|}; }");

    [Fact]
    public Task Reports_query_of_a_variable() => Reports("IQueryable<User> M() { using var db = new Db(); var q = db.Users.AsNoTracking(); return {|SES1006:q.OrderBy(u => u.Id)|}; }");

    [Fact]
    public Task Reports_deferred_sequence() => Reports("IEnumerable<int> M() { using var db = new Db(); return {|SES1006:db.Users.AsEnumerable().Select(u => u.Id)|}; }");

    [Fact]
    public Task Reports_async_sequence() => Reports("IAsyncEnumerable<User> M() { using var db = new Db(); return {|SES1006:db.Users.AsAsyncEnumerable()|}; }");

    [Fact]
    public Task Reports_task_that_is_not_awaited() => Reports("Task<int> M() { using var db = new Db(); return {|SES1006:db.SaveChangesAsync()|}; }");

    [Fact]
    public Task Reports_task_of_a_query() => Reports("Task<List<User>> M() { using var db = new Db(); return {|SES1006:db.Users.ToListAsync()|}; }");

    [Fact]
    public Task Reports_task_of_an_async_helper() => Reports("""
        Task M() { using var c = new SqlConnection(cs); return {|SES1006:Load(c)|}; }
        async Task Load(SqlConnection c) => await c.ExecuteAsync(sql);
        """);

    [Fact]
    public Task Reports_reader() => Reports("""
        IDataReader M() { using var c = new SqlConnection(cs); c.Open(); using var command = new SqlCommand(sql, c); return {|SES1006:command.ExecuteReader()|}; }
        """);

    [Fact]
    public Task Reports_function() => Reports("Func<int> M() { using var db = new Db(); return {|SES1006:() => db.Users.Count()|}; }");

    [Fact]
    public Task Ignores_materialised_query() => Ignores("IEnumerable<User> M() { using var db = new Db(); return db.Users.Where(u => u.Id > 1).ToList(); }");

    [Fact]
    public Task Ignores_array_dictionary_and_first() => Ignores("""
        User[] A() { using var db = new Db(); return db.Users.ToArray(); }
        Dictionary<int, User> B() { using var db = new Db(); return db.Users.ToDictionary(u => u.Id); }
        User C1() { using var db = new Db(); return db.Users.First(); }
        """);

    [Fact]
    public Task Ignores_awaited_task() => Ignores("async Task<int> M() { using var db = new Db(); return await db.SaveChangesAsync(); }");

    [Fact]
    public Task Ignores_finished_tasks() => Ignores("""
        Task A() { using var db = new Db(); db.SaveChanges(); return Task.CompletedTask; }
        Task<int> B() { using var db = new Db(); return Task.FromResult(db.SaveChanges()); }
        """);

    [Fact]
    public Task Ignores_iterator() => Ignores("IEnumerable<User> M() { using var db = new Db(); foreach (var user in db.Users) { yield return user; } }");

    [Fact]
    public Task Ignores_async_iterator() => Ignores("async IAsyncEnumerable<User> M() { using var db = new Db(); await foreach (var user in db.Users.AsAsyncEnumerable()) { yield return user; } }");

    [Fact]
    public Task Ignores_query_of_a_borrowed_context() => Ignores("IQueryable<User> M(Db db) => db.Users.Where(u => u.Id > 1);");

    [Fact]
    public Task Ignores_buffered_mapper() => Ignores("IEnumerable<int> M() { using var c = new SqlConnection(cs); return c.Query<int>(sql); }");

    [Fact]
    public Task Ignores_reader_that_closes_its_connection() => Ignores("""
        IDataReader M() { var c = new SqlConnection(cs); try { c.Open(); return new SqlCommand(sql, c).ExecuteReader(CommandBehavior.CloseConnection); } catch { c.Dispose(); throw; } }
        """);

    [Fact]
    public Task Ignores_query_that_is_run_before_its_session_ends() => Ignores("int M() { using var db = new Db(); var q = db.Users.Where(u => u.Id > 1); return q.Count(); }");
}
