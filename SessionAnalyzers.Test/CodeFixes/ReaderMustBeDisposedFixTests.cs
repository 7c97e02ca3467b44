using SessionAnalyzers.Rules;
using static SessionAnalyzers.Test.CodeFixes.FixVerifier;

namespace SessionAnalyzers.Test.CodeFixes;

public class ReaderMustBeDisposedFixTests
{
    private static FixVerifier Fix => new(new ReaderMustBeDisposedFix());

    private static Task Fixes(string before, string after, string signature = "void Run(Connection connection, Command command)") =>
        Fix.FixesAsync(InMethod(before, signature), InMethod(after, signature), "SES1013.Using");

    [Fact]
    public Task Fixes_named_reader() => Fixes(
        """
        var reader = [|command.ExecuteReader()|];
        while (reader.Read())
        {
            Log.Write(reader.GetInt32(0));
        }
        """,
        """
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            Log.Write(reader.GetInt32(0));
        }
        """);

    [Fact]
    public Task Fixes_reader_that_is_closed() => Fixes(
        """
        var reader = [|command.ExecuteReader()|];
        while (reader.Read())
        {
            Log.Write(reader.GetInt32(0));
        }

        reader.Close();
        command.Execute();
        """,
        """
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                Log.Write(reader.GetInt32(0));
            }
        }

        command.Execute();
        """);

    [Fact]
    public Task Fixes_awaited_reader() => Fixes(
        """
        var reader = await [|command.ExecuteReaderAsync()|];
        reader.Read();
        """,
        """
        using var reader = await command.ExecuteReaderAsync();
        reader.Read();
        """,
        "async Task Run(Command command)");

    [Theory]
    [InlineData("[|connection.CreateCommand()|].Execute();", "using var command2 = connection.CreateCommand();\ncommand2.Execute();")]
    [InlineData("return [|command.ExecuteReader()|].Read() ? 1 : 0;", "using var reader = command.ExecuteReader();\nreturn reader.Read() ? 1 : 0;")]
    [InlineData("if ([|command.ExecuteReader()|].Read()) return 1;\nreturn 0;", "using var reader = command.ExecuteReader();\nif (reader.Read()) return 1;\nreturn 0;")]
    public Task Fixes_unnamed(string before, string after) => Fixes(before, after, "int Run(Connection connection, Command command)");

    [Fact]
    public Task Fixes_unnamed_awaited() => Fixes(
        "return (await [|command.ExecuteReaderAsync()|]).Read();",
        """
        using var reader = await command.ExecuteReaderAsync();
        return reader.Read();
        """,
        "async Task<bool> Run(Command command)");

    [Fact]
    public Task FixesAll_of_a_chain() => Fixes(
        "Log.Write([|[|connection.CreateCommand()|].ExecuteReader()|].Read());",
        """
        using var command2 = connection.CreateCommand();
        using var reader = command2.ExecuteReader();
        Log.Write(reader.Read());
        """);

    [Fact]
    public Task Ignores_loop_condition() => Fix.OffersNothingAsync(InMethod("while ([|command.ExecuteReader()|].Read()) { }", "void Run(Command command)"));
}
