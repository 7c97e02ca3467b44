using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Conventions;

/// <summary>Knows the calls that roll a transaction back.</summary>
internal static class Rollbacks
{
    /// <summary>The method of a type that rolls back when it is called without arguments, or null.</summary>
    public static IMethodSymbol? Of(ITypeSymbol type, bool isAsync, SessionSymbols symbols)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (In(t) is { } own)
            {
                return own;
            }
        }

        // A class may hide what it implements.
        return type.TypeKind == TypeKind.Interface ? type.AllInterfaces.Select(In).FirstOrDefault(static m => m is not null) : null;

        IMethodSymbol? In(ITypeSymbol t) => t.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(m =>
            m is { IsStatic: false, IsGenericMethod: false, MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public }
            && m.Parameters.All(static p => p.IsOptional)
            && CallSites.IsTask(m.ReturnType) == isAsync
            && symbols.FactsOf(m) is { } facts && facts.Has(Roles.RollsBack));
    }
}
