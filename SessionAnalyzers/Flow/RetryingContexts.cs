using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Which contexts of a compilation are configured to retry, and what runs under their strategies. Found once per compilation, when a
/// transaction of a context is met first. What one file says is remembered per syntax tree, so that typing looks at one file again.
/// </summary>
internal sealed class RetryingContexts
{
    private const string RetryOption = "EnableRetryOnFailure";
    private const string StrategyOption = "ExecutionStrategy";

    private static readonly ConditionalWeakTable<Compilation, RetryingContexts> Known = new();
    private static readonly ConditionalWeakTable<SyntaxTree, InvocationExpressionSyntax[]> Options = new();
    private static readonly ConditionalWeakTable<SyntaxTree, CallNames> Calls = new();

    private readonly Dictionary<INamedTypeSymbol, (Location At, bool InContext)> contexts = new(SymbolEqualityComparer.Default);
    private readonly Compilation compilation;
    private HashSet<string>? underStrategy;

    private RetryingContexts(Compilation compilation) => this.compilation = compilation;

    public static RetryingContexts Of(Ownership ownership, CancellationToken cancellation)
    {
        if (!Known.TryGetValue(ownership.Compilation, out var found))
        {
            found = new(ownership.Compilation);
            found.Find(ownership, cancellation);
            found = Known.GetValue(ownership.Compilation, _ => found);
        }

        return found;
    }

    /// <summary>Where a context is told to retry, and whether by the type itself; null if it is not, or nobody can tell.</summary>
    public (Location At, bool InContext)? OptionOf(ITypeSymbol? context)
    {
        for (var type = context as INamedTypeSymbol; type is not null; type = type.BaseType)
        {
            if (contexts.TryGetValue(type, out var option) && (option.InContext || SymbolEqualityComparer.Default.Equals(type, context)))
            {
                return option;
            }

            // A class with options of its own need not call those of its base.
            if (ConfiguresItself(type))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>
    /// True for the name of a member that some strategy may run: named in the delegate of a strategy, or in a call of a member that has
    /// one, or in a member that is itself named so. By names, since the callers are in other files.
    /// </summary>
    public bool RunsUnderStrategy(string member, CancellationToken cancellation)
    {
        if (Volatile.Read(ref underStrategy) is not { } names)
        {
            names = FindNamesUnderStrategy(cancellation);
            Volatile.Write(ref underStrategy, names);
        }

        return names.Contains(member);
    }

    private void Find(Ownership ownership, CancellationToken cancellation)
    {
        var unknown = new List<Location>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!Options.TryGetValue(tree, out var calls))
            {
                calls = FindOptions(tree, cancellation);
                calls = Options.GetValue(tree, _ => calls);
            }

            foreach (var call in calls)
            {
                var model = ownership.ModelOf(tree);
                if (!Retries(call, model, cancellation) || IsConditional(call) || IsForDesign(call, model, cancellation))
                {
                    continue;
                }

                var at = ((call.Expression as MemberAccessExpressionSyntax)?.Name ?? (SyntaxNode)call).GetLocation();
                if (ContextOf(call, model, ownership.Symbols, cancellation, out var inContext) is { } context)
                {
                    if (!contexts.ContainsKey(context))
                    {
                        contexts[context] = (at, inContext);
                    }
                }
                else
                {
                    unknown.Add(at);
                }
            }
        }

        // A helper that sets up options can only speak of the one context that there is.
        if (unknown.Count > 0 && contexts.Count == 0 && OnlyContext(ownership.Symbols) is { } only)
        {
            contexts[only] = (unknown[0], false);
        }
    }

    private static InvocationExpressionSyntax[] FindOptions(SyntaxTree tree, CancellationToken cancellation)
    {
        var text = tree.GetText(cancellation);
        if (!SourceTexts.Contains(text, RetryOption) && !SourceTexts.Contains(text, StrategyOption))
        {
            return [];
        }

        return tree.GetRoot(cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(static c => c.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: RetryOption or StrategyOption })
            .ToArray();
    }

    /// <summary>EnableRetryOnFailure, unless for no retry at all, or a strategy whose base retries.</summary>
    private static bool Retries(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation)
    {
        if (model.GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol { ContainingType: { } type } method || !IsOfEntityFramework(type))
        {
            return false;
        }

        if (method.Name == RetryOption)
        {
            return !call.ArgumentList.Arguments.Any(a => (a.NameColon is null || a.NameColon.Name.Identifier.ValueText.StartsWith("maxRetry", StringComparison.Ordinal)) && model.GetConstantValue(a.Expression, cancellation) is { HasValue: true, Value: 0 });
        }

        foreach (var creation in call.ArgumentList.DescendantNodes().OfType<ObjectCreationExpressionSyntax>())
        {
            for (var t = model.GetTypeInfo(creation, cancellation).Type; t is not null; t = t.BaseType)
            {
                if (t.Name == "ExecutionStrategy" && SessionSymbols.IsIn(t.ContainingNamespace, "Microsoft.EntityFrameworkCore.Storage"))
                {
                    return true;
                }

                if (t.GetMembers("RetriesOnFailure").Length > 0)
                {
                    break;
                }
            }
        }

        return false;
    }

