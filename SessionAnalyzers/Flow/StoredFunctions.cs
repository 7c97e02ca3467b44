using System.Collections.Concurrent;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Whether a method may keep the function that it is passed, so that it runs later: then the sessions that the function uses live for it.
/// A member of this compilation shows it, a collection does so by its nature; others are taken to run what they get.
/// </summary>
internal sealed class StoredFunctions(Ownership ownership)
{
    private const int MaxDepth = 3;

    private static readonly string[] Keepers = ["Add", "TryAdd", "AddOrUpdate", "AddFirst", "AddLast", "Insert", "Enqueue", "Push"];

    private readonly ConcurrentDictionary<IParameterSymbol, bool> known = new(SymbolEqualityComparer.Default);

    public bool MayStore(IParameterSymbol function, CancellationToken cancellation)
    {
        function = function.OriginalDefinition;
        return known.TryGetValue(function, out var stored) ? stored : known.GetOrAdd(function, Find(function, 0, cancellation));
    }

    private bool Find(IParameterSymbol function, int depth, CancellationToken cancellation)
    {
        if (function.ContainingSymbol is not IMethodSymbol method)
        {
            return true;
        }

        if (SessionSymbols.IsIn(method.ContainingNamespace, "System.Collections.Generic") || SessionSymbols.IsIn(method.ContainingNamespace, "System.Collections.Concurrent"))
        {
            return Array.IndexOf(Keepers, method.Name) >= 0;
        }

        foreach (var body in ownership.BodiesOf(method))
        {
            if (depth > MaxDepth || (body.Parameters.Length > function.Ordinal && IsStoredIn(body, body.Parameters[function.Ordinal], depth, cancellation)))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsStoredIn(IMethodSymbol body, IParameterSymbol function, int depth, CancellationToken cancellation)
    {
        foreach (var operation in ownership.OperationOf(body, cancellation)?.Descendants() ?? [])
        {
            if (operation is not IParameterReferenceOperation { Parameter: var parameter } || !SymbolEqualityComparer.Default.Equals(parameter, function))
            {
                continue;
            }

            var isRun = CallSites.Outermost(operation).Parent switch
            {
                IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } => true,
                IConditionalAccessOperation or IBinaryOperation or IIsPatternOperation or INameOfOperation => true,
                IArgumentOperation { Parameter: { } next, Parent: IInvocationOperation } => !Find(next.OriginalDefinition, depth + 1, cancellation),
                _ => false,
            };
            if (!isRun)
            {
                return true;
            }
        }

        return false;
    }
}
