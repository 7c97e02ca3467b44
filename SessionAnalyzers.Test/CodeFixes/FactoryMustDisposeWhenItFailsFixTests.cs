using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class FactoryMustDisposeWhenItFailsFixTests
{
    private const string Key = "SES1004.DisposeInCatch";

    private static Task Fixes(string members, string fixedMembers) =>
        RealReports.Fixes<FactoryMustDisposeWhenItFailsFix>(members, fixedMembers, Key);

    private static Task Nothing(string members) => RealReports.OffersNothing<FactoryMustDisposeWhenItFailsFix>(members);

    private static FixVerifier Made => new(new FactoryMustDisposeWhenItFailsFix()) { Properties = { ["variable"] = "c" } };

    [Fact]
    public Task Fixes_factory() => Fixes(
        """
            SqlConnection Open()
            {
                // Short timeouts only.
                var connection = {|SES1004:new SqlConnection(cs)|}; // ours

                connection.Open();
                // first statement
                connection.Execute(sql);
                return connection; // the caller's
            }
        """,
        """
            SqlConnection Open()
            {
                // Short timeouts only.
                var connection = new SqlConnection(cs); // ours

                try
                {
                    connection.Open();
                    // first statement
                    connection.Execute(sql);
                    return connection; // the caller's
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Fixes_async_factory() => Fixes(
        """
            async Task<SqlConnection> Open()
            {
                var connection = {|SES1004:new SqlConnection(cs)|};
                await connection.OpenAsync();
                await connection.ExecuteAsync(sql);
                return connection;
            }
        """,
        """
            async Task<SqlConnection> Open()
            {
                var connection = new SqlConnection(cs);
                try
                {
                    await connection.OpenAsync();
                    await connection.ExecuteAsync(sql);
                    return connection;
                }
                catch
                {
                    await connection.DisposeAsync();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Fixes_factory_that_uses_helpers_and_commands() => Fixes(
        """
            SqlConnection Open(int version)
            {
                var connection = {|SES1004:sessions.Open()|};
                using (var command = new SqlCommand(sql, connection))
                {
                    command.ExecuteNonQuery();
                }

                Prepare(connection);
                if (connection.ExecuteScalar<int>(sql) != version)
                {
                    throw new InvalidOperationException();
                }

                return connection;
            }

            static void Prepare(SqlConnection connection) => connection.Execute("SET LOCK_TIMEOUT 100");
        """,
        """
            SqlConnection Open(int version)
            {
                var connection = sessions.Open();
                try
                {
                    using (var command = new SqlCommand(sql, connection))
                    {
                        command.ExecuteNonQuery();
                    }

                    Prepare(connection);
                    if (connection.ExecuteScalar<int>(sql) != version)
                    {
                        throw new InvalidOperationException();
                    }

                    return connection;
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            }

            static void Prepare(SqlConnection connection) => connection.Execute("SET LOCK_TIMEOUT 100");
        """);

    [Fact]
    public Task Fixes_constructor() => Fixes(
        """
            class Store : IDisposable
            {
                readonly SqlConnection connection;

                public Store(string cs)
                {
                    connection = {|SES1004:new SqlConnection(cs)|};
                    connection.Open();
                    connection.Execute("SET LOCK_TIMEOUT 100");
                }

                public void Dispose() => connection.Dispose();
            }
        """,
        """
            class Store : IDisposable
            {
                readonly SqlConnection connection;

                public Store(string cs)
                {
                    connection = new SqlConnection(cs);
                    try
                    {
                        connection.Open();
                        connection.Execute("SET LOCK_TIMEOUT 100");
                    }
                    catch
                    {
                        connection.Dispose();
                        throw;
                    }
                }

                public void Dispose() => connection.Dispose();
            }
        """);

    [Fact]
    public Task Fixes_constructor_that_sets_the_field_last() => Fixes(
        """
            class Store : IDisposable
            {
                readonly SqlConnection kept;
                readonly string name;

                public Store(string cs)
                {
                    var connection = {|SES1004:new SqlConnection(cs)|};
                    connection.Open();
                    connection.Execute("SET LOCK_TIMEOUT 100");
                    this.kept = connection;
                    name = cs;
                }

                public void Dispose() => kept.Dispose();
            }
        """,
        """
            class Store : IDisposable
            {
                readonly SqlConnection kept;
                readonly string name;

                public Store(string cs)
                {
                    var connection = new SqlConnection(cs);
                    try
                    {
                        connection.Open();
                        connection.Execute("SET LOCK_TIMEOUT 100");
                        this.kept = connection;
                        name = cs;
                    }
                    catch
                    {
                        connection.Dispose();
                        throw;
                    }
                }

                public void Dispose() => kept.Dispose();
            }
        """);

    [Fact]
    public Task FixesAll_sessions_of_factories() => Fixes(
        """
            SqlConnection A()
            {
                SqlConnection connection;
                connection = {|SES1004:new SqlConnection(cs)|};
                connection.Open();
                connection.Execute(sql);
                return connection;
            }

            (SqlConnection, SqlTransaction) B()
            {
                SqlConnection first = {|SES1004:sessions.Open()|}, second = new SqlConnection(cs);
                first.Execute(sql);
                second.Dispose();
                return (first, first.BeginTransaction());
            }
        """,
        """
            SqlConnection A()
            {
                SqlConnection connection;
                connection = new SqlConnection(cs);
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
                }
            }

            (SqlConnection, SqlTransaction) B()
            {
                SqlConnection first = sessions.Open();
                try
                {
                    SqlConnection second = new SqlConnection(cs);
                    first.Execute(sql);
                    second.Dispose();
                    return (first, first.BeginTransaction());
                }
                catch
                {
                    first.Dispose();
                    throw;
                }
            }
        """);

    [Fact]
    public Task FixesAll_two_sessions_of_one_factory() => Fixes(
        """
            (SqlConnection, SqlConnection) Both()
            {
                var read = {|SES1004:sessions.Open()|};
                read.Execute(sql);
                var write = {|SES1004:sessions.Open()|};
                write.Execute(sql);
                return (read, write);
            }
        """,
        """
            (SqlConnection, SqlConnection) Both()
            {
                var read = sessions.Open();
                try
                {
                    read.Execute(sql);
                    var write = sessions.Open();
                    try
                    {
                        write.Execute(sql);
                        return (read, write);
                    }
                    catch
                    {
                        write.Dispose();
                        throw;
                    }
                }
                catch
                {
                    read.Dispose();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Fixes_disposal_for_one_exception_only() => Fixes(
        """
            SqlConnection Open()
            {
                var connection = {|SES1004:new SqlConnection(cs)|};
                try
                {
                    connection.Open();
                    connection.Execute(sql);
                    return connection;
                }
                catch (SqlException e)
                {
                    logger.LogError(e, "failed");
                    connection.Dispose();
                    throw;
                }
            }
        """,
        """
            SqlConnection Open()
            {
                var connection = new SqlConnection(cs);
                try
                {
                    connection.Open();
                    connection.Execute(sql);
                    return connection;
                }
                catch (SqlException e)
                {
                    logger.LogError(e, "failed");
                    connection.Dispose();
                    throw;
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Fixes_catch_that_only_writes_a_log() => Fixes(
        """
            SqlConnection Open()
            {
                var connection = {|SES1004:new SqlConnection(cs)|};
                try
                {
                    connection.Open();
                    connection.Execute(sql);
                    return connection;
                }
                catch (Exception e)
                {
                    logger.LogError(e, "failed");
                    throw;
                }
            }
        """,
        """
            SqlConnection Open()
            {
                var connection = new SqlConnection(cs);
                try
                {
                    try
                    {
                        connection.Open();
                        connection.Execute(sql);
                        return connection;
                    }
                    catch (Exception e)
                    {
                        logger.LogError(e, "failed");
                        throw;
                    }
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            }
        """);

    [Fact]
    public Task Fixes_nested_scope_in_the_style_of_the_file() => Fixes(
        """
            SqlConnection Open(bool fresh) {
              if (fresh) {
                var connection = {|SES1004:new SqlConnection(cs)|};
                connection.Open();
                connection.Execute(sql);
                return connection;
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
                  connection.Execute(sql);
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
    public Task Fixes_factory_with_local_functions() => Made.FixesAsync(
        InMethod("""
            var c = [|new Connection(Name())|];
            Open();
            return c;

            void Open() => c.Open();

            static string Name() => "a";
            """, "Connection Run()"),
        InMethod("""
            var c = new Connection(Name());
            try
            {
                Open();
                return c;
            }
            catch
            {
                c.Dispose();
                throw;
            }

            void Open() => c.Open();

            static string Name() => "a";
            """, "Connection Run()"));

    [Fact]
    public Task FixesAll_fields_of_one_constructor() => Fixes(
        """
            class Store : IDisposable
            {
                readonly SqlConnection read, write;

                public Store(string cs)
                {
                    read = {|SES1004:new SqlConnection(cs)|};
                    read.Open();
                    read.Execute("x");
                    this.write = {|SES1004:new SqlConnection(cs)|};
                    this.write.Open();
                    this.write.Execute("x");
                }

                public void Dispose()
                {
                    read.Dispose();
                    write.Dispose();
                }
            }
        """,
        """
            class Store : IDisposable
            {
                readonly SqlConnection read, write;

                public Store(string cs)
                {
                    read = new SqlConnection(cs);
                    try
                    {
                        read.Open();
                        read.Execute("x");
                        this.write = new SqlConnection(cs);
                        try
                        {
                            this.write.Open();
                            this.write.Execute("x");
                        }
                        catch
                        {
                            this.write.Dispose();
                            throw;
                        }
                    }
                    catch
                    {
                        read.Dispose();
                        throw;
                    }
                }

                public void Dispose()
                {
                    read.Dispose();
                    write.Dispose();
                }
            }
        """);

    [Fact]
    public Task Keeps_strings_and_comments() => Made.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            c.Count(@"
            select 1
              from t");

            // done
            return c;
            """, "Connection Run()"),
        InMethod("""
            var c = new Connection();
            try
            {
                c.Count(@"
            select 1
              from t");

                // done
                return c;
            }
            catch
            {
                c.Dispose();
                throw;
            }
            """, "Connection Run()"));

    [Fact]
    public Task Fixes_disposal_before_a_throw() => Made.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            c.Open();
            if (flag)
            {
                // no use
                c.Dispose();
                throw new InvalidOperationException();
            }

            c.Count();
            return c;
            """, "Connection Run(bool flag)"),
        InMethod("""
            var c = new Connection();
            try
            {
                c.Open();
                if (flag)
                {
                    // no use
                    throw new InvalidOperationException();
                }

                c.Count();
                return c;
            }
            catch
            {
                c.Dispose();
                throw;
            }
            """, "Connection Run(bool flag)"),
        Key,
        "Dispose 'c' in 'catch' when what follows fails");

    [Fact]
    public Task Fixes_session_that_may_be_null() => Made.FixesAsync(
        InMethod("""
            var c = [|factory.Open()|];
            if (c == null)
            {
                return null;
            }

            c.Count();
            return c;
            """, "Connection Run(Factory factory)"),
        InMethod("""
            var c = factory.Open();
            try
            {
                if (c == null)
                {
                    return null;
                }

                c.Count();
                return c;
            }
            catch
            {
                c?.Dispose();
                throw;
            }
            """, "Connection Run(Factory factory)"));

    [Fact]
    public Task Fixes_with_old_language() => new FixVerifier(new FactoryMustDisposeWhenItFailsFix())
    {
        Language = Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp7_3,
        Properties = { ["variable"] = "c" },
    }.FixesAsync(
        InMethod("""
            var c = [|new Connection()|];
            await c.OpenAsync();
            return c;
            """, "async Task<Connection> Run()"),
        InMethod("""
            var c = new Connection();
            try
            {
                await c.OpenAsync();
                return c;
            }
            catch
            {
                c.Dispose();
                throw;
            }
            """, "async Task<Connection> Run()"));

    [Theory]

    // On one line, or without anything behind it.
    [InlineData("var c = [|new Connection()|]; c.Open(); return c;")]
    [InlineData("return [|new Connection()|];")]

    // Kept by somebody while it can still fail.
    [InlineData("var c = [|new Connection()|];\nkept = c;\nc.Open();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nif (flag)\n{\n    kept = c;\n}\n\nc.Open();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nall.Add(c);\nc.Open();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nLog.Write(c);\nc.Open();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nvar d = c;\nLog.Write(d);\nc.Open();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nlater = () => c.Count();\nc.Open();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nc.OpenAsync();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nvar t = c.OpenAsync();\nLog.Write(1);\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nTask.Run(() => c.Open());\nreturn c;")]

    // More than one session in the variable.
    [InlineData("var c = [|new Connection()|];\nc.Open();\nif (flag)\n{\n    c = new Connection();\n}\n\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\nSwap(ref c);\nreturn c;\nvoid Swap(ref Connection it) => it = kept;")]
    [InlineData("Connection c = null;\nif (flag)\n{\n    c = [|new Connection()|];\n    c.Open();\n}\n\nreturn c;")]

    // Handlers that dispose in their own way.
    [InlineData("var c = [|new Connection()|];\nvar done = false;\ntry\n{\n    c.Open();\n    done = true;\n    return c;\n}\nfinally\n{\n    if (!done)\n        c.Dispose();\n}")]
    [InlineData("var c = [|new Connection()|];\ntry\n{\n    c.Open();\n}\ncatch (InvalidOperationException)\n{\n    c.Dispose();\n    throw;\n}\n\nc.Count();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\ntry\n{\n    c.Open();\n    return c;\n}\ncatch (Exception)\n{\n    if (flag)\n        c.Dispose();\n    throw;\n}")]

    // Jumps, directives, lazy methods, types that are not disposable.
    [InlineData("var c = [|new Connection()|];\nagain:\nc.Open();\nif (flag) goto again;\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\n#if X\nc.Open();\n#endif\nc.Count();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\n#if !X\nc.Open();\nreturn c;\n#else\nreturn null;\n#endif")]
    [InlineData("var c = [|new Connection()|];\n#if !X\nc.Open();\n#endif\nc.Count();\nreturn c;")]
    [InlineData("var c = [|new Connection()|];\n#region first\nc.Open();\n#endregion\nc.Count();\nreturn c;")]
    [InlineData("object c = [|new Connection()|];\nLog.Write(1);\nreturn (Connection)c;")]
    [InlineData("using var c = [|new Connection()|];\nc.Open();\nreturn c;")]
    public Task Ignores_factory(string statements) => Made.OffersNothingAsync(
        InMethod(statements, "Connection Run(bool flag, List<Connection> all)").Replace("class Test\n{", "class Test\n{\n    Connection kept;\n    Func<int> later;\n", StringComparison.Ordinal));

    [Fact]
    public Task Ignores_iterator() => Made.OffersNothingAsync(InMethod("""
        var c = [|new Connection()|];
        c.Open();
        yield return c;
        """, "IEnumerable<Connection> Run()"));

    [Fact]
    public Task Ignores_async_only_session_in_method_without_await() => Made.OffersNothingAsync(InMethod("""
        var c = [|new AsyncOnly()|];
        c.Go();
        return c;
        """, "AsyncOnly Run()"));

    [Fact]
    public Task Ignores_other_variable() => new FixVerifier(new FactoryMustDisposeWhenItFailsFix()) { Properties = { ["variable"] = "other" } }.OffersNothingAsync(InMethod("""
        var c = [|new Connection()|];
        c.Open();
        return c;
        """, "Connection Run()"));

    [Fact]
    public Task Ignores_session_without_name() => new FixVerifier(new FactoryMustDisposeWhenItFailsFix()).OffersNothingAsync(InMethod("""
        var c = [|new Connection()|];
        c.Open();
        return c;
        """, "Connection Run()"));

    [Theory]

    // The end of the constructor is not the end of the block.
    [InlineData("if (flag)\n{\n    c = [|new Connection()|];\n    c.Open();\n}")]
    [InlineData("Action make = () => c = [|new Connection()|];\nmake();")]
    [InlineData("c = [|new Connection()|];")]

    // Others get to know the object, or the session in it.
    [InlineData("c = [|new Connection()|];\nall.Add(this);\nc.Open();")]
    [InlineData("c = [|new Connection()|];\nLog.Write(c);\nc.Open();")]
    [InlineData("c = [|new Connection()|];\nother = c;\nc.Open();")]
    [InlineData("c = [|new Connection()|];\nAction open = () => c.Open();\nopen();")]

    // More than one session in the field.
    [InlineData("c = [|new Connection()|];\nc.Open();\nif (flag) c = new Connection();")]
    [InlineData("c = new Connection();\nc = [|new Connection()|];\nc.Open();")]

    // Handlers that know the session.
    [InlineData("c = [|new Connection()|];\ntry\n{\n    c.Open();\n}\ncatch (InvalidOperationException)\n{\n    Dispose();\n    throw;\n}")]
    [InlineData("c = [|new Connection()|];\ntry\n{\n    c.Open();\n}\nfinally\n{\n    c.Count();\n}")]
    [InlineData("c = [|new Connection()|];\n#if X\nc.Open();\n#endif\nc.Count();")]

    [InlineData("try\n{\n    c = [|new Connection()|];\n    c.Open();\n}\ncatch (InvalidOperationException)\n{\n    Log.Write(1);\n}")]
    [InlineData("try\n{\n    c = [|new Connection()|];\n    c.Open();\n}\ncatch\n{\n    c?.Dispose();\n    throw;\n}")]
    [InlineData("try\n{\n    c = [|new Connection()|];\n    c.Open();\n}\ncatch\n{\n    throw;\n}\nLog.Write(1);")]

    // Not its own field.
    [InlineData("parent.c = [|new Connection()|];\nparent.c.Open();")]
    [InlineData("shared = [|new Connection()|];\nshared.Open();")]
    public Task Ignores_constructor(string statements) => Made.OffersNothingAsync($$"""
        using System;
        using System.Collections.Generic;

        class Test : IDisposable
        {
            static Connection shared;
            Connection c, other;
            Test parent;

            Test(bool flag, List<Test> all)
            {
        {{string.Join("\n", statements.Split('\n').Select(static line => line.StartsWith('#') ? line : "        " + line))}}
            }

            public void Dispose() => c.Dispose();
        }

        """);

    [Fact]
    public Task Ignores_constructor_of_a_field_that_nothing_disposes() => Nothing("""
            class Store
            {
                readonly SqlConnection connection;

                public Store(string cs)
                {
                    connection = {|SES1004:{|SES1009:new SqlConnection(cs)|}|};
                    connection.Open();
                    connection.Execute("SET LOCK_TIMEOUT 100");
                }
            }
        """);

    [Fact]
    public Task Ignores_base_field() => Made.OffersNothingAsync("""
        class Root : System.IDisposable
        {
            protected Connection c;
            public void Dispose() => c.Dispose();
        }

        class Test : Root
        {
            Test()
            {
                c = [|new Connection()|];
                c.Open();
            }
        }
        """);
}
