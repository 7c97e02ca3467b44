using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Makes a method async that returns a task from inside a using, so that the session lives until the task is done.</summary>
internal static class AwaitReturnedTask
{
    public static async Task<Draft?> TryAsync(Draft draft, ReturnedResult result, CancellationToken cancellation)
    {
        var returnType = result.Function switch
        {
            MethodDeclarationSyntax { Modifiers: var modifiers } method when !modifiers.Any(SyntaxKind.PartialKeyword) => method.ReturnType,
            LocalFunctionStatementSyntax function => function.ReturnType,
            _ => null,
        };
        if (returnType is null
            || result.Method.IsAsync
            || result.Method.ReturnType is not INamedTypeSymbol { Name: "Task" or "ValueTask" } task
            || !DetachedTypes.IsTask(task)
            || IsFinished(result.Value, draft.Model)
            || !IsDoneWhenAwaited(result, draft.Model))
        {
            return null;
        }

        var edit = draft.Edit();
        edit.Insert(returnType.SpanStart, "async ");
        foreach (var node in ReturnedResult.OwnNodes(result.Function))
        {
            if (node is YieldStatementSyntax
                || (node is ReturnStatementSyntax leaving && !(task.Arity == 0 ? ReturnNothing(edit, draft, leaving, result.Function) : ReturnValue(edit, draft, leaving, result.Function))))
            {
                return null;
            }
        }

        var after = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        return CompileCheck.Accept(draft, after, cancellation);
    }

    /// <summary>A task of a reader or a query is done before that is.</summary>
    private static bool IsDoneWhenAwaited(ReturnedResult result, SemanticModel model)
    {
        if (result.Type is not INamedTypeSymbol { Name: "Task" or "ValueTask" } task || !DetachedTypes.IsTask(task))
        {
            return false;
        }

        return task.Arity == 0
            || ((INamedTypeSymbol)result.Method.ReturnType).Arity == 0
            || DetachedTypes.Contains(task.TypeArguments[0])
            || (model.GetOperation(result.Value) is { } operation && SessionUses.IsScalar(operation));
    }

    private static bool ReturnValue(SourceEdit edit, Draft draft, ReturnStatementSyntax statement, SyntaxNode function)
    {
        if (statement.Expression is not { } value || IsNothing(value))
        {
            return false;
        }

        if (IsFinished(value, draft.Model) && value is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments })
        {
            edit.Replace(value.Span, arguments[0].Expression.ToString());
            return !value.DescendantTrivia().Any(static t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia);
        }

        Await(edit, value, "await ");
        return !IsCaught(statement, function);
    }

    private static bool ReturnNothing(SourceEdit edit, Draft draft, ReturnStatementSyntax statement, SyntaxNode function)
    {
        if (statement.Expression is not { } value
            || IsNothing(value)
            || draft.Text.ToString(TextSpan.FromBounds(statement.ReturnKeyword.Span.End, value.SpanStart)).Trim().Length > 0)
        {
            return false;
        }

        if (value is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" })
        {
            edit.Remove(TextSpan.FromBounds(statement.ReturnKeyword.Span.End, value.Span.End));
            return true;
        }

        if (StatementList.Of(statement) is null)
        {
            return false;
        }

        edit.Remove(TextSpan.FromBounds(statement.SpanStart, value.SpanStart));
        Await(edit, value, "await ");
        if (!IsLastToRun(statement, function))
        {
            if (!draft.Layout.IsFirstOnLine(statement.SpanStart) || !draft.Layout.IsLastOnLine(statement.Span.End))
            {
                return false;
            }

            edit.InsertLineAfter(statement.Span.End, draft.Layout.IndentAt(statement.SpanStart) + "return;");
        }

        return !IsCaught(statement, function);
    }

    private static void Await(SourceEdit edit, ExpressionSyntax value, string keyword)
    {
        var isSimple = value is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax
            or ParenthesizedExpressionSyntax or BaseObjectCreationExpressionSyntax;
        edit.Insert(value.SpanStart, isSimple ? keyword : keyword + "(");
        if (!isSimple)
        {
            edit.Insert(value.Span.End, ")");
        }
    }

    /// <summary>A handler around the return would get to see exceptions that it never saw before.</summary>
    private static bool IsCaught(ReturnStatementSyntax statement, SyntaxNode function) =>
        statement.Ancestors().TakeWhile(a => a != function).OfType<TryStatementSyntax>()
            .Any(t => t.Catches.Count > 0 && t.Block.Span.Contains(statement.Span));

    /// <summary>No task at all, whose awaiting fails.</summary>
    private static bool IsNothing(ExpressionSyntax value) => Disposals.IsNull(value) || value is DefaultExpressionSyntax;

    private static bool IsFinished(ExpressionSyntax value, SemanticModel model) =>
        model.GetSymbolInfo(value).Symbol is IMethodSymbol method && QuietExpression.IsTaskFactory(method);

    /// <summary>True where nothing of the function comes after the statement.</summary>
    private static bool IsLastToRun(StatementSyntax statement, SyntaxNode function)
    {
        while (StatementList.Of(statement) is { Owner: BlockSyntax block } list && list.Last == statement)
        {
            switch (block.Parent)
            {
                case var parent when parent == function:
                    return true;
                case UsingStatementSyntax or IfStatementSyntax:
                    statement = (StatementSyntax)block.Parent;
                    break;
                default:
                    return false;
            }
        }

        return false;
    }
}
