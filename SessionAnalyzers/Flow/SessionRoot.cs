using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// The variable, field or property whose session an operation works on, found through queries and commands. Only what names one and the
/// same object whenever it is read counts: no property of another object, and none that may make a session.
/// </summary>
internal readonly record struct SessionRoot(ISymbol Symbol, SessionKind Kind, ITypeSymbol Type, string Name)
{
    private const int MaxDepth = 16;

    public static SessionRoot? Of(IInvocationOperation invocation, SessionSymbols symbols)
    {
        BodyFacts? body = null;
        return ReceiverOf(invocation) is { } receiver ? Find(receiver, symbols, ref body, 0) : null;
    }

    public bool Is(SessionRoot other) => SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol);

    /// <summary>Declared before the code in hand, and not by it.</summary>
    public bool IsOutside(SyntaxNode code) =>
        Symbol is not (ILocalSymbol or IParameterSymbol) || !Symbol.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == code.SyntaxTree && code.Span.Contains(r.Span));

    /// <summary>True for an assignment to the variable or member anywhere in an operation.</summary>
    public bool IsAssignedIn(IOperation operation)
    {
        foreach (var node in operation.DescendantsAndSelf())
        {
            if ((node is IAssignmentOperation assignment && SymbolEqualityComparer.Default.Equals(BodyFacts.SymbolOf(assignment.Target), Symbol))
                || (node is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument && SymbolEqualityComparer.Default.Equals(BodyFacts.SymbolOf(argument.Value), Symbol)))
            {
                return true;
            }
        }

        return false;
    }

    private static IOperation? ReceiverOf(IInvocationOperation invocation) =>
        invocation.Instance ?? (invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);

    private static SessionRoot? Find(IOperation value, SessionSymbols symbols, ref BodyFacts? body, int depth)
    {
        value = BodyFacts.Unwrap(value);
        if (depth > MaxDepth)
        {
            return null;
        }

        if (symbols.TypeOf(value.Type) is { Kind: SessionKind.Context or SessionKind.Connection } session)
        {
            return !session.Has(Roles.NotThreadSafe) ? null : value switch
            {
                ILocalReferenceOperation { Local: { RefKind: RefKind.None } local } => new(local, session.Kind, value.Type!, local.Name),
                IParameterReferenceOperation { Parameter: var parameter } => new(parameter, session.Kind, value.Type!, parameter.Name),
                IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: var field }
                    when !field.GetAttributes().Any(static a => a.AttributeClass?.Name == "ThreadStaticAttribute") => new(field, session.Kind, value.Type!, field.Name),
                IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property: var property } when IsAutomatic(property) => new(property, session.Kind, value.Type!, property.Name),
                IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } => new(value.Type!, session.Kind, value.Type!, "this"),
                _ => null,
            };
        }

        switch (value)
        {
            case IPropertyReferenceOperation { Instance: { } instance }:
                return Find(instance, symbols, ref body, depth + 1);
            case IInvocationOperation invocation when ReceiverOf(invocation) is { } receiver:
                return Find(receiver, symbols, ref body, depth + 1);
            case IObjectCreationOperation creation when symbols.TypeOf(creation.Type)?.Kind == SessionKind.Command:
                foreach (var argument in creation.Arguments)
                {
                    if (symbols.TypeOf(BodyFacts.Unwrap(argument.Value).Type)?.Kind == SessionKind.Connection)
                    {
                        return Find(argument.Value, symbols, ref body, depth + 1);
                    }
                }

                return null;
            case ILocalReferenceOperation { Local: var local }:
                body ??= BodyFacts.Of(value, symbols);
                return body.OnlyValueOf(local, value.SemanticModel) is { } initial ? Find(initial, symbols, ref body, depth + 1) : null;
            default:
                return null;
        }
    }

    private static bool IsAutomatic(IPropertySymbol property) =>
        !property.IsVirtual && !property.IsAbstract && !property.IsOverride && property.DeclaringSyntaxReferences.Length == 1
        && property.DeclaringSyntaxReferences[0].GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } accessors }
        && accessors.Accessors.All(static a => a is { Body: null, ExpressionBody: null });
}
