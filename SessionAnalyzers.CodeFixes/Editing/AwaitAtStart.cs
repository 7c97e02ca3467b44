using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Awaits the task in a local where it is started, so that the local holds its result; what awaited it later reads the result.</summary>
internal static class AwaitAtStart
{
    public static async Task<Draft?> TryAsync(Draft draft, string name, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } operation
            || draft.Model.LookupSymbols(operation.SpanStart, name: name).OfType<ILocalSymbol>().FirstOrDefault() is not { DeclaringSyntaxReferences: { Length: 1 } declarations } local
            || declarations[0].GetSyntax(cancellation) is not VariableDeclaratorSyntax
            {
                Initializer.Value: InvocationExpressionSyntax value,
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration } variables,
            }
            || draft.Model.GetTypeInfo(value, cancellation).Type is not INamedTypeSymbol type
            || !DisposalForms.CanAwait(value, draft.Model)
            || StatementList.Of(declaration) is not { } list
            || Members.HasLabels(declaration)
            || Members.IsMentionedInDisabledText(list.Owner, name)
            || !TaskOrder.EndsAlone(value, draft, cancellation)
            || TaskOrder.AreFailuresTogether(declaration))
        {
            return null;
        }

        var uses = list.Owner.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.ValueText == name && SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(n, cancellation).Symbol, local)).ToList();
        if (!uses.All(u => IsPlain(u, list)) || !uses.Any(u => IsCertain(u, list)))
        {
            return null;
        }

        var edit = draft.Edit();
        var hasResult = type.TypeArguments.Length == 1;
        var readsResult = false;
        var configured = "";
        foreach (var use in uses)
        {
            if (TaskList.Around(use, draft.Model) is { Statement: { } statement } tasks && StatementList.Of(statement) is not null)
            {
                if (tasks.Elements.Any(e => e != use && uses.Contains(e)) || !tasks.IsBare(draft.Text) || !Leave(edit, draft, tasks, use, statement))
                {
                    return null;
                }

                configured = tasks.Configured;
                continue;
            }

            if (Awaited(use, ref configured) is not { } awaited)
            {
                return null;
            }

            if (awaited.Parent is ExpressionStatementSyntax alone)
            {
                if (StatementList.Of(alone) is null || alone.ContainsDirectives)
                {
                    return null;
                }

                edit.RemoveLines(alone.Span);
            }
            else if (hasResult)
            {
                readsResult = true;
                edit.Replace((awaited.Parent is ParenthesizedExpressionSyntax parenthesized ? parenthesized : awaited).Span, name);
            }
            else
            {
                return null;
            }
        }

        if (!Await(edit, draft, declaration, variables, value, readsResult))
        {
            return null;
        }

        if (configured.Length > 0 && value.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" })
        {
            edit.Insert(value.Span.End, configured);
        }

        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
    }

    /// <summary>No handler is between the start and the use, and no function that may run at another time.</summary>
    private static bool IsPlain(SyntaxNode use, StatementList list) =>
        !use.Ancestors().TakeWhile(a => a != list.Owner).Any(static a => a is TryStatementSyntax || Members.IsFunction(a));

    /// <summary>The task is asked for whenever control gets that far, not under a condition of its own.</summary>
    private static bool IsCertain(SyntaxNode use, StatementList list) =>
        use.FirstAncestorOrSelf<StatementSyntax>() is { } statement && list.Statements.Contains(statement)
        && !use.Ancestors().TakeWhile(a => a != statement).Any(static a => a is ConditionalExpressionSyntax or SwitchExpressionSyntax
            or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.CoalesceExpression });

    /// <summary>The expression that waits for the task.</summary>
    private static ExpressionSyntax? Awaited(IdentifierNameSyntax use, ref string configured)
    {
        switch (use.Parent)
        {
            case AwaitExpressionSyntax awaited:
                return awaited;
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Result" } result:
                return result;
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax outer } call }:
                configured = ".ConfigureAwait" + call.ArgumentList;
                return outer;
            default:
                return null;
        }
    }

    private static bool Await(SourceEdit edit, Draft draft, LocalDeclarationStatementSyntax declaration, VariableDeclarationSyntax variables, ExpressionSyntax value, bool readsResult)
    {
        if (!readsResult)
        {
            var head = TextSpan.FromBounds(declaration.SpanStart, value.SpanStart);
            if (draft.Text.ToString(head) is var text && (text.Contains("//") || text.Contains("/*")))
            {
                return false;
            }

            edit.Replace(head, "await ");
            return true;
        }

        if (!variables.Type.IsVar)
        {
            if (variables.Type is not GenericNameSyntax { TypeArgumentList.Arguments: { Count: 1 } arguments })
            {
                return false;
            }

            edit.Replace(variables.Type.Span, arguments[0].ToString());
        }

        edit.Insert(value.SpanStart, "await ");
        return true;
    }

    /// <summary>Takes one task out of a Task.WhenAll; the last one left is awaited itself.</summary>
    private static bool Leave(SourceEdit edit, Draft draft, TaskList tasks, IdentifierNameSyntax use, ExpressionStatementSyntax statement)
    {
        var index = tasks.Elements.ToList().IndexOf(use);
        switch (tasks.Elements.Count)
        {
            case 1:
                edit.RemoveLines(statement.Span);
                return true;
            case 2:
                var other = tasks.Elements[1 - index];
                if (!DetachedTypes.IsTask(draft.Model.GetTypeInfo(other).Type))
                {
                    return false;
                }

                edit.Replace(TextSpan.FromBounds(tasks.Whole.SpanStart, other.SpanStart), "await ");
                edit.Replace(TextSpan.FromBounds(other.Span.End, tasks.Whole.Span.End), tasks.Configured);
                return true;
            default:
                edit.Remove(index == 0 ? TextSpan.FromBounds(use.SpanStart, tasks.Elements[1].SpanStart) : TextSpan.FromBounds(tasks.Elements[index - 1].Span.End, use.Span.End));
                return true;
        }
    }
}
