using SessionAnalyzers.Test.Verification;
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
    public Task Reports_query_expression() => Reports("IQueryable<int> M() { using var db = new Db(); return {|SES1006:from u in db.Users where u.Id > 1 orderby u.Name select u.Id|}; }");

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
    public Task Reports_unbuffered_mapper() => Reports("""
        IEnumerable<int> M() { using var c = new SqlConnection(cs); return {|SES1006:c.Query<int>(sql, buffered: false)|}; }
        IEnumerable<int> Chained() { using IDbConnection c = sessions.Open(); return {|SES1006:c.Query<int>(sql, param: null, null, false).Where(i => i > 1)|}; }
        IEnumerable<dynamic> Variable() { using var c = new SqlConnection(cs); c.Open(); const bool Buffered = false; var rows = c.Query(sql, buffered: Buffered); return {|SES1006:rows|}; }
        IEnumerable<int> Map() { using var c = new SqlConnection(cs); return {|SES1006:c.Query<User, User, int>(sql, (a, b) => a.Id, buffered: false)|}; }
        IEnumerable<int> Static() { using (var c = new NpgsqlConnection(cs)) { return {|SES1006:SqlMapper.Query<int>(c, sql, buffered: false)|}; } }
        """);

    [Fact]
    public Task Reports_unbuffered_rows_of_a_grid() => Reports("""
        IEnumerable<int> M() { using var c = new SqlConnection(cs); using var grid = c.QueryMultiple(sql); return {|SES1006:grid.Read<int>(buffered: false)|}; }
        """);

    [Fact]
    public Task Reports_unbuffered_async_mapper() => Reports("""
        IAsyncEnumerable<int> M() { using var c = new SqlConnection(cs); return {|SES1006:c.QueryUnbufferedAsync<int>(sql)|}; }
        """);

    [Fact]
    public Task Ignores_materialised_query() => Ignores("IEnumerable<User> M() { using var db = new Db(); return db.Users.Where(u => u.Id > 1).ToList(); }");

    [Fact]
    public Task Ignores_materialised_query_expression() => Ignores("List<int> M() { using var db = new Db(); return (from u in db.Users where u.Id > 1 select u.Id).ToList(); }");

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
    public Task Ignores_mapper_whose_rows_may_be_buffered() => Ignores("""
        IEnumerable<int> A() { using var c = new SqlConnection(cs); return c.Query<int>(sql, buffered: true); }
        IEnumerable<int> B(bool buffered) { using var c = new SqlConnection(cs); return c.Query<int>(sql, buffered: buffered); }
        IEnumerable<int> D() { using var c = new SqlConnection(cs); return c.Query<int>(new CommandDefinition(sql)); }
        IEnumerable<int> E() { using var c = new SqlConnection(cs); using var grid = c.QueryMultiple(sql); return grid.Read<int>(); }
        IEnumerable<int> F() { using var c = new SqlConnection(cs); return c.Query<int>(buffered: true, sql: sql).Where(i => i > 1); }
        """);

    [CSharpFact(12)]
    public Task Ignores_unbuffered_rows_that_are_read_before_their_connection_ends() => Ignores("""
        IEnumerable<int> A() { using var c = new SqlConnection(cs); return c.Query<int>(sql, buffered: false).ToList(); }
        IEnumerable<int> B() { using var c = new SqlConnection(cs); var rows = c.Query<int>(sql, buffered: false); var all = new List<int>(); foreach (var row in rows) { all.Add(row); } return all; }
        IEnumerable<int> D() { using var c = new SqlConnection(cs); foreach (var row in c.Query<int>(sql, buffered: false)) { yield return row; } }
        IEnumerable<int> E() { using var c = new SqlConnection(cs); return c.Query<int>(sql, buffered: false).AsList(); }
        int F() { using var c = new SqlConnection(cs); return c.Query<int>(sql, buffered: false).First(); }
        List<int> G() { using var c = new SqlConnection(cs); var rows = c.Query<int>(sql, buffered: false); return new List<int>(rows); }
        IEnumerable<int> H() { using var c = new SqlConnection(cs); return [.. c.Query<int>(sql, buffered: false)]; }
        """);

    [Fact]
    public Task Ignores_unbuffered_rows_of_a_borrowed_connection() => Ignores("IEnumerable<int> M(IDbConnection c) => c.Query<int>(sql, buffered: false);");

    [Fact]
    public Task Ignores_reader_that_closes_its_connection() => Ignores("""
        IDataReader M() { var c = new SqlConnection(cs); try { c.Open(); return new SqlCommand(sql, c).ExecuteReader(CommandBehavior.CloseConnection); } catch { c.Dispose(); throw; } }
        """);

    [Fact]
    public Task Ignores_query_that_is_run_before_its_session_ends() => Ignores("int M() { using var db = new Db(); var q = db.Users.Where(u => u.Id > 1); return q.Count(); }");
}
