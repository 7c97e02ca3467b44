using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>A session that belongs to somebody else.</summary>
/// <param name="Source">The operation that it comes from.</param>
/// <param name="SourceName">How messages call that.</param>
/// <param name="Owner">How messages call whom it belongs to.</param>
/// <param name="OutlivesBody">Its owner certainly goes on when this body has ended, and ends it one day.</param>
internal sealed record BorrowedSession(IOperation Source, string SourceName, string Owner, bool OutlivesBody = true);

/// <summary>
/// Finds out whose a session is that the code in hand did not make. Where the same body owns the context or scope behind it, or where its
/// owner may have passed the duty on, the answer is that we cannot tell.
/// </summary>
internal sealed class BorrowedSessions(Ownership ownership)
{
    private const int MaxDepth = 6;

    private Registrations? registrations;

    private SessionSymbols Symbols => ownership.Symbols;

    public static string KindName(SessionKind kind) => kind switch
    {
        SessionKind.Context => "context",
        SessionKind.Connection => "connection",
        SessionKind.Transaction => "transaction",
        SessionKind.ClientSession => "client session",
        SessionKind.Source => "session source",
        _ => "session",
    };

    /// <summary>The lender of a value, or null for one that may be this code's own.</summary>
    public BorrowedSession? Find(IOperation value, BodyFacts body, CancellationToken cancellation) => Find(value, body, 0, cancellation);

    private BorrowedSession? Find(IOperation value, BodyFacts body, int depth, CancellationToken cancellation)
    {
        value = BodyFacts.Unwrap(value);
        if (depth > MaxDepth)
        {
            return null;
        }

        switch (value)
        {
            case ILocalReferenceOperation { Local: var local }:
                return body.OnlyValueOf(local, value.SemanticModel) is { } initial ? Find(initial, body, depth + 1, cancellation) : null;
            case IConditionalAccessOperation conditional:
                return Find(conditional.WhenNotNull, body, depth + 1, cancellation);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return body.Assigns(parameter) ? null : Injected(parameter, value, cancellation);
            case IFieldReferenceOperation { Field: { IsStatic: false } field, Instance: IInstanceReferenceOperation }:
                return body.Assigns(field) ? null : Injected(field, value, cancellation);
            case IInvocationOperation { TargetMethod: var method } invocation:
                var first = invocation.Instance ?? (method.IsExtensionMethod && invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);
                return OfMember(value, method, first, body, depth, cancellation);
            case IPropertyReferenceOperation property:
                return OfMember(value, property.Property, property.Instance, body, depth, cancellation);
            case ICoalesceOperation coalesce:
                return CurrentOrNew(coalesce, body, depth, cancellation);
            default:
                return null;
        }
    }

    private BorrowedSession? OfMember(IOperation value, ISymbol member, IOperation? receiver, BodyFacts body, int depth, CancellationToken cancellation)
    {
        if (Symbols.FactsOf(member) is not { } facts)
        {
            return null;
        }

        if (receiver is null)
        {
            // A static member, of which only its author knows.
            return facts.IsUsers && facts.Has(Roles.ReturnsBorrowed) ? new(value, member.Name, "somebody else") : null;
        }

        if (facts.Has(Roles.Resolves))
        {
            // Autofac makes an object for each call unless it is told otherwise.
            return !SessionSymbols.IsIn(member.ContainingNamespace, "Autofac") && !IsTransient(value, cancellation) && IsForeign(receiver, body, depth, cancellation)
                ? new(value, member.Name, "the container", IsOfRequest(receiver))
                : null;
        }

        // A wrapper ends itself only; and what begins or closes something is more than a question.
        if (!facts.Has(Roles.ReturnsBorrowed) || facts.Has(Roles.Begins | Roles.Closes)
            || member.Name is "UseTransaction" or "UseTransactionAsync" or "ForTenant" or "WithTargetSession" or "GetClient" or "Disconnect"
            || SessionSymbols.IsIn(member.ContainingNamespace, "SqlSugar") || SessionSymbols.IsIn(member.ContainingNamespace, "DotNetCore.CAP"))
        {
            return null;
        }

        switch (Symbols.TypeOf(receiver.Type)?.Kind)
        {
            case SessionKind.Command or SessionKind.Transaction when member.Name == "Connection":
                // Commands and transactions that travel with a connection of their own are ended by whoever has them in the end. One that
                // is a parameter, and is neither opened nor ended here, comes back to the caller.
                var carrier = BodyFacts.Unwrap(receiver);
                return Find(carrier, body, depth + 1, cancellation) is { } lent ? lent with { Source = value, SourceName = member.Name }
                    : carrier is IParameterReferenceOperation && (body.Calls & (Roles.Opens | Roles.Commits | Roles.RollsBack)) == 0 && IsForeign(carrier, body, depth, cancellation)
                    ? new(value, member.Name, Symbols.TypeOf(receiver.Type)!.Kind == SessionKind.Command ? "whoever made the command" : "whoever began the transaction")
                    : null;
            case SessionKind.Command or SessionKind.Reader or SessionKind.Bulk:
                return null;
            default:
                return IsForeign(receiver, body, depth, cancellation) ? new(value, member.Name, OwnerOf(receiver)) : null;
        }
    }

