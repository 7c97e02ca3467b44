using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES1001 by the exits, the places of code, and the texts of its messages.</summary>
public sealed partial class SessionMustBeDisposedTests
{
    [Fact]
    public Task Reports_early_return() =>
        Reports("void M() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); if (Flag()) return; c.Dispose(); }");

    [Fact]
    public Task Reports_return_in_a_catch() => Reports("""
        void M()
        {
            var c = {|SES1001:new SqlConnection(cs)|};
            try { c.Open(); c.Execute(sql); }
            catch (SqlException) { return; }
            c.Dispose();
        }
        """);

    [Fact]
    public Task Reports_one_branch_that_disposes() =>
        Reports("void M() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); if (Flag()) c.Dispose(); }");

    // IDisposableAnalyzers#240
    [Fact]
    public Task Reports_disposal_in_the_catch_only() =>
        Reports("void M() { var c = {|SES1001:new SqlConnection(cs)|}; try { c.Open(); c.Execute(sql); } catch { c.Dispose(); throw; } }");

    [Fact]
    public Task Reports_switch_section_without_disposal() => Reports("""
        void M(int n)
        {
            var c = {|SES1001:new SqlConnection(cs)|};
            c.Open();
            switch (n)
            {
                case 1: c.Dispose(); break;
                case 2: break;
                default: c.Dispose(); break;
            }
        }
        """);

    [Fact]
    public Task Reports_goto_past_the_disposal() => Reports("""
        void M()
        {
            var c = {|SES1001:new SqlConnection(cs)|};
            c.Open();
            if (Flag()) goto end;
            c.Dispose();
            end: Work();
        }
        """);

    [Fact]
    public Task Reports_loop_that_goes_on() => Reports("void M(int[] n) { foreach (var i in n) { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); } }");

    [Fact]
    public Task Reports_continue() => Reports("""
        void M(int[] n)
        {
            foreach (var i in n)
            {
                var c = {|SES1001:new SqlConnection(cs)|};
                c.Open();
                if (i == 0) continue;
                c.Dispose();
            }
        }
        """);

    [Fact]
    public Task Reports_break() => Reports("""
        void M()
        {
            while (true)
            {
                var c = {|SES1001:new SqlConnection(cs)|};
                c.Open();
                if (Flag()) break;
                c.Dispose();
            }
        }
        """);

    [Fact]
    public Task Reports_end_of_an_inner_scope() => Reports("void M() { { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); } Work(); }");

    [Fact]
    public Task Reports_session_opened_again_after_close() => Reports(
        "void M() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); c.Close(); c.Open(); }");

    [Fact]
    public Task Reports_disposed_command_of_a_leaking_connection() => Reports("""
        void M()
        {
            var c = {|SES1001:new SqlConnection(cs)|};
            c.Open();
            using var command = c.CreateCommand();
            command.ExecuteNonQuery();
        }
        """);

    [Fact]
    public Task Reports_disposed_reader_of_a_leaking_connection() => Reports("""
        void M()
        {
            var c = {|SES1001:new SqlConnection(cs)|};
            c.Open();
            using (var reader = new SqlCommand(sql, c).ExecuteReader()) { while (reader.Read()) { } }
        }
        """);

    // roslyn-analyzers#3084
    [Fact]
    public Task Reports_beside_a_using_declaration() =>
        Reports("void M() { using var a = new SqlConnection(cs); var b = {|SES1001:new SqlConnection(cs)|}; a.Open(); b.Open(); }");

    [Fact]
    public Task Reports_the_one_of_two_that_leaks() =>
        Reports("void M() { var a = {|SES1001:new SqlConnection(cs)|}; var b = new SqlConnection(cs); a.Open(); b.Dispose(); }");

    [Fact]
    public Task Reports_both_of_two() =>
        Reports("void M() { var a = {|SES1001:new SqlConnection(cs)|}; var b = {|SES1001:new SqlConnection(cs)|}; a.Open(); b.Open(); }");

