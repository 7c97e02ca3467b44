using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>What the rules about sharing ask: which types serve one piece of work only, and which code may share them all the same.</summary>
internal static class SharedSessions
{
    /// <summary>
    /// The kind of a type whose objects serve one piece of work at a time, or null. Sources are made to be shared; a Realm belongs to a
    /// thread for as long as that lives.
    /// </summary>
    public static SessionKind? KindOf(ITypeSymbol? type, SessionSymbols symbols) =>
        symbols.TypeOf(type) is { Kind: SessionKind.Context or SessionKind.Connection or SessionKind.Transaction or SessionKind.ClientSession } session
        && (session.Has(Roles.NotThreadSafe) || session.Has(Roles.DisposeDiscards))
        && !SessionSymbols.IsIn(type!.ContainingNamespace, "Realms") && !SessionSymbols.IsIn(type.ContainingNamespace, "System.Transactions")
            ? session.Kind
            : null;

    /// <summary>A member of a test, a benchmark, a double, or of what sets them up: these run alone.</summary>
    public static bool IsTest(ISymbol member)
    {
        var assembly = member.ContainingAssembly?.Name ?? "";
        if (BodyFacts.IsTest(member) || CallSites.IsTest(member)
            || assembly.EndsWith("Tests", StringComparison.Ordinal) || assembly.EndsWith(".Test", StringComparison.Ordinal) || assembly.EndsWith("Specs", StringComparison.Ordinal) || assembly.EndsWith("Benchmarks", StringComparison.Ordinal))
        {
            return true;
        }

        for (var type = member as INamedTypeSymbol ?? member.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.Name.Contains("Test") || type.Name.Contains("Fixture") || type.Name.Contains("Mock") || type.Name.Contains("Fake") || type.Name.Contains("Stub") || type.Name.Contains("Benchmark")
                || type.GetMembers().Any(static m => m is IMethodSymbol && m.GetAttributes().Any(static a => IsSetUp(a.AttributeClass?.Name))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text speaks of a database in memory, which lives as long as a connection to it.</summary>
    public static bool IsInMemory(SyntaxNode node) =>
        node.DescendantTokens().Any(static t => t.ValueText.IndexOf("memory", StringComparison.OrdinalIgnoreCase) >= 0 || t.ValueText.IndexOf("KeepAlive", StringComparison.OrdinalIgnoreCase) >= 0);

    private static bool IsSetUp(string? name) => name is not null
        && (name.StartsWith("SetUp", StringComparison.Ordinal) || name.StartsWith("OneTimeSetUp", StringComparison.Ordinal) || name.StartsWith("OneTimeTearDown", StringComparison.Ordinal)
            || name.EndsWith("InitializeAttribute", StringComparison.Ordinal) || name.EndsWith("CleanupAttribute", StringComparison.Ordinal) || name.StartsWith("GlobalSetup", StringComparison.Ordinal));
}
