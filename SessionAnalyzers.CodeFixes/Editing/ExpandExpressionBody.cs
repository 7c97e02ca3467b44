using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Makes the expression body of a member, local function or lambda a block with one statement.</summary>
internal static class ExpandExpressionBody
{
    public static async Task<Draft?> TryAsync(Draft draft, ExpressionSyntax body, CancellationToken cancellation)
    {
        var model = draft.Model;
        var (owner, declared) = body.Parent switch
        {
            ArrowExpressionClauseSyntax { Parent: { } member } => (member, model.GetDeclaredSymbol(member, cancellation)),
            LambdaExpressionSyntax lambda when IsDelegate(lambda, model, cancellation) =>
                (lambda, model.GetSymbolInfo(lambda, cancellation).Symbol),
            _ => default((SyntaxNode, ISymbol?)),
        };
        var symbol = declared is IPropertySymbol property ? property.GetMethod : declared as IMethodSymbol;
        if (symbol is not { ReturnsByRef: false, ReturnsByRefReadonly: false })
        {
            return null;
        }

        // A lambda keeps its arrow. A comment on the way has no place in the block.
        var after = body.Parent is ArrowExpressionClauseSyntax arrow
            ? arrow.ArrowToken.GetPreviousToken()
            : ((LambdaExpressionSyntax)owner).ArrowToken;
        var between = TextSpan.FromBounds(after.Span.End, body.SpanStart);
        if (draft.Text.ToString(between).Trim() is not ("" or "=>"))
        {
            return null;
        }

        var layout = draft.Layout;
        var newLine = layout.NewLine;
        var indent = layout.IndentAt(owner.SpanStart);
        var hasAccessor = owner is PropertyDeclarationSyntax or IndexerDeclarationSyntax;
        var inner = indent + layout.Unit;
        var open = layout.Open(indent) + newLine + inner;
        var close = newLine + indent + "}";
        if (hasAccessor)
        {
            open += "get" + layout.Open(inner) + newLine + inner + layout.Unit;
            close = newLine + inner + "}" + close;
        }

        var edit = draft.Edit();
        edit.Replace(between, open + (IsVoid(symbol) ? "" : "return "));
        if (owner is LambdaExpressionSyntax)
        {
            edit.Insert(body.Span.End, ";" + close);
        }
        else
        {
            edit.Insert(owner.GetLastToken().Span.End, close);
        }

        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }

    private static bool IsVoid(IMethodSymbol method) =>
        method.ReturnsVoid || (method is { IsAsync: true, ReturnType: INamedTypeSymbol { Arity: 0 } task } && DetachedTypes.IsTask(task));

    /// <summary>An expression tree has no statements.</summary>
    private static bool IsDelegate(LambdaExpressionSyntax lambda, SemanticModel model, CancellationToken cancellation) =>
        model.GetTypeInfo(lambda, cancellation).ConvertedType is { TypeKind: TypeKind.Delegate };
}
