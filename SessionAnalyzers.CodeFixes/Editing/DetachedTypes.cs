namespace SessionAnalyzers.Editing;

/// <summary>
/// Knows the types whose values cannot need a session any more: plain data, however deep. Whatever can be lazy, disposable, callable,
/// awaited, or is not known well enough, may.
/// </summary>
internal static class DetachedTypes
{
    private static readonly HashSet<string> PlainClasses = new(StringComparer.Ordinal)
    {
        "System.Uri", "System.Version", "System.Type", "System.Exception", "System.DBNull", "System.Globalization.CultureInfo",
        "System.Text.StringBuilder", "System.Text.Encoding", "System.Text.Json.Nodes.JsonNode",
        "System.Data.DataTable", "System.Data.DataSet", "System.Data.DataRow",
        "System.Xml.XmlDocument", "System.Xml.Linq.XElement", "System.Xml.Linq.XDocument",
        "System.Collections.Specialized.StringCollection", "System.Collections.Specialized.NameValueCollection",
    };

    public static bool Contains(ITypeSymbol type) => Contains(type, new(SymbolEqualityComparer.Default));

    /// <summary>True for a task of either kind: what it stands for may not have run yet.</summary>
    public static bool IsTask(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Name is "Task" or "ValueTask" && type.ContainingNamespace.ToDisplayString() == "System.Threading.Tasks")
            {
                return true;
            }
        }

        return false;
    }

    public static bool Implements(ITypeSymbol type, string name) =>
        FullName(type) == name
        || type.AllInterfaces.Any(i => FullName(i) == name)
        || (type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(c => Implements(c, name)));

    public static bool IsFrameworkCollection(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal);

    private static bool Contains(ITypeSymbol type, HashSet<ITypeSymbol> visited)
    {
        if (type.SpecialType == SpecialType.System_String || (type.SpecialType != SpecialType.None && type.IsValueType))
        {
            return true;
        }

        switch (type)
        {
            case { TypeKind: TypeKind.Enum }:
                return true;
            case IArrayTypeSymbol array:
                return IsElement(array.ElementType, visited);
            case ITypeParameterSymbol parameter:
                return !IsBound(parameter) && parameter.ConstraintTypes.All(c => c.TypeKind == TypeKind.Interface && !IsBound(c));
            case INamedTypeSymbol { IsAnonymousType: true }:
                return type.GetMembers().OfType<IPropertySymbol>().All(p => Contains(p.Type, visited));
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return tuple.TupleElements.All(e => Contains(e.Type, visited));
            case INamedTypeSymbol { TypeKind: TypeKind.Interface } contract:
                return IsFilledCollection(contract) && contract.TypeArguments.All(a => IsElement(a, visited));
            case INamedTypeSymbol { TypeKind: TypeKind.Struct or TypeKind.Class } named:
                // A type that holds itself is judged by the rest of its fields.
                return !visited.Add(named) || (!IsTask(named) && IsPlain(named, visited));
            default:
                return false;
        }
    }

    private static bool IsPlain(INamedTypeSymbol type, HashSet<ITypeSymbol> visited)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (PlainClasses.Contains(FullName(t)))
            {
                return true;
            }
        }

        if (type.SpecialType == SpecialType.System_Object)
        {
            return false;
        }

        // The collections of the framework hold their elements; none is lazy. Lazy sequences hide behind interfaces.
        if (IsFrameworkCollection(type))
        {
            return type.TypeArguments.All(a => IsElement(a, visited));
        }

        return !IsBound(type)
            && !Implements(type, "System.Collections.IEnumerable")
            && type.TypeArguments.All(a => Contains(a, visited))
            && (type.TypeKind == TypeKind.Struct && type.Locations.All(static l => l.IsInMetadata) || HoldsPlainData(type, visited));
    }

    private static bool HoldsPlainData(INamedTypeSymbol type, HashSet<ITypeSymbol> visited)
    {
        for (var t = type; t is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; t = t.BaseType)
        {
            var members = t.GetMembers();
            if (!t.DeclaringSyntaxReferences.IsEmpty)
            {
                // The parameters of a primary constructor are fields without being listed.
                if (!members.OfType<IFieldSymbol>().Where(static f => !f.IsStatic).All(f => Contains(f.Type, visited))
                    || !t.InstanceConstructors.Where(IsPrimary).All(c => c.Parameters.All(p => Contains(p.Type, visited))))
                {
                    return false;
                }
            }
            else if (!members.OfType<IPropertySymbol>().Where(static p => !p.IsStatic).All(p => Contains(p.Type, visited))
                || !t.InstanceConstructors.Any(static c => c.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected)
                || !t.InstanceConstructors.All(c => c.Parameters.All(p => Contains(p.Type, visited))))
            {
                // Of a compiled class only the surface is seen: it must be one that anybody can make from plain data.
                return false;
            }
        }

        return true;
    }

    /// <summary>What was put into a collection one by one is there, even where its type says little.</summary>
    private static bool IsElement(ITypeSymbol type, HashSet<ITypeSymbol> visited) =>
        Contains(type, visited)
        || type.SpecialType == SpecialType.System_Object
        || type.TypeKind == TypeKind.Dynamic
        || (type.TypeKind == TypeKind.Interface && !IsBound(type) && !Implements(type, "System.Collections.IEnumerable"));

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(static r => r.GetSyntax() is TypeDeclarationSyntax) && constructor.Parameters.Length > 0;

    private static bool IsBound(ITypeSymbol type) =>
        Implements(type, "System.IDisposable") || Implements(type, "System.IAsyncDisposable") || Implements(type, "System.Linq.IQueryable")
        || Implements(type, "System.Collections.Generic.IAsyncEnumerable") || Implements(type, "System.Collections.IEnumerator");

    private static bool IsFilledCollection(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString() == "System.Collections.Generic"
        && type.Name is "ICollection" or "IList" or "ISet" or "IDictionary"
            or "IReadOnlyCollection" or "IReadOnlyList" or "IReadOnlySet" or "IReadOnlyDictionary";

    private static string FullName(ITypeSymbol type) =>
        type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + type.Name : type.Name;
}