    private static bool IsOfEntityFramework(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.Name is "RelationalDbContextOptionsBuilder" && SessionSymbols.IsIn(t.ContainingNamespace, "Microsoft.EntityFrameworkCore.Infrastructure"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Switched on by a condition of its own, or only where nobody else has configured the context.</summary>
    private static bool IsConditional(InvocationExpressionSyntax call)
    {
        var inOptions = true;
        for (SyntaxNode? node = call; node is not null and not MemberDeclarationSyntax; node = node.Parent)
        {
            switch (node.Parent)
            {
                case IfStatementSyntax condition when inOptions || Mentions(condition.Condition, "IsConfigured"):
                case ConditionalExpressionSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax or ConditionalAccessExpressionSyntax when inOptions:
                    return true;
                case AnonymousFunctionExpressionSyntax:
                    inOptions = false;
                    break;
            }

            // if (options.IsConfigured) { return; }
            if (node is StatementSyntax && node.Parent is BlockSyntax block
                && block.Statements.TakeWhile(s => s != node).Any(static s => s is IfStatementSyntax condition && Mentions(condition.Condition, "IsConfigured")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>In the factory that the tools of migrations use.</summary>
    private static bool IsForDesign(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation) =>
        call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
        && (model.GetDeclaredSymbol(type, cancellation) as INamedTypeSymbol)?.AllInterfaces.Any(static i => i.Name == "IDesignTimeDbContextFactory") == true;

    private static bool Mentions(SyntaxNode node, string name) => node.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == name);

    /// <summary>The context that an option is about: of the call around it, or of the class whose OnConfiguring it is in.</summary>
    private static INamedTypeSymbol? ContextOf(SyntaxNode call, SemanticModel model, SessionSymbols symbols, CancellationToken cancellation, out bool inContext)
    {
        inContext = false;
        for (var node = call.Parent; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case InvocationExpressionSyntax outer when model.GetSymbolInfo(outer, cancellation).Symbol is IMethodSymbol method:
                    var types = method.TypeArguments.AddRange((method.ReceiverType as INamedTypeSymbol)?.TypeArguments ?? ImmutableArray<ITypeSymbol>.Empty);
                    foreach (var type in types)
                    {
                        if (symbols.TypeOf(type) is { Kind: SessionKind.Context })
                        {
                            // A type parameter stands for contexts that only the callers know.
                            return type is INamedTypeSymbol { TypeKind: TypeKind.Class } context && context.Name != "DbContext" ? context : null;
                        }
                    }

                    break;
                case MethodDeclarationSyntax declaration when model.GetDeclaredSymbol(declaration, cancellation) is { ContainingType: { } type } method:
                    inContext = method is { Name: "OnConfiguring", IsOverride: true } && symbols.TypeOf(type) is { Kind: SessionKind.Context };
                    return inContext ? type : null;
                case MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return null;
            }
        }

        return null;
    }

    private static bool ConfiguresItself(INamedTypeSymbol type) =>
        type.GetMembers("OnConfiguring").Any(static m => m is IMethodSymbol { IsOverride: true, DeclaringSyntaxReferences.IsEmpty: false });

    private INamedTypeSymbol? OnlyContext(SessionSymbols symbols)
    {
        INamedTypeSymbol? only = null;
        var todo = new Stack<INamespaceOrTypeSymbol>();
        todo.Push(compilation.Assembly.GlobalNamespace);
        while (todo.Count > 0)
        {
            foreach (var member in todo.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner)
                {
                    todo.Push(inner);
                    if (inner is INamedTypeSymbol { TypeKind: TypeKind.Class } type && symbols.TypeOf(type) is { Kind: SessionKind.Context })
                    {
                        if (only is not null)
                        {
                            return null;
                        }

                        only = type;
                    }
                }
            }
        }

        return only;
    }

    private HashSet<string> FindNamesUnderStrategy(CancellationToken cancellation)
    {
        var wrappers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (SourceTexts.Contains(tree.GetText(cancellation), StrategyOption))
            {
                wrappers.UnionWith(CallsOf(tree, cancellation).Members.Where(static m => m.Value.Contains("CreateExecutionStrategy")).Select(static m => m.Key));
            }
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        if (wrappers.Count == 0)
        {
            return names;
        }

        // What is named in a member with a strategy may run under it, and so may what is named together with such a member.
        names.UnionWith(wrappers);
        var members = compilation.SyntaxTrees.SelectMany(t => CallsOf(t, cancellation).Members).ToArray();
        foreach (var member in members.Where(m => wrappers.Contains(m.Key) || m.Value.Overlaps(wrappers)))
        {
            names.UnionWith(member.Value);
        }

        // One step further.
        foreach (var member in members.Where(m => names.Contains(m.Key)).ToArray())
        {
            names.UnionWith(member.Value);
        }

        return names;
    }

    private static CallNames CallsOf(SyntaxTree tree, CancellationToken cancellation)
    {
        if (!Calls.TryGetValue(tree, out var calls))
        {
            calls = CallNames.Of(tree, cancellation);
            calls = Calls.GetValue(tree, _ => calls);
        }

        return calls;
    }

    /// <summary>The names that each method of a file mentions.</summary>
    private sealed class CallNames
    {
        public Dictionary<string, HashSet<string>> Members { get; } = new(StringComparer.Ordinal);

        public static CallNames Of(SyntaxTree tree, CancellationToken cancellation)
        {
            var names = new CallNames();
            foreach (var method in tree.GetRoot(cancellation).DescendantNodes(static n => n is not (StatementSyntax or ExpressionSyntax)).OfType<MethodDeclarationSyntax>())
            {
                if (!names.Members.TryGetValue(method.Identifier.ValueText, out var called))
                {
                    names.Members[method.Identifier.ValueText] = called = new(StringComparer.Ordinal);
                }

                called.UnionWith(method.DescendantNodes().OfType<SimpleNameSyntax>().Select(static n => n.Identifier.ValueText));
            }

            return names;
        }
    }
}
