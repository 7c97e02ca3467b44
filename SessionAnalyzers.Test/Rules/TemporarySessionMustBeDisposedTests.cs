using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1007: sessions without a name.</summary>
public sealed class TemporarySessionMustBeDisposedTests
{
    [Fact]
    public Task Reports_receiver() => Reports("int M() => {|SES1007:new Db()|}.Users.Count();");

    [Fact]
    public Task Reports_receiver_in_a_query() => Reports("List<int> M() => (from u in {|SES1007:new Db()|}.Users where u.Id > 0 select u.Id).ToList();");

    // DisposableFixer#108
    [Fact]
    public Task Reports_receiver_from_a_factory() => Reports("List<User> M() => {|SES1007:contexts.CreateDbContext()|}.Users.ToList();");

    [Fact]
    public Task Reports_receiver_of_an_anonymous_factory() => Reports("""
        class Factory { public SqlConnection Create() => new SqlConnection(""); }
        void M() { {|SES1007:new Factory().Create()|}.Open(); }
        """);

    [Fact]
    public Task Reports_awaited_receiver() => Reports("async Task<int> M() => (await {|SES1007:contexts.CreateDbContextAsync()|}).Users.Count();");

    [Fact]
    public Task Reports_receiver_of_an_awaited_call() => Reports("async Task M() { await {|SES1007:new Db()|}.SaveChangesAsync(); }");

    [Fact]
    public Task Reports_opened_receiver() => Reports("void M() { {|SES1007:new SqlConnection(cs)|}.Open(); }");

    [Fact]
    public Task Reports_conditional_receiver() => Reports("void M() { {|SES1007:sessions.Open()|}?.Execute(sql); }");

    [Fact]
    public Task Reports_property_of_a_temporary() => Reports("string M() => {|SES1007:sessions.Open()|}.Database;");

    // infersharp#129
    [Fact]
    public Task Reports_argument_of_a_command() => Reports("""
        void M() { using var command = new SqlCommand(sql, {|SES1007:new SqlConnection(cs)|}); command.Connection.Open(); command.ExecuteNonQuery(); }
        """);

    [Fact]
    public Task Reports_opened_argument_of_a_command() => Reports("""
        void M() { using var command = new SqlCommand(sql, {|SES1007:sessions.Open()|}); command.ExecuteNonQuery(); }
        """);

    [Fact]
    public Task Reports_initializer_of_a_command() => Reports("""
        void M() { using var command = new SqlCommand { Connection = {|SES1007:sessions.Open()|}, CommandText = sql }; command.ExecuteNonQuery(); }
        """);

    [Fact]
    public Task Reports_argument_of_a_borrower() => Reports("""
        static int Count(Db db) => db.Users.Count();
        int M() => Count({|SES1007:new Db()|});
        """);

    [Fact]
    public Task Reports_argument_of_a_mapper() => Reports("int M() => SqlMapper.Execute({|SES1007:sessions.Open()|}, sql);");

    [Fact]
    public Task Reports_statement() => Reports("void M(Db db) { {|SES1007:new TransactionScope()|}; db.SaveChanges(); }");

    [Fact]
    public Task Reports_discard() => Reports("void M() { _ = {|SES1007:services.CreateScope()|}; }");

    [Fact]
    public Task Reports_awaited_discard() => Reports("async Task M() { _ = await {|SES1007:contexts.CreateDbContextAsync()|}; }");

    [Fact]
    public Task Reports_discarded_tuple_element() => Reports("""
        (SqlConnection, int) Pair() => (new SqlConnection(cs), 1);
        int M() { var (_, n) = {|SES1007:Pair()|}; return n; }
        """);

    [Fact]
    public Task Reports_discarded_out_argument() => Reports("""
        bool TryOpen(out SqlConnection c) { c = new SqlConnection(cs); c.Open(); return true; }
        bool M() => {|SES1007:TryOpen(out _)|};
        """);

    [Fact]
    public Task Reports_scope_behind_its_service() => Reports("void M() { var db = {|SES1007:services.CreateScope()|}.ServiceProvider.GetRequiredService<Db>(); db.SaveChanges(); }");

    [Fact]
    public Task Reports_condition() => Reports("bool M() { if ({|SES1007:new Db()|}.Users.Any()) { return true; } return false; }");

    [Fact]
    public Task Reports_foreach_source() => Reports("void M() { foreach (var user in {|SES1007:new Db()|}.Users.ToList()) { Work(); } }");

    [Fact]
    public Task Reports_await_foreach_source() => Reports("""
        async Task M() { await foreach (var user in {|SES1007:new Db()|}.Users.AsAsyncEnumerable()) { Work(); } }
        """);

    [Fact]
    public Task Reports_interpolation() => Reports("string M() => $\"{{|SES1007:new Db()|}.Users.Count()}\";");

    [Fact]
    public Task Reports_lambda() => Reports("Func<int> M() => () => {|SES1007:new Db()|}.Users.Count();");

    [Fact]
    public Task Reports_loop() => Reports("void M(int[] n) { foreach (var i in n) { {|SES1007:new Db()|}.Users.Find(i); } }");

    [Fact]
    public Task Reports_field_initializer() => Reports("static readonly int Count = {|SES1007:new Db()|}.Users.Count();");

    [Fact]
    public Task Reports_receiver_from_a_property() => Reports("""
        SqlConnection Connection => new SqlConnection(cs);
        void M() { {|SES1007:Connection|}.Open(); }
        """);

    [Fact]
    public Task Reports_transaction_of_a_connection() => Reports("void M(SqlConnection c) { {|SES1007:c.BeginTransaction()|}; c.Execute(sql); }");

