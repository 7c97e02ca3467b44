using System.Runtime.CompilerServices;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// The variable, field or property whose session an operation works on, found through queries and commands. Only what names one and the
/// same object whenever it is read counts: no property of another object, and none that may make a session.
/// </summary>
internal readonly record struct SessionRoot(ISymbol Symbol, SessionKind Kind, ITypeSymbol Type, string Name)
{
    private const int MaxDepth = 16;

    /// <summary>Each operation of a connection asks: a file is looked through once.</summary>
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<bool>> SpeaksOfManyResults = new();

    /// <summary>The variables that lead to the object that holds the session, where that is not the code's own object: outermost first.</summary>
    public IReadOnlyList<ISymbol> Through { get; init; } = [];

    /// <summary>The first variable on the way to the session.</summary>
    public ISymbol Head => Through.Count == 0 ? Symbol : Through[0];

    public static SessionRoot? Of(IInvocationOperation invocation, SessionSymbols symbols) =>
        ReceiverOf(invocation) is { } receiver ? Of(receiver, symbols) : null;

    private static SessionRoot? Of(IOperation value, SessionSymbols symbols)
    {
        BodyFacts? body = null;
        return Find(value, symbols, ref body, 0);
    }

    public bool Is(SessionRoot other) => SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol) && Through.SequenceEqual(other.Through, SymbolEqualityComparer.Default);

    /// <summary>Declared before the code in hand, and not by it.</summary>
    public bool IsOutside(SyntaxNode code) =>
        Head is not (ILocalSymbol or IParameterSymbol) || !Head.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == code.SyntaxTree && code.Span.Contains(r.Span));

    /// <summary>True for an assignment to one of the variables or members anywhere in an operation.</summary>
    public bool IsAssignedIn(IOperation operation)
    {
        foreach (var node in operation.DescendantsAndSelf())
        {
            if ((node is IAssignmentOperation assignment && IsOnTheWay(BodyFacts.SymbolOf(assignment.Target)))
                || (node is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument && IsOnTheWay(BodyFacts.SymbolOf(argument.Value))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same session as the caller of the member names it, or null where it cannot.</summary>
    public SessionRoot? SeenFrom(IOperation? instance, ImmutableArray<IArgumentOperation> arguments, SessionSymbols symbols)
    {
        if (Head is IParameterSymbol parameter && !IsCaptured(parameter))
        {
            foreach (var argument in arguments)
            {
                if (argument.Parameter?.Ordinal == parameter.Ordinal)
                {
                    return Through.Count == 0
                        ? Of(argument.Value, symbols)
                        : PathOf(argument.Value) is { } path ? this with { Through = [.. path, .. Through.Skip(1)] } : null;
                }
            }

            return null;
        }

        if (Head.IsStatic || instance is IInstanceReferenceOperation)
        {
            return this;
        }

        if (instance is null)
        {
            return null;
        }

        if (Symbol is ITypeSymbol && Through.Count == 0)
        {
            // A context's own method, called on the context.
            return Of(instance, symbols);
        }

        return Symbol is not ITypeSymbol && PathOf(instance) is { } holder ? this with { Through = [.. holder, .. Through] } : null;
    }

    /// <summary>
    /// Embedded databases and old providers do their asynchronous work before they return, and with multiple active result sets a
    /// connection takes several commands.
    /// </summary>
    public bool EndsAtOnce(IOperation operation)
    {
        if (Kind != SessionKind.Connection)
        {
            return false;
        }

        var space = Type.ContainingNamespace;
        return SessionSymbols.IsIn(space, "Microsoft.Data.Sqlite") || SessionSymbols.IsIn(space, "System.Data.SQLite") || SessionSymbols.IsIn(space, "MySql.Data.MySqlClient")
            || SessionSymbols.IsIn(space, "DuckDB.NET.Data") || SessionSymbols.IsIn(space, "System.Data.Odbc") || SessionSymbols.IsIn(space, "System.Data.OleDb")
            || SpeaksOfManyResults.GetValue(operation.Syntax.SyntaxTree, static tree => new(tree.GetRoot().DescendantTokens().Any(static t =>
                t.ValueText.Contains("MultipleActiveResultSets") || t.ValueText == "SqliteConnection"))).Value;
    }

    /// <summary>A parameter of a primary constructor is what a field is to the members.</summary>
    public static bool IsCaptured(IParameterSymbol parameter) => parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor };

    private bool IsOnTheWay(ISymbol? symbol) =>
        symbol is not null && (SymbolEqualityComparer.Default.Equals(symbol, Symbol) || Through.Contains(symbol, SymbolEqualityComparer.Default));

    /// <summary>The variables that name one object whenever they are read, outermost first, or null.</summary>
    private static IReadOnlyList<ISymbol>? PathOf(IOperation value)
    {
        switch (BodyFacts.Unwrap(value))
        {
            case ILocalReferenceOperation { Local: { RefKind: RefKind.None } local }:
                return [local];
            case IParameterReferenceOperation { Parameter: { RefKind: RefKind.None } parameter }:
                return [parameter];
            case IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: var field }:
                return [field];
            case IFieldReferenceOperation { Instance: { } instance, Field: var field }:
                return PathOf(instance) is { } path ? [.. path, field] : null;
            case IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property: var property } when IsAutomatic(property):
                return [property];
            default:
                return null;
        }
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