    /// <summary>'db.Database.CurrentTransaction ?? db.Database.BeginTransaction()': what comes from the left is another's.</summary>
    private BorrowedSession? CurrentOrNew(ICoalesceOperation coalesce, BodyFacts body, int depth, CancellationToken cancellation) =>
        BodyFacts.Unwrap(coalesce.Value) is IPropertyReferenceOperation { Property.Name: "CurrentTransaction" } current
        && BodyFacts.Unwrap(coalesce.WhenNull) is IInvocationOperation begin && Symbols.FactsOf(begin.TargetMethod)?.Has(Roles.Begins) == true
        && Find(current, body, depth + 1, cancellation) is { } borrowed
            ? borrowed with { OutlivesBody = false }
            : null;

    /// <summary>True for an object that existed before this body, and that it does not end: a session behind it is not its own.</summary>
    private bool IsForeign(IOperation value, BodyFacts body, int depth, CancellationToken cancellation)
    {
        value = BodyFacts.Unwrap(value);
        if (depth > MaxDepth || IsOwnScope(value.Type) || (BodyFacts.SymbolOf(value) is { } symbol && body.Disposes(symbol)))
        {
            return false;
        }

        switch (value)
        {
            case IInstanceReferenceOperation:
                return true;
            case IParameterReferenceOperation { Parameter: { RefKind: RefKind.None or RefKind.In } parameter }:
                return !body.Assigns(parameter);
            case IFieldReferenceOperation field:
                return !body.Assigns(field.Field) && (field.Instance is null || IsForeign(field.Instance, body, depth + 1, cancellation));
            case IPropertyReferenceOperation property:
                return !body.Assigns(property.Property) && ownership.Acquires(property).Result != Result.Owned
                    && (property.Instance is null || IsForeign(property.Instance, body, depth + 1, cancellation));
            case ILocalReferenceOperation { Local: var local }:
                return body.OnlyValueOf(local, value.SemanticModel) is { } initial && IsForeign(initial, body, depth + 1, cancellation);
            case IInvocationOperation invocation when Symbols.FactsOf(invocation.TargetMethod) is { } facts && facts.Has(Roles.Resolves | Roles.ReturnsBorrowed):
                var receiver = invocation.Instance ?? (invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);
                return receiver is not null && IsForeign(receiver, body, depth + 1, cancellation)
                    && !(facts.Has(Roles.Resolves) && IsTransient(invocation, cancellation));
            default:
                return false;
        }
    }

    /// <summary>A scope or provider object, not the interface: whoever has it made it, and ends all that comes from it.</summary>
    private bool IsOwnScope(ITypeSymbol? type) =>
        Symbols.TypeOf(type) is { } session && (session.Kind == SessionKind.ServiceScope || (session.Kind == SessionKind.Source && type?.Name == "ServiceProvider"));

    private bool IsTransient(IOperation value, CancellationToken cancellation)
    {
        var type = value.Type is { SpecialType: SpecialType.System_Object } && value.Parent is IConversionOperation { Type: { } converted } ? converted : value.Type;
        return type is not null && Known(cancellation).IsTransient(type);
    }

    private Registrations Known(CancellationToken cancellation) =>
        LazyInitializer.EnsureInitialized(ref registrations, () => Registrations.Of(ownership.Compilation, cancellation))!;

    private string OwnerOf(IOperation receiver)
    {
        for (var operation = BodyFacts.Unwrap(receiver); ; operation = BodyFacts.Unwrap(((IPropertyReferenceOperation)operation).Instance!))
        {
            if (Symbols.TypeOf(operation.Type) is { } session)
            {
                return "the " + KindName(session.Kind);
            }

            if (operation is IInstanceReferenceOperation)
            {
                return "the context";
            }

            if (operation is not IPropertyReferenceOperation { Instance: not null })
            {
                return operation.Type?.Name is "DatabaseFacade" or "Database" ? "the context" : "somebody else";
            }
        }
    }

    /// <summary>HttpContext.RequestServices: its scope ends with the request.</summary>
    private static bool IsOfRequest(IOperation provider) => BodyFacts.Unwrap(provider) is IPropertyReferenceOperation { Property.Name: "RequestServices" };

