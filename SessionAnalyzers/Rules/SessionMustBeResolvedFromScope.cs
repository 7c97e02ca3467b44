using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a context, connection or transaction that is resolved from the root provider: that of the application, one that was just built,
/// or the one that a singleton or hosted service has been given. Sessions registered as transient or singleton, providers that this code
/// disposes, and providers of which we do not know whether they are a scope's are not reported.
/// </summary>
internal sealed class SessionMustBeResolvedFromScope() : CallRule(Descriptors.SessionMustBeResolvedFromScope)
{
    private const int MaxDepth = 4;

    public override void Check(SessionCall call)
    {
        if (call.Facts?.Has(Roles.Resolves) != true || call.Operation is not IInvocationOperation invocation
            || SessionSymbols.IsIn(call.Method.ContainingNamespace, "Autofac") || ResolvedType(invocation) is not { } type
            || SharedSessions.KindOf(type, call.Ownership.Symbols) is not { } kind
            || (invocation.Instance ?? (invocation.Arguments.IsEmpty ? null : invocation.Arguments[0].Value)) is not { } provider)
        {
            return;
        }

        BodyFacts? body = null;
        if (RootOf(provider, call.Member, call.Ownership, ref body, 0) is not { } root
            || call.Ownership.Registrations.IsTransient(type) || call.Ownership.Registrations.IsSingleton(type) || SharedSessions.IsTest(call.Member) || IsDesignTime(call.Member))
        {
            return;
        }

        call.Report(Diagnostic.Create(
            Descriptor, invocation.Syntax.GetLocation(), type.Name, root, BorrowedSessions.KindName(kind)));
    }

    /// <summary>The tools of EF Core take the context and end their process.</summary>
    private static bool IsDesignTime(ISymbol member) => member.ContainingType?.AllInterfaces.Any(static i => i.Name == "IDesignTimeDbContextFactory") == true;

    private static ITypeSymbol? ResolvedType(IInvocationOperation invocation) =>
        invocation.TargetMethod.TypeArguments.Length == 1
            ? invocation.TargetMethod.TypeArguments[0]
            : invocation.Arguments.Select(static a => BodyFacts.Unwrap(a.Value)).OfType<ITypeOfOperation>().FirstOrDefault()?.TypeOperand;

    /// <summary>How messages call a provider that is certainly no scope's, or null.</summary>
    private static string? RootOf(IOperation provider, ISymbol member, Ownership ownership, ref BodyFacts? body, int depth)
    {
        provider = BodyFacts.Unwrap(provider);
        if (depth > MaxDepth)
        {
            return null;
        }

        switch (provider)
        {
            case IPropertyReferenceOperation { Property: { Name: "Services" or "ApplicationServices" } property, Instance: { } instance } when IsApplication(property, instance.Type) && !IsTool(instance):
                return $"'{property.Name}' of the application";
            case IInvocationOperation { TargetMethod: { Name: "BuildServiceProvider" } build } when SessionSymbols.IsIn(build.ContainingNamespace, "Microsoft.Extensions.DependencyInjection"):
                return "a provider that was just built";
            case ILocalReferenceOperation { Local: var local }:
                body ??= BodyFacts.Of(provider, ownership.Symbols);
                return !local.IsUsing && !body.Disposes(local) && body.OnlyValueOf(local, provider.SemanticModel) is { } initial
                    ? RootOf(initial, member, ownership, ref body, depth + 1)
                    : null;
            case IFieldReferenceOperation { Field: { IsStatic: false } field, Instance: IInstanceReferenceOperation } when IsProvider(field.Type)
                    && IsMadeOnce(field.ContainingType, ownership.Registrations) && BorrowedSessions.ComesFromConstructor(field):
                return "the provider that '" + field.ContainingType.Name + "' was made with";
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } constructor } parameter } when IsProvider(parameter.Type)
                    && IsMadeOnce(constructor.ContainingType, ownership.Registrations):
                return "the provider that '" + constructor.ContainingType.Name + "' was made with";
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } function } parameter } when IsProvider(parameter.Type):
                return RegistrationAround(provider, function);
            default:
                return null;
        }
    }

    private static bool IsProvider(ITypeSymbol type) => type.Name == "IServiceProvider" && SessionSymbols.IsIn(type.ContainingNamespace, "System");

    private static bool IsApplication(IPropertySymbol property, ITypeSymbol? type) => IsProvider(property.Type) && type is not null
        && (IsApplicationType(type) || type.AllInterfaces.Any(IsApplicationType));

    private static bool IsApplicationType(ITypeSymbol type) =>
        type is { Name: "IHost" or "IWebHost" or "IApplicationBuilder" or "WebApplication" }
        && (SessionSymbols.IsIn(type.ContainingNamespace, "Microsoft.Extensions.Hosting") || SessionSymbols.IsIn(type.ContainingNamespace, "Microsoft.AspNetCore.Hosting")
            || SessionSymbols.IsIn(type.ContainingNamespace, "Microsoft.AspNetCore.Builder"));

    /// <summary>A host that is built and never runs: its provider ends with the work, as one of a using does.</summary>
    private static bool IsTool(IOperation application)
    {
        if (BodyFacts.Unwrap(application) is not ILocalReferenceOperation { Type.Name: "IHost" })
        {
            return false;
        }

        while (application.Parent is { } parent)
        {
            application = parent;
        }

        return !application.Syntax.DescendantTokens().Any(static t => t.ValueText is "Run" or "RunAsync" or "Start" or "StartAsync");
    }

    /// <summary>A hosted service or a singleton: the container makes it with the root provider.</summary>
    private static bool IsMadeOnce(INamedTypeSymbol type, Registrations registrations) =>
        !registrations.IsCreated(type) && !registrations.IsMadeOften(type)
        && (registrations.IsSingleton(type) || type.AllInterfaces.Any(static i => i.Name == "IHostedService" && SessionSymbols.IsIn(i.ContainingNamespace, "Microsoft.Extensions.Hosting")));

    /// <summary>AddSingleton(services => …): the function gets the root provider.</summary>
    private static string? RegistrationAround(IOperation inside, IMethodSymbol function)
    {
        for (var operation = inside; operation is not null; operation = operation.Parent)
        {
            if (operation is IAnonymousFunctionOperation lambda && SymbolEqualityComparer.Default.Equals(lambda.Symbol, function))
            {
                var around = operation.Parent;
                while (around is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
                {
                    around = around.Parent;
                }

                return around is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "AddSingleton" or "TryAddSingleton" or "AddHostedService" } method } }
                    && SessionSymbols.IsIn(method.ContainingNamespace, "Microsoft.Extensions.DependencyInjection")
                    ? $"the function of '{method.Name}'"
                    : null;
            }
        }

        return null;
    }
}
