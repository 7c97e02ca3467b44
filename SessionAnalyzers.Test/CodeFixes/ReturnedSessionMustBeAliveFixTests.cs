using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class ReturnedSessionMustBeAliveFixTests
{
    private const string Key = "SES1005.DropUsing";

    private static Task Fixes(string members, string fixedMembers) =>
        RealReports.Fixes<ReturnedSessionMustBeAliveFix>(members, fixedMembers, Key);

    private static Task Nothing(string members) => RealReports.OffersNothing<ReturnedSessionMustBeAliveFix>(members);

    private static FixVerifier Made => new(new ReturnedSessionMustBeAliveFix()) { Properties = { ["variable"] = "c" } };

    [Fact]
    public Task Fixes_using_declaration() => Fixes(
        """
            SqlConnection Open()
            {
                // Ours until it works.
                using var connection = new SqlConnection(cs); // closed

                connection.Open();
                connection.Execute(sql);
                return {|SES1005:connection|}; // for the caller
            }
        """,
        """
            SqlConnection Open()
            {
                // Ours until it works.
                var connection = new SqlConnection(cs); // closed

                try
                {
                    connection.Open();
                    connection.Execute(sql);
                    return connection; // for the caller
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Fixes_using_statement() => Fixes(
        """
            SqlConnection Open()
            {
                using (var connection = new SqlConnection(cs)) // closed
                {
                    connection.Open();
                    connection.Execute(sql);
                    return {|SES1005:connection|};
                } // never here
            }
        """,
        """
            SqlConnection Open()
            {
                var connection = new SqlConnection(cs); // closed
                try
                {
                    connection.Open();
                    connection.Execute(sql);
                    return connection;
                }
                catch
                {
                    connection.Dispose();
                    throw;
                } // never here
            }
        """);

    [Fact]
    public Task Fixes_await_using() => Fixes(
        """
            async Task<Db> Create()
            {
                await using var db = await contexts.CreateDbContextAsync();
                await db.Users.ToListAsync();
                return {|SES1005:db|};
            }

            async Task<Db> Again()
            {
                await using (Db db = await contexts.CreateDbContextAsync())
                {
                    await db.Users.ToListAsync();
                    return {|SES1005:db|};
                }
            }
        """,
        """
            async Task<Db> Create()
            {
                var db = await contexts.CreateDbContextAsync();
                try
                {
                    await db.Users.ToListAsync();
                    return db;
                }
                catch
                {
                    await db.DisposeAsync();
                    throw;
                }
            }

            async Task<Db> Again()
            {
                Db db = await contexts.CreateDbContextAsync();
                try
                {
                    await db.Users.ToListAsync();
                    return db;
                }
                catch
                {
                    await db.DisposeAsync();
                    throw;
                }
            }
        """);

    [Fact]
    public Task FixesAll_where_nothing_can_fail() => Fixes(
        """
            SqlConnection A()
            {
                using var connection = new SqlConnection(cs);
                return {|SES1005:connection|};
            }

            async Task<Db> B()
            {
                await using var db = await contexts.CreateDbContextAsync();
                return {|SES1005:db|};
            }

            Task<Db> C1()
            {
                using var db = new Db();
                return {|SES1005:Task.FromResult(db)|};
            }

            SqlConnection D()
            {
                using (var connection = new SqlConnection(cs))
                {
                    // as it is
                    return {|SES1005:connection|};
                }
            }

            SqlConnection E() {
                using (var connection = new SqlConnection(cs)) {
                    return {|SES1005:connection|};
                }
            }
        """,
        """
            SqlConnection A()
            {
                var connection = new SqlConnection(cs);
                return connection;
            }

            async Task<Db> B()
            {
                var db = await contexts.CreateDbContextAsync();
                return db;
            }

            Task<Db> C1()
            {
                var db = new Db();
                return Task.FromResult(db);
            }

            SqlConnection D()
            {
                var connection = new SqlConnection(cs);
                // as it is
                return connection;
            }

            SqlConnection E() {
                var connection = new SqlConnection(cs);
                return connection;
            }
        """);

    [Fact]
    public Task Fixes_field_that_keeps_it() => Fixes(
        """
            class Store : IDisposable
            {
                SqlConnection kept;

                public void Open(string cs)
                {
                    using var connection = new SqlConnection(cs);
                    connection.Open();
                    connection.Execute("x");
                    {|SES1005:kept = connection|};
                }

                public void Dispose() => kept?.Dispose();
            }
        """,
        """
            class Store : IDisposable
            {
                SqlConnection kept;

                public void Open(string cs)
                {
                    var connection = new SqlConnection(cs);
                    try
                    {
                        connection.Open();
                        connection.Execute("x");
                        kept = connection;
                    }
                    catch
                    {
                        connection.Dispose();
                        throw;
                    }
                }

                public void Dispose() => kept?.Dispose();
            }
        """);

    [Fact]
    public Task Fixes_nested_scope_in_the_style_of_the_file() => Fixes(
        """
            SqlConnection Open(bool fresh) {
              if (fresh) {
                using (var connection = new SqlConnection(cs)) {
                  connection.Open();
                  using var command = new SqlCommand(sql, connection);
                  command.ExecuteNonQuery();
                  if (Flag()) {
                    throw new InvalidOperationException();
                  }
                  return {|SES1005:connection|};
                }
              }
              return null;
            }
        """,
        """
            SqlConnection Open(bool fresh) {
              if (fresh) {
                var connection = new SqlConnection(cs);
                try {
                  connection.Open();
                  using var command = new SqlCommand(sql, connection);
                  command.ExecuteNonQuery();
                  if (Flag()) {
                    throw new InvalidOperationException();
                  }
                  return connection;
                } catch {
                  connection.Dispose();
                  throw;
                }
              }
              return null;
            }
        """);

    [Fact]
    public Task Keeps_null_checks() => new FixVerifier(new ReturnedSessionMustBeAliveFix())
    {
        Nullable = Microsoft.CodeAnalysis.NullableContextOptions.Enable,
        Properties = { ["variable"] = "c" },
    }.FixesAsync(
        InMethod("""
            using var c = flag ? new Connection() : null;
            c?.Open();
            return [|c|];
            """, "Connection? Run(bool flag)"),
        InMethod("""
            var c = flag ? new Connection() : null;
            try
            {
                c?.Open();
                return c;
            }
            catch
            {
                c?.Dispose();
                throw;
            }
            """, "Connection? Run(bool flag)"),
        Key,
        "Replace the 'using' of 'c' by a disposal in 'catch'");

    [Fact]
    public Task Fixes_alone_with_its_title() => Made.FixesAsync(
        InMethod("""
            using var c = new Connection();
            return [|c|];
            """, "Connection Run()"),
        InMethod("""
            var c = new Connection();
            return c;
            """, "Connection Run()"),
        Key,
        "Drop the 'using' of 'c'");

    [Fact]
    public Task Ignores_service_of_a_scope() => Nothing("""
            Db Resolve(IServiceProvider services)
            {
                using var scope = services.CreateScope();
                return {|SES1005:scope.ServiceProvider.GetRequiredService<Db>()|};
            }
        """);

    [Fact]
    public Task Ignores_service_with_a_name() => Nothing("""
            Db Resolve(IServiceProvider services)
            {
                using var scope = services.CreateScope();
                var db = scope.ServiceProvider.GetRequiredService<Db>();
                return {|SES1005:db|};
            }
        """);

    [Fact]
    public Task Ignores_finally() => Nothing("""
            SqlConnection Open()
            {
                var connection = new SqlConnection(cs);
                try
                {
                    connection.Open();
                    return {|SES1005:connection|};
                }
                finally
                {
                    connection.Dispose();
                }
            }
        """);

    [Fact]
    public Task Ignores_field_that_is_used_on() => Nothing("""
            SqlConnection kept;

            void Open()
            {
                using var connection = new SqlConnection(cs);
                {|SES1005:kept = connection|};
                connection.Open();
            }
        """);

    [Fact]
    public Task Ignores_field_that_nothing_disposes() => Nothing("""
            class Store
            {
                Db kept;

                public void Open()
                {
                    using var db = new Db();
                    {|SES1005:kept = db|};
                }

                public int Count() => kept.Users.Count();
            }
        """);

    [Theory]

    // Paths on which the using is all that disposes.
    [InlineData("using var c = new Connection();\nif (flag)\n{\n    return null;\n}\n\nreturn [|c|];")]
    [InlineData("using var c = new Connection();\nif (flag)\n    return [|c|];\nreturn new Connection();")]
    [InlineData("using var c = new Connection();\nreturn flag ? [|c|] : null;")]
    [InlineData("using (var c = new Connection())\n{\n    if (flag)\n    {\n        return [|c|];\n    }\n}\n\nreturn null;")]
    [InlineData("while (flag)\n{\n    using var c = new Connection();\n    if (c.Count() == 0) continue;\n    return [|c|];\n}\n\nreturn null;")]
    [InlineData("while (flag)\n{\n    using (var c = new Connection())\n    {\n        if (c.Count() == 0) break;\n        return [|c|];\n    }\n}\n\nreturn null;")]

    // Disposed or held in other ways, too.
    [InlineData("using var c = new Connection();\nif (flag)\n{\n    c.Dispose();\n    throw new Exception();\n}\n\nreturn [|c|];")]
    [InlineData("using var c = all[0];\nreturn [|c|];")]
    [InlineData("var c = new Connection();\nusing (c)\n{\n    return [|c|];\n}")]
    [InlineData("using Connection c = new Connection(), d = new Connection();\nreturn [|c|];")]
    [InlineData("using (Connection c = new Connection(), d = new Connection())\n{\n    return [|c|];\n}")]

    // Layout, jumps, directives, names.
    [InlineData("using var c = new Connection(); c.Open(); return [|c|];")]
    [InlineData("using (var c = new Connection()) { return [|c|]; }")]
    [InlineData("using (var c = new Connection())\n    return [|c|];")]
    [InlineData("using (var d = new Connection())\nusing (var c = new Connection())\n{\n    d.Open();\n    return [|c|];\n}")]
    [InlineData("using (/* mine */ var c = new Connection())\n{\n    return [|c|];\n}")]
    [InlineData("using /* mine */ var c = new Connection();\nreturn [|c|];")]
    [InlineData("using var c = new Connection();\nagain:\nif (flag) goto again;\nreturn [|c|];")]
    [InlineData("using var c = new Connection();\n#if X\nc.Open();\n#endif\nreturn [|c|];")]
    [InlineData("using (var c = new Connection())\n{\n    return [|c|];\n}\n\nforeach (var c in all)\n{\n}")]

    // Made from another session of this code.
    [InlineData("using var o = new Command();\nusing var c = new Command(\"\", null) { Connection = o.Connection };\nreturn [|c|].Connection;")]
    public Task Ignores_return(string statements) => Made.OffersNothingAsync(InMethod(statements, "Connection Run(bool flag, List<Connection> all)"));

    [Fact]
    public Task Ignores_command_of_a_connection_that_ends() => Made.OffersNothingAsync(InMethod("""
        using var connection = new Connection();
        using var c = new Command("", connection);
        return [|c|];
        """, "Command Run()"));

    [Fact]
    public Task Ignores_async_method_without_another_await() => Made.OffersNothingAsync(InMethod("""
        await using var c = new Connection();
        return [|c|];
        """, "async Task<Connection> Run()"));

    [Fact]
    public Task Ignores_iterator() => Made.OffersNothingAsync(InMethod("""
        using var c = new Connection();
        yield return [|c|];
        """, "IEnumerable<Connection> Run()"));
}
