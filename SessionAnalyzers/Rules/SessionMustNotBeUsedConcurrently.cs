using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports an operation of a context or connection that starts while another one of the same session still runs: in one Task.WhenAll, in
/// parallel iterations, or after a task that is not awaited yet. Sessions made inside the parallel code, operations behind a lock or
/// semaphore, providers whose operations end before they return, and calls of methods that only pass the session on are not reported.
/// </summary>
internal sealed class SessionMustNotBeUsedConcurrently() : CallRule(Descriptors.SessionMustNotBeUsedConcurrently)
{
    public override void Check(SessionCall call)
    {
        if (call.Operation is IInvocationOperation operation && call.Facts is { } facts && facts.Has(Roles.Work)
            && (IsKept(operation) || FunctionAround(operation) is not null) && SessionRoot.Of(operation, call.Ownership.Symbols) is { } session)
        {
            Check(call, operation, session, !session.EndsAtOnce(operation));
        }
    }

    public override bool Follows(IMethodSymbol method) => (method.MethodKind != MethodKind.Constructor && method.ContainingAssembly is ISourceAssemblySymbol) || IsWhenAll(method) || IsOfLinq(method);

    /// <summary>A method of this compilation that works on a session counts as an operation of it.</summary>
    public override void CheckFollowed(SessionCall call)
    {
        var invocation = (IInvocationOperation)call.Operation;
        if (IsWhenAll(invocation.TargetMethod))
        {
            foreach (var argument in invocation.Arguments)
            {
                CheckTasks(call, BodyFacts.Unwrap(argument.Value));
            }
        }
        else if (IsOfLinq(invocation.TargetMethod))
        {
            if (FunctionAround(invocation) is { } around && MayRunInParallel(around) && RunsQuery(invocation) && SessionRoot.Of(invocation, call.Ownership.Symbols) is { } queried)
            {
                Check(call, invocation, queried, goesOn: false);
            }
        }
        else if (IsKept(invocation) || (FunctionAround(invocation) is { } function && MayRunInParallel(function)))
        {
            foreach (var work in call.Ownership.SessionWork.Of(invocation, Roles.Work, call.Cancellation).GroupBy(static w => (w.Root.Head, w.Root.Symbol)))
            {
                if (work.First().Root is var session && !work.Any(static w => CallSites.HasGuard(CallSites.FunctionOf(w.At)!)))
                {
                    Check(call, invocation, session, work.Any(static w => w.IsInFlight));
                }
            }
        }
    }

    /// <summary>Task.WhenAll(items.Select(StoreAsync)), and Task.WhenAll(StoreAll(…)) of an iterator that yields the tasks.</summary>
    private void CheckTasks(SessionCall call, IOperation tasks)
    {
        if (tasks is not IInvocationOperation source)
        {
            return;
        }

        if (source.TargetMethod is { Name: "Select", ContainingType.Name: "Enumerable" })
        {
            if (source.Arguments.Length == 2 && BodyFacts.Unwrap(source.Arguments[1].Value) is IDelegateCreationOperation { Target: IMethodReferenceOperation method })
            {
                foreach (var work in call.Ownership.SessionWork.Of(method, Roles.Work, call.Cancellation).Where(static w => w.IsInFlight).Take(1))
                {
                    Report(call, method.Syntax, method.Method.Name, work.Root, source.Syntax, "for all items of 'Select' on line {0} at once");
                }
            }
        }
        else if (source.Type is INamedTypeSymbol { Arity: 1 } sequence && CallSites.IsTask(sequence.TypeArguments[0]))
        {
            foreach (var work in call.Ownership.SessionWork.Of(source, Roles.Work, call.Cancellation).Where(static w => w.IsInFlight).GroupBy(static w => (w.Root.Head, w.Root.Symbol)))
            {
                if (work.Count() > 1 || work.First().IsRepeated)
                {
                    Report(call, source.Syntax, source.TargetMethod.Name, work.First().Root, work.First().At, "for all tasks that it yields, the first on line {0}");
                    return;
                }
            }
        }
    }

    private static bool IsOfLinq(IMethodSymbol method) =>
        method.ContainingType is { Name: "Queryable" or "Enumerable" } linq && SessionSymbols.IsIn(linq.ContainingNamespace, "System.Linq");

    /// <summary>A call that makes a query of something else than a query: it is run for that.</summary>
    private static bool RunsQuery(IInvocationOperation call) =>
        call.Type is not { Name: "IQueryable" or "IOrderedQueryable" or "IEnumerable" }
        && call.Arguments.Length > 0 && BodyFacts.Unwrap(call.Arguments[0].Value).Type is { } source && (IsQuery(source) || source.AllInterfaces.Any(IsQuery));

