namespace SessionAnalyzers.Editing;

/// <summary>Tells whether a loop can go through items one by one while its body works: they are there, and nothing in the body changes which they are.</summary>
internal static class LoopSource
{
    public static bool IsCertain(ExpressionSyntax items, SyntaxNode body, Draft draft, CancellationToken cancellation)
    {
        switch (items)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return IsCertain(parenthesized.Expression, body, draft, cancellation);
            case IdentifierNameSyntax name:
                return IsFilled(draft.Model.GetTypeInfo(name, cancellation).Type)
                    && draft.Model.GetSymbolInfo(name, cancellation).Symbol is { } symbol
                    && symbol is ILocalSymbol or IParameterSymbol or IFieldSymbol
                    && !body.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax mention && mention.Identifier.ValueText == name.Identifier.ValueText)

                    // Members of the same object may change its field.
                    && !(symbol is IFieldSymbol && CallsOwnMembers(body, draft, cancellation));
            case AwaitExpressionSyntax or BaseObjectCreationExpressionSyntax or ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax:
                return IsFilled(draft.Model.GetTypeInfo(items, cancellation).Type);
            case InvocationExpressionSyntax call when draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method:
                if (method is { Name: "ToList" or "ToArray" })
                {
                    return true;
                }

                if (method.ContainingType.Name != "Enumerable" || method.ContainingNamespace.ToDisplayString() != "System.Linq"
                    || call.ArgumentList.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => draft.Model.GetTypeInfo(n, cancellation).Type is { } type && draft.SessionTypeOf(type, cancellation) is not null))
                {
                    return false;
                }

                return method.Name is "Range" or "Repeat" or "Empty"
                    || (method.ReducedFrom is not null && call.Expression is MemberAccessExpressionSyntax access && IsCertain(access.Expression, body, draft, cancellation));
            default:
                return false;
        }
    }

    /// <summary>An array, or a collection of the framework: none that reads its items from somewhere as they are asked for.</summary>
    private static bool IsFilled(ITypeSymbol? type) =>
        type is IArrayTypeSymbol
        || (type is INamedTypeSymbol { Name: not ("IEnumerable" or "IAsyncEnumerable" or "IEnumerator" or "BlockingCollection") } named && DetachedTypes.IsFrameworkCollection(named));

    private static bool CallsOwnMembers(SyntaxNode body, Draft draft, CancellationToken cancellation) =>
        body is not LambdaExpressionSyntax
        || body.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => draft.Model.GetSymbolInfo(i, cancellation).Symbol is not IMethodSymbol { DeclaringSyntaxReferences.IsEmpty: true });
}
