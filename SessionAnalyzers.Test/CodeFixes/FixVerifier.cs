using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Test.CodeFixes;

/// <summary>
/// Runs one code fix without an analyzer: <c>[|x|]</c> marks what is reported. One mark is fixed alone and by fix all, several by fix all
/// only, each in document, project and solution. The fixed text must compile as well as the old one did.
/// </summary>
internal sealed class FixVerifier(CodeFixProvider fix)
{
    private const string Library = """
        using System;
        using System.Collections;
        using System.Collections.Generic;
        using System.Linq;
        using System.Linq.Expressions;
        using System.Threading.Tasks;

        public class Connection : IDisposable, IAsyncDisposable
        {
            public Connection() { }
            public Connection(string text) { }
            public int State { get; set; }
            public void Open() { }
            public Task OpenAsync() => Task.CompletedTask;
            public void Close() { }
            public Task CloseAsync() => Task.CompletedTask;
            public Command CreateCommand() => new();
            public Transaction BeginTransaction() => new();
            public int Count(string sql = "") => 0;
            public Task<int> CountAsync() => Task.FromResult(0);
            public string Name() => "";
            public void Dispose() { }
            public ValueTask DisposeAsync() => default;
        }

        public class OldConnection : IDisposable
        {
            public void Open() { }
            public void Close() { }
            public int Count() => 0;
            public void Dispose() { }
        }

        public class AsyncOnly : IAsyncDisposable
        {
            public void Go() { }
            public ValueTask DisposeAsync() => default;
        }

        public struct Scope : IDisposable, IAsyncDisposable
        {
            public object Get() => null;
            public void Go() { }
            public void Dispose() { }
            public ValueTask DisposeAsync() => default;
        }

        public class Transaction : IDisposable
        {
            public void Commit() { }
            public void Rollback() { }
            public void Dispose() { }
        }

        public class Command : IDisposable
        {
            public Command() { }
            public Command(string sql, Connection connection) { }
            public Connection Connection { get; set; }
            public int Execute() => 0;
            public object ExecuteScalar() => null;
            public Reader ExecuteReader() => new();
            public Task<Reader> ExecuteReaderAsync() => Task.FromResult(new Reader());
            public void Dispose() { }
        }

        public class Reader : IDisposable
        {
            public bool Read() => false;
            public int GetInt32(int i) => 0;
            public void Close() { }
            public void Dispose() { }
        }

        public class User
        {
            public int Id { get; set; }
            public string Name { get; set; }
            public ICollection<User> Friends { get; set; }
        }

        public class Set<T> : IQueryable<T>
        {
            public Type ElementType => typeof(T);
            public Expression Expression => null;
            public IQueryProvider Provider => null;
            public T Find(int id) => default;
            public void Add(T item) { }
            public Task<List<T>> ToListAsync() => Task.FromResult(new List<T>());
            public IEnumerator<T> GetEnumerator() => null;
            IEnumerator IEnumerable.GetEnumerator() => null;
        }

        public class Db : IDisposable, IAsyncDisposable
        {
            public Set<User> Users { get; } = new();
            public int Save() => 0;
            public Task<int> SaveAsync() => Task.FromResult(0);
            public void Dispose() { }
            public ValueTask DisposeAsync() => default;
        }

        public class Factory
        {
            public Connection Shared;
            public Db Create() => new();
            public Task<Db> CreateAsync() => Task.FromResult(new Db());
            public Connection Open() => new();
            public Task<Connection> OpenAsync() => Task.FromResult(new Connection());
            public Scope CreateScope() => default;
        }

        public static class Log
        {
            public static void Write(object value) { }
        }
        """;

    // The library and the empty project of the tests: all with the same options fork them, so that both are bound once.
    private static readonly ConcurrentDictionary<(LanguageVersion Language, OutputKind Output, NullableContextOptions Nullable), Lazy<Task<Project>>> Grounds = new();

    public LanguageVersion Language { get; init; } = LanguageVersion.Latest;

    public OutputKind Output { get; init; } = OutputKind.DynamicallyLinkedLibrary;

    public NullableContextOptions Nullable { get; init; }

    public Dictionary<string, string?> Properties { get; init; } = [];

    /// <summary>Wraps statements into a method of a class, so that a test shows only what matters.</summary>
    public static string InMethod(string statements, string signature = "void Run(Factory factory, bool flag)") =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;

        class Test
        {
            {{signature}}
            {
        {{Indent(statements, "        ")}}
            }
        }

