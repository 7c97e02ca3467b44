using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a data source, client, store or session factory that code makes for itself each time it runs: in a method of a controller,
/// repository, service or handler, in an endpoint, and in the constructor of what is made for each request. One that is kept, returned or
/// passed on may well be shared, and start-up code and tests run once.
/// </summary>
internal sealed class SessionSourceMustBeShared() : CallRule(Descriptors.SessionSourceMustBeShared)
{
    private static readonly ImmutableArray<string> OftenUsed = ImmutableArray.Create("Controller", "Repository", "Service", "Handler", "Endpoint", "Endpoints", "Middleware", "Consumer", "Dao", "DAO");

    private static readonly ImmutableArray<string> RunOnce = ImmutableArray.Create(
        "Main", "Configure", "Init", "Setup", "SetUp", "Start", "OnStart", "Migrate", "Seed", "Register", "Bootstrap", "Warm", "Ensure", "Connect", "Dispose", "Close");

    public override void Check(SessionCall call)
    {
        if (call.Operation.Type is not { } made || !MakesSource(call, made) || PlaceOf(call.Operation, call.Member) is not { } place)
        {
            return;
        }

        var isMadeAgain = place.IsPartOfCreation && (IsOfRequest(place.Type) || call.Ownership.Registrations.IsMadeOften(place.Type));
        if (place.IsPartOfCreation ? !isMadeAgain : !place.IsEndpoint && !RunsOften(place.Type, place.Member))
        {
            return;
        }

        if (!StaysHere(call.Operation, place.IsPartOfCreation, call.Ownership))
        {
            return;
        }

        call.Report(Diagnostic.Create(
            Descriptor, call.Operation.Syntax.GetLocation(), SessionSymbols.Unwrap(made).Name, place.IsPartOfCreation ? place.Type.Name : NameOf(place.Member)));
    }

    /// <summary>LiteDB is left out: its own guide opens the file for each use.</summary>
    private static bool MakesSource(SessionCall call, ITypeSymbol made) => call.Operation switch
    {
        IObjectCreationOperation => call.Ownership.Symbols.TypeOf(made)?.Kind == SessionKind.Source,
        IInvocationOperation => call.Facts?.Has(Roles.ReturnsOwned) == true && call.Ownership.Symbols.ResultOf(made)?.Kind == SessionKind.Source,
        _ => false,
    } && !SessionSymbols.IsIn(SessionSymbols.Unwrap(made).ContainingNamespace, "LiteDB");

    /// <summary>The member that runs the operation, or null where that is no member of an object, or a function that somebody calls at some time.</summary>
    private static (INamedTypeSymbol Type, ISymbol Member, bool IsPartOfCreation, bool IsEndpoint)? PlaceOf(IOperation operation, ISymbol member)
    {
        var isEndpoint = false;
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ILocalFunctionOperation)
            {
                return null;
            }