    [Fact]
    public Task Reports_using_of_what_is_made_of_a_temporary() => Reports("""
        void M() { using var command = {|SES1007:sessions.Open()|}.CreateCommand(); command.ExecuteNonQuery(); }
        """);

    [Fact]
    public Task Reports_using_of_a_transaction_of_a_temporary() => Reports("""
        void M() { using var tx = {|SES1007:sessions.Open()|}.BeginTransaction(); tx.Commit(); }
        """);

    [Fact]
    public Task Reports_temporary_of_a_fallback() => Reports("int M(Db db) => (db ?? {|SES1007:new Db()|}).Users.Count();");

    [Fact]
    public Task Reports_receiver_with_kind_and_source() => Reports("""
        int M()
        {
            return {|#1:{|#0:new Db()|}.Users.Count()|};
        }
        """, Leak("context", "new Db"));

    [Fact]
    public Task Reports_scope_with_kind_and_source() => Reports("""
        void M()
        {
            {|#1:{|#0:services.CreateScope()|}.ServiceProvider.GetRequiredService<Db>().SaveChanges();|}
        }
        """, Leak("service scope", "CreateScope"));

    [Fact]
    public Task Reports_argument_with_kind_and_source() => Reports("""
        void M()
        {
            using var command = new SqlCommand(sql, {|#0:sessions.Open()|});
            {|#1:command.ExecuteNonQuery();|}
        }
        """, Leak("connection", "Open"));

    [Fact]
    public Task Ignores_mapper_on_a_closed_connection() => Ignores("List<int> M() => new SqlConnection(cs).Query<int>(sql).ToList();");

    [Fact]
    public Task Ignores_async_mapper_on_a_closed_connection() => Ignores("async Task<int> M() => await new NpgsqlConnection(cs).ExecuteAsync(sql);");

    [Fact]
    public Task Ignores_adapter_on_a_closed_connection() => Ignores("void M(DataSet set) { new SqlDataAdapter(sql, new SqlConnection(cs)).Fill(set); }");

    [Fact]
    public Task Ignores_adapter_on_a_closed_connection_by_connection_string() => Ignores("void M(DataSet set) { using var a = new SqlDataAdapter(sql, cs); a.Fill(set); }");

    [Fact]
    public Task Ignores_using_of_a_temporary() => Ignores("void M(Db db) { using (db.Database.BeginTransaction()) { db.Database.CommitTransaction(); } }");

    [Fact]
    public Task Ignores_returned_temporary() => Ignores("Db M() => contexts.CreateDbContext();");

    [CSharpFact(12)]
    public Task Ignores_argument_of_an_owner() => Ignores("""
        sealed class Owner(Db db) : IDisposable { public void Dispose() => db.Dispose(); public void Run() => db.SaveChanges(); }
        void M() { using var owner = new Owner(new Db()); owner.Run(); }
        void N() { new Owner(new Db()).Run(); }
        """);

    [Fact]
    public Task Ignores_argument_of_unknown_code() => Ignores("void M(Action<Db> use, IList<Db> all) { use(new Db()); all.Add(new Db()); all[0] = new Db(); }");

    [Fact]
    public Task Ignores_argument_of_a_helper_that_disposes() => Ignores("""
        static void Run(Db db) { using (db) { db.SaveChanges(); } }
        static async Task RunAsync(Db db) { await using (db) { await db.SaveChangesAsync(); } }
        async Task M() { Run(new Db()); await RunAsync(contexts.CreateDbContext()); }
        """);

    [Fact]
    public Task Ignores_reader_that_closes_the_connection() => Ignores("""
        IDataReader M() { var command = new SqlCommand(sql, new SqlConnection(cs)); command.Connection.Open(); return command.ExecuteReader(CommandBehavior.CloseConnection); }
        """);

    [Fact]
    public Task Ignores_connection_disposed_through_its_command() => Ignores("""
        void M() { var command = new SqlCommand(sql, new SqlConnection(cs)); try { command.Connection.Open(); command.ExecuteNonQuery(); } finally { command.Connection.Dispose(); } }
        """);

    [Fact]
    public Task Reports_connection_whose_transaction_fails_to_begin() => Reports("""
        void M() { var tx = {|SES1002:sessions.Open()|}.BeginTransaction(); try { tx.Commit(); } finally { tx.Connection?.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_disposed_temporary() => Ignores("void M() { new Db().Dispose(); sessions.Open().Close(); }");

    [Fact]
    public Task Ignores_stored_temporary() => Ignores("""
        internal SqlConnection field; internal Db Context { get; set; }
        void M() { (field = new SqlConnection(cs)).Open(); Context = new Db(); Context.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_model_of_a_context() => Ignores("""
        class Fixture { internal Db db = new(); public int Count => db.Users.Count(); }
        """);

    [Fact]
    public Task Ignores_expression_trees() => Ignores("System.Linq.Expressions.Expression<Func<int>> M() => () => new Db().Users.Count();");

    [Fact]
    public Task Ignores_nameof_and_typeof() => Ignores("string M() => nameof(SqlConnection) + typeof(Db).Name;");

    [Fact]
    public Task Ignores_borrowed_results() => Ignores("""
        void M(Db db) { db.Database.GetDbConnection().Open(); services.GetRequiredService<Db>().SaveChanges(); db.Database.CurrentTransaction.Commit(); sessions.Current.Open(); }
        """);

    [Fact]
    public Task Ignores_command_of_a_data_source() => Ignores("void M() { source.CreateCommand(sql).ExecuteNonQuery(); using var command = source.CreateCommand(sql); command.ExecuteNonQuery(); }");

    [Fact]
    public Task Ignores_thrown_and_compared() => Ignores("bool M(Db db) => db == null || db.Equals(db);");

    private static DiagnosticResult Leak(params object[] arguments) =>
        new DiagnosticResult("SES1007", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments(arguments);
}
