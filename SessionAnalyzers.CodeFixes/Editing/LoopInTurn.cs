using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Makes a function that runs for several items at once the body of a loop: Parallel.ForEach and its like, and Task.WhenAll over the
/// tasks of a Select or of an iterator, where nobody wants the results.
/// </summary>
internal static class LoopInTurn
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        var prepared = draft;
        while (prepared.Acquisition is { } operation && Find(prepared, operation, cancellation) is { } run)
        {
            if (TaskOrder.AreFailuresTogether(run.Whole))
            {
                return null;
            }

            if (run.Whole.Parent is ArrowExpressionClauseSyntax)
            {
                if (await ExpandExpressionBody.TryAsync(prepared, run.Whole, cancellation).ConfigureAwait(false) is not { } next)
                {
                    return null;
                }

                prepared = next;
                continue;
            }

            return StatementOf(run) is not { } statement || Edit(prepared, run, statement, cancellation) is not { } edit
                ? null
                : CompileCheck.Accept(draft, await prepared.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
        }

        return null;
    }

    /// <summary>A function that runs for several items: all of it as an expression, and what is awaited of its tasks.</summary>
    private sealed record ParallelRun(ExpressionSyntax Whole, InvocationExpressionSyntax Call, ExpressionSyntax Function, string Configured);

    private static ParallelRun? Find(Draft draft, ExpressionSyntax operation, CancellationToken cancellation)
    {
        var function = operation is InvocationExpressionSyntax
            ? operation.Ancestors().FirstOrDefault(static a => Members.IsFunction(a) || a is MemberDeclarationSyntax) as LambdaExpressionSyntax
            : operation;
        if (function is { Parent: ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } } }
            && draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method)
        {
            switch (method)
            {
                case { Name: "For" or "ForEach" or "ForEachAsync", ContainingType.Name: "Parallel" }:
                    return function is LambdaExpressionSyntax ? new(method.Name == "ForEachAsync" ? Awaited(call, out _) ?? call : call, call, function, "") : null;
                case { Name: "ForAll", ContainingType.Name: "ParallelEnumerable" }:
                    return function is LambdaExpressionSyntax ? new(call, call, function, "") : null;
                case { Name: "Select", ContainingType.Name: "Enumerable" }:
                    return Tasks(draft, call, out var configured, cancellation) is { } whole ? new(whole, call, function, configured) : null;
            }

            return null;
        }

        return operation is InvocationExpressionSyntax iterator && IsIterator(draft, iterator, cancellation) && Tasks(draft, iterator, out var plain, cancellation) is { } all
            ? new(all, iterator, iterator, plain)
            : null;
    }

    /// <summary>Where all tasks of a sequence are awaited: the expression, or the variable that is used for nothing else.</summary>
    private static ExpressionSyntax? Tasks(Draft draft, InvocationExpressionSyntax tasks, out string configured, CancellationToken cancellation)
    {
        configured = "";
        while (tasks.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToList" or "ToArray", Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } copy })
        {
            tasks = copy;
        }

        if (tasks.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration } } declarator })
        {
            return WaitBehind(declaration, declarator, draft) is not null ? tasks : null;
        }

        return tasks.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Arguments.Count: 1, Parent: InvocationExpressionSyntax all } }
            && draft.Model.GetSymbolInfo(all, cancellation).Symbol is IMethodSymbol { Name: "WhenAll", ContainingType.Name: "Task" }
            ? Awaited(all, out configured)
            : null;
    }

    /// <summary>The next statement, if it waits for all tasks of a variable, and nothing else asks for them.</summary>
    private static ExpressionStatementSyntax? WaitBehind(LocalDeclarationStatementSyntax declaration, VariableDeclaratorSyntax declarator, Draft draft)
    {
        var name = declarator.Identifier.ValueText;
        return StatementList.Of(declaration) is { } list && list.IndexOf(declaration) + 1 is var next && next < list.Statements.Count
            && list.Owner.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == name).ToList() is { Count: 1 } uses
            && !Members.IsMentionedInDisabledText(list.Owner, name)
            && TaskList.Around(uses[0], draft.Model) is { Statement: { } statement, Elements.Count: 1 } && statement == list.Statements[next] && !Commits.HasComment(statement)
            ? statement
            : null;
    }

    private static ExpressionSyntax? Awaited(InvocationExpressionSyntax call, out string configured)
    {
        configured = "";
        if (call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax outer })
        {
            configured = ".ConfigureAwait" + outer.ArgumentList;
            call = outer;
        }

        return call.Parent as AwaitExpressionSyntax;
    }

    private static bool IsIterator(Draft draft, InvocationExpressionSyntax call, CancellationToken cancellation) =>
        draft.Model.GetTypeInfo(call, cancellation).Type is INamedTypeSymbol { Name: "IEnumerable", TypeArguments: { Length: 1 } item } && DetachedTypes.IsTask(item[0])
        && draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method
        && draft.BodiesOf(method, cancellation).Take(2).ToList() is { Count: 1 } bodies
        && bodies[0].DeclaringSyntaxReferences.All(r => r.GetSyntax(cancellation).DescendantNodes(static n => !Members.IsFunction(n)).Any(static n => n is YieldStatementSyntax))
        && TaskOrder.EndsAlone(call, draft, cancellation);

    /// <summary>The statement that is nothing but the run: its end is that of the wait where the tasks are in a variable first.</summary>
    private static StatementSyntax? StatementOf(ParallelRun run) => run.Whole.Parent switch
    {
        ExpressionStatementSyntax statement => statement,
        EqualsValueClauseSyntax { Parent.Parent.Parent: LocalDeclarationStatementSyntax declaration } => declaration,
        _ => null,
    };

    private static SourceEdit? Edit(Draft draft, ParallelRun run, StatementSyntax statement, CancellationToken cancellation)
    {
        var edit = draft.Edit();
        var configured = run.Configured;
        if (statement is LocalDeclarationStatementSyntax declaration)
        {
            if (WaitBehind(declaration, declaration.Declaration.Variables[0], draft) is not { } wait)
            {
                return null;
            }

            configured = TaskList.Around(wait.DescendantNodes().OfType<IdentifierNameSyntax>().Last(n => n.Identifier.ValueText == declaration.Declaration.Variables[0].Identifier.ValueText), draft.Model)!.Configured;
            edit.RemoveLines(wait.Span);
        }

        if (run.Function == run.Call)
        {
            return Iterate(edit, draft, run, statement, configured) ? edit : null;
        }

        if (HeaderOf(edit, draft, run, cancellation) is not { } header)
        {
            return null;
        }

        return run.Function switch
        {
            LambdaExpressionSyntax { Block: { } block } lambda => Block(edit, draft, statement, header, lambda, block, configured) ? edit : null,
            LambdaExpressionSyntax { ExpressionBody: { } body } lambda => Expression(edit, draft, statement, header, body, IsTask(draft, lambda), configured) ? edit : null,
            _ => Group(edit, draft, statement, header, run.Function, configured) ? edit : null,
        };
    }

    /// <summary>A function without async whose task is awaited by the caller.</summary>
    private static bool IsTask(Draft draft, LambdaExpressionSyntax lambda) =>
        lambda.AsyncKeyword.RawKind == 0 && draft.Model.GetSymbolInfo(lambda).Symbol is IMethodSymbol { ReturnType: var type } && DetachedTypes.IsTask(type);

    private static string? HeaderOf(SourceEdit edit, Draft draft, ParallelRun run, CancellationToken cancellation)
    {
        if (draft.Model.GetSymbolInfo(run.Call, cancellation).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        var arguments = run.Call.ArgumentList.Arguments;
        var receiver = (run.Call.Expression as MemberAccessExpressionSyntax)?.Expression;
        var isExtension = method.ReducedFrom is not null;
        if (arguments.Any(static a => a.NameColon is not null) || TaskOrder.MentionsSignal(run.Function))
        {
            return null;
        }

        var parameters = run.Function switch
        {
            SimpleLambdaExpressionSyntax simple => [simple.Parameter],
            ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: var several } => several.ToArray(),
            _ => [],
        };
        var name = parameters.Length > 0 ? (parameters[0].Type is { } type ? type + " " : "var ") + parameters[0].Identifier.Text : "var " + ItemName(run);
        if (run.Function is LambdaExpressionSyntax && parameters.Length != (method.Name == "ForEachAsync" ? 2 : 1))
        {
            return null;
        }

        switch (method.Name)
        {
            case "Select" when isExtension && arguments.Count == 1:
                return Each(receiver);
            case "ForAll" when isExtension && arguments.Count == 1 && receiver is InvocationExpressionSyntax
                {
                    ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsParallel", Expression: var source },
                }:
                return Each(source);
            case "ForEach" when arguments.Count == 2 || (arguments.Count == 3 && IsDegreeOnly(arguments[1].Expression)):
                return arguments[arguments.Count - 1].Expression == run.Function ? Each(arguments[0].Expression) : null;
            case "ForEachAsync" when run.Whole is AwaitExpressionSyntax && arguments.Count is 2 or 3 && arguments[arguments.Count - 1].Expression == run.Function:
                return UseToken() ? Each(arguments[0].Expression) : null;
            case "For" when (arguments.Count == 3 || (arguments.Count == 4 && IsDegreeOnly(arguments[2].Expression))) && arguments[arguments.Count - 1].Expression == run.Function:
                return Count(draft, arguments[0].Expression, arguments[1].Expression, parameters[0], (LambdaExpressionSyntax)run.Function, cancellation);
            default:
                return null;
        }

        string? Each(ExpressionSyntax? items) =>
            items is not null && LoopSource.IsCertain(items, run.Function, draft, cancellation) ? $"foreach ({name} in {items})" : null;

        bool UseToken()
        {
            var token = "CancellationToken.None";
            if (arguments.Count == 3 && !IsDegreeOnly(arguments[1].Expression))
            {
                if (arguments[1].Expression is not IdentifierNameSyntax given || draft.Model.GetTypeInfo(given, cancellation).Type?.Name != "CancellationToken")
                {
                    return false;
                }

                token = given.Identifier.Text;
            }

            var own = draft.Model.GetDeclaredSymbol(parameters[1], cancellation);
            foreach (var use in run.Function.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(n, cancellation).Symbol, own)))
            {
                if (use.Identifier.Text != token)
                {
                    edit.Replace(use.Span, token);
                }
            }

            return true;
        }
    }

    private static string ItemName(ParallelRun run) => IntroduceUsingVariable.UniqueName("item", run.Call);

    /// <summary>Options that say how many run at a time, and nothing else.</summary>
    private static bool IsDegreeOnly(ExpressionSyntax options) =>
        options is ObjectCreationExpressionSyntax { Initializer.Expressions: var set } && set.All(static e => e is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "MaxDegreeOfParallelism" } });

    private static string? Count(Draft draft, ExpressionSyntax from, ExpressionSyntax to, ParameterSyntax counter, LambdaExpressionSyntax lambda, CancellationToken cancellation)
    {
        var name = counter.Identifier.ValueText;
        var symbol = draft.Model.GetDeclaredSymbol(counter, cancellation);
        if (symbol?.Type.SpecialType != SpecialType.System_Int32 || !QuietExpression.Is(from, draft.Model) || !IsFixed(to)
            || lambda.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name
                && (n.Parent is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } or PostfixUnaryExpressionSyntax
                    || (n.Parent is AssignmentExpressionSyntax assignment && assignment.Left == n)
                    || n.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 }
                    || n.Ancestors().TakeWhile(a => a != lambda).Any(Members.IsFunction))))
        {
            return null;
        }

        return $"for (var {name} = {from}; {name} < {to}; {name}++)";

        // It is read again and again now.
        bool IsFixed(ExpressionSyntax end) => end switch
        {
            LiteralExpressionSyntax => true,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Count" or "Length", Expression: IdentifierNameSyntax list } =>
                IsVariable(list) && Uses(list).All(static n => n.Parent is ElementAccessExpressionSyntax access && access.Expression == n && access.Parent is not AssignmentExpressionSyntax),
            IdentifierNameSyntax variable => IsVariable(variable) && !Uses(variable).Any(),
            _ => false,
        };

        bool IsVariable(IdentifierNameSyntax variable) => draft.Model.GetSymbolInfo(variable, cancellation).Symbol is ILocalSymbol or IParameterSymbol;

        IEnumerable<IdentifierNameSyntax> Uses(IdentifierNameSyntax variable) => lambda.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == variable.Identifier.ValueText);
    }

    private static bool Iterate(SourceEdit edit, Draft draft, ParallelRun run, StatementSyntax statement, string configured)
    {
        var layout = draft.Layout;
        var indent = layout.IndentAt(statement.SpanStart);
        var task = IntroduceUsingVariable.UniqueName("task", statement);
        return Replace(edit, draft, statement.SpanStart, run.Call.SpanStart, $"foreach (var {task} in ")
            && Replace(edit, draft, run.Call.Span.End, statement.Span.End, $"){layout.Open(indent)}{layout.NewLine}{indent}{layout.Unit}await {task}{configured};{layout.NewLine}{indent}}}");
    }

    private static bool Group(SourceEdit edit, Draft draft, StatementSyntax statement, string header, ExpressionSyntax group, string configured)
    {
        var layout = draft.Layout;
        var indent = layout.IndentAt(statement.SpanStart);
        var name = header.Substring("foreach (var ".Length);
        return Replace(edit, draft, statement.SpanStart, group.SpanStart, $"{header}{layout.Open(indent)}{layout.NewLine}{indent}{layout.Unit}await ")
            && Replace(edit, draft, group.Span.End, statement.Span.End, $"({name.Substring(0, name.IndexOf(' '))}){configured};{layout.NewLine}{indent}}}");
    }

    private static bool Expression(SourceEdit edit, Draft draft, StatementSyntax statement, string header, ExpressionSyntax body, bool isTask, string configured)
    {
        if (isTask ? body is not InvocationExpressionSyntax : !IsStatement(body))
        {
            return false;
        }

        var layout = draft.Layout;
        var indent = layout.IndentAt(statement.SpanStart);
        return Replace(edit, draft, statement.SpanStart, body.SpanStart, $"{header}{layout.Open(indent)}{layout.NewLine}{indent}{layout.Unit}{(isTask ? "await " : "")}")
            && Replace(edit, draft, body.Span.End, statement.Span.End, $"{(isTask ? configured : "")};{layout.NewLine}{indent}}}");
    }

    private static bool Block(SourceEdit edit, Draft draft, StatementSyntax statement, string header, LambdaExpressionSyntax lambda, BlockSyntax block, string configured)
    {
        var layout = draft.Layout;
        var indent = layout.IndentAt(statement.SpanStart);
        if (!LeaveByLoop(edit, draft, block, IsTask(draft, lambda), configured))
        {
            return false;
        }

        var open = layout.IsOnOneLine(block.Span) ? " " : layout.Open(indent).TrimEnd('{');
        var inner = layout.IndentAt(block.CloseBraceToken.SpanStart);
        if (!layout.IsOnOneLine(block.Span) && inner == indent + layout.Unit && layout.IsFirstOnLine(block.CloseBraceToken.SpanStart))
        {
            edit.Indent(draft.Root, layout.LineOf(block.SpanStart) + 1, layout.LineOf(block.Span.End), outwards: true);
        }

        return Replace(edit, draft, statement.SpanStart, block.SpanStart, header + open) && Replace(edit, draft, block.Span.End, statement.Span.End, "");
    }

    /// <summary>What left the function goes on with the next item. A result that only ends the function goes; a call in it stays.</summary>
    private static bool LeaveByLoop(SourceEdit edit, Draft draft, BlockSyntax block, bool isTask, string configured)
    {
        var last = block.Statements.LastOrDefault();
        foreach (var node in block.DescendantNodes(static n => !Members.IsFunction(n)).OfType<ReturnStatementSyntax>())
        {
            var isQuiet = QuietExpression.Is(node.Expression, draft.Model) || node.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" };
            if (node.ContainsDirectives)
            {
                return false;
            }

            if (node != last)
            {
                if (!isQuiet || node.Ancestors().TakeWhile(a => a != block).Any(StatementList.IsLoop))
                {
                    return false;
                }

                edit.Replace(node.Span, "continue;");
            }
            else if (isQuiet)
            {
                edit.RemoveLines(node.Span);
            }
            else if (isTask ? node.Expression is InvocationExpressionSyntax : IsStatement(node.Expression!))
            {
                edit.Replace(TextSpan.FromBounds(node.SpanStart, node.Expression!.SpanStart), isTask ? "await " : "");
                if (isTask && configured.Length > 0)
                {
                    edit.Insert(node.Expression.Span.End, configured);
                }
            }
            else
            {
                return false;
            }
        }

        return !Members.HasLabels(block);
    }

    private static bool IsStatement(ExpressionSyntax body) => body is InvocationExpressionSyntax or AwaitExpressionSyntax or AssignmentExpressionSyntax or ObjectCreationExpressionSyntax
        || body.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression or SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression;

    private static bool Replace(SourceEdit edit, Draft draft, int start, int end, string text)
    {
        var span = TextSpan.FromBounds(start, end);
        edit.Replace(span, text);
        return draft.Text.ToString(span) is var old && !old.Contains("//") && !old.Contains("/*") && !old.Contains("#");
    }
}
