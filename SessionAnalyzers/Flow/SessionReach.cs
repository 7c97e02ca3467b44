using System.Collections.Concurrent;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Which members can lead to a session that somebody outside them knows: by a parameter, by what their object holds, or by something
/// static. Only declared types are looked at, once each. Most members of a program lead to none, and their bodies need not be read.
/// </summary>
internal sealed class SessionReach
{
    /// <summary>Where a type leads to more types than this, it may lead to a session.</summary>
    private const int MaxTypes = 300;

    private readonly ConcurrentDictionary<ITypeSymbol, bool> known = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, bool> members = new(SymbolEqualityComparer.Default);
    private readonly Ownership ownership;

    /// <summary>Asked once for all members: a program may have thousands of static fields.</summary>
    private readonly Lazy<bool> statics;

    public SessionReach(Ownership ownership)
    {
        this.ownership = ownership;
        statics = new(() => ownership.StaticTypes.Any(Reaches));
    }

    /// <summary>False for a member that cannot work on a session of its callers, its object or the whole program.</summary>
    public bool Of(IMethodSymbol method) => members.TryGetValue(method, out var known) ? known : members.GetOrAdd(method, Find(method));

    private bool Find(IMethodSymbol method)
    {
        // Local functions see the variables around them.
        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.ReducedExtension or MethodKind.ExplicitInterfaceImplementation))
        {
            return true;
        }

        foreach (var parameter in (method.ReducedFrom ?? method).Parameters)
        {
            if (Reaches(parameter.Type))
            {
                return true;
            }
        }

        return Reaches(method.ContainingType) || statics.Value;
    }

    private bool Reaches(ITypeSymbol start)
    {
        if (known.TryGetValue(start, out var answer))
        {
            return answer;
        }

        var seen = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default) { start };
        var open = new Stack<ITypeSymbol>();
        open.Push(start);
        var reaches = false;
        while (open.Count > 0 && !reaches)
        {
            var type = open.Pop();
            reaches = seen.Count > MaxTypes || (known.TryGetValue(type, out var before) ? before : ownership.Symbols.TypeOf(type) is not null || Spread(type, seen, open));
        }

        if (!reaches)
        {
            foreach (var type in seen)
            {
                known.TryAdd(type, false);
            }
        }

        return known.GetOrAdd(start, reaches);
    }

    /// <summary>Adds the types that an object of this type may hold or be. True where that cannot be said.</summary>
    private bool Spread(ITypeSymbol type, HashSet<ITypeSymbol> seen, Stack<ITypeSymbol> open)
    {
        switch (type)
        {
            case { TypeKind: TypeKind.Error or TypeKind.Dynamic }:
                return true;
            case IArrayTypeSymbol array:
                Add(array.ElementType);
                return false;
            case ITypeParameterSymbol parameter:
                foreach (var constraint in parameter.ConstraintTypes)
                {
                    Add(constraint);
                }

                return false;
            case not INamedTypeSymbol { SpecialType: SpecialType.None, TypeKind: not TypeKind.Enum }:
                return false;
        }

        var named = (INamedTypeSymbol)type;
        foreach (var argument in named.TypeArguments)
        {
            Add(argument);
        }

        if (named.TypeKind == TypeKind.Delegate)
        {
            return false;
        }

        foreach (var subtype in ownership.SubtypesOf(named))
        {
            Add(subtype);
        }

        for (var outer = named.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            Add(outer);
        }

        if (named.ContainingAssembly is not { } assembly || ownership.Symbols.IsStranger(assembly))
        {
            return false;
        }

        if (named.BaseType is { } super)
        {
            Add(super);
        }

        foreach (var member in named.GetMembers())
        {
            switch (member)
            {
                case IFieldSymbol field:
                    Add(field.Type);
                    break;
                case IPropertySymbol property:
                    Add(property.Type);
                    break;
                case IMethodSymbol { MethodKind: MethodKind.Constructor } constructor:
                    // Of a primary constructor the body may use each.
                    foreach (var parameter in constructor.Parameters)
                    {
                        Add(parameter.Type);
                    }

                    break;
            }
        }

        return false;

        void Add(ITypeSymbol next)
        {
            if (next.SpecialType == SpecialType.None && seen.Add(next))
            {
                open.Push(next);
            }
        }
    }
}
