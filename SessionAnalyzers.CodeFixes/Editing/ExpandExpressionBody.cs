using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Makes the expression body of a member, local function or lambda a block with one statement.</summary>
internal static class ExpandExpressionBody
{
    public static async Task<Draft?> TryAsync(Draft draft, ExpressionSyntax body, CancellationToken cancellation)
    {
        var model = draft.Model;
        var (owner, symbol) = body.Parent switch
        {
            ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax property } => (property, (model.GetDeclaredSymbol(property, cancellation) as IPropertySymbol)?.GetMethod),
            ArrowExpressionClauseSyntax { Parent: IndexerDeclarationSyntax indexer } => (indexer, model.GetDeclaredSymbol(indexer, cancellation)?.GetMethod),
            ArrowExpressionClauseSyntax { Parent: { } member } => (member, model.GetDeclaredSymbol(member, cancellation) as IMethodSymbol),
            LambdaExpressionSyntax lambda when !IsExpressionTree(lambda, model, cancellation) => (lambda, model.GetSymbolInfo(lambda, cancellation).Symbol as IMethodSymbol),
            _ => default((SyntaxNode, IMethodSymbol?)),
        };
        if (symbol is not { ReturnsByRef: false, ReturnsByRefReadonly: false })
        {
            return null;
        }

        var arrow = body.Parent is ArrowExpressionClauseSyntax { ArrowToken: var token } ? token : ((LambdaExpressionSyntax)owner).ArrowToken;
        var after = body.Parent is ArrowExpressionClauseSyntax ? arrow.GetPreviousToken() : arrow;
        if (!draft.Root.DescendantTrivia(TextSpan.FromBounds(after.Span.End, body.SpanStart)).Where(t => t.SpanStart >= after.Span.End && t.Span.End <= body.SpanStart)
            .All(static t => t.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia))
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
        edit.Replace(TextSpan.FromBounds(after.Span.End, body.SpanStart), open + (IsVoid(symbol) ? "" : "return "));
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
        method.ReturnsVoid || (method.IsAsync && method.ReturnType is INamedTypeSymbol { Arity: 0 } && DetachedTypes.IsTask(method.ReturnType));

    private static bool IsExpressionTree(LambdaExpressionSyntax lambda, SemanticModel model, CancellationToken cancellation) =>
        model.GetTypeInfo(lambda, cancellation).ConvertedType is not { TypeKind: TypeKind.Delegate };
}
