using System.Reflection;
using System.Runtime.Loader;

namespace SessionAnalyzers.Benchmarks.Measuring;

/// <summary>One or several analyzers that are measured together.</summary>
internal sealed record Contestant(string Name, ImmutableArray<DiagnosticAnalyzer> Analyzers, bool WithCompiler = false)
{
    public static readonly Contestant Nothing = new("nothing", [new NothingAnalyzer()]);
    public static readonly Contestant Compiler = new("compiler", [new NothingAnalyzer()], WithCompiler: true);
    public static readonly Contestant Binding = new("binding", [new BindingAnalyzer()]);
    public static readonly Contestant Floor = new("floor", [new FloorAnalyzer()]);
    public static readonly Contestant Graphs = new("graphs", [new GraphAnalyzer()]);
    public static readonly Contestant Ours = new("SessionAnalyzers", In(typeof(Flow.FlowRuleAnalyzer).Assembly));

    private const string DisposeBeforeLosingScope = "Microsoft.NetCore.Analyzers.Runtime.DisposeObjectsBeforeLosingScope";

    private static readonly Lazy<Contestant> LazyCa2000 = new(static () =>
    {
        var all = new[] { "Microsoft.CodeAnalysis.NetAnalyzers.dll", "Microsoft.CodeAnalysis.CSharp.NetAnalyzers.dll" }.SelectMany(f => In(Load("NetAnalyzers", f)));
        return new("CA2000", [.. all.Where(static a => a.GetType().FullName == DisposeBeforeLosingScope)]);
    });

    private static readonly Lazy<Contestant> LazyDisposables = new(static () => new("IDisposableAnalyzers", In(Load("IDisposableAnalyzers", "IDisposableAnalyzers.dll"))));

    public static Contestant Ca2000 => LazyCa2000.Value;

    public static Contestant Disposables => LazyDisposables.Value;

    private static ImmutableArray<DiagnosticAnalyzer> In(Assembly assembly) =>
    [
        .. TypesOf(assembly)
            .Where(static t => !t.IsAbstract && t.GetCustomAttribute<DiagnosticAnalyzerAttribute>()?.Languages.Contains(LanguageNames.CSharp) == true)
            .OrderBy(static t => t.FullName, StringComparer.Ordinal)
            .Select(static t => (DiagnosticAnalyzer)Activator.CreateInstance(t, nonPublic: true)!),
    ];

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException problem)
        {
            // The fixes of a peer need the workspaces, which a compiler does not have either.
            return problem.Types.OfType<Type>();
        }
    }

    private static Assembly Load(string package, string file)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "peers", package);
        return new Peer(folder).LoadFromAssemblyPath(Path.Combine(folder, file));
    }

    /// <summary>The files of a peer; Roslyn and everything else that this program has itself is shared with it.</summary>
    private sealed class Peer(string folder) : AssemblyLoadContext(Path.GetFileName(folder))
    {
        protected override Assembly? Load(AssemblyName name)
        {
            var path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
