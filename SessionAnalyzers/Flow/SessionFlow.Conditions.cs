using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// What a branch tells: null checks of variables that may hold a session, bool variables, and comparisons with constants. A path that
/// contradicts what is known ends; so 'if (external == null) create … finally if (external == null) dispose' is followed exactly.
/// </summary>
internal sealed partial class SessionFlow
{
    private readonly Dictionary<(ISymbol, object), int> factOf = new(FactComparer.Instance);
    private readonly Dictionary<ISymbol, List<int>> factsOf = new(SymbolEqualityComparer.Default);

    /// <summary>The key of the fact "is null"; other facts are keyed by the constant compared with.</summary>
    private static readonly object IsNullFact = new();

    /// <summary>Narrows the path by a condition's value. False: no such path exists.</summary>
    private bool Assume(SessionState state, IOperation condition, bool value)
    {
        if (condition.ConstantValue is { HasValue: true, Value: bool constant })
        {
            return constant == value;
        }

        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Assume(state, not.Operand, !value);
            case IParenthesizedOperation parenthesized:
                return Assume(state, parenthesized.Operand, value);
            case IConversionOperation { OperatorMethod: null } conversion:
                return Assume(state, conversion.Operand, value);
            case IIsNullOperation isNull:
                return AssumeNull(state, isNull.Operand, value, isNull.IsImplicit && IsLoweredUsing(isNull));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison:
                return AssumeEqual(state, comparison.LeftOperand, comparison.RightOperand, value == (comparison.OperatorKind == BinaryOperatorKind.Equals));
            case IIsPatternOperation pattern:
                return AssumePattern(state, pattern.Value, pattern.Pattern, value);
            case IIsTypeOperation isType:
                var tested = Peek(isType.ValueOperand, state);
                return value || tested < 0 || sites[tested].MayBeNull || !Implies(sites[tested].DeclaredType, isType.TypeOperand);
            case IFlowCaptureReferenceOperation reference when SourceOf(reference) is { } source:
                return Assume(state, source, value);
            case IInvocationOperation { TargetMethod.Name: "ReferenceEquals", Arguments.Length: 2 } same:
                return AssumeSame(state, same.Arguments[0].Value, same.Arguments[1].Value, value);
            case IInvocationOperation attempt:
                return AssumeGiven(state, attempt, value);
            case IPropertyReferenceOperation { Property.Name: "IsClosed", Instance: { } reader } when Peek(reader, state) is >= 0 and var closed:
                if (value)
                {
                    Close(closed, state);
                }

                return true;
            case ILocalReferenceOperation local:
                return AssumeFlag(state, local.Local, value);
            case IParameterReferenceOperation parameter:
                return AssumeFact(state, parameter.Parameter, true, value);
            case IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field:
                return AssumeFact(state, field.Field, true, value);
            case IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Arguments.IsEmpty: true } property:
                return AssumeFact(state, property.Property, true, value);
            default:
                return true;
        }
    }

    /// <summary>The only source of a capture, or null.</summary>
    private IOperation? SourceOf(IFlowCaptureReferenceOperation reference) => captured.TryGetValue(reference.Id, out var sources) && sources.Count == 1 ? sources[0] : null;

    /// <summary>A session that only our variables hold is the same as another value only if that is held by them too.</summary>
    private bool AssumeSame(SessionState state, IOperation left, IOperation right, bool same)
    {
        var (first, second) = (Peek(Unconverted(left), state), Peek(Unconverted(right), state));
        return first == second || (!IsOurs(first) && !IsOurs(second)) || !same;

        bool IsOurs(int value) => value >= 0 && sites[value].Parameter is null && SessionState.IsOwned(state.StatusOf(value));
    }

    /// <summary>TryOpen(out connection) that says no has given nothing.</summary>
    private bool AssumeGiven(SessionState state, IInvocationOperation attempt, bool succeeded)
    {
        if (!succeeded)
        {
            foreach (var site in GivenBy(attempt))
            {
                Vanish(site.Index, state);
            }
        }

        return true;
    }

    /// <summary>On this path there never was a session: the variables that would hold it are null.</summary>
    private static void Vanish(int site, SessionState state)
    {
        state.SetStatus(site, Status.Absent);
        state.Parents = state.Parents.Remove(site);
        for (var i = state.Variables.Count - 1; i >= 0; i--)
        {
            if (state.Variables.ValueAt(i) == site)
            {
                state.Variables = state.Variables.Set(state.Variables.KeyAt(i), SessionState.Null);
            }
        }
    }

    /// <summary>A condition whose value decides something that the analysis knows: its value is worth following both ways.</summary>
    private static bool IsDecidable(IOperation condition) => condition switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => IsDecidable(not.Operand),
        IConversionOperation conversion => IsDecidable(conversion.Operand),
        IIsNullOperation or IIsPatternOperation => true,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison =>
            comparison.RightOperand.ConstantValue.HasValue || comparison.LeftOperand.ConstantValue.HasValue || IsNullLiteral(comparison.RightOperand) || IsNullLiteral(comparison.LeftOperand),
        ILocalReferenceOperation or IParameterReferenceOperation => true,
        _ => false,
    };

    private static bool IsNullLiteral(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: null } || operation is IConversionOperation { Operand: var operand } && IsNullLiteral(operand)
        || operation is IDefaultValueOperation { Type.IsReferenceType: true };

    /// <summary>The null check of a lowered using: it only asks whether there is something to dispose.</summary>
    private static bool IsLoweredUsing(IOperation operation) => operation.Syntax.RawKind is var kind
        && (kind == (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.UsingStatement
            || !operation.Syntax.IsKind(Microsoft.CodeAnalysis.CSharp.SyntaxKind.ConditionalAccessExpression));

    private bool AssumeEqual(SessionState state, IOperation left, IOperation right, bool equal)
    {
        if (IsNullLiteral(right))
        {
            return AssumeNull(state, left, equal, false);
        }

        if (IsNullLiteral(left))
        {
            return AssumeNull(state, right, equal, false);
        }

        // An enum compared with a nullable one is converted.
        (left, right) = (Unconverted(left), Unconverted(right));
        if (!right.ConstantValue.HasValue)
        {
            (left, right) = (right, left);
        }

        if (right.ConstantValue is not { HasValue: true, Value: { } constant })
        {
            return AssumeSame(state, left, right, equal);
        }

        if (constant is bool b)
        {
            return Assume(state, left, equal == b);
        }

        if (left is IFlowCaptureReferenceOperation conditional && captured.TryGetValue(conditional.Id, out var sources))
        {
            // 'connection?.State' is the state or null.
            left = sources.Select(Unconverted).FirstOrDefault(static s => s is IPropertyReferenceOperation { Property.Name: "State" }) ?? left;
        }

        if (left is IPropertyReferenceOperation { Property.Name: "State", Instance: { } instance } && PeekThrough(instance, state) is >= 0 and var site
            && sites[site].Kind == SessionKind.Connection && constant is int number)
        {
            // ConnectionState: Closed is 0, Open is 1. A connection that is found closed has nothing to release.
            if ((number == 1 && !equal) || (number == 0 && equal))
            {
                Close(site, state);
            }

            return true;
        }

        return SymbolOf(left) is { } symbol && IsStable(left) ? AssumeFact(state, symbol, constant, equal) : true;
    }

    private bool AssumePattern(SessionState state, IOperation value, IPatternOperation pattern, bool matches)
    {
        switch (pattern)
        {
            case INegatedPatternOperation negated:
                return AssumePattern(state, value, negated.Pattern, !matches);
            case IConstantPatternOperation constant:
                return IsNullLiteral(constant.Value)
                    ? AssumeNull(state, value, matches, false)
                    : AssumeEqual(state, value, constant.Value, matches);
            case IDeclarationPatternOperation declaration:
                Alias(state, declaration.DeclaredSymbol, value, matches);
                return AssumeType(state, value, declaration.MatchesNull ? null : declaration.MatchedType, matches);
            case ITypePatternOperation type:
                return AssumeType(state, value, type.MatchedType, matches);
            case IRecursivePatternOperation { DeconstructionSubpatterns.IsEmpty: true, PropertySubpatterns.IsEmpty: true } recursive:
                Alias(state, recursive.DeclaredSymbol, value, matches);
                return AssumeType(state, value, recursive.MatchedType, matches);
            case IRecursivePatternOperation recursive when matches:
                Alias(state, recursive.DeclaredSymbol, value, matches);
                return AssumeNull(state, value, false, false);
            default:
                return true;
        }
    }

    private void Alias(SessionState state, ISymbol? declared, IOperation value, bool matches)
    {
        if (matches && declared is ILocalSymbol local)
        {
            AssignSymbol(local, Peek(value, state), value, state);
        }
    }

    private bool AssumeType(SessionState state, IOperation value, ITypeSymbol? type, bool matches)
    {
        if (matches)
        {
            return type is null || AssumeNull(state, value, false, false);
        }

        var site = Peek(value, state);
        if (site < 0)
        {
            return true;
        }

        // Not of a type that it certainly is: then it is null, or this path does not exist.
        var certain = type is null || Implies(sites[site].DeclaredType, type);
        if (!certain)
        {
            // Whatever else it is, somebody has a plan for it.
            HandOn(site, state);
            return true;
        }

        return AssumeNull(state, value, true, false);
    }

    private bool AssumeNull(SessionState state, IOperation operand, bool isNull, bool lowered)
    {
        operand = Unconverted(operand);
        var value = Peek(operand, state);
        if (value == SessionState.Null)
        {
            return isNull;
        }

        if (value >= 0)
        {
            if (!isNull)
            {
                return true;
            }

            if (lowered || !sites[value].MayBeNull)
            {
                return false;
            }

            Vanish(value, state);
            return true;
        }

        if (operand is IFlowCaptureReferenceOperation reference && SourceOf(reference) is { } source)
        {
            operand = Unconverted(source);
        }

        return SymbolOf(operand) is { } symbol && IsStable(operand) ? AssumeFact(state, symbol, IsNullFact, isNull) : true;
    }

    private static IOperation Unconverted(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null, IsTryCast: false } or IParenthesizedOperation)
        {
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)operation).Operand;
        }

        return operation;
    }

    /// <summary>A variable, or a field or property of this object: read twice without an assignment in between, it is taken to be the same.</summary>
    private static bool IsStable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation => true,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } => true,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Arguments.IsEmpty: true } => true,
        _ => false,
    };

    /// <summary>The value of an operation that has been evaluated already.</summary>
    private int Peek(IOperation operation, SessionState state) => operation switch
    {
        ILocalReferenceOperation local => Read(Variable(local.Local), state),
        IParameterReferenceOperation parameter => Read(Variable(parameter.Parameter), state),
        IFlowCaptureReferenceOperation reference => Read(Variable(reference.Id), state),
        IConversionOperation { OperatorMethod: null } conversion => Peek(conversion.Operand, state),
        IParenthesizedOperation parenthesized => Peek(parenthesized.Operand, state),
        ISimpleAssignmentOperation assignment => Peek(assignment.Target, state),
        IFieldReferenceOperation { Instance: ILocalReferenceOperation } field => EvaluateField(field, state),
        IAwaitOperation await => Peek(await.Operation, state),
        _ when siteOf.TryGetValue((operation, 0), out var site) => site.Index,
        _ => operation.ConstantValue is { HasValue: true, Value: null } ? SessionState.Null : SessionState.Unknown,
    };

    /// <summary>The capture of a conditional access ends before the comparison: its source is asked instead.</summary>
    private int PeekThrough(IOperation operation, SessionState state) =>
        operation is IFlowCaptureReferenceOperation reference && SourceOf(reference) is { } source ? Peek(source, state) : Peek(operation, state);

    private void SetFlag(SessionState state, ISymbol flag, int value)
    {
        ForgetFacts(state, flag);
        var variable = Variable(flag);
        // A flag that a nested function may set proves nothing.
        state.Flags = value < 0 || sharedVariables.Contains(flag) ? state.Flags.Remove(variable) : state.Flags.Set(variable, value);
    }

    private bool AssumeFlag(SessionState state, ILocalSymbol local, bool value)
    {
        if (sharedVariables.Contains(local))
        {
            return true;
        }

        if (state.Flags.TryGet(Variable(local), out var known))
        {
            return known == (value ? 1 : 0);
        }

        return AssumeFact(state, local, true, value);
    }

    private bool AssumeFact(SessionState state, ISymbol symbol, object what, bool value)
    {
        if (!factOf.TryGetValue((symbol, what), out var id))
        {
            factOf[(symbol, what)] = id = factOf.Count;
            if (!factsOf.TryGetValue(symbol, out var list))
            {
                factsOf[symbol] = list = [];
            }

            list.Add(id);
        }

        if (state.Facts.TryGet(id, out var known))
        {
            return known == (value ? 1 : 0);
        }

        state.Facts = state.Facts.Set(id, value ? 1 : 0);
        return true;
    }

    private void ForgetFacts(SessionState state, ISymbol symbol)
    {
        if (factsOf.TryGetValue(symbol, out var list))
        {
            foreach (var id in list)
            {
                state.Facts = state.Facts.Remove(id);
            }
        }
    }

    private sealed class FactComparer : IEqualityComparer<(ISymbol Symbol, object What)>
    {
        public static readonly FactComparer Instance = new();

        public bool Equals((ISymbol Symbol, object What) x, (ISymbol Symbol, object What) y) =>
            SymbolEqualityComparer.Default.Equals(x.Symbol, y.Symbol) && Equals(x.What, y.What);

        public int GetHashCode((ISymbol Symbol, object What) pair) =>
            (SymbolEqualityComparer.Default.GetHashCode(pair.Symbol) * 31) + pair.What.GetHashCode();
    }
}
