namespace SessionAnalyzers.Editing;

/// <summary>Moves the declaration of a local to the one statement that gives it a session, where nothing else needs it further out.</summary>
internal static class MoveDeclaration
{
    public static async Task<Draft?> TryAsync(Draft draft, bool outOfTry, CancellationToken cancellation)
    {
        if (HeldSession.Find(draft, cancellation) is not { Assignment: { } assignment, IsReassigned: false } held
            || held.Declaration.Declaration is not { Variables.Count: 1 } declaration
            || held.Declarator.Initializer is { Value: var initial } && !initial.IsKind(SyntaxKind.NullLiteralExpression) && !initial.IsKind(SyntaxKind.DefaultLiteralExpression)
            || StatementList.Of(assignment) is not { } inner
            || (!outOfTry && assignment.Ancestors().TakeWhile(a => a != held.List.Owner).Any(static a => a is TryStatementSyntax))
            || assignment.Ancestors().TakeWhile(a => a != held.List.Owner).Any(static a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
            || declaration.Type.IsVar
            || held.Declaration.ContainsDirectives)
        {
            return null;
        }

        var outside = held.Disposals.Where(d => !IsAfter(d.Statement)).Select(static d => d.Statement).ToList();
        if (!held.Uses.References.All(r => r.Syntax.Parent == assignment.Expression || IsAfter(r.Syntax) || outside.Any(d => d.Span.Contains(r.Syntax.Span))))
        {
            return null;
        }

        var edit = draft.Edit();
        RemoveDisposals.AddTo(edit, draft, outside);
        edit.RemoveLines(held.Declaration.Span);
        edit.Insert(assignment.SpanStart, TypeText(draft, declaration.Type, (AssignmentExpressionSyntax)assignment.Expression, cancellation) + " ");
        var moved = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        return moved is not null && HeldSession.Find(moved, cancellation) is { Assignment: null } ? moved : null;

        bool IsAfter(SyntaxNode node) => node.SpanStart > assignment.SpanStart && inner.IndexOf(node) >= 0;
    }

    /// <summary>The declared type, without a question mark that only the null of the old declaration needed.</summary>
    private static string TypeText(Draft draft, TypeSyntax type, AssignmentExpressionSyntax assignment, CancellationToken cancellation) =>
        type is NullableTypeSyntax { ElementType: var element }
        && draft.Model.GetTypeInfo(element, cancellation).Type is { IsReferenceType: true }
        && draft.Model.GetTypeInfo(assignment.Right, cancellation).Nullability.FlowState != NullableFlowState.MaybeNull
            ? element.ToString()
            : type.ToString();
}
