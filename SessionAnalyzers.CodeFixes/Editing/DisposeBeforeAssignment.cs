using Microsoft.CodeAnalysis.Operations;

namespace SessionAnalyzers.Editing;

/// <summary>Disposes a session directly before its variable gets another.</summary>
internal static class DisposeBeforeAssignment
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not AssignmentExpressionSyntax
            {
                RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
                Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax },
                Parent: ExpressionStatementSyntax statement,
            } assignment
            || draft.Model.GetSymbolInfo(assignment.Left, cancellation).Symbol is not { } symbol
            || symbol.Kind is not (SymbolKind.Local or SymbolKind.Field or SymbolKind.Property)
            || Members.HasLabels(statement))
        {
            return null;
        }

        if (StatementList.Of(statement) is null)
        {
            var wrapped = await WrapInBlock.TryAsync(draft, statement, cancellation).ConfigureAwait(false);
            var nested = wrapped is null ? null : await TryAsync(wrapped, cancellation).ConfigureAwait(false);
            return CompileCheck.Accept(draft, nested, cancellation);
        }

        if (assignment.Right.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == symbol.Name)
            || (symbol is ILocalSymbol local && IsNeededAfter(local, statement, draft)))
        {
            return null;
        }

        var type = draft.Model.GetTypeInfo(assignment.Left, cancellation).Type;
        var layout = draft.Layout;
        var separator = layout.IsFirstOnLine(statement.SpanStart) ? layout.NewLine + layout.IndentAt(statement.SpanStart) : " ";
        foreach (var isAsync in type is null ? [] : DisposalForms.For(type, statement, draft))
        {
            var call = DisposalForms.Call(assignment.Left.ToString(), isAsync, MaybeNull(symbol, statement, draft, cancellation), draft);
            var edit = draft.Edit();
            edit.Insert(statement.SpanStart, string.Concat(call.Select(line => line + separator)));
            var result = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
            if (CompileCheck.Accept(draft, result, cancellation) is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    /// <summary>True where the old session has got away, or something that was made from it is still used after the assignment.</summary>
    private static bool IsNeededAfter(ILocalSymbol local, StatementSyntax statement, Draft draft)
    {
        if (Members.IsMentionedInDisabledText(Members.Of(statement), local.Name)
            || SessionUses.Of(local, statement, draft.Model) is not { } uses
            || uses.Leaves(session: true, dependents: true))
        {
            return true;
        }

        var loop = statement.Ancestors().FirstOrDefault(StatementList.IsLoop);
        return uses.DependentReferences.Any(r =>
            r is ILocalReferenceOperation { Local.DeclaringSyntaxReferences: { Length: > 0 } declarations }
            && declarations[0].Span.Start < statement.SpanStart
            && (r.Syntax.SpanStart > statement.Span.End
                || (loop is not null && loop.Span.Contains(r.Syntax.Span) && !loop.Span.Contains(declarations[0].Span))));
    }

    private static bool MaybeNull(ISymbol symbol, StatementSyntax statement, Draft draft, CancellationToken cancellation)
    {
        if (symbol is not ILocalSymbol { DeclaringSyntaxReferences: { Length: > 0 } declarations } local)
        {
            return true;
        }

        if (local.Type.IsValueType || declarations[0].GetSyntax(cancellation) is not VariableDeclaratorSyntax declarator)
        {
            return !local.Type.IsValueType;
        }

        return IsMaybeNull(declarator.Initializer?.Value)
            || SessionUses.Of(local, statement, draft.Model)?.Writes().Any(w => IsMaybeNull(w.Value?.Syntax as ExpressionSyntax)) != false;

        bool IsMaybeNull(ExpressionSyntax? value) =>
            value is not BaseObjectCreationExpressionSyntax
            && (value is null || draft.Model.GetTypeInfo(value, cancellation).Nullability.FlowState != NullableFlowState.NotNull);
    }
}
