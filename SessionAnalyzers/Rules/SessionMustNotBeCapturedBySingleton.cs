using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports singletons that keep a session: what is registered as a singleton, hosted services and middleware by convention, if each of
/// their constructors takes one, itself or through a service of the same project; and sessions that are registered as singletons. Types
/// without a registration in sight, factories and sources are not reported, nor are registrations that make the object with a function.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class SessionMustNotBeCapturedBySingleton : DiagnosticAnalyzer
{
    /// <summary>The name of the property that tells the fix that the session itself is registered here.</summary>
    public const string RegisteredProperty = "Registered";

    private const int MaxDepth = 3;

    private static readonly ImmutableDictionary<string, string?> IsRegistered = ImmutableDictionary<string, string?>.Empty.Add(RegisteredProperty, "");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.SessionMustNotBeCapturedBySingleton);

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

            var compilation = context.Compilation;
            var search = new Search(compilation, symbols, new(() => Registrations.Of(compilation, default)));
            context.RegisterOperationAction(context => CheckRegistration(context, search), OperationKind.Invocation);
            context.RegisterSymbolAction(context => CheckType(context, search), SymbolKind.NamedType);
        });
    }

    private static void CheckRegistration(OperationAnalysisContext context, Search search)
    {
        var invocation = (IInvocationOperation)context.Operation;
        var method = invocation.TargetMethod;
        if (method.Name is not ("AddSingleton" or "TryAddSingleton" or "AddDbContext") || !SessionSymbols.IsIn(OutermostOf(method.ContainingNamespace), "Microsoft"))
        {
            return;
        }

        if (method.Name == "AddDbContext")
        {
            if (invocation.Arguments.Any(static a => a is { ArgumentKind: ArgumentKind.Explicit, Parameter: { Name: "contextLifetime", Type.Name: "ServiceLifetime" }, Value.ConstantValue: { HasValue: true, Value: 0 } })
                && method.TypeArguments.LastOrDefault() is { } registered && !SharedSessions.IsTest(context.ContainingSymbol))
            {
                Report(invocation.Syntax.GetLocation(), null, $"'{registered.Name}' is registered as a singleton", SessionKind.Context, context.ReportDiagnostic, IsRegistered);
            }

            return;
        }

        var types = method.TypeArguments.IsEmpty
            ? invocation.Arguments.Select(static a => a.Value).OfType<ITypeOfOperation>().Select(static t => t.TypeOperand).ToImmutableArray()
            : method.TypeArguments;
        if (types.IsEmpty || types[types.Length - 1] is not INamedTypeSymbol implementation)
        {
            return;
        }

        if (types.Select(t => SharedSessions.KindOf(t, search.Symbols)).FirstOrDefault(static k => k is not null) is { } kind)
        {
            if (!(kind == SessionKind.Connection && (IsOwnOrEmbedded(implementation) || SharedSessions.IsInMemory(invocation.Syntax.SyntaxTree.GetRoot(context.CancellationToken))))
                && !SharedSessions.IsTest(context.ContainingSymbol))
            {
                Report(invocation.Syntax.GetLocation(), null, $"'{implementation.Name}' is registered as a singleton", kind, context.ReportDiagnostic, IsRegistered);
            }

            return;
        }

        // A function or an object given to the registration: then no constructor is called.
        var own = invocation.Arguments.Count(static a => a.Value is not ITypeOfOperation && a.Parameter?.Type.Name != "IServiceCollection");
        if (own == 0 && !IsHosted(implementation) && search.SessionOf(implementation, 0) is { } found && !SharedSessions.IsTest(context.ContainingSymbol))
        {
            Report(invocation.Syntax.GetLocation(), found.Parameter, $"The singleton '{implementation.Name}' keeps '{found.Parameter.Type.Name}'{found.Through}", found.Kind, context.ReportDiagnostic);
        }
    }

    private static void CheckType(SymbolAnalysisContext context, Search search)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class || type.IsAbstract || type.IsStatic)
        {
            return;
        }

        var isHosted = IsHosted(type);
        if ((!isHosted && !IsMiddleware(type)) || search.SessionOf(type, 0) is not { } found || search.Registrations.IsCreated(type) || search.Registrations.IsMadeOften(type)
            || (isHosted && search.Registrations.IsTransient(found.Parameter.Type)) || SharedSessions.IsTest(type))
        {
            return;
        }

        // The parameter through which the session comes: of this type, even if another one takes it in the end.
        var place = found.First;
        Report(place.Locations[0], SymbolEqualityComparer.Default.Equals(place, found.Parameter) ? null : found.Parameter,
            $"The {(isHosted ? "hosted service" : "middleware")} '{type.Name}' keeps '{found.Parameter.Type.Name}'{found.Through}", found.Kind, context.ReportDiagnostic);
    }

    private static void Report(Location location, IParameterSymbol? parameter, string what, SessionKind kind, Action<Diagnostic> report, ImmutableDictionary<string, string?>? properties = null) => report(Diagnostic.Create(
        Descriptors.SessionMustNotBeCapturedBySingleton, location, parameter is null ? [] : new[] { parameter.Locations[0] }, properties, what, BorrowedSessions.KindName(kind)));

    private static bool IsHosted(INamedTypeSymbol type) =>
        type.AllInterfaces.Any(static i => i.Name == "IHostedService" && SessionSymbols.IsIn(i.ContainingNamespace, "Microsoft.Extensions.Hosting"));

    /// <summary>Made once when the application starts. What follows the HttpContext in its method is of the request, and fine.</summary>
    private static bool IsMiddleware(INamedTypeSymbol type) =>
        type.GetMembers().Any(static m => m is IMethodSymbol { Name: "Invoke" or "InvokeAsync", IsStatic: false, DeclaredAccessibility: Accessibility.Public, Parameters: { IsEmpty: false } parameters }
            && parameters[0].Type.Name == "HttpContext" && SessionSymbols.IsIn(parameters[0].Type.ContainingNamespace, "Microsoft.AspNetCore.Http"))
        && type.InstanceConstructors.Any(static c => c.Parameters.Any(static p => p.Type.Name == "RequestDelegate"))
        && !type.AllInterfaces.Any(static i => i.Name == "IMiddleware");

    /// <summary>A connection class of the program, or one to a file or to memory: often one for the whole application on purpose.</summary>
    private static bool IsOwnOrEmbedded(ITypeSymbol type) =>
        !type.DeclaringSyntaxReferences.IsEmpty || type.Name.StartsWith("Sqlite", StringComparison.OrdinalIgnoreCase) || type.Name.StartsWith("DuckDB", StringComparison.Ordinal);

    private static INamespaceSymbol? OutermostOf(INamespaceSymbol? space)
    {
        while (space is { ContainingNamespace: { IsGlobalNamespace: false } outer })
        {
            space = outer;
        }

        return space;
    }

    /// <summary>A session that a constructor takes: its parameter, that of the type in question, and the types in between.</summary>
    private sealed record Found(IParameterSymbol Parameter, SessionKind Kind, IParameterSymbol First, string Through);

    private sealed class Search(Compilation compilation, SessionSymbols symbols, Lazy<Registrations> registrations)
    {
        public SessionSymbols Symbols => symbols;

        public Registrations Registrations => registrations.Value;

        /// <summary>The session that the container certainly passes to a type, whichever constructor it takes.</summary>
        public Found? SessionOf(INamedTypeSymbol type, int depth)
        {
            if (type.DeclaringSyntaxReferences.IsEmpty || type.TypeKind != TypeKind.Class || type.IsAbstract)
            {
                return null;
            }

            Found? first = null;
            foreach (var constructor in type.InstanceConstructors)
            {
                if (constructor.DeclaredAccessibility != Accessibility.Public)
                {
                    continue;
                }

                var found = Direct(constructor) ?? Through(constructor, depth);
                if (found is null)
                {
                    return null;
                }

                first ??= found;
            }

            return first;
        }

        private Found? Direct(IMethodSymbol constructor)
        {
            foreach (var parameter in constructor.Parameters)
            {
                if (SharedSessions.KindOf(parameter.Type, symbols) is { } kind && !parameter.HasExplicitDefaultValue && !IsOwnOrEmbeddedConnection(parameter.Type, kind)
                    && parameter.Type is INamedTypeSymbol named && !Registrations.IsSingleton(named))
                {
                    return new(parameter, kind, parameter, "");
                }
            }

            return null;
        }

        private static bool IsOwnOrEmbeddedConnection(ITypeSymbol type, SessionKind kind) => kind == SessionKind.Connection && IsOwnOrEmbedded(type);

        private Found? Through(IMethodSymbol constructor, int depth)
        {
            if (depth >= MaxDepth)
            {
                return null;
            }

            foreach (var parameter in constructor.Parameters)
            {
                if (parameter.Type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface, SpecialType: SpecialType.None } service && !service.DeclaringSyntaxReferences.IsEmpty
                    && Registrations.ImplementationOf(service) is { } name && TypeNamed(name, service) is { } implementation)
                {
                    // An interface of the program that a context implements.
                    if (SharedSessions.KindOf(implementation, symbols) is { } kind)
                    {
                        return kind == SessionKind.Connection ? null : new(parameter, kind, parameter, "");
                    }

                    if (SessionOf(implementation, depth + 1) is not { } found)
                    {
                        continue;
                    }

                    return new(found.Parameter, found.Kind, parameter, $" through '{implementation.Name}'{found.Through.Replace(" through ", ", ")}");
                }
            }

            return null;
        }

        /// <summary>The only type of this name in the compilation, if it is one that the container may give for the service.</summary>
        private INamedTypeSymbol? TypeNamed(string name, INamedTypeSymbol service)
        {
            var candidates = compilation.GetSymbolsWithName(name, SymbolFilter.Type).OfType<INamedTypeSymbol>().Take(2).ToList();
            return candidates.Count == 1 && IsA(candidates[0], service.OriginalDefinition) ? candidates[0] : null;
        }

        private static bool IsA(INamedTypeSymbol type, INamedTypeSymbol service)
        {
            for (var t = type; t is not null; t = t.BaseType)
            {
                if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, service))
                {
                    return true;
                }
            }

            return type.AllInterfaces.Any(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, service));
        }
    }
}