    private BorrowedSession? Injected(IParameterSymbol parameter, IOperation value, CancellationToken cancellation)
    {
        if (parameter.RefKind != RefKind.None || Symbols.TypeOf(parameter.Type) is not { } session || parameter.ContainingSymbol is not IMethodSymbol method)
        {
            return null;
        }

        foreach (var attribute in parameter.GetAttributes())
        {
            if (attribute.AttributeClass is { Name: "FromServicesAttribute" or "FromKeyedServicesAttribute" } type && SessionSymbols.IsIn(Outermost(type.ContainingNamespace), "Microsoft"))
            {
                return Known(cancellation).IsTransient(parameter.Type) ? null : new(value, type.Name.Substring(0, type.Name.Length - "Attribute".Length), "the container");
            }
        }

        if (session.Kind != SessionKind.Context || Known(cancellation).IsTransient(parameter.Type))
        {
            return null;
        }

        return method.MethodKind switch
        {
            MethodKind.Constructor when IsMadeByContainer(method.ContainingType, cancellation) => new(value, "constructor", "the container"),
            MethodKind.AnonymousFunction when IsEndpoint(method, value) => new(value, "endpoint", "the container"),
            MethodKind.Ordinary when IsMiddleware(method) => new(value, "middleware", "the container"),
            _ => null,
        };
    }

    private BorrowedSession? Injected(IFieldSymbol field, IOperation value, CancellationToken cancellation) =>
        Symbols.TypeOf(field.Type)?.Kind == SessionKind.Context && !Known(cancellation).IsTransient(field.Type)
        && IsMadeByContainer(field.ContainingType, cancellation) && ComesFromConstructor(field)
            ? new(value, "constructor", "the container")
            : null;

    private bool IsMadeByContainer(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (Known(cancellation).IsMadeByContainer(type))
        {
            return true;
        }

        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (t.Name is "ControllerBase" or "PageModel" or "Hub" or "ViewComponent" && SessionSymbols.IsIn(Outermost(t.ContainingNamespace), "Microsoft"))
            {
                return !Known(cancellation).IsCreated(type);
            }
        }

        return false;
    }

    private static INamespaceSymbol? Outermost(INamespaceSymbol? space)
    {
        while (space is { ContainingNamespace: { IsGlobalNamespace: false } outer })
        {
            space = outer;
        }

        return space;
    }

    /// <summary>All that the type ever assigns to the field is the parameter of its constructor.</summary>
    internal static bool ComesFromConstructor(IFieldSymbol field)
    {
        var count = 0;
        foreach (var reference in field.ContainingType.DeclaringSyntaxReferences)
        {
            var type = reference.GetSyntax();
            foreach (var node in type.DescendantNodes())
            {
                switch (node)
                {
                    case AssignmentExpressionSyntax { Left: var left } assignment when NameOf(left) == field.Name:
                        count++;
                        if (assignment.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not { } constructor || !IsParameter(assignment.Right, constructor.ParameterList))
                        {
                            return false;
                        }

                        break;
                    case ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument when NameOf(argument.Expression) == field.Name:
                        return false;
                    case VariableDeclaratorSyntax { Initializer.Value: var initial, Parent.Parent: FieldDeclarationSyntax } declarator when declarator.Identifier.ValueText == field.Name:
                        // A primary constructor's parameters are children of the type.
                        count++;
                        if (!IsParameter(initial, type.ChildNodes().OfType<ParameterListSyntax>().FirstOrDefault()))
                        {
                            return false;
                        }

                        break;
                }
            }
        }

        return count == 1;
    }

    private static bool IsParameter(ExpressionSyntax value, ParameterListSyntax? parameters)
    {
        if (value is BinaryExpressionSyntax { Right: ThrowExpressionSyntax } guarded)
        {
            value = guarded.Left;
        }

        return value is IdentifierNameSyntax name && parameters is not null && parameters.Parameters.Any(p => p.Identifier.ValueText == name.Identifier.ValueText);
    }

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var name } => name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>app.MapGet("/", (Db db) => …): a context can come from the services only.</summary>
    private static bool IsEndpoint(IMethodSymbol lambda, IOperation inside)
    {
        for (var operation = inside; operation is not null; operation = operation.Parent)
        {
            if (operation is IAnonymousFunctionOperation function && SymbolEqualityComparer.Default.Equals(function.Symbol, lambda))
            {
                var around = operation.Parent;
                while (around is IConversionOperation or IDelegateCreationOperation)
                {
                    around = around.Parent;
                }

                return around is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ContainingType.Name: "EndpointRouteBuilderExtensions" } map } }
                    && map.Name.StartsWith("Map", StringComparison.Ordinal);
            }
        }

        return false;
    }

    /// <summary>Middleware by convention: what follows the HttpContext comes from the services of the request.</summary>
    private static bool IsMiddleware(IMethodSymbol method) =>
        method is { Name: "Invoke" or "InvokeAsync", Parameters: { Length: > 1 } parameters } && parameters[0].Type.Name == "HttpContext"
        && method.ContainingType.InstanceConstructors.Any(static c => c.Parameters.Any(static p => p.Type.Name == "RequestDelegate"));
}
