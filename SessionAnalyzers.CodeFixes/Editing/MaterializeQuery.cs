namespace SessionAnalyzers.Editing;

/// <summary>Runs a query where it is returned, so that the caller gets a list of rows that needs no session.</summary>
internal static class MaterializeQuery
{
    public static async Task<Draft?> TryAsync(Draft draft, ReturnedResult result, CancellationToken cancellation)
    {
        var value = result.Value;
        if (result.Method.IsAsync
            || !TakesList(result.Method.ReturnType)
            || ElementOf(result.Type) is not { } element
            || !DetachedTypes.Contains(element)
            || value.DescendantNodesAndSelf().Any(static n => n is ConditionalAccessExpressionSyntax)
            || draft.Model.GetTypeInfo(value, cancellation).Nullability.FlowState == NullableFlowState.MaybeNull)
        {
            return null;
        }

        var layout = draft.Layout;
        var edit = draft.Edit();
        if (value is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax or ElementAccessExpressionSyntax)
        {
            // A chain with one call on each line gets one more line.
            var dot = value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax last } ? last.OperatorToken.SpanStart : value.SpanStart;
            var separator = dot > value.SpanStart && layout.IsFirstOnLine(dot) ? layout.NewLine + layout.IndentAt(dot) : "";
            edit.Insert(value.Span.End, separator + ".ToList()");
        }
        else
        {
            edit.Insert(value.SpanStart, "(");
            edit.Insert(value.Span.End, ").ToList()");
        }

        var after = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        return CompileCheck.Accept(draft, after, cancellation) is { } accepted && IsOfLinq(accepted, cancellation) ? accepted : null;
    }

    private static bool TakesList(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Interface
        && type.ContainingNamespace.ToDisplayString() is "System.Collections.Generic" or "System.Collections"
        && type.Name is "IEnumerable" or "IReadOnlyCollection" or "IReadOnlyList" or "ICollection" or "IList";

    private static ITypeSymbol? ElementOf(ITypeSymbol type)
    {
        var sequences = type.AllInterfaces.Append(type).OfType<INamedTypeSymbol>()
            .Where(static i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
            .ToList();
        return sequences.Count == 1 && !DetachedTypes.Contains(type) ? sequences[0].TypeArguments[0] : null;
    }

    /// <summary>Another method of the name may be as lazy as the query.</summary>
    private static bool IsOfLinq(Draft draft, CancellationToken cancellation)
    {
        var call = draft.Acquisition?.AncestorsAndSelf().OfType<InvocationExpressionSyntax>().LastOrDefault(static i =>
            i.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToList" } && i.Parent is ReturnStatementSyntax);
        return call is not null
            && draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ContainingType: { Name: "Enumerable" } type }
            && type.ContainingNamespace.ToDisplayString() == "System.Linq";
    }
}
