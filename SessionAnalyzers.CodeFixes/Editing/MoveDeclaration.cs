namespace SessionAnalyzers.Editing;

/// <summary>Moves the declaration of a local to the one statement that gives it a session, where nothing outside needs it.</summary>
internal static class MoveDeclaration
{
    public static async Task<Draft?> TryAsync(Draft draft, bool outOfTry, CancellationToken cancellation)
    {
        if (HeldSession.Find(draft, cancellation) is not { Assignment: { } assignment, IsReassigned: false } held
            || held.Declaration.Declaration is not { Variables.Count: 1 } declaration
            || (held.Declarator.Initializer is { Value: var initial } && !Disposals.IsNull(initial))
            || StatementList.Of(assignment) is not { } inner
            || (!outOfTry && assignment.Ancestors().TakeWhile(a => a != held.List.Owner).Any(static a => a is TryStatementSyntax))
            || declaration.Type.IsVar
            || held.Declaration.ContainsDirectives)
        {
            return null;
        }

        var outside = held.Disposals.Where(d => !IsAfter(d.Statement)).Select(static d => d.Statement).ToList();
        if (!held.Uses.References.All(r => r.Syntax.Parent == assignment.Expression || IsAfter(r.Syntax) || held.IsDisposal(r.Syntax)))
        {
            return null;
        }

        var edit = draft.Edit();
        RemoveDisposals.AddTo(edit, draft, outside);
        edit.RemoveLines(held.Declaration.Span);
        var value = ((AssignmentExpressionSyntax)assignment.Expression).Right;
        edit.Insert(assignment.SpanStart, TypeText(draft, declaration.Type, value, cancellation) + " ");
        var moved = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        return moved is not null && HeldSession.Find(moved, cancellation) is { Assignment: null } ? moved : null;

        bool IsAfter(SyntaxNode node) => node.SpanStart > assignment.SpanStart && inner.IndexOf(node) >= 0;
    }

    /// <summary>The declared type, without a question mark that only the null of the old declaration needed.</summary>
    private static string TypeText(Draft draft, TypeSyntax type, ExpressionSyntax value, CancellationToken cancellation) =>
        type is NullableTypeSyntax { ElementType: var element }
        && draft.Model.GetTypeInfo(element, cancellation).Type is { IsReferenceType: true }
        && draft.Model.GetTypeInfo(value, cancellation).Nullability.FlowState != NullableFlowState.MaybeNull
            ? element.ToString()
            : type.ToString();
}
