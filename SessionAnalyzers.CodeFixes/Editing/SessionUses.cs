using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>
/// What becomes of a session that a local holds: which other locals hold something that lives on it, where all of them are mentioned,
/// and whether anything that needs the session gets out of reach.
/// </summary>
internal sealed class SessionUses
{
    private readonly ILocalSymbol session;
    private readonly IReadOnlyList<IOperation> operations;
    private readonly HashSet<ISymbol> dependents = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> capturing = new(SymbolEqualityComparer.Default);

    private SessionUses(ILocalSymbol session, IOperation body)
    {
        this.session = session;
        operations = [.. body.DescendantsAndSelf()];
        int before;
        do
        {
            before = dependents.Count + capturing.Count;
            FindDependents();
        }
        while (before != dependents.Count + capturing.Count);

        References = [.. operations.OfType<ILocalReferenceOperation>().Where(r => IsSession(r) && !r.IsDeclaration)];
        DependentReferences = [.. operations.Where(o => o switch
        {
            ILocalReferenceOperation { IsDeclaration: false } r => dependents.Contains(r.Local),
            IInvocationOperation i => capturing.Contains(i.TargetMethod.OriginalDefinition),
            IMethodReferenceOperation m => capturing.Contains(m.Method.OriginalDefinition),
            _ => false,
        })];
    }

    /// <summary>Every mention of the session's local.</summary>
    public IReadOnlyList<ILocalReferenceOperation> References { get; }

    /// <summary>Every mention of a local or local function that needs the session.</summary>
    public IReadOnlyList<IOperation> DependentReferences { get; }

    /// <summary>The uses of a local, or null where its body can't be read.</summary>
    public static SessionUses? Of(ILocalSymbol session, SyntaxNode place, SemanticModel model)
    {
        IOperation? body = null;
        for (var node = place; node is not null && body is null; node = node.Parent)
        {
            body = model.GetOperation(node);
        }

        while (body?.Parent is { } parent)
        {
            body = parent;
        }

        return body is null ? null : new(session, body);
    }

    /// <summary>True where the session itself, or, if asked, anything that needs it, is returned, kept or left running.</summary>
    public bool Leaves(bool session, bool dependents)
    {
        foreach (var operation in operations)
        {
            if (session && LeavingValues(operation).Any(IsSessionItself))
            {
                return true;
            }

            if (dependents && (LeavingValues(operation).Any(IsLive) || IsLeftRunning(operation) || IsKeptCallback(operation)))
            {
                return true;
            }
        }

        return dependents && this.dependents.OfType<ILocalSymbol>().Any(IsNeverAwaited);
    }

    /// <summary>Where the session, or something that needs it, is kept by others or left running; a return is not meant.</summary>
    public IEnumerable<IOperation> Escapes() => operations.Where(o =>
        o is not IReturnOperation
        && (LeavingValues(o).Any(v => IsSessionItself(v) || IsLive(v)) || IsLeftRunning(o) || IsKeptCallback(o)));

    /// <summary>True for a return statement that hands the session itself to the caller, whatever else it returns.</summary>
    public bool IsReturnedBy(StatementSyntax statement)
    {
        return operations.OfType<IReturnOperation>().Any(o => o.Syntax == statement && IsReturnOfOwner(o) && HandsOut(o.ReturnedValue));

        bool HandsOut(IOperation? value) => value switch
        {
            ILocalReferenceOperation local => IsSession(local),
            IConversionOperation conversion => HandsOut(conversion.Operand),
            ITupleOperation tuple => tuple.Elements.Any(HandsOut),
            IInvocationOperation { TargetMethod: var method } call =>
                QuietExpression.IsTaskFactory(method) && call.Arguments.Any(a => HandsOut(a.Value)),
            IObjectCreationOperation { Type: var type } creation =>
                DetachedTypes.IsTask(type) && creation.Arguments.Any(a => HandsOut(a.Value)),
            _ => false,
        };
    }

    /// <summary>True where a task that needs the session is never waited for.</summary>
    public bool LeavesTaskBehind => dependents.OfType<ILocalSymbol>().Any(IsNeverAwaited);

    public bool IsDependent(ISymbol symbol) => dependents.Contains(symbol);

