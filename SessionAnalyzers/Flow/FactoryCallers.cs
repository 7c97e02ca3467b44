using System.Collections.Concurrent;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Finds the calls of a factory whose session is lost. The names in a file, remembered per syntax tree, tell where to look; the flow of
/// the few bodies that are left tells what they lose. The work is bounded: a factory with many callers is judged by the first of them.
/// </summary>
internal sealed class FactoryCallers(Ownership ownership)
{
    private const int MaxBodies = 20;
    private const int MaxMentions = 200;

    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<(ISymbol Source, SyntaxNode At)>> lost = new(SymbolEqualityComparer.Default);

    /// <summary>The calls in this compilation that lose what the factory made, without an exception. Tests do not count.</summary>
    public List<Location> LeaksOf(ISymbol factory, CancellationToken cancellation)
    {
        var found = new List<Location>();
        var bodies = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var mentions = 0;
        foreach (var (name, tree) in CallerNames.Mentions(ownership.Compilation, factory.Name, cancellation))
        {
            if (++mentions > MaxMentions || bodies.Count >= MaxBodies)
            {
                return found;
            }

            var model = ownership.ModelOf(tree);
            if (!IsSame(model.GetSymbolInfo(name, cancellation).Symbol, factory) || BodyOf(name, model, cancellation) is not { } body || !bodies.Add(body) || BodyFacts.IsTest(body))
            {
                continue;
            }

            foreach (var (source, at) in lost.GetOrAdd(body, b => FindLost(b, cancellation)))
            {
                if (IsSame(source, factory))
                {
                    found.Add(at.GetLocation());
                }
            }
        }

        return found;
    }

    private static bool IsSame(ISymbol? symbol, ISymbol factory) =>
        symbol is not null && SymbolEqualityComparer.Default.Equals(((symbol as IMethodSymbol)?.ReducedFrom ?? symbol).OriginalDefinition, factory.OriginalDefinition);

    private static IMethodSymbol? BodyOf(SyntaxNode name, SemanticModel model, CancellationToken cancellation)
    {
        for (var node = name.Parent; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax:
                    return model.GetDeclaredSymbol(node, cancellation) as IMethodSymbol;
                case ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax property }:
                    return (model.GetDeclaredSymbol(property, cancellation) as IPropertySymbol)?.GetMethod;
                case FieldDeclarationSyntax or TypeDeclarationSyntax:
                    return null;
            }
        }

        return null;
    }

    private ImmutableArray<(ISymbol Source, SyntaxNode At)> FindLost(IMethodSymbol body, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<(ISymbol Source, SyntaxNode At)>();
        if (ownership.BodyOf(body) is { } graph)
        {
            Add(graph, body);
        }

        return found.ToImmutable();

        void Add(ControlFlowGraph part, ISymbol owner)
        {
            var flow = SessionFlow.Of(part, owner, ownership, cancellation);
            foreach (var leak in flow.Leaks)
            {
                if (leak.Kind < ExitKind.Exception && leak.Site.Source is { } source)
                {
                    found.Add((source, leak.Site.Operation.Syntax));
                }
            }

            foreach (var (function, nested) in flow.NestedFunctions())
            {
                Add(nested, function);
            }
        }
    }
}
