using System.Text;

namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>Sources of one shape in any size: one method that grows, or a web of methods and types whose summaries hang together.</summary>
internal sealed record Growing(string Shape, string Unit, IReadOnlyList<int> Sizes, Func<int, string> Body)
{
    private static readonly int[] Usual = [10, 100, 1000];

    /// <summary>One method that repeats a unit.</summary>
    public static readonly IReadOnlyList<Growing> Methods =
    [
        Method("using statements", "statement", static i => $$"""
            using (var c{{i}} = new SqliteConnection(text))
            {
                c{{i}}.Open();
                total += c{{i}}.ExecuteScalar<int>("select {{i}}");
            }
            """),
        Method("declaration, use, Dispose", "session", static i => $$"""
            var c{{i}} = new SqliteConnection(text);
            c{{i}}.Open();
            total += c{{i}}.ExecuteScalar<int>("select {{i}}");
            c{{i}}.Dispose();
            """),
        Method("declaration, use, no Dispose", "session", static i => $$"""
            var c{{i}} = new SqliteConnection(text);
            c{{i}}.Open();
            total += c{{i}}.ExecuteScalar<int>("select {{i}}");
            """),
        Method("try and finally", "statement", static i => $$"""
            var c{{i}} = new SqliteConnection(text);
            try
            {
                c{{i}}.Open();
                total += c{{i}}.ExecuteScalar<int>("select {{i}}");
            }
            finally
            {
                c{{i}}.Dispose();
            }
            """),
        Method("try, catch and finally", "statement", static i => $$"""
            SqliteConnection? c{{i}} = null;
            try
            {
                c{{i}} = new SqliteConnection(text);
                total += c{{i}}.ExecuteScalar<int>("select {{i}}");
            }
            catch (InvalidOperationException)
            {
                total--;
            }
            finally
            {
                c{{i}}?.Dispose();
            }
            """),
        Method("nested ifs", "block of four", static i => $$"""
            if (size > {{i}})
            {
                var c{{i}} = new SqliteConnection(text);
                if (size % 2 == 0)
                {
                    c{{i}}.Open();
                    if (total > {{i}})
                    {
                        c{{i}}.Dispose();
                    }
                    else
                    {
                        c{{i}}.Close();
                    }
                }
                else
                {
                    c{{i}}.Dispose();
                }
            }
            """),
        Method("created under a condition", "session", static i => $$"""
            SqliteConnection? c{{i}} = null;
            if (size > {{i}})
            {
                c{{i}} = new SqliteConnection(text);
                c{{i}}.Open();
            }

            total += size;
            c{{i}}?.Dispose();
            """),
        Method("loops", "loop", static i => $$"""
            foreach (var part in text.Split(';'))
            {
                using var c = new SqliteConnection(part);
                for (var k = 0; k < size; k++)
                {
                    total += c.ExecuteScalar<int>("select {{i}}");
                }
            }
            """),
        Method("commands on one connection", "command", static i => $$"""
            using (var command{{i}} = connection.CreateCommand())
            {
                command{{i}}.CommandText = "select {{i}}";
                total += Convert.ToInt32(command{{i}}.ExecuteScalar());
            }
            """, "using var connection = new SqliteConnection(text);\nconnection.Open();"),
        Method("other code, one session", "five statements", static i => $$"""
            var list{{i}} = text.Split('{{(char)('a' + (i % 26))}}').Where(p => p.Length > size).ToList();
            if (list{{i}}.Count > {{i}})
            {
                total += list{{i}}.Sum(p => p.Length);
            }

            Console.WriteLine(string.Join(";", list{{i}}));
            total += connection.ExecuteScalar<int>("select {{i}}");
            """, "using var connection = new SqliteConnection(text);\nconnection.Open();"),
        Method("other code, no session", "five statements", static i => $$"""
            var list{{i}} = text.Split('{{(char)('a' + (i % 26))}}').Where(p => p.Length > size).ToList();
            if (list{{i}}.Count > {{i}})
            {
                total += list{{i}}.Sum(p => p.Length);
            }

            Console.WriteLine(string.Join(";", list{{i}}));
            """),
        Method("lambdas that borrow", "lambda", static i => $$"""
            Func<int> f{{i}} = () => connection.ExecuteScalar<int>("select {{i}}") + size;
            total += Enumerable.Range(0, {{i}}).Sum(x => x + connection.ExecuteScalar<int>("select 1"));
            """, "using var connection = new SqliteConnection(text);\nconnection.Open();"),
        Method("using declarations, all alive", "declaration", static i => $$"""
            using var c{{i}} = new SqliteConnection(text);
            c{{i}}.Open();
            """, sizes: [2, 20, 200]),
        new("using statements inside each other", "level", [2, 20, 200], static n => Class($$"""
                public static int Run(string text, int size)
                {
                    var total = size;
            {{string.Concat(Enumerable.Range(0, n).Select(static i => $"using (var c{i} = new SqliteConnection(text)) {{ c{i}.Open();\n"))}}
                    total += size;
            {{new string('}', n)}}
                    return total;
                }
            """)),
    ];