            if (outer is IAnonymousFunctionOperation)
            {
                if (isEndpoint || !IsEndpoint(outer))
                {
                    return null;
                }

                isEndpoint = true;
            }
        }

        if (member.ContainingType is not { } type || BodyFacts.IsTest(member))
        {
            return null;
        }

        if (isEndpoint)
        {
            return (type, member, false, true);
        }

        return member switch
        {
            { IsStatic: true } => null,
            IMethodSymbol { MethodKind: MethodKind.Constructor } or IFieldSymbol => (type, member, true, false),
            IPropertySymbol => (type, member, true, false),
            IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } => (type, member, false, false),
            _ => null,
        };
    }

    private static bool IsEndpoint(IOperation function)
    {
        var around = function.Parent;
        while (around is IConversionOperation or IDelegateCreationOperation)
        {
            around = around.Parent;
        }

        return around is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ContainingType.Name: "EndpointRouteBuilderExtensions" } map } }
            && map.Name.StartsWith("Map", StringComparison.Ordinal);
    }

    /// <summary>A method that each request, message or caller runs. What is hosted runs once.</summary>
    private static bool RunsOften(INamedTypeSymbol type, ISymbol member)
    {
        var name = NameOf(member);
        if (RunOnce.Any(v => name.StartsWith(v, StringComparison.Ordinal) && (name.Length == v.Length || v == "Init" || !char.IsLower(name[v.Length])))
            || member is IMethodSymbol method && method.Parameters.Any(static p => p.Type.Name is "IServiceCollection" or "IApplicationBuilder" or "IHostBuilder" or "ContainerBuilder")
            || type.AllInterfaces.Any(static i => i.Name == "IHostedService"))
        {
            return false;
        }

        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.Name == "ServiceBase")
            {
                return false;
            }
        }

        return IsOfRequest(type) || OftenUsed.Any(suffix => type.Name.EndsWith(suffix, StringComparison.Ordinal) && type.Name.Length > suffix.Length);
    }

    private static bool IsOfRequest(INamedTypeSymbol type)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (t.Name is "ControllerBase" or "PageModel" or "Hub" or "ViewComponent" or "ApiController"
                && (SessionSymbols.IsIn(t.ContainingNamespace, "Microsoft.AspNetCore.Mvc") || SessionSymbols.IsIn(t.ContainingNamespace, "Microsoft.AspNetCore.Mvc.RazorPages")
                    || SessionSymbols.IsIn(t.ContainingNamespace, "Microsoft.AspNetCore.SignalR") || SessionSymbols.IsIn(t.ContainingNamespace, "System.Web.Mvc")
                    || SessionSymbols.IsIn(t.ContainingNamespace, "System.Web.Http")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The simple name, also of an explicit implementation.</summary>
    private static string NameOf(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);

    /// <summary>
    /// Nobody else gets the source: it is only used here, or kept by an object that itself does not live long.
    /// </summary>
    private static bool StaysHere(IOperation creation, bool mayBeKept, Ownership ownership)
    {
        IOperation root = creation;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        if (!mayBeKept && root.Descendants().Any(KeepsSomething))
        {
            return false;
        }

        switch (UseOf(creation, mayBeKept, ownership, out var local))
        {
            case false:
                return false;
            case true when local is null:
                return true;
        }

        foreach (var node in root.Descendants())
        {
            if (node is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local)
                && !(reference.Parent is ISimpleAssignmentOperation { Target: var target } && target == reference)
                && (!UseOf(reference, mayBeKept, ownership, out var second) || second is not null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A value that the method leaves behind in a field or property: it may hang on the source.</summary>
    private static bool KeepsSomething(IOperation operation) =>
        operation is IAssignmentOperation { Target: IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } }, Value.Type: { IsReferenceType: true, SpecialType: not SpecialType.System_String } };

    /// <summary>True for a use that lets nobody else have the value; the local that gets it, if that is what happens.</summary>
    private static bool UseOf(IOperation value, bool mayBeKept, Ownership ownership, out ILocalSymbol? local)
    {
        local = null;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IAwaitOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            value = value.Parent;
        }

        switch (value.Parent)
        {
            case IInvocationOperation invocation when invocation.Instance == value:
            case IPropertyReferenceOperation property when property.Instance == value:
            case IUsingOperation or IConditionalAccessOperation or IBinaryOperation or IIsPatternOperation or IIsNullOperation:
                return true;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                local = declarator.Symbol;
                return true;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when assignment.Value == value:
                local = target.Local;
                return true;
            case ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member.IsStatic: false, Instance: IInstanceReferenceOperation } } assignment when assignment.Value == value:
                return mayBeKept;
            case IFieldInitializerOperation or IPropertyInitializerOperation:
                return mayBeKept;
            case IArgumentOperation { Parameter: { } parameter, Parent: { } call }:
                return ownership.EffectOf(call, parameter) == ParameterEffect.Borrows;
            default:
                return false;
        }
    }
}
