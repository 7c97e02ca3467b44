using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Editing;

/// <summary>What the source of a compilation says about who asks its container for a service, by names: too many are found rather than too few.</summary>
internal static class ServiceConsumers
{
    /// <summary>A singleton, hosted service or middleware gets one of the services, itself or through others, or code gets it from a provider that may be no scope's.</summary>
    public static bool MayOutliveScopes(Compilation compilation, IEnumerable<ITypeSymbol> services, CancellationToken cancellation)
    {
        var classes = new List<(string Name, HashSet<string> Takes, IReadOnlyList<string> Bases)>();
        var resolved = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tree in compilation.SyntaxTrees)
        {
            foreach (var node in tree.GetRoot(cancellation).DescendantNodes())
            {
                switch (node)
                {
                    case ClassDeclarationSyntax or RecordDeclarationSyntax:
                        var type = (TypeDeclarationSyntax)node;
                        classes.Add((type.Identifier.ValueText, Taken(type), [.. type.BaseList?.Types.Select(static b => NameOf(b.Type)) ?? []]));
                        break;
                    case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetRequiredService" or "GetService" or "GetServices" } access } call when !IsOfScope(access.Expression):
                        resolved.UnionWith((access.Name as GenericNameSyntax)?.TypeArgumentList.Arguments.SelectMany(NamesOf) ?? []);
                        resolved.UnionWith(call.ArgumentList.Arguments.SelectMany(static a => a.Expression is TypeOfExpressionSyntax type ? NamesOf(type.Type) : NamesIn(a)));
                        break;
                }
            }
        }

        var start = new HashSet<string>(services.Select(static s => s.Name), StringComparer.Ordinal);
        var reached = new HashSet<string>(start, StringComparer.Ordinal);
        int before;
        do
        {
            before = reached.Count;
            foreach (var (name, takes, bases) in classes)
            {
                if (takes.Overlaps(reached) && reached.Add(name))
                {
                    reached.UnionWith(bases);
                }
            }
        }
        while (reached.Count > before);

        var registrations = Registrations.Of(compilation, cancellation);
        return resolved.Overlaps(reached)
            || reached.Except(start).Any(name => compilation.GetSymbolsWithName(name, SymbolFilter.Type, cancellation).OfType<INamedTypeSymbol>().Any(t => LivesOn(t, registrations)));
    }

    /// <summary>Made once, when the application starts, as far as the source tells.</summary>
    private static bool LivesOn(INamedTypeSymbol type, Registrations registrations) =>
        registrations.IsSingleton(type)
        || type.AllInterfaces.Any(static i => i.Name == "IHostedService" && SessionSymbols.IsIn(i.ContainingNamespace, "Microsoft.Extensions.Hosting"))
        || type.InstanceConstructors.Any(static c => c.Parameters.Any(static p => p.Type.Name == "RequestDelegate"));

    private static HashSet<string> Taken(TypeDeclarationSyntax type)
    {
        var lists = type.Members.OfType<ConstructorDeclarationSyntax>().Select(static c => c.ParameterList).Concat(type.ChildNodes().OfType<ParameterListSyntax>());
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in lists.SelectMany(static l => l.Parameters))
        {
            if (parameter.Type is { } given)
            {
                taken.UnionWith(NamesOf(given));
            }
        }

        return taken;
    }

    private static bool IsOfScope(ExpressionSyntax provider) =>
        provider.GetLastToken().ValueText is "ServiceProvider" or "RequestServices";

    /// <summary>The names in a type that may be a service's; what makes contexts, or is only called after them, is none of them.</summary>
    private static IEnumerable<string> NamesOf(TypeSyntax type) =>
        NameOf(type) is "IDbContextFactory" or "ILogger" or "DbContextOptions" or "IOptions" ? [] : NamesIn(type);

    private static IEnumerable<string> NamesIn(SyntaxNode node) =>
        node.DescendantTokens().Where(static t => t.IsKind(SyntaxKind.IdentifierToken)).Select(static t => t.ValueText);

    private static string NameOf(TypeSyntax type) => type switch
    {
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        NullableTypeSyntax nullable => NameOf(nullable.ElementType),
        _ => "",
    };
}