    /// <summary>Methods and types that the summaries must follow.</summary>
    public static readonly IReadOnlyList<Growing> Webs =
    [
        new("chain that passes a connection on", "method", Usual, static n => Class(Link(n, static i => $$"""
                private static int Pass{{i}}(SqliteConnection connection, int n) => n > {{i}} ? Pass{{i + 1}}(connection, n) : n;
            """) + Last("private static int Pass{0}(SqliteConnection connection, int n) => connection.ExecuteScalar<int>(\"select 1\") + n;", n) + """
                public static int Run(string text)
                {
                    using var connection = new SqliteConnection(text);
                    return Pass0(connection, 3);
                }
            """)),
        new("chain, every method has a session of its own", "method", Usual, static n => Class(Link(n, static i => $$"""
                public static int Pass{{i}}(SqliteConnection connection, string text)
                {
                    using var own = new SqliteConnection(text);
                    return Pass{{i + 1}}(own, text) + Pass{{i + 1}}(connection, text);
                }
            """) + Last("public static int Pass{0}(SqliteConnection connection, string text) => connection.ExecuteScalar<int>(text);", n))),
        new("chain that returns a connection", "method", Usual, static n => Class(Link(n, static i => $$"""
                public static SqliteConnection Open{{i}}(string text)
                {
                    var connection = Open{{i + 1}}(text);
                    Console.WriteLine({{i}});
                    return connection;
                }
            """) + Last("public static SqliteConnection Open{0}(string text) => new SqliteConnection(text);", n))),
        new("ring of methods", "method", Usual, static n => Class(Link(n, i => $$"""
                public static int Go{{i}}(SqliteConnection connection, string text, int n)
                {
                    using var own = new SqliteConnection(text);
                    return n == 0 ? 0 : Go{{(i + 1) % n}}(own, text, n - 1) + Go{{(i + 1) % n}}(connection, text, n - 1);
                }
            """))),
        new("interface, implementations and calls", "implementation and call", Usual, static n => $$"""
            {{Usings}}
            public interface IStore
            {
                SqliteConnection Open(string text);
                int Use(SqliteConnection connection);
            }

            {{Link(n, static i => $$"""
            public sealed class Store{{i}} : IStore
            {
                public SqliteConnection Open(string text) => new SqliteConnection(text + "{{i}}");
                public int Use(SqliteConnection connection) => connection.ExecuteScalar<int>("select {{i}}");
            }

            public static class Caller{{i}}
            {
                public static int Run(IStore store, string text)
                {
                    using var connection = store.Open(text);
                    return store.Use(connection) + store.Use(connection);
                }
            }
            """)}}
            """),
        new("deep class hierarchy", "class", Usual[..2], static n => $$"""
            {{Usings}}
            public class Store0
            {
                public virtual SqliteConnection Open(string text) => new SqliteConnection(text);
                public virtual int Use(SqliteConnection connection) => connection.ExecuteScalar<int>("select 0");
            }

            {{Link(n, static i => $$"""
            public class Store{{i + 1}} : Store{{i}}
            {
                public override SqliteConnection Open(string text) => new SqliteConnection(text + "{{i}}");
                public override int Use(SqliteConnection connection) => connection.ExecuteScalar<int>("select {{i}}");
                public int Run{{i}}(string text)
                {
                    using var connection = Open(text);
                    return Use(connection);
                }
            }
            """)}}
            """),
        new("factories behind one another's back", "method", Usual, static n => Class(Link(n, static i => $$"""
                public static (SqliteConnection Connection, int Number) Pair{{i}}(string text) => (new SqliteConnection(text), {{i}});

                public static bool TryOpen{{i}}(string text, out SqliteConnection? connection)
                {
                    connection = text.Length > {{i}} ? new SqliteConnection(text) : null;
                    return connection is not null;
                }

                public static int Run{{i}}(string text)
                {
                    var (connection, number) = Pair{{i}}(text);
                    using (connection)
                    {
                        if (TryOpen{{i}}(text, out var other))
                        {
                            using (other)
                            {
                                return number;
                            }
                        }
                    }

                    return 0;
                }
            """))),
        new("ladder: every method calls the next two", "method", [10, 40, 60, 100], static n => Class(Link(n, static i => $$"""
                public static int Pass{{i}}(SqliteConnection connection, int n) => Pass{{i + 1}}(connection, n) + Pass{{i + 2}}(connection, n);
            """)
            + Last("public static int Pass{0}(SqliteConnection connection, int n) => connection.ExecuteScalar<int>(\"select 1\") + n;", n)
            + Last("public static int Pass{0}(SqliteConnection connection, int n) => connection.ExecuteScalar<int>(\"select 2\") + n;", n + 1) + """
                public static int Run(string text)
                {
                    using var connection = new SqliteConnection(text);
                    return Pass0(connection, 3);
                }
            """)),
    ];

    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using Dapper;
        using Microsoft.Data.Sqlite;

        """;

    public SourceSet At(int size) => new($"{Shape} {size}", [new($"Growing{size}.cs", Body(size))]);

    private static Growing Method(string shape, string unit, Func<int, string> statement, string before = "", int[]? sizes = null) =>
        new(shape, unit, sizes ?? Usual, n => Class($$"""
                public static int Run(string text, int size)
                {
                    var total = size;
            {{before}}
            {{Link(n, statement)}}
                    return total;
                }
            """));

    private static string Class(string members) => $$"""
        {{Usings}}
        public static class Growing
        {
        {{members}}
        }
        """;

    private static string Link(int count, Func<int, string> unit)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(unit(i)).Append("\n\n");
        }

        return text.ToString();
    }

    private static string Last(string method, int number) => "    " + method.Replace("{0}", number.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) + "\n\n";
}
