using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1013: readers, grid readers, bulk writers, and commands that hold locks.</summary>
public sealed class ReaderMustBeDisposedTests
{
    [Fact]
    public Task Reports_reader() => Reports("void M(SqlCommand command) { var r = {|SES1013:command.ExecuteReader()|}; while (r.Read()) { Work(); } }");

    [Fact]
    public Task Reports_reader_of_an_owned_connection() => Reports("""
        void M() { using var c = new SqlConnection(cs); c.Open(); using var command = c.CreateCommand(); var r = {|SES1013:command.ExecuteReader()|}; r.Read(); c.Execute(sql); }
        """);

    [Fact]
    public Task Reports_async_reader() => Reports("async Task M(DbCommand command) { var r = await {|SES1013:command.ExecuteReaderAsync()|}; while (await r.ReadAsync()) { Work(); } }");

    [Fact]
    public Task Reports_reader_of_an_interface() => Reports("bool M(IDbCommand command) { var r = {|SES1013:command.ExecuteReader()|}; return r.Read(); }");

    [Fact]
    public Task Reports_reader_without_a_name() => Reports("bool M(SqlCommand command) => {|SES1013:command.ExecuteReader()|}.Read();");

    [Fact]
    public Task Reports_early_return() => Reports("""
        int M(SqlCommand command) { var r = {|SES1013:command.ExecuteReader()|}; if (!r.Read()) return 0; var n = r.GetInt32(0); r.Close(); return n; }
        """);

    [Fact]
    public Task Reports_reader_left_by_an_exception_on_a_borrowed_connection() => Reports("""
        void M(SqlConnection c) { var command = c.CreateCommand(); var r = {|SES1013:command.ExecuteReader()|}; while (r.Read()) { Work(); } r.Close(); }
        """);

    [Fact]
    public Task Reports_grid_reader() => Reports("void M(SqlConnection c) { var grid = {|SES1013:c.QueryMultiple(sql)|}; var n = grid.Read<int>().ToList(); }");

    [Fact]
    public Task Reports_reader_of_a_mapper() => Reports("void M(SqlConnection c) { var r = {|SES1013:c.ExecuteReader(sql)|}; r.Read(); }");

    [Fact]
    public Task Reports_binary_importer() => Reports("void M(NpgsqlConnection c) { var w = {|SES1013:c.BeginBinaryImport(sql)|}; w.StartRow(); w.Write(1); w.Complete(); }");

    [Fact]
    public Task Reports_async_binary_importer() => Reports("async Task M(NpgsqlConnection c) { var w = await {|SES1013:c.BeginBinaryImportAsync(sql)|}; await w.StartRowAsync(); await w.CompleteAsync(); }");

    [Fact]
    public Task Reports_bulk_copy() => Reports("void M(SqlConnection c, DataTable t) { var b = {|SES1013:new SqlBulkCopy(c)|}; b.DestinationTableName = sql; b.WriteToServer(t); }");

    [Fact]
    public Task Reports_cursor_of_mongo() => ReportsFile("""
        using MongoDB.Driver;
        class M1 { void M(IMongoDatabase db) { var cursor = {|SES1013:db.ListCollectionNames()|}; while (cursor.MoveNext()) { } } }
        """);

    [Fact]
    public Task Reports_reader_from_a_source_method() => Reports("""
        static SqlDataReader Run(SqlCommand command) => command.ExecuteReader();
        void M(SqlCommand command) { var r = {|SES1013:Run(command)|}; r.Read(); }
        """);

    [Fact]
    public Task Reports_reader_overwritten() => Reports("void M(SqlCommand command) { var r = {|SES1013:command.ExecuteReader()|}; r = command.ExecuteReader(); r.Dispose(); }");

    [Fact]
    public Task Reports_reader_in_a_loop() => Reports("void M(SqlCommand command, int[] n) { foreach (var i in n) { var r = {|SES1013:command.ExecuteReader()|}; r.Read(); } }");

    [Fact]
    public Task Reports_sqlite_command_as_a_suggestion() => Reports("""
        void M(SqliteConnection c)
        {
            var command = {|#0:new SqliteCommand(sql, c)|};
            {|#1:command.ExecuteNonQuery();|}
        }
        """, Command("command", "new SqliteCommand", "the method ends (line 4)"));

    [Fact]
    public Task Reports_created_sqlite_command_as_a_suggestion() => Reports("""
        void M(SqliteConnection c)
        {
            var command = {|#0:c.CreateCommand()|};
            command.CommandText = sql;
            {|#1:command.ExecuteNonQuery();|}
        }
        """, Command("command", "CreateCommand", "the method ends (line 5)"));

    [Fact]
    public Task Reports_reader_with_kind_source_and_line() => Reports("""
        void M(SqlCommand command)
        {
            var r = {|#0:command.ExecuteReader()|};
            {|#1:r.Read();|}
        }
        """, Reader("reader", "ExecuteReader", "the method ends (line 4)"));

    [Fact]
    public Task Reports_bulk_writer_with_kind_source_and_line() => Reports("""
        void M(NpgsqlConnection c)
        {
            var writer = {|#0:c.BeginTextImport(sql)|};
            {|#1:writer.Write(sql);|}
        }
        """, Reader("bulk writer", "BeginTextImport", "the method ends (line 4)"));

