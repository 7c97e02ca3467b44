using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Awaits an operation in the loop that only collects its task. The list of tasks goes if nothing else is collected in it.</summary>
internal static class AwaitInLoop
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax operation
            || operation.Parent is not ArgumentSyntax
            {
                Parent: ArgumentListSyntax
                {
                    Arguments.Count: 1,
                    Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax tasks, Name.Identifier.ValueText: "Add" }, Parent: ExpressionStatementSyntax add },
                },
            }
            || draft.Model.GetSymbolInfo(tasks, cancellation).Symbol is not ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } declarations } local
            || declarations[0].GetSyntax(cancellation) is not VariableDeclaratorSyntax
            {
                Initializer.Value: BaseObjectCreationExpressionSyntax { Initializer: null },
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration },
            }
            || StatementList.Of(declaration) is not { } list
            || !DisposalForms.CanAwait(operation, draft.Model)
            || Members.HasLabels(add) || Members.IsMentionedInDisabledText(list.Owner, local.Name)
            || !TaskOrder.EndsAlone(operation, draft, cancellation) || TaskOrder.AreFailuresTogether(add)
            || !add.Ancestors().TakeWhile(a => a != list.Owner).All(a => IsPassed(a, draft, cancellation)))
        {
            return null;
        }

        var others = list.Owner.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n != tasks && n.Identifier.ValueText == local.Name && SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(n, cancellation).Symbol, local)).ToList();
        var waits = others.Select(o => TaskList.Around(o, draft.Model)).Where(static l => l is not null).ToList();
        if (waits.Count != 1 || waits[0] is not { Statement: { } wait, Elements.Count: 1 } all
            || !list.Statements.Contains(wait) || wait.SpanStart < add.Span.End
            || !others.All(o => all.Elements[0] == o || o.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } }))
        {
            return null;
        }

        var edit = draft.Edit();
        edit.Replace(TextSpan.FromBounds(add.SpanStart, operation.SpanStart), "await ");
        edit.Replace(TextSpan.FromBounds(operation.Span.End, add.SemicolonToken.SpanStart), all.Configured);
        if (others.Count == 1)
        {
            edit.RemoveLines(declaration.Span);
            edit.RemoveLines(wait.Span);
        }

        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
    }

    /// <summary>What is around the operation up to the list lets a failure through, and goes through what is there.</summary>
    private static bool IsPassed(SyntaxNode node, Draft draft, CancellationToken cancellation) => node switch
    {
        ForEachStatementSyntax { AwaitKeyword.RawKind: 0 } loop => LoopSource.IsCertain(loop.Expression, loop.Statement, draft, cancellation),
        ForStatementSyntax or BlockSyntax or IfStatementSyntax or ElseClauseSyntax or ExpressionStatementSyntax or GlobalStatementSyntax => true,
        _ => false,
    };
}
