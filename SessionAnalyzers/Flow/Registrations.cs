using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SessionAnalyzers.Flow;

/// <summary>
/// What the source of a compilation says about its container, by names: which types it registers, which of them are transient, and which
/// are made with new. Found once, when a rule asks first; few compilations have anything to ask about.
/// </summary>
internal sealed class Registrations
{
    private readonly HashSet<string> registered = new(StringComparer.Ordinal);
    private readonly HashSet<string> transient = new(StringComparer.Ordinal);
    private readonly HashSet<string> scoped = new(StringComparer.Ordinal);
    private readonly HashSet<string> singletons = new(StringComparer.Ordinal);
    private readonly HashSet<string> created = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> implementations = new(StringComparer.Ordinal);
    private static readonly ConditionalWeakTable<Compilation, Registrations> Known = new();
    private bool hasDataSource;

    private Registrations()
    {
    }

    /// <summary>Read once for all analyzers of a compilation.</summary>
    public static Registrations Of(Compilation compilation, CancellationToken cancellation) => Known.GetValue(compilation, c => Read(c, cancellation));

    private static Registrations Read(Compilation compilation, CancellationToken cancellation)
    {
        var found = new Registrations();
        foreach (var tree in compilation.SyntaxTrees)
        {
            foreach (var node in tree.GetRoot(cancellation).DescendantNodes())
            {
                switch (node)
                {
                    case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } } call:
                        found.Add(name, call.ArgumentList);
                        break;
                    case ObjectCreationExpressionSyntax creation:
                        found.created.Add(NameOf(creation.Type));
                        break;
                }
            }
        }

        return found;
    }

    /// <summary>Made by the container and by nothing else in this compilation.</summary>
    public bool IsMadeByContainer(INamedTypeSymbol type) => registered.Contains(type.Name) && !created.Contains(type.Name);

    public bool IsCreated(INamedTypeSymbol type) => created.Contains(type.Name);

    /// <summary>Each resolver gets one of its own. AddNpgsqlDataSource and its like register connections so.</summary>
    public bool IsTransient(ITypeSymbol type) => transient.Contains(type.Name) || (hasDataSource && type.Name.EndsWith("Connection", StringComparison.Ordinal));

    /// <summary>Made again and again: per scope or per use, and nowhere once for all.</summary>
    public bool IsMadeOften(INamedTypeSymbol type) => (scoped.Contains(type.Name) || transient.Contains(type.Name)) && !singletons.Contains(type.Name);

    public bool IsSingleton(ITypeSymbol type) => singletons.Contains(type.Name);

    /// <summary>The name of the type that the container makes for each scope or use of a service, or null where there are several or it cannot be seen.</summary>
    public string? ImplementationOf(INamedTypeSymbol service) => !singletons.Contains(service.Name) && implementations.TryGetValue(service.Name, out var name) ? name : null;

    private void Add(SimpleNameSyntax method, ArgumentListSyntax arguments)
    {
        var name = method.Identifier.ValueText;
        if (!name.StartsWith("Add", StringComparison.Ordinal) && !name.StartsWith("TryAdd", StringComparison.Ordinal))
        {
            return;
        }

        hasDataSource |= name.EndsWith("DataSource", StringComparison.Ordinal);
        var isTransient = name.EndsWith("Transient", StringComparison.Ordinal)
            || arguments.Arguments.Any(static a => a.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Transient" });
        IEnumerable<TypeSyntax> types = method is GenericNameSyntax generic
            ? generic.TypeArgumentList.Arguments
            : arguments.Arguments.Select(static a => a.Expression).OfType<TypeOfExpressionSyntax>().Select(static t => t.Type);
        var names = types.Select(NameOf).ToList();
        if (names.Count > 0)
        {
            // A function or an object instead of a type, and a second registration, may give something else.
            var isCertain = names.Count <= 2 && (name.EndsWith("Scoped", StringComparison.Ordinal) || name.EndsWith("Transient", StringComparison.Ordinal))
                && arguments.Arguments.All(static a => a.Expression is TypeOfExpressionSyntax);
            implementations[names[0]] = isCertain && !implementations.ContainsKey(names[0]) ? names[names.Count - 1] : null;
        }

        var isSingletonContext = name.StartsWith("AddDbContext", StringComparison.Ordinal)
            && arguments.Arguments.Any(static a => a.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Singleton" });
        foreach (var type in types)
        {
            registered.Add(NameOf(type));
            if (isSingletonContext)
            {
                singletons.Add(NameOf(type));
            }

            if (name.EndsWith("Scoped", StringComparison.Ordinal))
            {
                scoped.Add(NameOf(type));
            }
            else if (name.EndsWith("Singleton", StringComparison.Ordinal) || name.EndsWith("HostedService", StringComparison.Ordinal))
            {
                singletons.Add(NameOf(type));
            }

            if (isTransient)
            {
                transient.Add(NameOf(type));
            }
        }
    }

    private static string NameOf(TypeSyntax type) => type switch
    {
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        NullableTypeSyntax nullable => NameOf(nullable.ElementType),
        _ => "",
    };
}
