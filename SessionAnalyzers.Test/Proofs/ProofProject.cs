using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Test.Meta;

namespace SessionAnalyzers.Test.Proofs;

/// <summary>
/// The program of a proof as a project: its own file first, then what all programs share. The product's analyzers and fixes work on it
/// as they do in an editor, and it compiles to an assembly that runs.
/// </summary>
internal sealed class ProofProject
{
    private const int MostFixes = 30;

    private static readonly ImmutableArray<string> Shared = ["Usings.cs", "Shop.cs"];

    private static readonly Lazy<ImmutableArray<MetadataReference>> LazyReferences = new(static () =>
        [.. Libraries.Common, .. Libraries.Downloaded("npgsql.entityframeworkcore.postgresql", "litedb"), MetadataReference.CreateFromFile(typeof(Database).Assembly.Location)]);

    private readonly Project project;

    private ProofProject(Project project) => this.project = project;

    /// <summary>The program of a source, with another text in its own file.</summary>
    public static ProofProject Create(ProofSource source, string text)
    {
        var id = ProjectId.CreateNewId();
        var solution = new AdhocWorkspace().CurrentSolution.AddProject(ProjectInfo.Create(
            id, VersionStamp.Default, "Proof", "Proof", LanguageNames.CSharp,
            metadataReferences: LazyReferences.Value,
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release)));
        solution = Add(solution, "Proof.cs", text);
        foreach (var path in source.With.Select(static file => Path.Combine(Product.Root, file)).Concat(Shared.Select(static file => Path.Combine(ProofSource.Folder, file))))
        {
            solution = Add(solution, Path.GetFileName(path), File.ReadAllText(path).ReplaceLineEndings("\n"));
        }

        solution = solution.AddAnalyzerConfigDocument(
            DocumentId.CreateNewId(id), ".editorconfig", SourceText.From($"root = true\n[*.cs]\n{string.Join('\n', source.Settings)}\n"), filePath: "/.editorconfig");
        return new(solution.GetProject(id)!);

        Solution Add(Solution solution, string name, string text) =>
            solution.AddDocument(DocumentId.CreateNewId(id), name, SourceText.From(text, System.Text.Encoding.UTF8), filePath: "/" + name);
    }

    /// <summary>The text of a file as it is now.</summary>
    public async Task<string> TextAsync(string file) => (await project.Documents.Single(d => d.Name == file).GetTextAsync()).ToString();

    /// <summary>What the product reports.</summary>
    public async Task<(string File, int Line, string Id)[]> ReportedAsync() =>
        [.. (await DiagnosticsAsync()).Select(static d => (d.Location.SourceTree!.FilePath[1..], d.Location.GetLineSpan().StartLinePosition.Line, d.Id)).Order()];

    /// <summary>Applies the actions with these keys, one key after the other, wherever they are offered.</summary>
    public async Task<ProofProject> FixAsync(IEnumerable<string> keys)
    {
        var current = this;
        foreach (var key in keys)
        {
            var count = 0;
            while (await current.NextAsync(key) is { } next)
            {
                Assert.True(count++ < MostFixes, $"{key} comes to no end");
                current = next;
            }

            Assert.True(count > 0, $"{key} is not offered");
        }

        return current;
    }

    /// <summary>The program as an assembly.</summary>
    public async Task<byte[]> EmitAsync()
    {
        var compilation = (await project.GetCompilationAsync())!;
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error)));
        return stream.ToArray();
    }

    /// <summary>Whether an action is offered for anything that a rule reports.</summary>
    public async Task<bool> HasFixAsync(string id)
    {
        foreach (var diagnostic in await DiagnosticsAsync(id))
        {
            if ((await ActionsAsync(diagnostic)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<ProofProject?> NextAsync(string key)
    {
        foreach (var diagnostic in await DiagnosticsAsync(key[..7]))
        {
            if ((await ActionsAsync(diagnostic)).Find(a => a.EquivalenceKey == key) is { } chosen)
            {
                var operations = await chosen.GetOperationsAsync(default);
                return new(operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!);
            }
        }

        return null;
    }

    private async Task<List<CodeAction>> ActionsAsync(Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        foreach (var fix in Product.AllFixes.Where(f => f.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            await fix.RegisterCodeFixesAsync(new(project.GetDocument(diagnostic.Location.SourceTree)!, diagnostic, (action, _) => actions.Add(action), default));
        }

        return actions;
    }

    private async Task<IEnumerable<Diagnostic>> DiagnosticsAsync(string id) =>
        (await DiagnosticsAsync()).Where(d => d.Id == id).OrderBy(static d => d.Location.SourceSpan.Start);

    private async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync()
    {
        var compilation = (await project.GetCompilationAsync())!;
        return await compilation.WithAnalyzers([.. Product.AllAnalyzers], project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
    }
}
