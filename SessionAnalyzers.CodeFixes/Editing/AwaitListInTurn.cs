using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Awaits the tasks of a Task.WhenAll one after the other: each is started when the one before it has ended.</summary>
internal static class AwaitListInTurn
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        var prepared = draft;
        while (prepared.Acquisition is { } operation && Outermost(operation) is var task && TaskList.Around(task, prepared.Model) is { } list)
        {
            if (!IsInOrder(list, prepared, cancellation) || TaskOrder.AreFailuresTogether(list.Whole))
            {
                return null;
            }

            Draft? next;
            switch (list.Whole.Parent)
            {
                case ExpressionStatementSyntax statement when StatementList.Of(statement) is null:
                    next = await WrapInBlock.TryAsync(prepared, statement, cancellation).ConfigureAwait(false);
                    break;
                case ArrowExpressionClauseSyntax:
                case LambdaExpressionSyntax lambda when lambda.ExpressionBody == list.Whole:
                    next = await ExpandExpressionBody.TryAsync(prepared, list.Whole, cancellation).ConfigureAwait(false);
                    break;
                default:
                    var edit = list.Statement is { } whole ? Statements(list, whole, prepared) : Array(list, prepared, cancellation);
                    return edit is null ? null : CompileCheck.Accept(draft, await prepared.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
            }

            if (next is null)
            {
                return null;
            }

            prepared = next;
        }

        return null;
    }

    /// <summary>The call with what only passes its task on.</summary>
    private static ExpressionSyntax Outermost(ExpressionSyntax task)
    {
        while (task.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Parent: InvocationExpressionSyntax outer })
        {
            task = outer;
        }

        return task;
    }

    /// <summary>Tasks that run already come before those that are started here, and none waits for a later one.</summary>
    private static bool IsInOrder(TaskList list, Draft draft, CancellationToken cancellation)
    {
        var hasStarted = false;
        foreach (var element in list.Elements)
        {
            var isRunning = element is IdentifierNameSyntax;
            if (!DetachedTypes.IsTask(draft.Model.GetTypeInfo(element, cancellation).Type)
                || (isRunning ? hasStarted : !TaskOrder.EndsAlone(element, draft, cancellation)))
            {
                return false;
            }

            hasStarted |= !isRunning;
        }

        return true;
    }

    private static SourceEdit? Statements(TaskList list, ExpressionStatementSyntax statement, Draft draft)
    {
        var layout = draft.Layout;
        var isOwnLine = layout.IsFirstOnLine(statement.SpanStart);
        if (!isOwnLine && !layout.IsOnOneLine(statement.Span))
        {
            return null;
        }

        var indent = layout.IndentAt(statement.SpanStart);
        var edit = draft.Edit();
        var previous = -1;
        foreach (var element in list.Elements)
        {
            if (previous < 0)
            {
                if (!IsBlank(draft.Text, statement.SpanStart, element.SpanStart, out _))
                {
                    return null;
                }

                edit.Replace(TextSpan.FromBounds(statement.SpanStart, element.SpanStart), "await ");
            }
            else if (IsBlank(draft.Text, previous, element.SpanStart, out var comment))
            {
                edit.Replace(TextSpan.FromBounds(previous, element.SpanStart), list.Configured + ";" + comment + (isOwnLine || comment.Length > 0 ? layout.NewLine + indent : " ") + "await ");
            }
            else
            {
                return null;
            }

            if (layout.IsFirstOnLine(element.SpanStart) && layout.IndentAt(element.SpanStart).Length > indent.Length && layout.LineOf(element.Span.End) > layout.LineOf(element.SpanStart))
            {
                edit.Indent(draft.Root, layout.LineOf(element.SpanStart) + 1, layout.LineOf(element.Span.End), outwards: true);
            }

            previous = element.Span.End;
        }

        if (!IsBlank(draft.Text, previous, statement.SemicolonToken.SpanStart, out var last) || last.Length > 0)
        {
            return null;
        }

        edit.Replace(TextSpan.FromBounds(previous, statement.SemicolonToken.SpanStart), list.Configured);
        return edit;
    }

    /// <summary>Nothing but what makes the list stands in a gap, or one comment that ends its line.</summary>
    private static bool IsBlank(SourceText text, int start, int end, out string comment)
    {
        comment = "";
        var gap = text.ToString(TextSpan.FromBounds(start, end));
        if (gap.Contains("/*") || gap.Contains("#"))
        {
            return false;
        }

        var at = gap.IndexOf("//", StringComparison.Ordinal);
        if (at < 0)
        {
            return true;
        }

        var lineEnd = gap.IndexOfAny(['\r', '\n'], at);
        var before = gap.Substring(0, at);
        if (lineEnd < 0 || gap.Substring(lineEnd).Trim().Length > 0 || before.Trim() != "," || before.Contains('\n'))
        {
            return false;
        }

        comment = " " + gap.Substring(at, lineEnd - at).TrimEnd();
        return true;
    }

    /// <summary>The results, as the array that they were.</summary>
    private static SourceEdit? Array(TaskList list, Draft draft, CancellationToken cancellation)
    {
        if (draft.Model.GetTypeInfo(list.Whole, cancellation).Type is not IArrayTypeSymbol array || !list.IsBare(draft.Text)
            || !list.Elements.All(e => draft.Model.GetTypeInfo(e, cancellation).Type is INamedTypeSymbol { TypeArguments: { Length: 1 } result } && SymbolEqualityComparer.IncludeNullability.Equals(result[0], array.ElementType)))
        {
            return null;
        }

        var layout = draft.Layout;
        var indent = layout.IndentAt(list.Whole.SpanStart);
        var isOneLine = layout.IsOnOneLine(list.Whole.Span);
        var (first, last) = (list.Elements[0], list.Elements[list.Elements.Count - 1]);
        var edit = draft.Edit();
        if (isOneLine)
        {
            edit.Replace(TextSpan.FromBounds(list.Whole.SpanStart, first.SpanStart), "new[] { await ");
            edit.Replace(TextSpan.FromBounds(last.Span.End, list.Whole.Span.End), list.Configured + " }");
        }
        else
        {
            edit.Replace(TextSpan.FromBounds(list.Whole.SpanStart, first.SpanStart), "new[]" + layout.Open(indent) + layout.NewLine + indent + layout.Unit + "await ");
            edit.Replace(TextSpan.FromBounds(last.Span.End, list.Whole.Span.End), list.Configured + layout.NewLine + indent + "}");
        }

        foreach (var element in list.Elements)
        {
            if (element != first)
            {
                edit.Insert(element.SpanStart, "await ");
            }

            if (element != last && list.Configured.Length > 0)
            {
                edit.Insert(element.Span.End, list.Configured);
            }
        }

        return edit;
    }
}
