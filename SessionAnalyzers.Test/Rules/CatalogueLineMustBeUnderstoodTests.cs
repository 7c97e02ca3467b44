using SessionAnalyzers.Rules;
using SessionAnalyzers.Flow;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Rules;

public class CatalogueLineMustBeUnderstoodTests
{
    [Fact]
    public Task Reports_a_line_without_a_role() => VerifyAsync("T:My.Db\n", Error(1, 1, 1, 8, "'T:My.Db' has no role"));

    [Fact]
    public Task Reports_each_bad_line_at_its_word() => VerifyAsync(
        "# mine\nM:My.Db.Open returns-owned quickly\nT:My.Db session(context)\nsomething else\n",
        Error(2, 28, 2, 35, "'quickly' is not a role of a member"),
        Error(4, 1, 4, 10, "'something' is not a documentation-comment id of a type (T:), method (M:) or property (P:)"));

    [Fact]
    public Task Ignores_a_good_file() => VerifyAsync("# mine\nassembly My.Data borrows\nT:My.Db session(context) not-thread-safe # a context\n\nM:My.Db.#ctor takes-ownership(connection if owns)\n");

    [Fact]
    public Task Ignores_other_files() => VerifyAsync("anything at all\n", "Notes.txt");

    [Fact]
    public Task Ignores_an_empty_file() => VerifyAsync("");

    [Fact]
    public async Task Facts_of_the_user_count()
    {
        var test = new Verify<FlowRuleAnalyzer, EmptyCodeFixProvider>.Test(References.Framework)
        {
            TestCode = """
                namespace My
                {
                    public class Box : System.IDisposable { public void Dispose() { } public void Flush() { } }
                    public static class Boxes { public static Box Get() => null; public static Box Shared() => new Box(); public static void Keep(Box box) { } }
                    public class Code
                    {
                        void Leaks() { var box = {|SES1001:Boxes.Get()|}; box.Flush(); }
                        void Borrows() { var box = Boxes.Shared(); box.Flush(); }
                        void Gives() { var box = Boxes.Get(); Boxes.Keep(box); }
                        void Makes() { var box = {|SES1001:new Box()|}; box.Flush(); }
                    }
                }
                """,
        };
        test.TestState.AdditionalFiles.Add(("SessionAnalyzers.My.txt", "T:My.Box session(context)\nM:My.Boxes.Get returns-owned\nM:My.Boxes.Shared returns-borrowed\nM:My.Boxes.Keep takes-ownership(box)\nthis line is wrong\n"));
        await test.RunAsync();
    }

    private static DiagnosticResult Error(int line, int column, int endLine, int endColumn, string problem) =>
        new DiagnosticResult(Descriptors.CatalogueLineMustBeUnderstood).WithSpan("SessionAnalyzers.Mine.txt", line, column, endLine, endColumn).WithArguments(problem);

    private static Task VerifyAsync(string file, params DiagnosticResult[] expected) => VerifyAsync(file, "SessionAnalyzers.Mine.txt", expected);

    private static Task VerifyAsync(string file, string name, params DiagnosticResult[] expected)
    {
        // What is said of a text file no pragma in the code takes back.
        var test = new Verify<CatalogueLineMustBeUnderstood, EmptyCodeFixProvider>.Test(References.Framework) { TestCode = "class C { }", TestBehaviors = TestBehaviors.SkipSuppressionCheck | TestBehaviors.SkipGeneratedCodeCheck };
        test.TestState.AdditionalFiles.Add((name, file));
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }
}