    private static bool IsQuery(ITypeSymbol type) => type is { Name: "IQueryable" or "IOrderedQueryable" } && SessionSymbols.IsIn(type.ContainingNamespace, "System.Linq");

    private static bool IsStarted(IInvocationOperation operation) =>
        CallSites.IsTask(operation.Type) && CallSites.Outermost(operation).Parent is not (IAwaitOperation or IExpressionStatementOperation or IReturnOperation);

    /// <summary>A started task that stays where the next operation may find it running: in a variable, a list, or among the arguments of WhenAll.</summary>
    private static bool IsKept(IInvocationOperation operation) =>
        IsStarted(operation) && CallSites.Outermost(operation) is var task
        && (task.Parent is IVariableInitializerOperation or IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Add" } } || ListAround(task) is not null);

    /// <param name="goesOn">The operation goes on after the call has come back with its task.</param>
    private void Check(SessionCall call, IInvocationOperation operation, SessionRoot session, bool goesOn)
    {
        var function = FunctionAround(operation);
        if (function is not null && ParallelCallAround(function, operation, session, goesOn, call.Ownership.Symbols) is { } parallel)
        {
            Report(call, operation.Syntax, operation.TargetMethod.Name, session, parallel.Call.Syntax, parallel.How);
        }
        else if (goesOn && IsStarted(operation))
        {
            var task = CallSites.Outermost(operation);
            if (ListAround(task) is { } list)
            {
                FindNext(call, operation, session, list.Elements.SkipWhile(e => !e.Syntax.Span.Contains(operation.Syntax.Span)).Skip(1), null);
            }
            else if (task.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } initializer)
            {
                FindNext(call, operation, session, Following(initializer), local);
            }
            else if (LoopThatCollects(task, session) is { } loop)
            {
                Report(call, operation.Syntax, operation.TargetMethod.Name, session, loop.Syntax, "in each iteration of the loop on line {0}, and nothing awaits the one before");
            }
        }
    }

    /// <param name="task">The variable with the task of the operation that runs.</param>
    private void Report(SessionCall call, SyntaxNode at, string operation, SessionRoot session, SyntaxNode other, string how, ILocalSymbol? task = null)
    {
        if (SharedSessions.IsTest(call.Member))
        {
            return;
        }

        var first = other.GetFirstToken().GetLocation();
        call.Report(Diagnostic.Create(
            Descriptor, at.GetLocation(), [first], task is null ? null : ImmutableDictionary<string, string?>.Empty.Add(LeakMessages.Variable, task.Name), operation, session.Name,
            string.Format(System.Globalization.CultureInfo.InvariantCulture, how, LeakMessages.LineOf(first)), BorrowedSessions.KindName(session.Kind)));
    }

    private static IAnonymousFunctionOperation? FunctionAround(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            switch (outer)
            {
                case IAnonymousFunctionOperation function:
                    return function;
                case ILocalFunctionOperation:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The name of the method that takes the function, before anything dearer is asked.</summary>
    private static bool MayRunInParallel(IAnonymousFunctionOperation function)
    {
        for (var outer = function.Syntax.Parent; outer is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax or InitializerExpressionSyntax; outer = outer.Parent)
        {
            if (outer is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } })
            {
                return name is "For" or "ForEach" or "ForAsync" or "ForEachAsync" or "Invoke" or "ForAll" or "Select";
            }
        }

        return false;
    }

    /// <summary>The call that runs a function several times at once, or null. The function uses a session from outside, without a guard.</summary>
    private static (IOperation Call, string How)? ParallelCallAround(IAnonymousFunctionOperation function, IInvocationOperation operation, SessionRoot session, bool goesOn, SessionSymbols symbols)
    {
        IOperation around = function;
        while (around.Parent is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
        {
            around = around.Parent;
        }

        IArrayInitializerOperation? functions = null;
        if (around.Parent is IArrayInitializerOperation { Parent: IArrayCreationOperation array } initializer)
        {
            functions = initializer;
            around = array;
        }

        if (around.Parent is not IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } call }
            || !session.IsOutside(function.Syntax) || session.IsAssignedIn(function) || IsGuarded(function, operation))
        {
            return null;
        }

