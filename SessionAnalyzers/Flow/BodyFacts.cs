using System.Runtime.CompilerServices;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// What one body, its nested functions included, does to the variables, fields and properties in it, whatever the path. For the rules
/// that look at single operations: they ask only when an operation is suspicious, so a body is rarely walked.
/// </summary>
internal sealed class BodyFacts
{
    /// <summary>Several operations of one body may be suspicious, and several rules ask: the body is walked once.</summary>
    private static readonly ConditionalWeakTable<IOperation, BodyFacts> Known = new();

    private readonly HashSet<ISymbol> disposed = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<IOperation?>> assigned = new(SymbolEqualityComparer.Default);

    private BodyFacts()
    {
    }

    /// <summary>What the members of the catalogue that are called here do.</summary>
    public Roles Calls { get; private set; }

    /// <summary>Closes a connection, whichever.</summary>
    public bool ClosesConnection { get; private set; }

    public static BodyFacts Of(IOperation operation, SessionSymbols symbols)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return Known.GetValue(operation, root =>
        {
            var facts = new BodyFacts();
            foreach (var node in root.DescendantsAndSelf())
            {
                facts.Add(node, symbols);
            }

            return facts;
        });
    }

    /// <summary>Disposed here, in any form.</summary>
    public bool Disposes(ISymbol symbol) => disposed.Contains(symbol);

    /// <summary>Assigned here after its declaration.</summary>
    public bool Assigns(ISymbol symbol) => assigned.ContainsKey(symbol);

    /// <summary>The only value besides null that a local of this body ever gets, or null.</summary>
    public IOperation? OnlyValueOf(ILocalSymbol local, SemanticModel? model)
    {
        if (local.RefKind != RefKind.None || local.DeclaringSyntaxReferences.Length != 1
            || local.DeclaringSyntaxReferences[0].GetSyntax() is not Microsoft.CodeAnalysis.CSharp.Syntax.VariableDeclaratorSyntax declarator)
        {
            return null;
        }

        assigned.TryGetValue(local, out var values);
        var initial = declarator.Initializer is { Value: var value } ? model?.GetOperation(value) : null;
        if (initial is null || IsNull(initial))
        {
            return declarator.Initializer is not null && initial is null ? null : values is { Count: 1 } ? values[0] : null;
        }

        return values is null ? initial : null;
    }

    public static IOperation Unwrap(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                case IAwaitOperation await:
                    operation = await.Operation;
                    break;
                case IInvocationOperation { TargetMethod: { Name: "ConfigureAwait" } method } configured:
                    if ((configured.Instance ?? (method.IsExtensionMethod && configured.Arguments.Length > 0 ? configured.Arguments[0].Value : null)) is not { } inner)
                    {
                        return operation;
                    }

                    operation = inner;
                    break;
                case IConditionalAccessInstanceOperation:
                    if (ReceiverOf(operation) is not { } receiver)
                    {
                        return operation;
                    }

                    operation = receiver;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>The variable, field or property that an operation reads.</summary>
    public static ISymbol? SymbolOf(IOperation? operation) => operation is null ? null : Unwrap(operation) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member => member.Member,
        _ => null,
    };

    /// <summary>A local that its declaration gives a new object: known to be this code's own without a look at the body.</summary>
    public static bool IsMadeHere(IOperation? value) =>
        value is not null && Unwrap(value) is ILocalReferenceOperation { Local.DeclaringSyntaxReferences: { Length: 1 } references }
        && references[0].GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.VariableDeclaratorSyntax { Initializer.Value: Microsoft.CodeAnalysis.CSharp.Syntax.BaseObjectCreationExpressionSyntax };

    public static bool IsDisposal(IMethodSymbol method) => method is { Name: "Dispose" or "DisposeAsync", Parameters.IsEmpty: true, IsStatic: false };

    /// <summary>A member of a class with test methods, or of one that is named as a helper of tests.</summary>
    public static bool IsTest(ISymbol member) => member.ContainingType is { } type
        && (type.Name.Contains("Test") || type.Name.EndsWith("Fixture", StringComparison.Ordinal) || type.Name.EndsWith("Specs", StringComparison.Ordinal) || HasTests(type));

    private static bool HasTests(INamedTypeSymbol type) => type.GetMembers().Any(static m => m is IMethodSymbol && m.GetAttributes().Any(static a => a.AttributeClass?.Name is
            "FactAttribute" or "TheoryAttribute" or "TestAttribute" or "TestCaseAttribute" or "TestMethodAttribute" or "DataTestMethodAttribute"));

    public static bool IsNull(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: null } || operation is IDefaultValueOperation
        || (operation is IConversionOperation { Operand: var operand } && IsNull(operand));

    /// <summary>The values that a using statement or declaration disposes, declared or not.</summary>
    public static IEnumerable<IOperation> ResourcesOf(IOperation operation)
    {
        var resource = operation switch
        {
            IUsingOperation statement => statement.Resources,
            IUsingDeclarationOperation declaration => declaration.DeclarationGroup,
            _ => null,
        };
        if (resource is not IVariableDeclarationGroupOperation group)
        {
            return resource is null ? [] : [resource];
        }

        return group.Declarations.SelectMany(static d => d.Declarators).Select(static d => d.GetVariableInitializer()?.Value).Where(static v => v is not null)!;
    }

    private static IOperation? ReceiverOf(IOperation instance)
    {
        for (var operation = instance; operation.Parent is { } parent; operation = parent)
        {
            if (parent is IConditionalAccessOperation conditional && conditional.WhenNotNull == operation)
            {
                return conditional.Operation;
            }
        }

        return null;
    }

    private void Add(IOperation node, SessionSymbols symbols)
    {
        switch (node)
        {
            case IUsingOperation or IUsingDeclarationOperation:
                foreach (var resource in ResourcesOf(node))
                {
                    Dispose(resource is ISimpleAssignmentOperation assignment ? assignment.Target : resource);
                }

                break;
            case IVariableDeclaratorOperation { Symbol: { IsUsing: true } local }:
                disposed.Add(local);
                break;
            case IInvocationOperation invocation:
                if (IsDisposal(invocation.TargetMethod))
                {
                    Dispose(invocation.Instance);
                }
                else if (symbols.FactsOf(invocation.TargetMethod) is { } facts)
                {
                    // Saving commits its own work, not a transaction that others began.
                    Calls |= facts.Has(Roles.Flushes) ? facts.Roles & ~Roles.Commits : facts.Roles;
                    ClosesConnection |= facts.Has(Roles.Closes) && (invocation.Instance is not { } closed || symbols.TypeOf(Unwrap(closed).Type)?.Kind == SessionKind.Connection);
                }

                break;
            case ISimpleAssignmentOperation assignment:
                Assign(assignment.Target, assignment.Value);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                AssignAll(deconstruction.Target);
                break;
            case IAssignmentOperation assignment:
                Assign(assignment.Target, null);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                AssignAll(argument.Value);
                break;
            case IAddressOfOperation address:
                AssignAll(address.Reference);
                break;
        }
    }

    private void Dispose(IOperation? operation)
    {
        if (SymbolOf(operation) is { } symbol)
        {
            disposed.Add(symbol);
        }
    }

    private void AssignAll(IOperation target)
    {
        foreach (var node in target.DescendantsAndSelf())
        {
            Assign(node, null);
        }
    }

    private void Assign(IOperation target, IOperation? value)
    {
        if (SymbolOf(target) is { } symbol && !(value is not null && IsNull(value)))
        {
            if (!assigned.TryGetValue(symbol, out var values))
            {
                assigned[symbol] = values = [];
            }

            values.Add(value);
        }
    }
}
