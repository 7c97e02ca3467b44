using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Editing;

/// <summary>What has to be known of a block and of a commit before the commit can stand at the end of the block.</summary>
internal static class Commits
{
    /// <summary>The name of the method that is called.</summary>
    public static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        _ => "",
    };

    /// <summary>The statement that is nothing but a call, awaited or not.</summary>
    public static ExpressionStatementSyntax? StatementOf(InvocationExpressionSyntax call)
    {
        ExpressionSyntax value = call;
        if (value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured })
        {
            value = configured;
        }

        return (value.Parent is AwaitExpressionSyntax awaited ? awaited.Parent : value == call ? call.Parent : null) as ExpressionStatementSyntax;
    }

    /// <summary>True where control leaves a block by its end or with an exception only, and does come to its end.</summary>
    public static bool IsLeftAtItsEnd(BlockSyntax block, SemanticModel model) =>
        !Members.HasLabels(block)
        && !block.DescendantNodes(static n => !Members.IsFunction(n)).Any(static n => n is YieldStatementSyntax)
        && model.AnalyzeControlFlow(block) is { Succeeded: true, EndPointIsReachable: true, ExitPoints.IsEmpty: true };

    /// <summary>Arguments that mean the same in another place of the function: none, or its own locals and parameters.</summary>
    public static bool HasQuietArguments(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation) =>
        call.ArgumentList.Arguments.All(a => a.Expression is IdentifierNameSyntax && model.GetSymbolInfo(a.Expression, cancellation).Symbol is ILocalSymbol or IParameterSymbol);

    /// <summary>True where a statement commits, completes or rolls back what a local holds.</summary>
    public static bool Finishes(SyntaxNode scope, ILocalSymbol local) =>
        scope.DescendantNodesAndSelf().Any(n => n is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver, Name.Identifier.ValueText: var name }
            && receiver.Identifier.ValueText == local.Name
            && (name.StartsWith("Commit", StringComparison.Ordinal) || name.StartsWith("Complete", StringComparison.Ordinal) || name.StartsWith("Rollback", StringComparison.Ordinal)));

    public static bool RollsBack(StatementSyntax statement, ILocalSymbol local) =>
        statement is ExpressionStatementSyntax { Expression: var expression }
        && (expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression) is InvocationExpressionSyntax
        {
            ArgumentList.Arguments: var arguments, Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver, Name.Identifier.ValueText: "Rollback" or "RollbackAsync" },
        }
        && receiver.Identifier.ValueText == local.Name
        && arguments.All(static a => a.Expression is not LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression });

    public static bool HasComment(StatementSyntax statement) =>
        !IsBare(statement.GetLeadingTrivia()) || !IsBare(statement.GetTrailingTrivia())
        || statement.GetLastToken().GetNextToken().LeadingTrivia.Any(static t => t.IsDirective || t.IsKind(SyntaxKind.SingleLineCommentTrivia));

    public static bool IsBare(SyntaxTriviaList trivia) => trivia.All(static t => t.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia);

    public static bool IsContextOfEfCore(ITypeSymbol? type) => Derives(type, "DbContext");

    public static bool IsSetOfEfCore(ITypeSymbol? type) => Derives(type, "DbSet");

    private static bool Derives(ITypeSymbol? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Name == name && SessionSymbols.IsIn(type.ContainingNamespace, "Microsoft.EntityFrameworkCore"))
            {
                return true;
            }
        }

        return false;
    }
}