    [Fact]
    public Task Ignores_using_forms() => Ignores("""
        void A(SqlCommand command) { using var r = command.ExecuteReader(); while (r.Read()) { Work(); } }
        void B(SqlCommand command) { using (var r = command.ExecuteReader()) { r.Read(); } }
        async Task D(SqlCommand command) { await using var r = await command.ExecuteReaderAsync(); await r.ReadAsync(); }
        async Task E(DbCommand command) { var r = await command.ExecuteReaderAsync(); await using (r.ConfigureAwait(false)) { await r.ReadAsync(); } }
        """);

    [Fact]
    public Task Ignores_close() => Ignores("void M(SqlCommand command) { var r = command.ExecuteReader(); try { r.Read(); } finally { r.Close(); } }");

    [Fact]
    public Task Ignores_close_async() => Ignores("async Task M(DbCommand command) { var r = await command.ExecuteReaderAsync(); try { await r.ReadAsync(); } finally { await r.CloseAsync(); } }");

    [Fact]
    public Task Ignores_null_and_closed_checks() => Ignores("""
        void M(SqlCommand command) { SqlDataReader r = null; try { r = command.ExecuteReader(); r.Read(); } finally { if (r != null && !r.IsClosed) { r.Close(); } } }
        """);

    // A reader that an exception leaves behind goes with its connection.
    [Fact]
    public Task Ignores_reader_left_by_an_exception_on_an_owned_connection() => Ignores("""
        void M() { using var c = new SqlConnection(cs); c.Open(); var r = new SqlCommand(sql, c).ExecuteReader(); while (r.Read()) { Work(); } r.Close(); }
        """);

    [Fact]
    public Task Ignores_returned_reader() => Ignores("SqlDataReader M(SqlCommand command) => command.ExecuteReader(); Task<DbDataReader> N(DbCommand command) => command.ExecuteReaderAsync();");

    [Fact]
    public Task Ignores_loaded_table() => Ignores("DataTable M(SqlCommand command) { var t = new DataTable(); t.Load(command.ExecuteReader()); return t; }");

    [CSharpFact(12)]
    public Task Ignores_wrapped_reader() => Ignores("""
        sealed class Rows(IDataReader reader) : IDisposable { public bool Next() => reader.Read(); public void Dispose() => reader.Dispose(); }
        Rows M(SqlCommand command) { var r = command.ExecuteReader(); return new Rows(r); }
        """);

    [Fact]
    public Task Ignores_yielding_reader() => Ignores("IEnumerable<IDataRecord> M(SqlCommand command) { using var r = command.ExecuteReader(); while (r.Read()) { yield return r; } }");

    [Fact]
    public Task Ignores_grid_reader_in_using() => Ignores("void M(SqlConnection c) { using var grid = c.QueryMultiple(sql); grid.Read<int>(); }");

    [Fact]
    public Task Ignores_importer_in_using() => Ignores("void M(NpgsqlConnection c) { using (var w = c.BeginBinaryImport(sql)) { w.StartRow(); w.Complete(); } }");

    [Fact]
    public Task Ignores_closed_bulk_copy() => Ignores("void M(SqlConnection c, DataTable t) { var b = new SqlBulkCopy(c); try { b.WriteToServer(t); } finally { b.Close(); } }");

    [Fact]
    public Task Ignores_commands_of_other_providers() => Ignores("""
        void M(SqlConnection c, NpgsqlConnection n) { var a = new SqlCommand(sql, c); a.ExecuteNonQuery(); var b = n.CreateCommand(); b.ExecuteNonQuery(); new NpgsqlCommand(sql, n).ExecuteNonQuery(); }
        """);

    [Fact]
    public Task Ignores_commands_of_the_interfaces() => Ignores("void M(IDbConnection c) { var command = c.CreateCommand(); command.CommandText = sql; command.ExecuteNonQuery(); }");

    [Fact]
    public Task Ignores_sqlite_command_of_an_owned_connection() => Ignores("void M() { using var c = new SqliteConnection(cs); c.Open(); var command = c.CreateCommand(); command.ExecuteNonQuery(); }");

    [Fact]
    public Task Ignores_readers_in_memory() => Ignores("void M(DataTable t) { var r = t.CreateDataReader(); while (r.Read()) { Work(); } }");

    [Fact]
    public Task Ignores_reader_passed_to_unknown_code() => Ignores("void M(SqlCommand command, Action<IDataReader> use) { use(command.ExecuteReader()); }");

    [Fact]
    public Task Ignores_parsed_reader_parameter() => Ignores("List<User> M(IDataReader r) => r.Parse<User>().ToList();");

    [Fact]
    public Task Ignores_reader_of_a_grid() => Ignores("void M(SqlMapper.GridReader grid) { var n = grid.Read<int>(); var r = grid.Command; }");

    private static DiagnosticResult Command(params object[] arguments) =>
        new DiagnosticResult("SES1013", DiagnosticSeverity.Info).WithLocation(0).WithLocation(1).WithArguments(arguments);

    private static DiagnosticResult Reader(params object[] arguments) =>
        new DiagnosticResult("SES1013", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments(arguments)
            .WithOptions(DiagnosticOptions.IgnoreSeverity);
}
