namespace SessionAnalyzers.Flow;

/// <summary>
/// What one walk over the types of a compilation finds: who derives from whom, what the program holds in static members, and which
/// methods have a name.
/// </summary>
internal sealed class DeclaredTypes
{
    /// <summary>A name that more methods share says nothing.</summary>
    private const int MaxNamesakes = 20;

    private readonly Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> subtypes = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<string, List<IMethodSymbol>> methods = new(StringComparer.Ordinal);
    private readonly HashSet<ITypeSymbol> staticTypes = new(SymbolEqualityComparer.Default);

    private DeclaredTypes()
    {
    }

    public IReadOnlyCollection<ITypeSymbol> StaticTypes => staticTypes;

    public static DeclaredTypes Of(Compilation compilation)
    {
        var declared = new DeclaredTypes();
        var open = new Stack<INamespaceOrTypeSymbol>();
        open.Push(compilation.Assembly.GlobalNamespace);
        while (open.Count > 0)
        {
            foreach (var member in open.Pop().GetMembers())
            {
                switch (member)
                {
                    case INamespaceOrTypeSymbol inner:
                        open.Push(inner);
                        declared.AddSupertypes(inner as INamedTypeSymbol);
                        break;
                    case IMethodSymbol { MethodKind: MethodKind.Ordinary } method:
                        declared.AddMethod(method);
                        break;
                    case IFieldSymbol { IsStatic: true, IsConst: false, Type: { SpecialType: SpecialType.None } type }:
                        declared.staticTypes.Add(type);
                        break;
                    case IPropertySymbol { IsStatic: true, Type: { SpecialType: SpecialType.None } type }:
                        declared.staticTypes.Add(type);
                        break;
                }
            }
        }

        return declared;
    }

    public IReadOnlyList<INamedTypeSymbol> SubtypesOf(INamedTypeSymbol type) => subtypes.TryGetValue(type.OriginalDefinition, out var found) ? found : [];

    public IReadOnlyList<IMethodSymbol> MethodsOf(string name) => methods.TryGetValue(name, out var found) && found.Count <= MaxNamesakes ? found : [];

    private void AddMethod(IMethodSymbol method)
    {
        if (!methods.TryGetValue(method.Name, out var namesakes))
        {
            methods[method.Name] = namesakes = new(1);
        }

        if (namesakes.Count <= MaxNamesakes)
        {
            namesakes.Add(method);
        }
    }

    private void AddSupertypes(INamedTypeSymbol? type)
    {
        if (type is not { TypeKind: TypeKind.Class or TypeKind.Struct })
        {
            return;
        }

        for (var super = type.BaseType; super is { SpecialType: SpecialType.None }; super = super.BaseType)
        {
            Add(super, type);
        }

        foreach (var implemented in type.AllInterfaces)
        {
            Add(implemented, type);
        }
    }

    private void Add(INamedTypeSymbol super, INamedTypeSymbol type)
    {
        if (!subtypes.TryGetValue(super.OriginalDefinition, out var found))
        {
            subtypes[super.OriginalDefinition] = found = [];
        }

        found.Add(type);
    }
}