    /// <summary>The values assigned to the session's local, null for those that can't be seen (ref, out, deconstruction).</summary>
    public IEnumerable<(IOperation At, IOperation? Value)> Writes()
    {
        foreach (var reference in References)
        {
            switch (reference.Parent)
            {
                case ISimpleAssignmentOperation { IsRef: false } a when a.Target == reference:
                    yield return (a, a.Value);
                    break;
                case IAssignmentOperation a when a.Target == reference:
                case IArgumentOperation { Parameter.RefKind: not (RefKind.None or RefKind.In) }:
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.RefKind: not RefKind.None } }:
                case ITupleOperation { Parent: IDeconstructionAssignmentOperation d } t when d.Target == t:
                case IAddressOfOperation:
                    yield return (reference, null);
                    break;
            }
        }
    }

    private void FindDependents()
    {
        foreach (var operation in operations)
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Initializer.Value: var value } declarator when IsLive(value):
                    Add(declarator.Symbol, value);
                    break;
                case IAssignmentOperation assignment when assignment is not IDeconstructionAssignmentOperation && IsLive(assignment.Value):
                    Add(RootLocal(assignment.Target), assignment.Target is ILocalReferenceOperation ? assignment.Value : null);
                    break;
                case IDeconstructionAssignmentOperation deconstruction when IsLive(deconstruction.Value):
                    AddDeclared(deconstruction.Target);
                    break;
                case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref, Parent: { } call } argument
                    when IsLiveCall(call, argument):
                    AddDeclared(argument.Value);
                    break;
                case IInvocationOperation { Instance: { Type: { } keeper } instance } call when call.Arguments.Any(a => IsLive(a.Value)):
                    if (!DetachedTypes.Contains(keeper))
                    {
                        Add(RootLocal(instance), null);
                    }

                    break;
                case IForEachLoopOperation { Collection: var collection } loop when IsLive(collection):
                    foreach (var local in loop.Locals)
                    {
                        Add(local, null);
                    }

                    break;
                case IIsPatternOperation pattern when IsLive(pattern.Value):
                    AddDeclared(pattern.Pattern);
                    break;
                case ISwitchOperation @switch when IsLive(@switch.Value):
                    foreach (var clause in @switch.Cases.SelectMany(static c => c.Clauses))
                    {
                        AddDeclared(clause);
                    }

                    break;
                case ISwitchExpressionOperation choice when IsLive(choice.Value):
                    foreach (var arm in choice.Arms)
                    {
                        AddDeclared(arm.Pattern);
                    }

                    break;
                case ILocalFunctionOperation function when Captures(function):
                    capturing.Add(function.Symbol.OriginalDefinition);
                    break;
            }
        }
    }

    /// <summary>A local is a dependent if its type can be live, or the value that is known to be.</summary>
    private void Add(ILocalSymbol? local, IOperation? value)
    {
        if (local is not null
            && !SymbolEqualityComparer.Default.Equals(local, session)
            && (value is not null || !DetachedTypes.Contains(local.Type)))
        {
            dependents.Add(local);
        }
    }

    private void AddDeclared(IOperation target)
    {
        foreach (var operation in target.DescendantsAndSelf())
        {
            var local = operation switch
            {
                ILocalReferenceOperation r => r.Local,
                IDeclarationPatternOperation p => p.DeclaredSymbol as ILocalSymbol,
                IRecursivePatternOperation p => p.DeclaredSymbol as ILocalSymbol,
                _ => null,
            };
            Add(local, null);
        }
    }

    /// <summary>The local in which an assignment leaves its value: the target, or the object whose member it is.</summary>
    private static ILocalSymbol? RootLocal(IOperation? target) => target switch
    {
        ILocalReferenceOperation local => local.Local,
        IMemberReferenceOperation member => RootLocal(member.Instance),
        IArrayElementReferenceOperation element => RootLocal(element.ArrayReference),
        IConversionOperation conversion => RootLocal(conversion.Operand),
        IConditionalAccessOperation conditional => RootLocal(conditional.Operation),
        IInvocationOperation call => RootLocal(call.Instance),
        _ => null,
    };

    /// <summary>The values that an operation takes out of the reach of this code.</summary>
    private IEnumerable<IOperation> LeavingValues(IOperation operation)
    {
        switch (operation)
        {
            case IReturnOperation { ReturnedValue: { } value } when IsReturnOfOwner(operation):
                yield return value;
                break;
            case IAssignmentOperation { Target: not IDiscardOperation } assignment and not IDeconstructionAssignmentOperation
                when RootLocal(assignment.Target) is null && assignment.Parent is not IObjectOrCollectionInitializerOperation:
                yield return assignment.Value;
                break;
            case IDeconstructionAssignmentOperation { Target: ITupleOperation { Elements: var targets } } deconstruction
                when targets.Any(static e => e is IMemberReferenceOperation or IParameterReferenceOperation && RootLocal(e) is null):
                yield return deconstruction.Value;
                break;
            case IEventAssignmentOperation handler:
                yield return handler.HandlerValue;
                break;

            // list.Add(query) on a list that others see.
            case IInvocationOperation { Instance: { Type: { } type } instance } call
                when RootLocal(instance) is null
                    && instance is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }
                    && DetachedTypes.Implements(type, "System.Collections.IEnumerable"):
                foreach (var argument in call.Arguments)
                {
                    yield return argument.Value;
                }

                break;
        }
    }

    /// <summary>True for a return of the function that declares the session; what a nested one returns stays with its caller.</summary>
    private bool IsReturnOfOwner(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IAnonymousFunctionOperation lambda:
                    return SymbolEqualityComparer.Default.Equals(lambda.Symbol, session.ContainingSymbol);
                case ILocalFunctionOperation function:
                    return SymbolEqualityComparer.Default.Equals(function.Symbol, session.ContainingSymbol);
            }
        }

        return session.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction };
    }

    /// <summary>A task that needs the session and is dropped where it stands.</summary>
    private bool IsLeftRunning(IOperation operation)
    {
        var dropped = operation switch
        {
            IExpressionStatementOperation { Operation: not IAssignmentOperation and var value } => value,
            ISimpleAssignmentOperation { Target: IDiscardOperation, Value: var value, Parent: IExpressionStatementOperation } => value,
            _ => null,
        };
        return DetachedTypes.IsTask(dropped?.Type) && IsLive(dropped);
    }

    /// <summary>A task, or a collection of tasks, that nothing waits for.</summary>
    private bool IsNeverAwaited(ILocalSymbol local)
    {
        var isTask = local.Type switch
        {
            IArrayTypeSymbol array => DetachedTypes.IsTask(array.ElementType),
            INamedTypeSymbol named => DetachedTypes.IsTask(named) || named.TypeArguments.Any(DetachedTypes.IsTask),
            _ => false,
        };
        return isTask
            && !DependentReferences.Any(r => r is ILocalReferenceOperation reference
                && SymbolEqualityComparer.Default.Equals(reference.Local, local)
                && IsWaitedFor(reference));
    }

    private static bool IsWaitedFor(IOperation task)
    {
        for (var operation = task.Parent; operation is not null and not IBlockOperation; operation = operation.Parent)
        {
            if (operation is IInvocationOperation { TargetMethod.Name: "WhenAny" or "WaitAny" })
            {
                return false;
            }

            if (operation is IAwaitOperation
                or IPropertyReferenceOperation { Property.Name: "Result" }
                or IInvocationOperation { TargetMethod.Name: "Wait" or "WaitAll" or "GetResult" })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A callback that needs the session, given to somebody who may call it later.</summary>
    private bool IsKeptCallback(IOperation operation) =>
        operation is IArgumentOperation { Value: { Type.TypeKind: TypeKind.Delegate } value }
        && IsLive(value)
        && !(operation.Parent is IInvocationOperation call && (CallsAtOnce(call.TargetMethod) || IsWaitedFor(operation)));

    private static bool CallsAtOnce(IMethodSymbol method)
    {
        var space = method.ContainingNamespace?.ToDisplayString();
        return method.MethodKind == MethodKind.LocalFunction
            || space == "System.Linq"
            || (space == "System.Collections.Generic" && method.ContainingType.Name == "List")
            || (space == "System" && method.ContainingType.Name == "Array")
            || method.ContainingType.Name is "IExecutionStrategy" or "ExecutionStrategyExtensions"
            || (space == "System.Threading.Tasks" && method.ContainingType.Name == "Parallel");
    }

    /// <summary>True where the value of an operation may need the session.</summary>
    private bool IsLive(IOperation? operation)
    {
        switch (operation)
        {
            case null:
                return false;
            case ILocalReferenceOperation local:
                return IsSession(local) || dependents.Contains(local.Local);
            case { Type: { } type } when DetachedTypes.Contains(type) || (!DetachedTypes.IsTask(type) && IsScalar(operation)):
                return false;
            case IAnonymousFunctionOperation lambda:
                return Captures(lambda);
            case IMethodReferenceOperation { Method: var method } reference:
                return capturing.Contains(method.OriginalDefinition) || IsLive(reference.Instance);
            case IInvocationOperation { TargetMethod: var method } call when capturing.Contains(method.OriginalDefinition):
                return true;
            case IInvocationOperation { TargetMethod: var method } call when QuietExpression.IsTaskFactory(method):
                return call.Arguments.Any(a => IsLive(a.Value));
            case IObjectOrCollectionInitializerOperation initializer:
                // The Add of a collection initializer returns nothing, but keeps its arguments.
                return initializer.Initializers.Any(i =>
                    i is IInvocationOperation add ? add.Arguments.Any(a => IsLive(a.Value)) : IsLive(i));
            default:
                return operation.ChildOperations.Any(IsLive);
        }
    }

    private bool IsLiveCall(IOperation call, IArgumentOperation except) => call.ChildOperations.Any(c => c != except && IsLive(c));

    private bool IsSessionItself(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => IsSession(local),
        IConversionOperation conversion => IsSessionItself(conversion.Operand),
        IConditionalOperation conditional => IsSessionItself(conditional.WhenTrue) || IsSessionItself(conditional.WhenFalse),
        ICoalesceOperation coalesce => IsSessionItself(coalesce.Value) || IsSessionItself(coalesce.WhenNull),
        ITupleOperation tuple => tuple.Elements.Any(IsSessionItself),
        ISwitchExpressionOperation choice => choice.Arms.Any(arm => IsSessionItself(arm.Value)),
        IInvocationOperation { TargetMethod: var method } call =>
            QuietExpression.IsTaskFactory(method) && call.Arguments.Any(a => IsSessionItself(a.Value)),
        IObjectCreationOperation { Type: var type } creation =>
            DetachedTypes.IsTask(type) && creation.Arguments.Any(a => IsSessionItself(a.Value)),
        _ => false,
    };

    private bool IsSession(ILocalReferenceOperation reference) => SymbolEqualityComparer.Default.Equals(reference.Local, session);

    private bool Captures(IOperation function) => function.Descendants().Any(o => o switch
    {
        ILocalReferenceOperation { Local: var local } reference =>
            (IsSession(reference) || dependents.Contains(local)) && !IsDeclaredIn(local, function.Syntax.Span),
        IInvocationOperation call => capturing.Contains(call.TargetMethod.OriginalDefinition),
        _ => false,
    });

    private static bool IsDeclaredIn(ILocalSymbol local, TextSpan span) => local.DeclaringSyntaxReferences.Any(r => span.Contains(r.Span));

    /// <summary>A value out of the database of a type that says nothing, or rows that Dapper has read to the end.</summary>
    public static bool IsScalar(IOperation operation) => operation switch
    {
        IAwaitOperation { Operation: IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task } } => IsScalar(task),
        IAwaitOperation { Operation: var task } => IsScalar(task),
        IInvocationOperation { TargetMethod.Name: "ExecuteScalar" or "ExecuteScalarAsync" } => true,
        IInvocationOperation { TargetMethod: { Name: "GetValue", ContainingType: var type } } =>
            DetachedTypes.Implements(type, "System.Data.IDataRecord"),
        IInvocationOperation { TargetMethod: { Name: "Query" or "QueryAsync" } method } call =>
            method.ContainingType.ToDisplayString() == "Dapper.SqlMapper"
            && call.Arguments.All(static a => a.Parameter?.Name != "buffered" || a.Value.ConstantValue is { HasValue: true, Value: true })
            && method.TypeArguments.All(static t => t.TypeKind == TypeKind.Dynamic || DetachedTypes.Contains(t)),
        IPropertyReferenceOperation { Property: { IsIndexer: true, ContainingType: var type } } =>
            DetachedTypes.Implements(type, "System.Data.IDataRecord"),
        IPropertyReferenceOperation { Property: { Name: "Value", ContainingType: var type } } =>
            DetachedTypes.Implements(type, "System.Data.IDataParameter"),
        _ => false,
    };
}
