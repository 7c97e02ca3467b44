using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>Silence of all rules: every way to dispose.</summary>
public sealed partial class SessionMustBeDisposedTests
{
    [Fact]
    public Task Ignores_using_declaration() => Ignores("void M() { using var c = new SqlConnection(cs); c.Open(); c.Execute(sql); }");

    [Fact]
    public Task Ignores_using_statement() => Ignores("void M() { using (var c = new SqlConnection(cs)) { c.Open(); c.Execute(sql); } }");

    [Fact]
    public Task Ignores_using_of_several() => Ignores("void M() { using (SqlConnection a = new(cs), b = new(cs)) { a.Open(); b.Open(); } }");

    [Fact]
    public Task Ignores_stacked_usings() => Ignores("""
        void M()
        {
            using (var c = new SqlConnection(cs))
            using (var command = new SqlCommand(sql, c))
            {
                c.Open();
                using (var reader = command.ExecuteReader()) { while (reader.Read()) { Work(); } }
            }
        }
        """);

    [Fact]
    public Task Ignores_using_without_a_name() => Ignores("void M(Db db) { using (new TransactionScope(TransactionScopeOption.Suppress)) { db.SaveChanges(); } }");

    // roslyn-analyzers#7527
    [Fact]
    public Task Ignores_using_of_a_discard() =>
        Ignores("void M(Db db, int[] n) { using (_ = new TransactionScope(TransactionScopeOption.Suppress)) { foreach (var i in n) { db.Users.Find(i); db.SaveChanges(); } } }");

    [Fact]
    public Task Ignores_using_declaration_of_a_discard() => Ignores("void M(Db db) { using var _ = new TransactionScope(TransactionScopeOption.Suppress); db.SaveChanges(); }");

    // codeql#2256
    [Fact]
    public Task Ignores_using_of_an_existing_variable() => Ignores("void M() { var c = new SqlConnection(cs); using (c) { c.Open(); } }");

    [Fact]
    public Task Ignores_using_of_a_cast() => Ignores("void M() { object o = sessions.Open(); using ((IDisposable)o) { Work(); } }");

    [Fact]
    public Task Ignores_using_of_an_as_cast() => Ignores("void M() { var c = sessions.Open(); using (c as IDisposable) { c.Execute(sql); } }");

    [Fact]
    public Task Ignores_using_of_a_ternary() =>
        Ignores("void M() { using var c = Flag() ? new SqlConnection(cs) : new SqlConnection(sql); c.Open(); }");

    [Fact]
    public Task Ignores_using_of_null_or_session() => Ignores("void M(Db db) { using var tx = Flag() ? db.Database.BeginTransaction() : null; db.SaveChanges(); tx?.Commit(); }");

    [Fact]
    public Task Ignores_using_of_a_conditional_access() => Ignores("void M() { using var c = sessions?.Open(); c?.Execute(sql); }");

    [Fact]
    public Task Ignores_await_using() => Ignores("async Task M() { await using var c = new SqlConnection(cs); await c.OpenAsync(); }");

    [Fact]
    public Task Ignores_await_using_of_an_awaited_factory() =>
        Ignores("async Task<int> M() { await using var db = await contexts.CreateDbContextAsync(); return await db.Users.CountAsync(); }");

    // Dotmim.Sync#1203
    [Fact]
    public Task Ignores_await_using_with_configure_await() =>
        Ignores("async Task M() { var c = new SqlConnection(cs); await using (c.ConfigureAwait(false)) { await c.OpenAsync(); } }");

    [Fact]
    public Task Ignores_await_using_declaration_with_configure_await() => Ignores("""
        async Task M()
        {
            var c = new NpgsqlConnection(cs);
            await using var _ = c.ConfigureAwait(false);
            await c.OpenAsync().ConfigureAwait(false);
        }
        """);

    [Fact]
    public Task Ignores_await_using_with_configure_await_of_a_factory() => Ignores("""
        async Task M()
        {
            var db = await contexts.CreateDbContextAsync().ConfigureAwait(false);
            await using (db.ConfigureAwait(false)) { await db.SaveChangesAsync().ConfigureAwait(false); }
        }
        """);

    [Fact]
    public Task Ignores_await_using_of_a_scope() => Ignores("""
        async Task M() { await using var scope = services.CreateAsyncScope(); await scope.ServiceProvider.GetRequiredService<Db>().SaveChangesAsync(); }
        """);