        """;

    public async Task FixesAsync(string marked, string expected, string? key = null, string? title = null)
    {
        var (text, spans) = Parse(marked);
        var document = await CreateDocumentAsync(text);
        if (spans.Count == 1)
        {
            var actions = await ActionsAsync(document, spans[0]);
            var action = Assert.Single(actions);
            if (key is not null)
            {
                Assert.Equal(key, action.EquivalenceKey);
            }

            if (title is not null)
            {
                Assert.Equal(title, action.Title);
            }

            await CheckAsync(document, Changed(document, await action.GetOperationsAsync(default)), expected);
        }

        foreach (var scope in new[] { FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution })
        {
            key ??= spans.Count == 1 ? (await ActionsAsync(document, spans[0]))[0].EquivalenceKey : null;
            var diagnostics = spans.ConvertAll(s => Report(document, s));
            var provider = fix.GetFixAllProvider()!;
            var reported = new Reported(document.Id, diagnostics);
            var context = new FixAllContext(document, fix, scope, key ?? "", fix.FixableDiagnosticIds, reported, default);
            Assert.Contains(scope, provider.GetSupportedFixAllScopes());
            var action = await provider.GetFixAsync(context);
            Assert.NotNull(action);
            await CheckAsync(document, Changed(document, await action.GetOperationsAsync(default)), expected);
        }
    }

    public async Task OffersNothingAsync(string marked)
    {
        var (text, spans) = Parse(marked);
        var document = await CreateDocumentAsync(text);
        foreach (var span in spans)
        {
            var actions = await ActionsAsync(document, span);
            if (actions.Count > 0)
            {
                var changed = Changed(document, await actions[0].GetOperationsAsync(default));
                Assert.Fail("Offered: " + actions[0].Title + "\n" + await changed.GetTextAsync());
            }
        }
    }

    private static async Task CheckAsync(Document before, Document after, string expected)
    {
        var text = (await after.GetTextAsync()).ToString();
        Assert.Equal(expected, text);
        Assert.Empty(New(await ErrorsAsync(before), await ErrorsAsync(after)));

        static IEnumerable<string> New(List<string> old, List<string> current) => current.Where(e => !old.Remove(e));
    }

    private static async Task<List<string>> ErrorsAsync(Document document)
    {
        var compilation = await document.Project.GetCompilationAsync();
        var errors = compilation!.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error);
        return [.. errors.Select(static d => d.Id + ": " + d.GetMessage(null))];
    }

    private async Task<List<CodeAction>> ActionsAsync(Document document, (TextSpan Span, TextSpan? Other) place)
    {
        var actions = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(new(document, Report(document, place), (action, _) => actions.Add(action), default));
        Assert.All(actions, a => Assert.False(string.IsNullOrEmpty(a.EquivalenceKey)));
        Assert.Equal(actions.Count, actions.Select(a => a.EquivalenceKey).Distinct().Count());
        return actions;
    }

    private Diagnostic Report(Document document, (TextSpan Span, TextSpan? Other) place)
    {
        Assert.True(document.TryGetSyntaxTree(out var tree) || (tree = document.GetSyntaxTreeAsync().Result) is not null);
        var descriptor = new DiagnosticDescriptor(fix.FixableDiagnosticIds[0], "t", "m", "c", DiagnosticSeverity.Warning, true);
        return Diagnostic.Create(
            descriptor,
            Location.Create(tree!, place.Span),
            place.Other is { } other ? [Location.Create(tree!, other)] : [],
            Properties.ToImmutableDictionary());
    }

    private async Task<Document> CreateDocumentAsync(string text)
    {
        var ground = await Grounds.GetOrAdd((Language, Output, Nullable), static key => new(() => LayAsync(key.Language, key.Output, key.Nullable))).Value;
        return ground.AddDocument("Test.cs", SourceText.From(text, Encoding.UTF8));
    }

    private static async Task<Project> LayAsync(LanguageVersion language, OutputKind output, NullableContextOptions nullable)
    {
        var workspace = new AdhocWorkspace();
        var library = ProjectId.CreateNewId();
        var test = ProjectId.CreateNewId();
        var solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(
                library, VersionStamp.Default, "Library", "Library", LanguageNames.CSharp,
                metadataReferences: References.Framework,
                parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
                compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false)))
            .AddDocument(DocumentId.CreateNewId(library), "Library.cs", Library)
            .AddProject(ProjectInfo.Create(
                test, VersionStamp.Default, "Test", "Test", LanguageNames.CSharp,
                metadataReferences: References.Framework,
                parseOptions: new CSharpParseOptions(language),
                compilationOptions: new CSharpCompilationOptions(output, nullableContextOptions: nullable, allowUnsafe: true, concurrentBuild: false),
                projectReferences: [new(library)]));
        var project = solution.GetProject(test)!;
        _ = (await project.GetCompilationAsync())!.GetSpecialType(SpecialType.System_Object);
        return project;
    }

    private static Document Changed(Document document, ImmutableArray<CodeActionOperation> operations) =>
        Assert.IsType<ApplyChangesOperation>(Assert.Single(operations)).ChangedSolution.GetDocument(document.Id)!;

    /// <summary>Takes the marks out: <c>[|reported|]</c>, and in it <c>{|additional location|}</c>.</summary>
    private static (string Text, List<(TextSpan Span, TextSpan? Other)> Spans) Parse(string marked)
    {
        var text = new StringBuilder();
        var spans = new List<(TextSpan, TextSpan?)>();
        var open = new Stack<int>();
        TextSpan? other = null;
        for (var i = 0; i < marked.Length; i++)
        {
            switch (i + 1 < marked.Length ? marked.Substring(i, 2) : "")
            {
                case "[|" or "{|":
                    open.Push(text.Length);
                    i++;
                    break;
                case "|]":
                    spans.Add((TextSpan.FromBounds(open.Pop(), text.Length), other));
                    other = null;
                    i++;
                    break;
                case "|}":
                    other = TextSpan.FromBounds(open.Pop(), text.Length);
                    i++;
                    break;
                default:
                    text.Append(marked[i]);
                    break;
            }
        }

        return (text.ToString(), spans);
    }

    private static string Indent(string text, string indent) =>
        string.Join("\n", text.Split('\n').Select(line => line.Trim().Length == 0 || line.StartsWith('#') ? line : indent + line));

    private sealed class Reported(DocumentId id, List<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(project.Id == id.ProjectId ? diagnostics : []);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(document.Id == id ? diagnostics : []);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
