using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Moves the call that closes a connection into a finally, around the statements between it and the call that opened it.</summary>
internal static class CloseInFinally
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var holder } } opening
            || StatementOf(opening) is not { } opened
            || StatementList.Of(opened) is not { } list
            || Members.HasLabels(opened)
            || OnlyClosing(Members.Of(opened), holder) is not { } closing
            || closing.Parent != opened.Parent)
        {
            return null;
        }

        // Between the two, or with a return after the closing that needs a name from there.
        var layout = draft.Layout;
        var (start, end) = (list.IndexOf(opened) + 1, list.IndexOf(closing) - 1);
        if (start > end)
        {
            return null;
        }

        var rest = list.Statements.Skip(end + 2).ToList();
        var last = list.Statements[end];
        if (NeedsNames(list.Statements.Skip(start).Take(end - start + 1), rest))
        {
            if (rest.Count != 1 || rest[0] is not ReturnStatementSyntax { Expression: { } result } returned || !QuietExpression.Is(result, draft.Model))
            {
                return null;
            }

            last = returned;
        }

        var first = list.Statements[start];
        if (!layout.IsFirstOnLine(first.SpanStart) || !layout.IsLastOnLine(last.Span.End)
            || !layout.IsFirstOnLine(closing.SpanStart) || !layout.IsLastOnLine(closing.Span.End) || !layout.IsOnOneLine(closing.Span)
            || list.Statements.Skip(start).Any(static s => s.ContainsDirectives))
        {
            return null;
        }

        var indent = layout.IndentAt(first.SpanStart);
        var edit = draft.Edit();
        edit.Insert(first.SpanStart - indent.Length, $"{indent}try{layout.Open(indent)}{layout.NewLine}");
        edit.RemoveLines(closing.Span);
        edit.Indent(draft.Root, layout.LineOf(first.SpanStart), layout.LineOf(last.Span.End));
        var needsBlank = rest.Count > 0 && last == list.Statements[end] && !IsBlank(-1) && !IsBlank(1);
        edit.InsertLineAfter(
            last.Span.End,
            $"{indent}}}{layout.Continue(indent)}finally{layout.Open(indent)}{layout.NewLine}{indent}{layout.Unit}{closing}{layout.NewLine}{indent}}}{(needsBlank ? layout.NewLine : "")}");
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);

        bool IsBlank(int offset) => draft.Text.Lines[layout.LineOf(closing.SpanStart) + offset].ToString().Trim().Length == 0;
    }

    /// <summary>The statement that does nothing but make, and await, a call.</summary>
    private static ExpressionStatementSyntax? StatementOf(InvocationExpressionSyntax call)
    {
        SyntaxNode? node = call.Parent;
        if (node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured })
        {
            node = configured.Parent;
        }

        return (node is AwaitExpressionSyntax ? node.Parent : node) as ExpressionStatementSyntax;
    }

    /// <summary>The only statement of a member that closes what an expression holds, or null where there are more or none.</summary>
    private static ExpressionStatementSyntax? OnlyClosing(SyntaxNode member, ExpressionSyntax holder)
    {
        var calls = member.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(IsClosing).ToList();
        return calls.Count == 1 ? StatementOf(calls[0]) : null;

        bool IsClosing(InvocationExpressionSyntax call) =>
            call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Close" or "CloseAsync" or "CloseConnection" or "CloseConnectionAsync" } access
            && SyntaxFactory.AreEquivalent(access.Expression, holder);
    }

    private static bool NeedsNames(IEnumerable<StatementSyntax> moved, List<StatementSyntax> rest)
    {
        var names = new HashSet<string>(moved.SelectMany(static s => s.DescendantNodesAndSelf()).Select(static n => n switch
        {
            VariableDeclaratorSyntax v => v.Identifier.ValueText,
            SingleVariableDesignationSyntax d => d.Identifier.ValueText,
            LocalFunctionStatementSyntax f => f.Identifier.ValueText,
            _ => "",
        }));
        return rest.Any(s => s.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && names.Contains(t.ValueText)));
    }
}