    [Fact]
    public Task Reports_session_passed_to_a_borrower() => Reports("""
        static void Use(SqlConnection c) => c.Execute("x");
        void M() { var c = {|SES1001:new SqlConnection(cs)|}; Use(c); }
        """);

    [Fact]
    public Task Reports_session_used_by_linq_lambda() => Reports("""
        List<int> M(int[] ids) { var db = {|SES1001:new Db()|}; return ids.Select(id => db.Users.Count(u => u.Id == id)).ToList(); }
        """);

    [Fact]
    public Task Reports_lambda() =>
        Reports("void M(List<int> n) => n.ForEach(i => { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); });");

    [Fact]
    public Task Reports_async_lambda() => Reports(
        "Task M() => Task.Run(async () => { var db = {|SES1001:new Db()|}; await db.SaveChangesAsync(); });");

    [Fact]
    public Task Reports_inside_a_local_function() =>
        Reports("void M() { Do(); void Do() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); } }");

    [Fact]
    public Task Reports_inside_a_local_function_of_a_lambda() =>
        Reports("Action M() => () => { Do(); void Do() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); } };");

    [Fact]
    public Task Reports_iterator() => Reports("""
        IEnumerable<int> M() { var db = {|SES1001:new Db()|}; foreach (var user in db.Users) { yield return user.Id; } }
        """);

    [Fact]
    public Task Reports_yield_break() => Reports("""
        IEnumerable<int> M() { var db = {|SES1001:new Db()|}; if (Flag()) yield break; yield return db.SaveChanges(); db.Dispose(); }
        """);

    [Fact]
    public Task Reports_async_iterator() => Reports("""
        async IAsyncEnumerable<int> M()
        {
            var db = await {|SES1001:contexts.CreateDbContextAsync()|};
            await foreach (var user in db.Users.AsAsyncEnumerable()) { yield return user.Id; }
        }
        """);