    [Fact]
    public Task Ignores_using_of_a_scope_with_its_service() => Ignores("""
        void M() { using var scope = services.CreateScope(); var db = scope.ServiceProvider.GetRequiredService<Db>(); db.SaveChanges(); }
        """);

    [Fact]
    public Task Ignores_dispose_in_finally() =>
        Ignores("void M() { var c = new SqlConnection(cs); try { c.Open(); c.Execute(sql); } finally { c.Dispose(); } }");

    [Fact]
    public Task Ignores_close_in_finally() =>
        Ignores("void M() { var c = new SqlConnection(cs); try { c.Open(); c.Execute(sql); } finally { c.Close(); } }");

    [Fact]
    public Task Ignores_dispose_async_in_finally() =>
        Ignores("async Task M() { var c = new SqlConnection(cs); try { await c.OpenAsync(); } finally { await c.DisposeAsync(); } }");

    [Fact]
    public Task Ignores_dispose_async_with_configure_await() => Ignores(
        "async Task M() { var c = new SqlConnection(cs); try { await c.OpenAsync(); } finally { await c.DisposeAsync().ConfigureAwait(false); } }");

    [Fact]
    public Task Ignores_close_async_in_finally() =>
        Ignores("async Task M() { var c = new NpgsqlConnection(cs); try { await c.OpenAsync(); } finally { await c.CloseAsync(); } }");

    [Fact]
    public Task Ignores_null_checked_dispose_in_finally() => Ignores("""
        void M() { SqlConnection c = null; try { c = new SqlConnection(cs); c.Open(); } finally { if (c != null) { c.Dispose(); } } }
        """);

    [Fact]
    public Task Ignores_is_not_null_checked_dispose() => Ignores("""
        void M() { SqlConnection c = null; try { c = sessions.Open(); c.Execute(sql); } finally { if (c is not null) { c.Dispose(); } } }
        """);

