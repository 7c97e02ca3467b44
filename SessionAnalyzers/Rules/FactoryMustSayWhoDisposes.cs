using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports members that hand out a session which callers in this compilation lose, and members that do not say that the caller must
/// dispose it: a property that makes one on each access, and a method whose name does not say that it creates. Members whose contract is
/// elsewhere or written down are not reported, nor are private ones whose callers all dispose.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class FactoryMustSayWhoDisposes : DiagnosticAnalyzer
{
    /// <summary>Words of a name that promise a new object, wherever they stand: GetOpenConnection, ConnectAsync.</summary>
    private static readonly ImmutableHashSet<string> CreationWords = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "Create", "Created", "Open", "Opened", "New", "Begin", "Start", "Started", "Build", "Make", "Connect", "Acquire", "Rent", "Lease", "Clone", "Copy", "Factory", "Fresh", "Init", "Initialize", "Setup", "Generate", "Construct", "Spawn", "Reopen");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Descriptors.FactoryMustSayWhoDisposes, Descriptors.FactoryNameMustSayWhoDisposes);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static context =>
        {
            if (SessionSymbols.Create(context.Compilation, context.Options, context.CancellationToken) is not { } symbols)
            {
                return;
            }

            var ownership = Ownership.Of(context.Compilation, symbols);
            var callers = new FactoryCallers(ownership);
            context.RegisterSymbolAction(context => Check(context, ownership, callers), SymbolKind.Method, SymbolKind.Property);
        });
    }

    private static void Check(SymbolAnalysisContext context, Ownership ownership, FactoryCallers callers)
    {
        var member = context.Symbol;
        var type = member switch
        {
            IMethodSymbol { MethodKind: MethodKind.Ordinary } method => method.ReturnType,
            IPropertySymbol { GetMethod: not null } property => property.Type,
            _ => null,
        };
        if (type is null || ownership.Symbols.ResultOf(type) is not { Kind: SessionKind.Connection or SessionKind.Context or SessionKind.ServiceScope or SessionKind.ClientSession } session
            || !SpeaksForItself(member) || BodyFacts.IsTest(member) || !ownership.GivesOwned(member, context.CancellationToken))
        {
            return;
        }

        if (callers.LeaksOf(member, context.CancellationToken) is { Count: > 0 } leaks)
        {
            var first = leaks[0].GetLineSpan();
            var file = first.Path.Substring(first.Path.LastIndexOfAny(['/', '\\']) + 1);
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.FactoryMustSayWhoDisposes, member.Locations[0], leaks, member.Name, LeakMessages.NameOf(session.Kind),
                $"and {(leaks.Count == 1 ? "one call does" : leaks.Count + " calls do")} not lead to that ({file}, line {LeakMessages.LineOf(leaks[0])})"));
            return;
        }

        if (!IsAccessible(member) || SaysThatItCreates(member.Name))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            member is IPropertySymbol ? Descriptors.FactoryMustSayWhoDisposes : Descriptors.FactoryNameMustSayWhoDisposes,
            member.Locations[0], member is IPropertySymbol { IsIndexer: true } ? "this[]" : member.Name, LeakMessages.NameOf(session.Kind),
            member is IPropertySymbol ? "on each access, which nobody expects of a property" : "which its name does not say"));
    }

    /// <summary>The contract is this member's own: not that of a base, an interface or an attribute. What takes a provider may be a registration's, whose container disposes.</summary>
    private static bool SpeaksForItself(ISymbol member)
    {
        if (member.IsAbstract || member.IsOverride || member.IsExtern || member.ContainingType is null || member.ContainingType.TypeKind == TypeKind.Interface
            || member is IMethodSymbol method && method.Parameters.Any(static p => p.Type.Name == "IServiceProvider")
            || IsAnnotated(member) || (member is IPropertySymbol { GetMethod: { } getter } && IsAnnotated(getter)))
        {
            return false;
        }

        foreach (var contract in member.ContainingType.AllInterfaces)
        {
            foreach (var declared in contract.GetMembers())
            {
                if (declared.Kind == member.Kind && SymbolEqualityComparer.Default.Equals(member.ContainingType.FindImplementationForInterfaceMember(declared), member))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsAnnotated(ISymbol member) => member.GetAttributes().Any(static a => a.AttributeClass?.Name == "MustDisposeResourceAttribute");

    /// <summary>Code elsewhere can call it.</summary>
    private static bool IsAccessible(ISymbol member)
    {
        for (var symbol = member; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SaysThatItCreates(string name)
    {
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            if (i == name.Length || char.IsUpper(name[i]) || name[i] == '_')
            {
                if (CreationWords.Contains(name.Substring(start, i - start).TrimStart('_')))
                {
                    return true;
                }

                start = i;
            }
        }

        return false;
    }
}