    [Fact]
    public Task Reports_constructor() => Reports("public C() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_property_accessor() =>
        Reports("int Count { get { var db = {|SES1001:new Db()|}; return db.Users.Count(); } }");

    [Fact]
    public Task Reports_event_accessor() =>
        Reports("event Action E { add { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); } remove { } }");

    [Fact]
    public Task Reports_operator() => Reports("""
        public static C operator +(C a, C b) { var c = {|SES1001:new SqlConnection(a.cs)|}; c.Open(); return a; }
        """);

    [Fact]
    public Task Reports_lambda_of_a_field() =>
        Reports("static readonly Action A = () => { var c = {|SES1001:new SqlConnection(\"x\")|}; c.Open(); };");

    [Fact]
    public Task Reports_record_struct_and_generic_type() => Reports("""
        record R(string S) { public void M() { var c = {|SES1001:new SqlConnection(S)|}; c.Open(); } }
        struct S2 { public void M() { var c = {|SES1001:new SqlConnection()|}; c.Open(); } }
        class G<T> { public void M<U>() { var c = {|SES1001:new SqlConnection()|}; c.Open(); } }
        """);

    [CSharpFact(12)]
    public Task Reports_primary_constructor_parameter_factory() => Reports("""
        class P(IDbContextFactory<Db> factory) { public int M() { var db = {|SES1001:factory.CreateDbContext()|}; return db.Users.Count(); } }
        """);

    [Fact]
    public Task Reports_partial_method() => Reports("partial void M(); partial void M() { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); }");

    [Fact]
    public Task Reports_lock() => Reports("void M() { lock (sessions) { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); } }");

    [Fact]
    public Task Reports_unsafe_code() =>
        Reports("unsafe void M(int* p) { var c = {|SES1001:new SqlConnection(cs)|}; c.Open(); *p = c.Execute(sql); }");

    [Fact]
    public Task Reports_top_level_statements() =>
        ReportsProgram("var c = {|SES1001:new SqlConnection(args[0])|};\nc.Open();\nc.Execute(\"x\");\n");

    [Fact]
    public Task Reports_local_function_of_top_level_statements() =>
        ReportsProgram("Run();\nstatic void Run() { var c = {|SES1001:new SqlConnection(\"x\")|}; c.Open(); }\n");

    [Fact]
    public Task Reports_explicit_interface_implementation() => Reports("""
        interface IRun { void Run(); }
        class R : IRun { void IRun.Run() { var c = {|SES1001:new SqlConnection()|}; c.Open(); } }
        """);

    [Fact]
    public Task Reports_file_local_type() => Reports("""
        }
        file class F { public void M() { var c = {|SES1001:new SqlConnection()|}; c.Open(); }
        """);

    [Fact]
    public Task Reports_end_of_the_method_with_its_line() => Reports("""
        void M()
        {
            var c = {|#0:new SqlConnection(cs)|};
            c.Open();
            {|#1:c.Execute(sql);|}
        }
        """, Leak("c", "connection", "new SqlConnection", "the method ends (line 5)"));

    [Fact]
    public Task Reports_return_with_its_line() => Reports("""
        int M()
        {
            var db = {|#0:contexts.CreateDbContext()|};
            return {|#1:db.Users.Count()|};
        }
        """, Leak("db", "context", "CreateDbContext", "the method returns (line 4)"));

    [Fact]
    public Task Reports_void_return_with_its_line() => Reports("""
        void M()
        {
            var c = {|#0:new SqlConnection(cs)|};
            c.Open();
            if (Flag())
            {
                {|#1:return;|}
            }

            c.Dispose();
        }
        """, Leak("c", "connection", "new SqlConnection", "the method returns (line 7)"));

    [Fact]
    public Task Reports_end_of_the_scope_with_its_line() => Reports("""
        void M()
        {
            if (Flag())
            {
                var scope = {|#0:services.CreateScope()|};
                {|#1:scope.ServiceProvider.GetRequiredService<Db>().SaveChanges();|}
            }

            Work();
        }
        """, Leak("scope", "service scope", "CreateScope", "its scope ends (line 6)"));

    [Fact]
    public Task Reports_back_edge_of_a_loop_with_its_line() => Reports("""
        void M(int[] numbers)
        {
            foreach (var number in numbers)
            {
                var c = {|#0:new SqlConnection(cs)|};
                {|#1:c.Open();|}
            }
        }
        """, Leak("c", "connection", "new SqlConnection", "the loop goes on (line 6)"));

    [Fact]
    public Task Reports_transaction_scope_by_its_kind() => Reports("""
        void M(Db db)
        {
            var scope = {|#0:new TransactionScope()|};
            db.SaveChanges();
            {|#1:scope.Complete();|}
        }
        """, Leak("scope", "transaction scope", "new TransactionScope", "the method ends (line 5)"));

    [Fact]
    public Task Reports_transaction_by_its_kind() => Reports("""
        async Task M(NpgsqlConnection c)
        {
            var tx = await {|#0:c.BeginTransactionAsync()|};
            {|#1:await c.ExecuteAsync(sql);|}
        }
        """, Leak("tx", "transaction", "BeginTransactionAsync", "the method ends (line 4)"));

    [Fact]
    public Task Reports_delegate_by_its_name() => Reports("""
        void M(Func<SqlConnection> connectionFactory)
        {
            var c = {|#0:connectionFactory()|};
            {|#1:c.Open();|}
        }
        """, Leak("c", "connection", "connectionFactory", "the method ends (line 4)"));

    [Fact]
    public Task Reports_path_where_the_condition_is_false() => Reports("""
        void M()
        {
            var c = {|#0:new SqlConnection(cs)|};
            c.Open();
            if ({|#1:Flag()|})
            {
                c.Dispose();
            }
        }
        """, Leak("c", "connection", "new SqlConnection", "the method ends (line 5)"));

    private static DiagnosticResult Leak(params object[] arguments) =>
        new DiagnosticResult("SES1001", DiagnosticSeverity.Warning).WithLocation(0).WithLocation(1).WithArguments(arguments);
}
