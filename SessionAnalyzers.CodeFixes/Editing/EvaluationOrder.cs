namespace SessionAnalyzers.Editing;

/// <summary>Tells whether a part of an expression or statement can be evaluated before all the rest without a difference.</summary>
internal static class EvaluationOrder
{
    /// <summary>True where a child always runs, once, and nothing of its parent that acts runs before it.</summary>
    public static bool IsFirstToAct(SyntaxNode parent, SyntaxNode child, SemanticModel model) =>
        IsUnconditional(parent, child)
        && parent.ChildNodes().TakeWhile(n => n != child).All(n => IsQuiet(n, model))
        && IsConstructedQuietly(parent, child, model);

    private static bool IsUnconditional(SyntaxNode parent, SyntaxNode child) => parent switch
    {
        ConditionalExpressionSyntax choice => choice.Condition == child,
        ConditionalAccessExpressionSyntax access => access.Expression == child,
        BinaryExpressionSyntax binary =>
            binary.Left == child
            || binary.Kind() is not (SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression),
        AssignmentExpressionSyntax assignment => !assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression),
        SwitchExpressionSyntax choice => choice.GoverningExpression == child,
        FromClauseSyntax { Parent: var query } => query is QueryExpressionSyntax,
        QueryExpressionSyntax query => query.FromClause == child,
        ForStatementSyntax loop => loop.Declaration == child || loop.Initializers.Any(i => i == child),
        LocalDeclarationStatementSyntax or ExpressionStatementSyntax or ReturnStatementSyntax or YieldStatementSyntax => true,
        ThrowStatementSyntax or IfStatementSyntax or SwitchStatementSyntax or UsingStatementSyntax or LockStatementSyntax => true,
        CommonForEachStatementSyntax => true,
        StatementSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax or ConstructorInitializerSyntax => false,
        QueryClauseSyntax or SelectOrGroupClauseSyntax or QueryBodySyntax or SwitchExpressionArmSyntax or PatternSyntax => false,
        WhenClauseSyntax or CatchFilterClauseSyntax or ThrowExpressionSyntax or ParameterSyntax or AttributeSyntax => false,
        _ => true,
    };

    private static bool IsQuiet(SyntaxNode node, SemanticModel model) => node switch
    {
        NameColonSyntax or NameEqualsSyntax => true,
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } member => QuietExpression.Is(member.Right, model),
        ExpressionSyntax { Parent: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } } target =>
            IsQuietTarget(target, model),
        ExpressionSyntax expression => QuietExpression.Is(expression, model),
        _ => node.ChildNodes().All(n => IsQuiet(n, model)),
    };

    /// <summary>Of what is assigned to, only what leads to it is evaluated first.</summary>
    private static bool IsQuietTarget(ExpressionSyntax target, SemanticModel model) => target switch
    {
        IdentifierNameSyntax or DeclarationExpressionSyntax => true,
        MemberAccessExpressionSyntax member => QuietExpression.Is(member.Expression, model),
        ElementAccessExpressionSyntax element =>
            QuietExpression.Is(element.Expression, model)
            && element.ArgumentList.Arguments.All(a => QuietExpression.Is(a.Expression, model)),
        TupleExpressionSyntax tuple => tuple.Arguments.All(a => IsQuietTarget(a.Expression, model)),
        _ => false,
    };

    /// <summary>A constructor runs before the initializer behind it: only one that does nothing, or of a collection, may wait.</summary>
    private static bool IsConstructedQuietly(SyntaxNode parent, SyntaxNode child, SemanticModel model) =>
        parent is not BaseObjectCreationExpressionSyntax creation
        || creation.Initializer != child
        || (model.GetSymbolInfo(creation).Symbol is IMethodSymbol constructor
            && (constructor.IsImplicitlyDeclared || DetachedTypes.IsFrameworkCollection(constructor.ContainingType)));
}
