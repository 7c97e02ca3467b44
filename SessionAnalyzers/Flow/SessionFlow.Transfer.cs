using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// The transfer function: what one operation does to a path. Policy: whatever is not understood (stored in a field or collection, passed
/// to an unknown method, captured by a delegate that outlives the call, yielded) hands the session on, and what is handed on is never
/// reported.
/// </summary>
internal sealed partial class SessionFlow
{
    private readonly List<Site> fresh = [];
    private readonly List<int[]> tuples = [];

    /// <summary>Values below this are tuples: an index into <see cref="tuples"/>.</summary>
    private const int FirstTuple = -10;

    private int Evaluate(IOperation operation, SessionState state)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (operation)
        {
            case ILocalReferenceOperation local:
                return Read(Variable(local.Local), state);
            case IParameterReferenceOperation parameter:
                return Read(Variable(parameter.Parameter), state);
            case IFlowCaptureReferenceOperation reference:
                return Read(Variable(reference.Id), state);
            case IFlowCaptureOperation capture:
                // The capture of an assignment's target is no use of its value.
                Assign(Variable(capture.Id), Evaluate(capture.Value, state), capture, state);
                return SessionState.Unknown;
            case IExpressionStatementOperation statement:
                return Evaluate(statement.Operation, state);
            case ITranslatedQueryOperation translated:
                return Evaluate(translated.Operation, state);
            case IParenthesizedOperation parenthesized:
                return Evaluate(parenthesized.Operand, state);
            case IConversionOperation conversion:
                return EvaluateConversion(conversion, state);
            case IAwaitOperation await:
                var awaited = Evaluate(await.Operation, state);
                if (OpensOrFinishes(await.Operation))
                {
                    // Opening fails before there is anything to release, and a commit that fails commits nothing: the call has told the
                    // handlers already.
                    return awaited >= 0 && sites[awaited].Dependence == Dependence.Task ? SessionState.Unknown : awaited;
                }

                if (awaited >= 0 && sites[awaited].Dependence == Dependence.Task)
                {
                    // Finished: its result has nothing to do with the session any more.
                    Throws(await, Without(awaited, state));
                    return SessionState.Unknown;
                }

                Throws(await, awaited >= 0 && fresh.Contains(sites[awaited]) && !state.IsHeld(awaited) ? Without(awaited, state) : state);
                return awaited;
            case ISimpleAssignmentOperation assignment:
                return EvaluateAssignment(assignment.Target, assignment.Value, assignment, state);
            case IDeconstructionAssignmentOperation deconstruction:
                var deconstructed = Evaluate(deconstruction.Value, state);
                DeconstructAll(deconstruction.Target, deconstructed, deconstruction, state);
                return deconstructed;
            case ITupleOperation tuple:
                return Tuple(tuple.Elements.Select(e => Evaluate(e, state)).ToArray());
            case IInvocationOperation invocation:
                return EvaluateInvocation(invocation, state);
            case IInvalidOperation invalid:
                EvaluateInvalid(invalid, state);
                return SessionState.Unknown;
            case IObjectCreationOperation creation:
                return EvaluateCreation(creation, state);
            case ITypeParameterObjectCreationOperation creation:
                return Acquire(creation, null, SessionState.Unknown, state);
            case IPropertyReferenceOperation property:
                return EvaluateProperty(property, state);
            case IFieldReferenceOperation field:
                return EvaluateField(field, state);
            case IDelegateCreationOperation { Target: IFlowAnonymousFunctionOperation function } creation:
                return Capture(function.Symbol, creation, state);
            case IDelegateCreationOperation { Target: IMethodReferenceOperation { Method.MethodKind: MethodKind.LocalFunction } method } creation:
                Capture(method.Method, creation, state);
                return SessionState.Unknown;
            case IFlowAnonymousFunctionOperation function:
                Capture(function.Symbol, function, state);
                return SessionState.Unknown;
            case IIsNullOperation or IBinaryOperation or IUnaryOperation or IIsPatternOperation or IIsTypeOperation or IInterpolatedStringOperation
                or IInterpolationOperation or IInterpolatedStringTextOperation or IPatternOperation or ILiteralOperation or IDefaultValueOperation
                or INameOfOperation or ITypeOfOperation or IDiscardOperation or IInstanceReferenceOperation or IDeclarationExpressionOperation
                or ICaughtExceptionOperation or ISizeOfOperation:
                // They look at a session and do nothing to it.
                foreach (var child in operation.ChildOperations)
                {
                    Evaluate(child, state);
                }

                return operation.ConstantValue is { HasValue: true, Value: null } || operation is IDefaultValueOperation { Type.IsReferenceType: true }
                    ? SessionState.Null
                    : SessionState.Unknown;
            default:
                foreach (var child in operation.ChildOperations)
                {
                    HandOn(Evaluate(child, state), state);
                }

                return SessionState.Unknown;
        }
    }

    /// <summary>
    /// A call that the compiler does not understand, as of a library that is not restored: it works with the session before the dot, which
    /// stays whose it is. What it does to its arguments is not known.
    /// </summary>
    private void EvaluateInvalid(IInvalidOperation invalid, SessionState state)
    {
        var receiver = UnknownCalls.ReceiverOf(invalid, symbols);
        var works = false;
        foreach (var child in invalid.ChildOperations)
        {
            var value = Evaluate(child, state);
            if (value >= 0 && child.Syntax == receiver && sites[value].Kind is not (SessionKind.Transaction or SessionKind.Ambient))
            {
                UseUnseen(invalid, value, state);
                works = true;
            }
            else
            {
                HandOn(value, state);
            }
        }

        if (works)
        {
            Throws(invalid, state);
        }
    }

    /// <summary>Other code works with a session that stays ours: it may save, or finish a transaction of it.</summary>
    private void UseUnseen(IOperation call, int value, SessionState state)
    {
        NoteContextUse(call, null, value, state);
        NotePassed(value, state);
        Use(value, state);
    }

    /// <summary>A failing acquisition acquires nothing.</summary>
    private static SessionState Without(int site, SessionState state)
    {
        state = state.Clone();
        state.SetStatus(site, Status.Absent);
        return state;
    }

    private bool OpensOrFinishes(IOperation awaited) => awaited switch
    {
        IInvocationOperation { Instance: { } instance, TargetMethod: var method } when IsAwaiterPlumbing(method) => OpensOrFinishes(instance),
        IInvocationOperation { TargetMethod: var method } => symbols.FactsOf(method) is { } facts
            && (facts.Has(Roles.Opens) || (facts.Has(Roles.Commits | Roles.RollsBack) && !facts.Has(Roles.Flushes))),
        IFlowCaptureReferenceOperation reference when captured.TryGetValue(reference.Id, out var sources) => sources.Count == 1 && OpensOrFinishes(sources[0]),
        _ => false,
    };

    private int EvaluateConversion(IConversionOperation conversion, SessionState state)
    {
        var value = Evaluate(conversion.Operand, state);
        if (conversion.OperatorMethod is not null)
        {
            HandOn(value, state);
            return SessionState.Unknown;
        }

        if (conversion.IsTryCast && value >= 0 && conversion.Type is { } type && !Implies(sites[value].DeclaredType, type))
        {
            // Null or the session, and no telling which.
            return value;
        }

        return conversion.ConstantValue is { HasValue: true, Value: null } ? SessionState.Null : value;
    }

    private int EvaluateAssignment(IOperation target, IOperation valueOperation, IOperation assignment, SessionState state)
    {
        switch (target)
        {
            case IFlowCaptureReferenceOperation reference when SourceOf(reference) is { } source:
                // The target was captured: 'x ??= …' and assignments whose value branches.
                return EvaluateAssignment(source, valueOperation, assignment, state);
            case ILocalReferenceOperation { Local.RefKind: RefKind.None } local:
                var value = Evaluate(valueOperation, state);
                if (valueOperation is IInvocationOperation { Type.SpecialType: SpecialType.System_Boolean } attempt)
                {
                    // 'var opened = TryOpen(out connection)': later conditions decide by it, which this path does not follow.
                    foreach (var given in GivenBy(attempt))
                    {
                        HandOn(given.Index, state);
                    }
                }

                AssignSymbol(local.Local, value, assignment, state);
                if (local.Local.Type.SpecialType == SpecialType.System_Boolean)
                {
                    SetFlag(state, local.Local, valueOperation.ConstantValue is { HasValue: true, Value: bool constant } ? constant ? 1 : 0 : -1);
                }

                return value;
            case IParameterReferenceOperation parameter:
                var argument = Evaluate(valueOperation, state);
                AssignSymbol(parameter.Parameter, argument, assignment, state);
                return argument;
            case IDiscardOperation:
                return Evaluate(valueOperation, state);
            case ITupleOperation:
                var tuple = Evaluate(valueOperation, state);
                DeconstructAll(target, tuple, assignment, state);
                return tuple;
            default:
                var receiver = SessionState.Unknown;
                if (target is IPropertyReferenceOperation { Arguments.IsEmpty: true } property)
                {
                    receiver = property.Instance is { } instance ? Evaluate(instance, state) : SessionState.Unknown;
                }
                else
                {
                    foreach (var child in target.ChildOperations)
                    {
                        Evaluate(child, state);
                    }
                }

                var stored = Evaluate(valueOperation, state);
                if (target is IFieldReferenceOperation { Instance: IInstanceReferenceOperation or null } field)
                {
                    ForgetFacts(state, field.Field);
                }

                if (target is IPropertyReferenceOperation { Property: { } p } && symbols.TypeOf(p.ContainingType)?.Kind is SessionKind.Command or SessionKind.Bulk)
                {
                    // 'command.Connection = connection': the command lives on the connection and does not own it.
                    if (receiver >= 0 && stored >= 0 && receiver != stored && sites[stored].Kind == SessionKind.Connection)
                    {
                        state.Parents = state.Parents.Set(receiver, stored);
                    }
                }
                else
                {
                    Store(stored, target, assignment, state);
                }

                return stored;
        }
    }

    /// <summary>
    /// A field or property takes the session over. In a constructor that is not certain until its end: an object that is never finished
    /// disposes nothing.
    /// </summary>
    private void Store(int value, IOperation target, IOperation assignment, SessionState state)
    {
        var own = target is IMemberReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } } member ? member.Member : null;
        if (own is not null && value >= 0)
        {
            sites[value].StoredIn ??= own;
        }

        if (own is not null && value >= 0 && owner is IMethodSymbol { MethodKind: MethodKind.Constructor })
        {
            var variable = Variable(own);
            fieldVariables.Add(variable);
            lastUse[variable] = int.MaxValue;
            sites[value].Variable ??= own;
            state.Variables = state.Variables.Set(variable, value);
            sites[value].HandedOn |= HandOver.Stored;
            return;
        }

        if (value >= 0 && (own is IFieldSymbol || target is IFieldReferenceOperation { Field.IsStatic: true }))
        {
            // 'using (field = …)' lends the field to the code inside.
            sites[value].StoredAt = assignment.Syntax.Parent is UsingStatementSyntax ? null : assignment.Syntax;
        }

        if (value >= 0 && own is not null && sites[value].Dependence == Dependence.Service
            && state.Parents.GetOr(value, SessionState.Unknown) is >= 0 and var scope && EndsAfter(assignment.Syntax, sites[scope].Operation.Syntax))
        {
            outlived[sites[value]] = sites[scope];
            Fault(sites[value], ExitKind.StoredDisposed, assignment.Syntax);
        }

        HandOn(value, state, HandOver.Stored);
    }

    /// <summary>The assignment is the last thing that a using of the scope does: it can only be meant for later, when the scope's services have ended.</summary>
    private static bool EndsAfter(SyntaxNode assignment, SyntaxNode scope) =>
        assignment.FirstAncestorOrSelf<StatementSyntax>() is { Parent: BlockSyntax block } last && block.Statements.Last() == last
        && scope.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            UsingStatementSyntax statement => statement.Statement == block,
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } declaration => declaration.Parent == block,
            _ => false,
        };

    private void AssignSymbol(ISymbol symbol, int value, IOperation assignment, SessionState state)
    {
        var variable = Variable(symbol);
        ForgetFacts(state, symbol);
        if (!IsOwn(symbol) || sharedVariables.Contains(symbol))
        {
            // Others dispose, keep or replace what this variable holds, at times that this path does not show.
            HandOn(value, state);
            return;
        }

        Assign(variable, value, assignment, state, symbol);
    }

    private void Assign(int variable, int value, IOperation assignment, SessionState state, ISymbol? symbol = null)
    {
        var old = state.Variables.GetOr(variable, SessionState.Unknown);
        if (elements.TryGetValue(variable, out var parts))
        {
            foreach (var part in parts)
            {
                state.Variables = state.Variables.Remove(part);
            }
        }

        if (value <= FirstTuple)
        {
            state.Variables = state.Variables.Remove(variable);
            var tuple = tuples[FirstTuple - value];
            for (var i = 0; i < tuple.Length; i++)
            {
                Assign(Element(variable, i), tuple[i], assignment, state, symbol);
            }
        }
        else
        {
            state.Variables = value == SessionState.Unknown ? state.Variables.Remove(variable) : state.Variables.Set(variable, value);
            if (value >= 0 && symbol is not null)
            {
                sites[value].Variable ??= symbol;
            }
        }

        if (overwritten is not null)
        {
            overwritten.Add(old);
        }
        else if (symbol is not null && old != value)
        {
            LoseOverwritten(old, assignment, state);
        }
    }

    private void LoseOverwritten(int old, IOperation assignment, SessionState state)
    {
        if (old >= 0 && SessionState.IsOwned(state.StatusOf(old)) && sites[old].Parameter is null && !state.IsHeld(old))
        {
            Lose(sites[old], ExitKind.Overwritten, assignment.Syntax, state);
        }
    }

    /// <summary>Assigns all targets of a tuple and looks only then for what is lost: '(a, b) = (b, a)' loses nothing.</summary>
    private void DeconstructAll(IOperation target, int value, IOperation assignment, SessionState state)
    {
        overwritten = [];
        Deconstruct(target, value, assignment, state);
        var olds = overwritten;
        overwritten = null;
        foreach (var old in olds)
        {
            LoseOverwritten(old, assignment, state);
        }
    }

    /// <summary>While a tuple is assigned: what its targets held before.</summary>
    private List<int>? overwritten;

    private void Deconstruct(IOperation target, int value, IOperation assignment, SessionState state)
    {
        if (target is IDeclarationExpressionOperation declaration)
        {
            target = declaration.Expression;
        }

        if (target is ITupleOperation tuple)
        {
            var parts = value <= FirstTuple ? tuples[FirstTuple - value] : [];
            for (var i = 0; i < tuple.Elements.Length; i++)
            {
                Deconstruct(tuple.Elements[i], i < parts.Length ? parts[i] : SessionState.Unknown, assignment, state);
            }

            return;
        }

        switch (target)
        {
            case ILocalReferenceOperation local:
                AssignSymbol(local.Local, value, assignment, state);
                break;
            case IParameterReferenceOperation parameter:
                AssignSymbol(parameter.Parameter, value, assignment, state);
                break;
            case IDiscardOperation:
                break;
            default:
                HandOn(value, state);
                break;
        }
    }

    private int Tuple(int[] values)
    {
        if (Array.TrueForAll(values, static v => v == SessionState.Unknown))
        {
            return SessionState.Unknown;
        }

        for (var i = 0; i < tuples.Count; i++)
        {
            if (tuples[i].AsSpan().SequenceEqual(values))
            {
                return FirstTuple - i;
            }
        }

        tuples.Add(values);
        return FirstTuple - (tuples.Count - 1);
    }

    private int Read(int variable, SessionState state)
    {
        if (elements.TryGetValue(variable, out var parts) && parts.Count > 0)
        {
            var values = parts.Select(p => state.Variables.GetOr(p, SessionState.Unknown)).ToArray();
            return Tuple(values);
        }

        return state.Variables.GetOr(variable, SessionState.Unknown);
    }

    private int EvaluateField(IFieldReferenceOperation field, SessionState state)
    {
        if (field.Instance is ILocalReferenceOperation { Local: { } local } && field.Field.ContainingType is { IsTupleType: true } tuple)
        {
            var at = tuple.TupleElements.IndexOf(field.Field, SymbolEqualityComparer.Default);
            if (at < 0)
            {
                at = tuple.TupleElements.IndexOf(field.Field.CorrespondingTupleField!, SymbolEqualityComparer.Default);
            }

            return at < 0 ? SessionState.Unknown : state.Variables.GetOr(Element(Variable(local), at), SessionState.Unknown);
        }

        if (field.Instance is IInstanceReferenceOperation)
        {
            return fieldVariables.Count > 0 && variableOf.TryGetValue(field.Field, out var own) ? state.Variables.GetOr(own, SessionState.Unknown) : SessionState.Unknown;
        }

        if (field.Instance is { } instance)
        {
            var receiver = Evaluate(instance, state);
            if (receiver <= FirstTuple && field.Field.ContainingType is { IsTupleType: true } type)
            {
                var at = type.TupleElements.IndexOf(field.Field, SymbolEqualityComparer.Default);
                return at >= 0 && at < tuples[FirstTuple - receiver].Length ? tuples[FirstTuple - receiver][at] : SessionState.Unknown;
            }
        }

        return SessionState.Unknown;
    }

    private int EvaluateProperty(IPropertyReferenceOperation property, SessionState state)
    {
        var receiver = property.Instance is { } instance ? Evaluate(instance, state) : SessionState.Unknown;
        foreach (var argument in property.Arguments)
        {
            HandOn(Evaluate(argument.Value, state), state);
        }

        if (fieldVariables.Count > 0 && property.Instance is IInstanceReferenceOperation && variableOf.TryGetValue(property.Property, out var own))
        {
            return state.Variables.GetOr(own, SessionState.Unknown);
        }

        NoteContextUse(property, receiver, state);
        if (receiver >= 0)
        {
            if (property.Property.Name is "Status" or "IsFaulted" or "IsCanceled" or "IsCompletedSuccessfully" or "Exception" && CallSites.IsTask(property.Property.ContainingType))
            {
                // Where the task has failed there is no session: which way the code goes with it is not followed.
                HandOn(receiver, state);
                return SessionState.Unknown;
            }

            if (property.Property.Name == "Result" && symbols.TypeOf(property.Property.ContainingType) is null)
            {
                return receiver;
            }

            var site = sites[receiver];
            if (symbols.TypeOf(property.Type) is { Kind: SessionKind.Connection })
            {
                // command.Connection, transaction.Connection: the very connection that they were made on.
                return Ancestor(receiver, state, SessionKind.Connection);
            }

            if (site.Dependence == Dependence.None && site.Kind == SessionKind.ServiceScope && property.Property.Name == "ServiceProvider")
            {
                return receiver;
            }

            if (Depends(property.Type, receiver, state) is not Dependence.None and var dependence)
            {
                return NewDependent(property, receiver, dependence, state);
            }

            if (site.Dependence == Dependence.None && site.Kind is SessionKind.Context && symbols.FactsOf(property.Property) is { } facts && facts.Has(Roles.ReturnsBorrowed)
                && symbols.TypeOf(property.Type) is null)
            {
                // context.Database stands for the context itself.
                return receiver;
            }
        }

        return Acquire(property, property.Property, receiver, state);
    }

    private int Ancestor(int site, SessionState state, SessionKind kind)
    {
        for (var parent = state.Parents.GetOr(site, SessionState.Unknown); parent >= 0; parent = state.Parents.GetOr(parent, SessionState.Unknown))
        {
            if (sites[parent].Kind == kind)
            {
                return parent;
            }
        }

        return SessionState.Unknown;
    }

    private int EvaluateCreation(IObjectCreationOperation creation, SessionState state)
    {
        var constructor = creation.Constructor;
        if (creation is { Type: { } task, Arguments: { Length: 1 } only } && !SymbolEqualityComparer.Default.Equals(SessionSymbols.Unwrap(task), task))
        {
            // new ValueTask<T>(session)
            return Evaluate(only[0].Value, state);
        }

        var arguments = EvaluateArguments(creation, creation.Arguments, constructor, SessionState.Unknown, 0, state);
        if (creation.Initializer is { } initializer)
        {
            Evaluate(initializer, state);
        }

        if (constructor is null || MayThrow(constructor))
        {
            Throws(creation, state);
        }

        return Acquire(creation, constructor, arguments.Parent, state);
    }

    private int EvaluateInvocation(IInvocationOperation invocation, SessionState state)
    {
        var method = invocation.TargetMethod;
        var receiver = invocation.Instance is { } instance ? Evaluate(instance, state) : SessionState.Unknown;
        var facts = symbols.FactsOf(method);
        if (receiver != SessionState.Unknown && IsAwaiterPlumbing(method))
        {
            foreach (var argument in invocation.Arguments)
            {
                Evaluate(argument.Value, state);
            }

            return receiver;
        }

        if (IsDisposal(method))
        {
            if (invocation.Instance is { } disposed && Unconverted(disposed).Type is { } task && !SymbolEqualityComparer.Default.Equals(SessionSymbols.Unwrap(task), task))
            {
                // The task is disposed, not the session that it delivers.
                return SessionState.Unknown;
            }

            if (invocation.Instance is IInstanceReferenceOperation)
            {
                HandOnFields(state);
            }

            if (!invocation.IsImplicit)
            {
                See(invocation, receiver, state, isDisposal: true);
            }

            NoteUnfinished(receiver, invocation, state);
            NoteUnsaved(receiver, invocation, state);
            Close(receiver, state, Status.Disposed, invocation.IsImplicit);
            return SessionState.Unknown;
        }

        if (method is { Name: "FromResult", Parameters.Length: 1 } && SessionSymbols.IsIn(method.ContainingNamespace, "System.Threading.Tasks"))
        {
            return Evaluate(invocation.Arguments[0].Value, state);
        }

        if (method.MethodKind == MethodKind.DelegateInvoke && invocation.Instance is { } called)
        {
            return EvaluateDelegate(invocation, called, state);
        }

        if ((receiver != SessionState.Unknown || IsSessionVariable(invocation.Instance)) && !IsQuery(receiver) && IsWork(method, facts))
        {
            See(invocation, receiver, state, isDisposal: false);
        }

        var returned = ownership.ReturnedParameter(method) ?? 0;
        var arguments = EvaluateArguments(invocation, invocation.Arguments, method, receiver, returned, state);
        var session = invocation.Instance is null && method.IsExtensionMethod ? arguments.First : receiver;
        NoteContextUse(invocation, method, receiver, state);
        SeeQuery(invocation, facts, session, state);
        if (facts is not null && facts.Has(Roles.Opens) && MayThrow(method))
        {
            // A connection that fails to open holds nothing.
            Throws(invocation, state);
        }

        if (facts is not null)
        {
            Apply(facts, method, session, state);
        }
        else if (session >= 0 && receiver >= 0)
        {
            Use(session, state);
        }

        if (method.MethodKind == MethodKind.LocalFunction)
        {
            Capture(method, invocation, state);
        }

        if (IsLast(method))
        {
            state.IsOver = true;
            return SessionState.Unknown;
        }

        if (MayThrow(method) && (facts is null || !facts.Has(Roles.Closes | Roles.Opens | Roles.ReturnsReceiver)))
        {
            // A call that fails gives nothing out.
            var thrown = state;
            foreach (var site in GivenBy(invocation))
            {
                thrown = Without(site.Index, thrown);
            }

            Throws(invocation, thrown);
        }

        if (facts is not null)
        {
            Finish(facts, invocation, session, state);
        }

        if (facts is not null && facts.Has(Roles.ReturnsReceiver))
        {
            return invocation.Instance is null ? arguments.First : receiver;
        }

        if (session >= 0 && facts is null && ReturnsItself(method, invocation.Instance))
        {
            // A fluent method of an unknown library: the result may be the receiver.
            HandOn(session, state);
            return SessionState.Unknown;
        }

        var user = session >= 0 ? session : arguments.Parent;
        if (user != session && IsQuery(user))
        {
            // 'list.Concat(query)': what it gives may be read without the query.
            mixed.Add(sites[user]);
        }

        if (user >= 0 && DependentResult(invocation, method, facts, user, state) is var dependent and not SessionState.Unknown)
        {
            return dependent;
        }

        return ownership.ReturnedParameter(method) is not null
            ? arguments.Wanted
            : Acquire(invocation, method, user, state);
    }

    /// <summary>A delegate may do anything with what it is passed, unless all callers show theirs; what it gives back is owned when its source or its name says so.</summary>
    private int EvaluateDelegate(IInvocationOperation invocation, IOperation called, SessionState state)
    {
        foreach (var argument in invocation.Arguments)
        {
            var value = Evaluate(argument.Value, state);
            if (value >= 0 && sites[value].Dependence == Dependence.None && called is IParameterReferenceOperation { Parameter: var callback }
                && argument.Parameter is { } passed && ownership.IsLent(callback, passed.Ordinal, cancellation))
            {
                UseUnseen(invocation, value, state);
            }
            else
            {
                HandOn(value, state);
            }
        }

        Throws(invocation, state);
        if (called is ILocalReferenceOperation { Local: var local } && delegates.TryGetValue(local, out var function) && function is not null)
        {
            var nested = graph.GetAnonymousFunctionControlFlowGraphInScope(function, cancellation);
            return ownership.ResultOf(function.Symbol, nested, cancellation).Result == Result.Owned
                ? NewSite(invocation, 0, function.Symbol.ReturnType, local, SessionState.Unknown, false, state)
                : SessionState.Unknown;
        }

        return ownership.IsFactoryDelegate(called)
            ? NewSite(invocation, 0, invocation.TargetMethod.ReturnType, SymbolOf(called), SessionState.Unknown, true, state)
            : SessionState.Unknown;
    }

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation member => member.Member,
        _ => null,
    };

    /// <summary>
    /// Evaluates arguments and does to their sessions what the callee does. Gives back the value of the first argument and of the wanted
    /// one; the parent is the connection, command or context among them.
    /// </summary>
    private (int First, int Wanted, int Parent) EvaluateArguments(
        IOperation call, ImmutableArray<IArgumentOperation> arguments, IMethodSymbol? method, int receiver, int wanted, SessionState state)
    {
        var first = SessionState.Unknown;
        var returned = SessionState.Unknown;
        var parent = SessionState.Unknown;
        foreach (var argument in arguments)
        {
            var parameter = argument.Parameter;
            if (parameter is { RefKind: RefKind.Out or RefKind.Ref })
            {
                EvaluateByReference(call, argument, parameter, state);
                continue;
            }

            var value = Evaluate(argument.Value, state);
            if (parameter?.Ordinal == 0)
            {
                first = value;
            }

            if (parameter?.Ordinal == wanted)
            {
                returned = value;
            }

            if (value == SessionState.Unknown || value == SessionState.Null)
            {
                if (argument.Value.Type is { SpecialType: SpecialType.None } type && state.Sites.Count > 0 && symbols.TypeOf(Unconverted(argument.Value).Type ?? type) is { Kind: SessionKind.Context }
                    && (method is null || (symbols.FactsOf(method) is null && !symbols.Borrows(method))))
                {
                    NotePassedContext(state);
                }

                continue;
            }

            NoteContextUse(call, method, value, state);
            if (value < 0 || parameter is null || method is null)
            {
                HandOn(value, state);
                continue;
            }

            if (!MayDispose(argument.Value))
            {
                // context.Database, scope.ServiceProvider as arguments: views of the session that cannot dispose it.
                Use(value, state);
                continue;
            }

            if (parent < 0 && sites[value].Kind is SessionKind.Connection or SessionKind.Command or SessionKind.Context)
            {
                parent = value;
            }

            if (symbols.FactsOf(method) is null && !symbols.Borrows(method))
            {
                NotePassed(value, state);
            }

            switch (ownership.EffectOf(call, parameter))
            {
                case ParameterEffect.Borrows:
                    if (symbols.FactsOf(method) is null && !(call is IObjectCreationOperation && symbols.TypeOf(method.ContainingType)?.Kind == SessionKind.Command))
                    {
                        Use(value, state);
                    }

                    break;
                case ParameterEffect.Disposes:
                    Close(value, state, Status.Disposed);
                    break;
                case ParameterEffect.Returns:
                    break;
                default:
                    HandOn(value, state);
                    break;
            }
        }

        if (receiver >= 0 && method is not null && symbols.FactsOf(method) is { Transfers.IsEmpty: false } facts && Ownership.TakesReceiverConnection(facts, arguments))
        {
            // A reader with CloseConnection closes the connection behind its command.
            HandOn(Ancestor(receiver, state, SessionKind.Connection), state);
        }

        return (first, returned, parent);
    }

    /// <summary>False for a value whose type shows that whoever gets it does not get the session itself.</summary>
    private bool MayDispose(IOperation argument)
    {
        while (argument is IConversionOperation { OperatorMethod: null, IsImplicit: true } conversion)
        {
            argument = conversion.Operand;
        }

        return argument.Type is not { SpecialType: SpecialType.None } type || type.TypeKind is TypeKind.TypeParameter || symbols.TypeOf(SessionSymbols.Unwrap(type)) is not null
            || type.Name is "IDisposable" or "IAsyncDisposable";
    }

    private void EvaluateByReference(IOperation call, IArgumentOperation argument, IParameterSymbol parameter, SessionState state)
    {
        var target = argument.Value is IDeclarationExpressionOperation declaration ? declaration.Expression : argument.Value;
        if (parameter.RefKind == RefKind.Ref)
        {
            HandOn(Evaluate(target, state), state);
        }

        var symbol = SymbolOf(target);
        if (symbol is not (ILocalSymbol or IParameterSymbol) && target is not IDiscardOperation)
        {
            return;
        }

        var value = SessionState.Unknown;
        if (parameter.RefKind == RefKind.Out && symbols.ResultOf(parameter.Type) is { } && ownership.GivesOut(call, parameter))
        {
            value = NewSite(call, parameter.Ordinal + 1, parameter.Type, parameter.ContainingSymbol, SessionState.Unknown, true, state);
        }

        if (symbol is not null)
        {
            AssignSymbol(symbol, value, call, state);
        }
    }

    /// <summary>The sessions that a call leaves in its out arguments.</summary>
    private IEnumerable<Site> GivenBy(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.Out } parameter && siteOf.TryGetValue((call, parameter.Ordinal + 1), out var site))
            {
                yield return site;
            }
        }
    }

    /// <summary>What the catalogue says that a member does to its session.</summary>
    private void Apply(MemberFacts facts, IMethodSymbol method, int session, SessionState state)
    {
        if (facts.Has(Roles.Closes))
        {
            Close(session, state);
            return;
        }

        if (facts.Has(Roles.Commits | Roles.RollsBack) && !facts.Has(Roles.Flushes))
        {
            if (session >= 0 && sites[session].Kind == SessionKind.Transaction)
            {
                // A finished transaction holds nothing; whether disposing it is still nice is a matter of style.
                Close(session, state);
            }
            else if (symbols.TypeOf(method.ContainingType)?.Kind != SessionKind.Transaction)
            {
                // context.Database.CommitTransaction() ends the transaction that the context began.
                for (var i = state.Sites.Count - 1; i >= 0; i--)
                {
                    var site = state.Sites.KeyAt(i);
                    if (sites[site].Kind == SessionKind.Transaction && state.Parents.GetOr(site, SessionState.Unknown) is var parent && (parent == session || parent < 0))
                    {
                        Close(site, state);
                    }
                }
            }
        }

        if (session >= 0 && facts.Has(Roles.OpensAndCloses) && sites[session].Kind == SessionKind.Command)
        {
            // An adapter opens and closes the connection behind it.
            session = Ancestor(session, state, SessionKind.Connection);
        }

        if (session < 0)
        {
            return;
        }

        var status = state.StatusOf(session);
        if (facts.Has(Roles.OpensAndCloses) && status is Status.Created or Status.Idle)
        {
            state.SetStatus(session, Status.Idle);
        }
        else if (facts.Has(Roles.Opens) && status == Status.Closed && sites[session].Type.Has(Roles.StartsClosed) && sites[session].Parameter is null)
        {
            state.SetStatus(session, Status.Open);
        }
        else
        {
            Use(session, state);
        }
    }

    /// <summary>Any use of a fresh connection may open it.</summary>
    private static void Use(int site, SessionState state)
    {
        if (state.StatusOf(site) is Status.Created or Status.Idle)
        {
            state.SetStatus(site, Status.Open);
        }
    }

    private void Close(int value, SessionState state, Status status = Status.Closed, bool byUsing = false)
    {
        if (value < 0)
        {
            return;
        }

        var site = sites[value];
        switch (state.StatusOf(value))
        {
            case Status.Created or Status.Idle or Status.Open:
                state.SetStatus(value, status);
                break;
            case Status.Closed:
                state.SetStatus(value, status == Status.Disposed ? status : Status.Closed);
                break;
            case Status.Returned when site.Dependence == Dependence.None && site.Parameter is null && status == Status.Disposed:
                Fault(site, ExitKind.ReturnedDisposed, site.ReturnedAt!);
                state.SetStatus(value, status);
                break;
            case Status.Escaped when site.Parameter is null && status == Status.Disposed:
                if (byUsing && site.StoredAt is { } stored)
                {
                    Fault(site, ExitKind.StoredDisposed, stored);
                }

                state.SetStatus(value, status);
                break;
        }
    }

    private void Fault(Site site, ExitKind kind, SyntaxNode at)
    {
        if (!leaks.TryGetValue((site, kind), out var known) || at.SpanStart < known.At.SpanStart)
        {
            leaks[(site, kind)] = new(site, kind, at);
        }
    }

    /// <summary>Notes in which condition a path finds the session that an operation uses.</summary>
    private void See(IOperation operation, int value, SessionState state, bool isDisposal)
    {
        if (!uses.TryGetValue(operation, out var use))
        {
            uses[operation] = use = new() { IsDisposal = isDisposal };
        }

        if (value >= 0 && sites[value].Dependence == Dependence.None && state.StatusOf(value) == Status.Disposed)
        {
            use.Site ??= sites[value];
            use.Dead = true;
        }
        else
        {
            use.Alive = true;
        }
    }

    /// <summary>Calls that need a live session: not the inspection of its state, nor ending it once more.</summary>
    private static bool IsWork(IMethodSymbol method, MemberFacts? facts) =>
        method.MethodKind == MethodKind.Ordinary && method.Name is not ("ToString" or "GetType" or "Equals" or "GetHashCode" or "ConfigureAwait")
        && (facts is null || !facts.Has(Roles.Closes));

    /// <summary>Somebody else has it now.</summary>
    private void HandOn(int value, SessionState state, HandOver how = HandOver.Passed)
    {
        if (value <= FirstTuple)
        {
            foreach (var part in tuples[FirstTuple - value])
            {
                HandOn(part, state, how);
            }

            return;
        }

        if (value < 0)
        {
            return;
        }

        NoteContextHandedOn(value, state);
        if (SessionState.IsOwned(state.StatusOf(value)))
        {
            state.SetStatus(value, how == HandOver.Returned ? Status.Returned : Status.Escaped);
            sites[value].HandedOn |= how;
        }

        if (sites[value].Kind is SessionKind.Command or SessionKind.Transaction)
        {
            // Whoever has the command can dispose its connection.
            HandOn(state.Parents.GetOr(value, SessionState.Unknown), state);
        }
    }

    /// <summary>The object that is being constructed disposes its fields, or the end of its constructor makes it their owner.</summary>
    private void HandOnFields(SessionState state)
    {
        for (var i = 0; i < state.Variables.Count; i++)
        {
            if (fieldVariables.Contains(state.Variables.KeyAt(i)))
            {
                HandOn(state.Variables.ValueAt(i), state, HandOver.Stored);
            }
        }
    }

    /// <summary>A function that uses variables of this body is made, passed or called.</summary>
    private int Capture(IMethodSymbol function, IOperation at, SessionState state)
    {
        var result = SessionState.Unknown;
        if (!borrowedBy.TryGetValue(function, out var variablesOf))
        {
            return result;
        }

        // Passed to a call or called here, a function that only borrows leaves the session with us. Stored, it may be what the session lives for.
        var passed = at is IInvocationOperation;
        for (var use = at; !passed && use is not null; use = use.Parent)
        {
            passed = use is IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation } && !ownership.Stored.MayStore(parameter, cancellation);
            if (use is not (IFlowAnonymousFunctionOperation or IDelegateCreationOperation or IConversionOperation))
            {
                break;
            }
        }

        foreach (var symbol in variablesOf)
        {
            var value = Read(Variable(symbol), state);
            NotePassed(value, state);
            NoteContextHandedOn(value, state);
            if (!passed)
            {
                HandOn(value, state);
                if (value >= 0 && sites[value].Dependence == Dependence.None && sites[value].Parameter is null)
                {
                    result = NewDependent(at, value, Dependence.Function, state);
                }
            }
            else if (value >= 0)
            {
                Use(value, state);
            }
        }

        return result;
    }

    private void Return(int result, IOperation operation, SessionState state)
    {
        if (result <= FirstTuple)
        {
            var tuple = tuples[FirstTuple - result];
            for (var i = 0; i < tuple.Length; i++)
            {
                Add(i, tuple[i]);
            }
        }

        Add(-1, result);
        for (var value = result; value >= 0 && sites[value].ReturnedAt is null; value = SessionState.Unknown)
        {
            sites[value].ReturnedAt = operation.Syntax;
        }

        HandOn(result, state, HandOver.Returned);

        void Add(int element, int value)
        {
            Results.Returned.TryGetValue(element, out var known);
            Results.Returned[element] = known | Kind(value);
            if (value >= 0 && sites[value].Parameter is { } parameter)
            {
                Results.ReturnedParameter = known is ReturnedValue.None or ReturnedValue.Null || Results.ReturnedParameter == parameter.Ordinal ? parameter.Ordinal : -1;
            }
        }

        ReturnedValue Kind(int value) => value switch
        {
            SessionState.Null => ReturnedValue.Null,
            < 0 => ReturnedValue.Unknown,
            _ when sites[value].Parameter is not null => ReturnedValue.Parameter,
            _ when sites[value].Dependence != Dependence.None => ReturnedValue.Unknown,
            _ when state.StatusOf(value) == Status.Created => ReturnedValue.Owned,
            _ when SessionState.IsOwned(state.StatusOf(value)) => ReturnedValue.Owned | ReturnedValue.Opened,
            _ when SessionState.IsEnded(state.StatusOf(value)) => ReturnedValue.Disposed,
            _ => ReturnedValue.Unknown,
        };
    }

    /// <summary>A new site where the operation yields a session that this code owns.</summary>
    private int Acquire(IOperation operation, ISymbol? source, int parent, SessionState state)
    {
        var acquisition = ownership.Acquires(operation);
        if (acquisition.Result == Result.Owned)
        {
            var site = NewSite(operation, 0, operation.Type!, source, parent, acquisition.MayBeNull, state);
            if (acquisition.IsFresh && site >= 0 && sites[site].Type.Has(Roles.StartsClosed))
            {
                state.SetStatus(site, Status.Created);
            }

            return site;
        }

        if (acquisition.Elements is { } owned && SessionSymbols.Unwrap(operation.Type!) is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            var values = new int[tuple.TupleElements.Length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = owned.Contains(i) ? NewSite(operation, -i - 1, tuple.TupleElements[i].Type, source, parent, true, state) : SessionState.Unknown;
            }

            return Tuple(values);
        }

        return SessionState.Unknown;
    }

    /// <summary>What a call on a session gives back, where that lives on the session.</summary>
    private int DependentResult(IInvocationOperation invocation, IMethodSymbol method, MemberFacts? facts, int session, SessionState state)
    {
        var site = sites[session];
        if (site.Dependence is Dependence.Query)
        {
            // A further operator on a query is the query still; what it materialises into is free.
            return IsLazy(invocation.Type) && (method.ContainingType.Name is "Queryable" or "Enumerable" or "AsyncEnumerable" or "AsyncEnumerableExtensions" || symbols.Borrows(method))
                ? session
                : Task(session);
        }

        if (site.Dependence != Dependence.None || site.Parameter is not null)
        {
            return SessionState.Unknown;
        }

        if (site.Kind == SessionKind.ServiceScope && facts is not null && facts.Has(Roles.Resolves))
        {
            return symbols.TypeOf(invocation.Type) is null ? SessionState.Unknown : NewDependent(invocation, session, Dependence.Service, state);
        }

        if (Depends(invocation.Type, session, state) is Dependence.Query || (facts is not null && Ownership.ReturnsDeferred(facts, invocation.Arguments) && IsLazy(invocation.Type)))
        {
            return NewDependent(invocation, session, Dependence.Query, state);
        }

        return Task(session);

        int Task(int value) =>
            invocation.Type is INamedTypeSymbol { Name: "Task" or "ValueTask" } type && SessionSymbols.IsIn(type.ContainingNamespace, "System.Threading.Tasks")
            && symbols.ResultOf(type) is null && (symbols.Borrows(method) || method.IsAsync)
                ? NewDependent(invocation, value, Dependence.Task, state)
                : SessionState.Unknown;
    }

    private Dependence Depends(ITypeSymbol? type, int receiver, SessionState state)
    {
        var site = sites[receiver];
        return site.Dependence == Dependence.None && site.Parameter is null && site.Kind is SessionKind.Context or SessionKind.Connection && state.StatusOf(receiver) != Status.Absent && IsQuery(type)
            ? Dependence.Query
            : Dependence.None;
    }

    private static bool IsQuery(ITypeSymbol? type) => type is INamedTypeSymbol named && (Is(named) || named.AllInterfaces.Any(Is));

    private static bool Is(INamedTypeSymbol type) =>
        (type.Name == "IQueryable" && SessionSymbols.IsIn(type.ContainingNamespace, "System.Linq"))
        || (type.Name == "IAsyncEnumerable" && SessionSymbols.IsIn(type.ContainingNamespace, "System.Collections.Generic"));

    /// <summary>A sequence that is computed when it is enumerated: an interface, not a collection.</summary>
    private static bool IsLazy(ITypeSymbol? type) =>
        IsQuery(type) || type is INamedTypeSymbol { TypeKind: TypeKind.Interface, Name: "IEnumerable" or "IOrderedEnumerable" };

    private int NewDependent(IOperation operation, int parent, Dependence dependence, SessionState state)
    {
        if (!siteOf.TryGetValue((operation, int.MinValue), out var site))
        {
            var type = dependence == Dependence.Service ? symbols.TypeOf(operation.Type) : null;
            site = new Site(sites.Count, operation, type ?? sites[parent].Type, operation.Type ?? sites[parent].DeclaredType, null) { Dependence = dependence };
            sites.Add(site);
            siteOf[(operation, int.MinValue)] = site;
        }

        state.SetStatus(site.Index, Status.Open);
        state.Parents = state.Parents.Set(site.Index, parent);
        return site.Index;
    }

    private int NewSite(IOperation operation, int part, ITypeSymbol declared, ISymbol? source, int parent, bool mayBeNull, SessionState state)
    {
        declared = SessionSymbols.Unwrap(declared);
        if (symbols.TypeOf(declared) is not { } type)
        {
            return SessionState.Unknown;
        }

        if (!siteOf.TryGetValue((operation, part), out var site))
        {
            site = new Site(sites.Count, operation, type, declared, source) { MayBeNull = mayBeNull };
            sites.Add(site);
            siteOf[(operation, part)] = site;
        }
        else if (SessionState.IsOwned(state.StatusOf(site.Index)))
        {
            // The loop came back: the session of the last round is given up here or overwritten by the assignment that follows.
            if (!state.IsHeld(site.Index))
            {
                Lose(site, ExitKind.LoopBack, operation.Syntax, state);
            }
            else if (!type.Has(Roles.Optional))
            {
                Overwrite(site, state);
            }
        }

        state.Outcomes = state.Outcomes.Remove(site.Index);
        state.SetStatus(site.Index, operation is IObjectCreationOperation && type.Has(Roles.StartsClosed) ? Status.Created : Status.Open);
        state.Parents = parent >= 0 && parent != site.Index ? state.Parents.Set(site.Index, parent) : state.Parents.Remove(site.Index);
        fresh.Add(site);
        return site.Index;
    }

    /// <summary>The same acquisition again while a variable still holds the session of the last round.</summary>
    private void Overwrite(Site site, SessionState state)
    {
        var assignment = site.Operation;
        while (assignment.Parent is { } parent && assignment is not (ISimpleAssignmentOperation or IExpressionStatementOperation))
        {
            assignment = parent;
        }

        // Held by another variable than the one assigned: the value moves on, we cannot tell.
        var target = assignment is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } ? Variable(local) : -1;
        for (var i = state.Variables.Count - 1; i >= 0; i--)
        {
            if (state.Variables.ValueAt(i) == site.Index && state.Variables.KeyAt(i) != target)
            {
                return;
            }
        }

        Report(site, ExitKind.Overwritten, assignment.Syntax, state);
    }

    private void DropUnnamed(SessionState state, IOperation statement)
    {
        foreach (var site in fresh)
        {
            if (!SessionState.IsOwned(state.StatusOf(site.Index)) || state.IsHeld(site.Index))
            {
                continue;
            }

            if (site.Kind == SessionKind.Transaction && site.Source is IMethodSymbol { ContainingType: { } type } && symbols.TypeOf(type)?.Kind != SessionKind.Connection)
            {
                // context.Database.BeginTransaction(): the context keeps it as its current transaction.
                HandOn(site.Index, state);
                continue;
            }

            Lose(site, ExitKind.Dropped, statement.Syntax, state);
        }
    }

    internal static bool IsDisposal(IMethodSymbol method) => method is { Name: "Dispose" or "DisposeAsync", Parameters.IsEmpty: true, IsStatic: false }
        || method is { ExplicitInterfaceImplementations: { IsEmpty: false } implemented } && implemented[0].Name is "Dispose" or "DisposeAsync";

    /// <summary>Members of tasks and awaiters that pass the result on.</summary>
    private static bool IsAwaiterPlumbing(IMethodSymbol method) =>
        method.Name is "ConfigureAwait" or "GetAwaiter" or "GetResult" or "AsTask" or "WaitAsync" or "Preserve"
        && (SessionSymbols.IsIn(method.ContainingNamespace, "System.Threading.Tasks") || SessionSymbols.IsIn(method.ContainingNamespace, "System.Runtime.CompilerServices"));

    private bool ReturnsItself(IMethodSymbol method, IOperation? instance) =>
        symbols.TypeOf(method.ReturnType) is not null && (instance ?? null)?.Type is { } type && Implies(type, method.ReturnType)
        && !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, ownership.Compilation.Assembly) && !symbols.Borrows(method);

    /// <summary>Nothing runs after these.</summary>
    private static bool IsLast(IMethodSymbol method) =>
        (method.Name is "Exit" or "FailFast" && method.ContainingType is { Name: "Environment" } type && SessionSymbols.IsIn(type.ContainingNamespace, "System"))
        || method.GetAttributes().Any(static a => a.AttributeClass?.Name == "DoesNotReturnAttribute");

    private static bool MayThrow(IMethodSymbol method)
    {
        if (method.MethodKind is MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove)
        {
            return false;
        }

        if (method.MethodKind == MethodKind.Constructor)
        {
            return method is { DeclaringSyntaxReferences.IsEmpty: false, Parameters.IsEmpty: false } || SessionSymbols.IsIn(method.ContainingNamespace, "System.IO");
        }

        if (method.Name is "Dispose" or "DisposeAsync" or "CreateCommand" or "CreateParameter" or "ToString" or "GetType" or "Equals" or "GetHashCode")
        {
            return false;
        }

        return !(method.ContainingNamespace is { } space
            && (SessionSymbols.IsIn(space, "System.Diagnostics") || SessionSymbols.IsIn(space, "Microsoft.Extensions.Logging") || SessionSymbols.IsIn(space, "System.Text")
                || (SessionSymbols.IsIn(space, "System") && method.ContainingType.Name is "String" or "Math" or "Console" or "GC" or "DateTime" or "TimeSpan" or "Guid")
                || (SessionSymbols.IsIn(space, "System.Collections.Generic") && method.Name is "Add" or "Clear" or "TryGetValue" or "ContainsKey" or "Contains")
                || (SessionSymbols.IsIn(space, "System.Threading.Tasks") && method.Name is "ConfigureAwait" or "FromResult")));
    }

    /// <summary>True when every value of the first type is one of the second.</summary>
    private static bool Implies(ITypeSymbol type, ITypeSymbol other)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(t, other))
            {
                return true;
            }
        }

        return other.SpecialType == SpecialType.System_Object || type.AllInterfaces.Contains(other, SymbolEqualityComparer.Default);
    }
}