        if (method.ContainingType is { Name: "Parallel" } parallel && SessionSymbols.IsIn(parallel.ContainingNamespace, "System.Threading.Tasks"))
        {
            return method.Name switch
            {
                "For" or "ForEach" or "ForAsync" or "ForEachAsync" => RunsOneAtATime(call) ? null : (call, $"in parallel iterations of 'Parallel.{method.Name}' on line {{0}}"),
                "Invoke" when functions is not null && UsesInAnother(functions, function, session, symbols) => (call, "in several functions of 'Parallel.Invoke' on line {0}"),
                _ => null,
            };
        }

        if (method is { Name: "ForAll", ContainingType.Name: "ParallelEnumerable" })
        {
            return (call, "in parallel iterations of 'ForAll' on line {0}");
        }

        // An asynchronous operation of each item, all of them awaited together.
        return method is { Name: "Select", ContainingType.Name: "Enumerable" } && CallSites.IsTask(operation.Type) && goesOn && GoesToWhenAll(call)
            ? (call, "for all items of 'Select' on line {0} at once")
            : null;
    }

    private static bool UsesInAnother(IArrayInitializerOperation functions, IAnonymousFunctionOperation function, SessionRoot session, SessionSymbols symbols) =>
        functions.ElementValues.Any(other => !other.Syntax.Span.Contains(function.Syntax.Span)
            && other.Descendants().Any(o => o is IInvocationOperation invocation && symbols.FactsOf(invocation.TargetMethod)?.Has(Roles.Work) == true
                && SessionRoot.Of(invocation, symbols) is { } root && root.Is(session)));

    private static bool IsGuarded(IAnonymousFunctionOperation function, IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null && outer != function; outer = outer.Parent)
        {
            if (outer is ILockOperation)
            {
                return true;
            }
        }

        return CallSites.HasGuard(function.Syntax);
    }

    /// <summary>With options that come from elsewhere we cannot tell.</summary>
    private static bool RunsOneAtATime(IInvocationOperation call) =>
        call.Arguments.Any(static a => a.Parameter?.Type.Name == "ParallelOptions"
            && (BodyFacts.Unwrap(a.Value) is not IObjectCreationOperation options
                || options.Initializer?.Initializers.Any(static i => i is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "MaxDegreeOfParallelism" }, Value.ConstantValue: { HasValue: true, Value: 1 } }) == true));

    private static bool GoesToWhenAll(IOperation tasks)
    {
        while (true)
        {
            while (tasks.Parent is IConversionOperation or IParenthesizedOperation)
            {
                tasks = tasks.Parent;
            }

            if (tasks.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "ToList" or "ToArray", ContainingType.Name: "Enumerable" } } copy })
            {
                tasks = copy;
                continue;
            }

            break;
        }

        if (tasks.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } })
        {
            return IsWhenAll(method);
        }

        if (tasks.Parent is not IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } })
        {
            return false;
        }

        // A variable that is passed on to WhenAll and used for nothing else.
        var uses = Root(tasks).Descendants().Where(o => o is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local)).ToList();
        return uses.Count > 0 && uses.All(static use =>
        {
            while (use.Parent is IConversionOperation)
            {
                use = use.Parent;
            }

            return use.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } } && IsWhenAll(method);
        });
    }

    private static bool IsWhenAll(IMethodSymbol method) => method is { Name: "WhenAll" or "WaitAll", ContainingType.Name: "Task" };

    /// <summary>The tasks that one call of WhenAll or WhenAny gets, if the task is one of them.</summary>
    private static (IOperation Call, ImmutableArray<IOperation> Elements)? ListAround(IOperation task)
    {
        var list = task.Parent;
        var elements = list switch
        {
            IArrayInitializerOperation array => array.ElementValues,
            IArgumentOperation { Parent: IInvocationOperation several } => several.Arguments.Select(static a => a.Value).ToImmutableArray(),
            // A collection expression, of which the floor knows no name.
            { Syntax: var syntax } when syntax.RawKind != 0 && list.GetType().Name == "CollectionExpressionOperation" => list.ChildOperations.ToImmutableArray(),
            _ => default,
        };
        for (var outer = list; outer is not null and not IBlockOperation and not IAnonymousFunctionOperation; outer = outer.Parent)
        {
            if (outer is IInvocationOperation call)
            {
                return !elements.IsDefault && call.TargetMethod is { Name: "WhenAll" or "WaitAll" or "WhenAny", ContainingType.Name: "Task" } ? (call, elements) : null;
            }
        }

        return null;
    }

    /// <summary>What runs after a declaration: its later variables, and the later statements of its block.</summary>
    private static IEnumerable<IOperation> Following(IOperation initializer)
    {
        IOperation child = initializer;
        for (var parent = initializer.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            var siblings = parent switch
            {
                IVariableDeclarationOperation declaration => declaration.Declarators.CastArray<IOperation>(),
                IVariableDeclarationGroupOperation group => group.Declarations.CastArray<IOperation>(),
                IBlockOperation block => block.Operations,
                ISwitchCaseOperation section => section.Body,
                _ => ImmutableArray<IOperation>.Empty,
            };
            foreach (var later in siblings.SkipWhile(s => s != child).Skip(1))
            {
                yield return later;
            }

            if (parent is IBlockOperation or ISwitchCaseOperation or IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                yield break;
            }
        }
    }

    /// <summary>Reports the next operation of the session, unless something asks for the task, or replaces the session, before it.</summary>
    private void FindNext(SessionCall call, IInvocationOperation first, SessionRoot session, IEnumerable<IOperation> later, ILocalSymbol? task)
    {
        var symbols = call.Ownership.Symbols;
        IOperation? together = null;
        foreach (var operation in later)
        {
            if (Find(operation) is { } answer)
            {
                if (answer is IInvocationOperation second)
                {
                    Report(call, second.Syntax, second.TargetMethod.Name, session, first.Syntax, $"while '{first.TargetMethod.Name}' on line {{0}} may still run", task);
                }

                return;
            }
        }

        // Null: go on. The operation itself: it is the next one. Something else: stop.
        IOperation? Find(IOperation node)
        {
            if (together is not null && node.Syntax.SpanStart >= together.Syntax.Span.End)
            {
                return together.Parent ?? node;
            }

            switch (node)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    return task is not null && Mentions(node) ? node : null;
                case ILocalReferenceOperation reference when task is not null && SymbolEqualityComparer.Default.Equals(reference.Local, task):
                    // In a call of WhenAll, what its other arguments start runs together with the task.
                    if (ListAround(CallSites.Outermost(reference)) is { } list)
                    {
                        together ??= list.Call;
                        return null;
                    }

                    return node;
                case IAssignmentOperation assignment when SymbolEqualityComparer.Default.Equals(BodyFacts.SymbolOf(assignment.Target), session.Symbol):
                    return node;
                case IInvocationOperation invocation when WorksOn(call, invocation, session):
                    return task is not null && Mentions(invocation) ? node.Parent ?? node : invocation;
            }

            foreach (var child in node.ChildOperations)
            {
                if (Find(child) is { } answer)
                {
                    return answer;
                }
            }

            return null;
        }

        bool Mentions(IOperation node) => node.Descendants().Any(o => o is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, task));
    }

    private static bool WorksOn(SessionCall call, IInvocationOperation invocation, SessionRoot session) =>
        call.Ownership.Symbols.FactsOf(invocation.TargetMethod) is { } facts
            ? facts.Has(Roles.Work) && SessionRoot.Of(invocation, call.Ownership.Symbols) is { } root && root.Is(session)
            : !invocation.TargetMethod.DeclaringSyntaxReferences.IsEmpty
                && call.Ownership.SessionWork.Of(invocation, Roles.Work, call.Cancellation).Any(w => w.Root.Is(session) && w.IsAlways && !CallSites.HasGuard(CallSites.FunctionOf(w.At)!));

    /// <summary>foreach (…) tasks.Add(db.FindAsync(…)): the loop, if nothing in it asks for the tasks, and all of them are awaited later.</summary>
    private static IOperation? LoopThatCollects(IOperation task, SessionRoot session)
    {
        if (task.Parent is not IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Add", ContainingType.Name: "List" }, Instance: ILocalReferenceOperation { Local: var tasks } } add })
        {
            return null;
        }

        for (var outer = add.Parent; outer is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation; outer = outer.Parent)
        {
            if (outer is ILoopOperation { LoopKind: LoopKind.ForEach or LoopKind.For } loop)
            {
                return session.IsOutside(loop.Syntax) && !session.IsAssignedIn(loop)
                    && !tasks.DeclaringSyntaxReferences.Any(r => loop.Syntax.Span.Contains(r.Span))
                    && loop.Descendants().Count(o => o is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, tasks)) == 1
                    && !loop.Syntax.DescendantNodes().Any(static n => n is BreakStatementSyntax or ReturnStatementSyntax) && !CallSites.HasGuard(loop.Syntax)
                    && Root(loop).Descendants().Any(o => o is IInvocationOperation { TargetMethod: var method } all && IsWhenAll(method)
                        && all.Descendants().Any(d => d is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, tasks)))
                    ? loop
                    : null;
            }
        }

        return null;
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
