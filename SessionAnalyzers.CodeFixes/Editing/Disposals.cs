namespace SessionAnalyzers.Editing;

internal enum DisposalKind
{
    Dispose,
    Close,

    /// <summary><c>session = null;</c>, as people write it after a disposal.</summary>
    Forget,
}

/// <summary>A statement that does nothing but dispose one local.</summary>
internal sealed record Disposal(StatementSyntax Statement, DisposalKind Kind);

/// <summary>Knows the statements that only dispose a local, in all the forms people write them.</summary>
internal static class Disposals
{
    /// <summary>All disposals of a local, outermost statements first.</summary>
    public static IReadOnlyList<Disposal> Of(ILocalSymbol local, SyntaxNode scope, SemanticModel model)
    {
        var found = new List<Disposal>();
        Collect(scope);
        return found;

        void Collect(SyntaxNode node)
        {
            foreach (var child in node.ChildNodes())
            {
                if (child is StatementSyntax statement && KindOf(statement, local, model) is { } kind)
                {
                    found.Add(new(statement, kind));
                }
                else
                {
                    Collect(child);
                }
            }
        }
    }

    public static DisposalKind? KindOf(StatementSyntax statement, ILocalSymbol local, SemanticModel model)
    {
        switch (statement)
        {
            case ExpressionStatementSyntax
            {
                Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment,
            }:
                return Is(assignment.Left, local, model) && IsNull(assignment.Right) ? DisposalKind.Forget : null;
            case ExpressionStatementSyntax { Expression: var expression }:
                return TargetOf(expression) is var (receiver, name) && Is(receiver, local, model)
                    ? name.StartsWith("Close", StringComparison.Ordinal) ? DisposalKind.Close : DisposalKind.Dispose
                    : null;
            case IfStatementSyntax { Else: null } guarded when IsGuard(guarded.Condition, local, model) && !guarded.ContainsDirectives:
                var kinds = guarded.Statement is BlockSyntax { Statements: { Count: > 0 } inner }
                    ? inner.Select(s => KindOf(s, local, model))
                    : [KindOf(guarded.Statement, local, model)];
                return kinds.Aggregate(static (a, b) => a is null || b is null ? null : (DisposalKind)Math.Min((int)a, (int)b));
            default:
                return null;
        }
    }

    /// <summary>True where a disposal alone is tried so that its failure can be ignored: it is more than a disposal then.</summary>
    public static bool IsGuardedByCatch(StatementSyntax disposal) =>
        disposal.Parent is BlockSyntax { Statements.Count: 1, Parent: TryStatementSyntax { Catches.Count: > 0 } @try } block
        && @try.Block == block;

    /// <summary>The local that an expression statement disposes, whichever it is.</summary>
    public static ILocalSymbol? AnyLocal(StatementSyntax statement, SemanticModel model) =>
        statement is ExpressionStatementSyntax { Expression: var expression } && TargetOf(expression) is var (receiver, _)
            ? model.GetSymbolInfo(Strip(receiver)).Symbol as ILocalSymbol
            : null;

    /// <summary>Receiver and name of a call of Dispose or Close; the asynchronous ones count only when they are awaited.</summary>
    private static (ExpressionSyntax Receiver, string Name)? TargetOf(ExpressionSyntax expression)
    {
        var awaited = false;
        if (expression is AwaitExpressionSyntax { Expression: var operand })
        {
            awaited = true;
            expression = operand is InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } configured,
            }
                ? configured.Expression
                : operand;
        }

        var call = expression switch
        {
            InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax member } =>
                (member.Expression, member.Name.Identifier.ValueText),
            ConditionalAccessExpressionSyntax
            {
                WhenNotNull: InvocationExpressionSyntax
                {
                    ArgumentList.Arguments.Count: 0,
                    Expression: MemberBindingExpressionSyntax member,
                },
            } conditional => (conditional.Expression, member.Name.Identifier.ValueText),
            _ => default((ExpressionSyntax, string)?),
        };
        return call switch
        {
            (_, "Dispose" or "Close") when !awaited => call,
            (_, "DisposeAsync" or "CloseAsync") when awaited => call,
            _ => null,
        };
    }

    /// <summary>A condition that asks only whether the local is there, or open.</summary>
    private static bool IsGuard(ExpressionSyntax condition, ILocalSymbol local, SemanticModel model) => condition switch
    {
        ParenthesizedExpressionSyntax p => IsGuard(p.Expression, local, model),
        BinaryExpressionSyntax b when b.IsKind(SyntaxKind.LogicalAndExpression) =>
            IsGuard(b.Left, local, model) && IsGuard(b.Right, local, model),
        BinaryExpressionSyntax b when b.IsKind(SyntaxKind.NotEqualsExpression) =>
            (IsNull(b.Right) && Is(b.Left, local, model)) || (IsNull(b.Left) && Is(b.Right, local, model)) || IsState(b, local, model),
        BinaryExpressionSyntax b when b.IsKind(SyntaxKind.EqualsExpression) => IsState(b, local, model),
        IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression: var constant } } } p =>
            IsNull(constant) && Is(p.Expression, local, model),
        IsPatternExpressionSyntax
        {
            Pattern: RecursivePatternSyntax { Type: null, Designation: null, PropertyPatternClause.Subpatterns.Count: 0 },
        } p => Is(p.Expression, local, model),
        _ => false,
    };

    private static bool IsState(BinaryExpressionSyntax comparison, ILocalSymbol local, SemanticModel model) =>
        comparison.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "State" } state && Is(state.Expression, local, model);

    private static bool Is(ExpressionSyntax expression, ILocalSymbol local, SemanticModel model) =>
        Strip(expression) is IdentifierNameSyntax name
        && name.Identifier.ValueText == local.Name
        && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, local);

    private static ExpressionSyntax Strip(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax p => Strip(p.Expression),
        CastExpressionSyntax c => Strip(c.Expression),
        BinaryExpressionSyntax b when b.IsKind(SyntaxKind.AsExpression) => Strip(b.Left),
        PostfixUnaryExpressionSyntax u when u.IsKind(SyntaxKind.SuppressNullableWarningExpression) => Strip(u.Operand),
        _ => expression,
    };

    public static bool IsNull(ExpressionSyntax expression) =>
        Strip(expression).Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression;
}