    [Fact]
    public Task Ignores_conditional_dispose() => Ignores("""
        void M() { SqlConnection c = null; try { c = new SqlConnection(cs); c.Open(); } finally { c?.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_conditional_dispose_async() => Ignores("""
        async Task M() { Db db = null; try { db = await contexts.CreateDbContextAsync(); } finally { if (db != null) await db.DisposeAsync(); } }
        """);

    // roslyn-analyzers#7297
    [Fact]
    public Task Ignores_property_pattern_dispose() => Ignores("""
        void M() { SqlConnection c = null; try { c = sessions.Open(); c.Execute(sql); } finally { if (c is { } x) x.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_type_pattern_dispose() => Ignores("""
        void M() { object o = null; try { o = sessions.Open(); Work(); } finally { if (o is IDisposable d) d.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_as_cast_dispose() => Ignores("""
        void M() { IDbConnection c = sessions.Open(); try { c.Execute(sql); } finally { (c as IDisposable)?.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_casted_dispose() => Ignores("""
        void M() { var c = sessions.Open(); try { c.Execute(sql); } finally { ((IDisposable)c).Dispose(); } }
        """);

    [Fact]
    public Task Ignores_async_disposable_pattern() => Ignores("""
        async Task M()
        {
            IDbConnection c = sessions.Open();
            try { c.Execute(sql); }
            finally { if (c is IAsyncDisposable a) await a.DisposeAsync(); else c.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_switch_over_the_kind_of_disposable() => Ignores("""
        async Task M()
        {
            object o = sessions.Open();
            try { Work(); }
            finally
            {
                switch (o)
                {
                    case IAsyncDisposable a: await a.DisposeAsync(); break;
                    case IDisposable d: d.Dispose(); break;
                }
            }
        }
        """);

    [Fact]
    public Task Ignores_close_of_an_open_connection_only() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); c.Execute(sql); } finally { if (c.State == ConnectionState.Open) c.Close(); } }
        """);

    [Fact]
    public Task Ignores_close_unless_closed() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); c.Execute(sql); } finally { if (c.State != ConnectionState.Closed) { c.Close(); } } }
        """);

    [Fact]
    public Task Ignores_null_and_state_checked_close() => Ignores("""
        void M()
        {
            SqlConnection c = null;
            try { c = new SqlConnection(cs); c.Open(); c.Execute(sql); }
            finally { if (c != null && c.State == ConnectionState.Open) { c.Close(); } }
        }
        """);

    [Fact]
    public Task Ignores_nullable_state_check() => Ignores("""
        void M()
        {
            SqlConnection c = null;
            try { c = new SqlConnection(cs); c.Open(); c.Execute(sql); }
            finally { if (c?.State == ConnectionState.Open) { c.Close(); } }
        }
        """);

    [Fact]
    public Task Ignores_flag_guarded_finally() => Ignores("""
        SqlConnection M()
        {
            var c = new SqlConnection(cs);
            var ok = false;
            try { c.Open(); ok = true; return c; }
            finally { if (!ok) { c.Dispose(); } }
        }
        """);

    [Fact]
    public Task Ignores_result_nulled_after_success() => Ignores("""
        SqlConnection M()
        {
            SqlConnection c = null;
            try
            {
                c = new SqlConnection(cs);
                c.Open();
                var result = c;
                c = null;
                return result;
            }
            finally { c?.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_ownership_flag() => Ignores("""
        void M(SqlConnection existing)
        {
            bool own = existing == null;
            var c = existing ?? new SqlConnection(cs);
            try { if (own) c.Open(); c.Execute(sql); }
            finally { if (own) c.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_ownership_flag_set_in_the_branch() => Ignores("""
        void M(SqlConnection c)
        {
            var own = false;
            if (c == null) { c = new SqlConnection(cs); own = true; }
            try { c.Execute(sql); c.Open(); }
            finally { if (own) { c.Dispose(); } }
        }
        """);

    [Fact]
    public Task Ignores_disposal_by_reference_comparison() => Ignores("""
        void M(SqlConnection existing)
        {
            var c = existing ?? new SqlConnection(cs);
            try { c.Open(); }
            finally { if (c != existing) c.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_disposal_unless_reference_equals() => Ignores("""
        void M(SqlConnection existing)
        {
            var c = existing ?? new SqlConnection(cs);
            try { c.Open(); }
            finally { if (!ReferenceEquals(c, existing)) c.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_second_variable_for_the_owned_one() => Ignores("""
        void M(SqlConnection existing)
        {
            SqlConnection owned = null;
            try { var c = existing ?? (owned = new SqlConnection(cs)); c.Open(); c.Execute(sql); }
            finally { owned?.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_using_of_the_owned_one() => Ignores("""
        void M(SqlConnection existing)
        {
            using var owned = existing == null ? new SqlConnection(cs) : null;
            var c = existing ?? owned;
            c.Execute(sql);
            c.Open();
        }
        """);

    [Fact]
    public Task Ignores_foreach_over_a_list() => Ignores("""
        void M(string[] strings)
        {
            var list = new List<SqlConnection>();
            try { foreach (var s in strings) { var c = new SqlConnection(s); list.Add(c); c.Open(); } }
            finally { foreach (var c in list) { c.Dispose(); } }
        }
        """);

    [Fact]
    public Task Ignores_array_of_sessions() => Ignores("""
        void M() { var all = new[] { new SqlConnection(cs), new SqlConnection(sql) }; try { all[0].Open(); } finally { foreach (var c in all) c.Dispose(); } }
        """);

    [CSharpFact(12)]
    public Task Ignores_collection_expression() => Ignores("""
        void M() { List<SqlConnection> all = [new SqlConnection(cs), sessions.Open()]; try { all[0].Open(); } finally { all.ForEach(c => c.Dispose()); } }
        """);

    [Fact]
    public Task Ignores_selected_sessions() => Ignores("""
        void M(string[] strings)
        {
            var all = strings.Select(s => new SqlConnection(s)).ToList();
            try { all.ForEach(c => c.Open()); } finally { all.ForEach(c => c.Dispose()); }
        }
        """);

    // roslyn-analyzers#1404
    [Fact]
    public Task Ignores_catch_dispose_rethrow() => Ignores("""
        SqlConnection M() { var c = new SqlConnection(cs); try { c.Open(); return c; } catch { c.Dispose(); throw; } }
        """);

    [Fact]
    public Task Ignores_catch_of_exception_dispose_rethrow() => Ignores("""
        void M()
        {
            var c = new SqlConnection(cs);
            try { c.Open(); c.Execute(sql); }
            catch (Exception e) { logger.LogError(e, "failed"); c.Dispose(); throw new InvalidOperationException("x", e); }
            c.Dispose();
        }
        """);

    [Fact]
    public Task Ignores_swallowing_catch_with_disposal_after() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); c.Execute(sql); } catch (Exception e) { Console.WriteLine(e); } c.Dispose(); }
        """);

    [Fact]
    public Task Ignores_nested_try_blocks() => Ignores("""
        void M()
        {
            try
            {
                var c = new SqlConnection(cs);
                try { c.Open(); try { c.Execute(sql); } catch (SqlException) when (Flag()) { Work(); } }
                finally { c.Dispose(); }
            }
            catch (Exception) { }
        }
        """);

    [Fact]
    public Task Ignores_disposal_by_a_helper() => Ignores("""
        static void Finish(IDbConnection c) { c?.Close(); }
        void M() { var c = new SqlConnection(cs); try { c.Open(); } finally { Finish(c); } }
        """);

    [Fact]
    public Task Ignores_disposal_by_a_generic_helper() => Ignores("""
        static void Finish<T>(ref T x) where T : class, IDisposable { x?.Dispose(); x = null; }
        void M() { var c = new SqlConnection(cs); try { c.Open(); } finally { Finish(ref c); } }
        """);

    [Fact]
    public Task Ignores_disposal_by_an_extension() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); } finally { c.SafeClose(); } }
        }
        static class Extensions { public static void SafeClose(this IDbConnection c) { try { c.Close(); } catch { } }
        """);

    // sqlclosecheck#43
    [Fact]
    public Task Ignores_disposal_in_a_local_function() => Ignores("""
        void M()
        {
            var c = new SqlConnection(cs);
            try { c.Open(); } finally { Cleanup(); }
            void Cleanup() { c.Dispose(); }
        }
        """);

    [Fact]
    public Task Ignores_disposal_in_a_lambda() => Ignores("""
        void M() { var c = new SqlConnection(cs); Action cleanup = () => c.Dispose(); try { c.Open(); } finally { cleanup(); } }
        """);

    [Fact]
    public Task Ignores_disposal_by_a_method_group() => Ignores("""
        void M() { var c = new SqlConnection(cs); Action cleanup = c.Dispose; try { c.Open(); } finally { cleanup(); } }
        """);

    [Fact]
    public Task Ignores_disposal_by_a_registered_callback() => Ignores("""
        void M(CancellationToken token) { var c = new SqlConnection(cs); token.Register(() => c.Dispose()); c.Open(); }
        """);

    [Fact]
    public Task Ignores_disposal_by_a_registered_state() => Ignores("""
        void M(CancellationToken token) { var c = new SqlConnection(cs); token.Register(static s => ((SqlConnection)s).Dispose(), c); c.Open(); }
        """);

    [Fact]
    public Task Ignores_disposal_through_another_variable() =>
        Ignores("void M() { var c = new SqlConnection(cs); IDisposable d = c; try { c.Open(); } finally { d.Dispose(); } }");

    [Fact]
    public Task Ignores_disposal_of_a_tuple_element() => Ignores("""
        (SqlConnection Connection, int) Pair() => (new SqlConnection(cs), 1);
        void M() { var pair = Pair(); try { pair.Connection.Open(); } finally { pair.Connection.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_using_after_deconstruction() => Ignores("""
        (SqlConnection, int) Pair() => (new SqlConnection(cs), 1);
        void M() { var (c, n) = Pair(); using (c) { c.Open(); } }
        """);

    [Fact]
    public Task Ignores_using_of_an_out_variable() => Ignores("""
        bool TryOpen(out SqlConnection c) { c = Flag() ? new SqlConnection(cs) : null; return c != null; }
        void M() { if (TryOpen(out var c)) { using (c) { c.Open(); } } }
        """);

    [Fact]
    public Task Ignores_disposal_in_both_branches() => Ignores("""
        void M() { var c = new SqlConnection(cs); if (cs.Length > 0) { c.Dispose(); } else { c.Close(); } }
        """);

    [Fact]
    public Task Ignores_disposal_in_every_switch_section() => Ignores("""
        void M(int n) { var c = new SqlConnection(cs); switch (n) { case 1: c.Dispose(); break; default: c.Close(); return; } }
        """);

    [Fact]
    public Task Ignores_goto_to_the_disposal() => Ignores("""
        void M() { var c = new SqlConnection(cs); try { c.Open(); if (Flag()) goto end; c.Execute(sql); end: Work(); } finally { c.Dispose(); } }
        """);

    [Fact]
    public Task Ignores_return_inside_using() => Ignores("""
        int M() { using var c = new SqlConnection(cs); c.Open(); if (Flag()) return 1; foreach (var i in c.Query<int>(sql)) { if (i > 0) return i; } throw new Exception(); }
        """);

    [Fact]
    public Task Ignores_iterator_with_using() => Ignores("""
        IEnumerable<int> M() { using var db = new Db(); foreach (var user in db.Users) { if (user.Id == 0) yield break; yield return user.Id; } }
        """);

    [Fact]
    public Task Ignores_async_iterator_with_using() => Ignores("""
        async IAsyncEnumerable<int> M()
        {
            await using var db = await contexts.CreateDbContextAsync();
            await foreach (var user in db.Users.AsAsyncEnumerable()) { yield return user.Id; }
        }
        """);

    [Fact]
    public Task Ignores_foreach_with_using_inside() => Ignores("""
        void M(int[] n) { foreach (var i in n) { using var db = contexts.CreateDbContext(); db.Users.Find(i); if (i == 1) continue; if (i == 2) break; db.SaveChanges(); } }
        """);

    [Fact]
    public Task Ignores_transaction_with_commit_and_rollback() => Ignores("""
        void M(DbConnection c)
        {
            var tx = c.BeginTransaction();
            try { c.Execute(sql, transaction: tx); tx.Commit(); }
            catch { tx.Rollback(); throw; }
        }
        """);

    [Fact]
    public Task Ignores_transaction_with_guarded_rollback() => Ignores("""
        async Task M(Db db)
        {
            var tx = await db.Database.BeginTransactionAsync();
            try { await db.SaveChangesAsync(); await tx.CommitAsync(); }
            catch (Exception)
            {
                try { await tx.RollbackAsync(); } catch (Exception e) { Console.WriteLine(e); }
                throw;
            }
            finally { await tx.DisposeAsync(); }
        }
        """);

    [Fact]
    public Task Ignores_transaction_with_committed_flag() => Ignores("""
        void M(SqlConnection c)
        {
            var tx = c.BeginTransaction();
            var committed = false;
            try { c.Execute(sql, transaction: tx); tx.Commit(); committed = true; }
            finally { if (!committed) tx.Rollback(); tx.Dispose(); }
        }
        """);

    // The context disposes its current transaction with itself.
    [Fact]
    public Task Ignores_transaction_of_a_disposed_context() => Ignores("""
        async Task M()
        {
            await using var db = await contexts.CreateDbContextAsync();
            var tx = await db.Database.BeginTransactionAsync();
            await db.SaveChangesAsync();
            await tx.CommitAsync();
        }
        """);

    [Fact]
    public Task Ignores_transaction_of_a_disposed_context_that_returns_early() => Ignores("""
        void M()
        {
            using var db = new Db();
            var tx = db.Database.BeginTransaction();
            db.SaveChanges();
            if (Flag()) return;
            tx.Commit();
        }
        """);

    [Fact]
    public Task Ignores_transaction_of_a_disposed_connection() => Ignores("""
        void M() { using var c = new SqlConnection(cs); c.Open(); var tx = c.BeginTransaction(); c.Execute(sql, transaction: tx); if (Flag()) return; tx.Commit(); }
        """);

    [Fact]
    public Task Ignores_current_transaction_begun_without_a_variable() =>
        Ignores("void M(Db db) { db.Database.BeginTransaction(); try { db.SaveChanges(); db.Database.CommitTransaction(); } catch { db.Database.RollbackTransaction(); throw; } }");

    [Fact]
    public Task Ignores_dispose_after_loop_with_break() => Ignores("""
        void M()
        {
            using var c = new SqlConnection(cs);
            for (var i = 0; i < 3; i++) { try { c.Open(); break; } catch (SqlException) when (i < 2) { Thread.Sleep(i); } }
            c.Execute(sql);
        }
        """);

    [Fact]
    public Task Ignores_top_level_statements() => ReportsProgram("using var c = new SqlConnection(args[0]);\nc.Open();\nawait c.ExecuteAsync(\"x\");\n");
}
