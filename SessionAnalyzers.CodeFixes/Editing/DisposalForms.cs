namespace SessionAnalyzers.Editing;

/// <summary>Whether a session can be disposed asynchronously, synchronously or both at a place.</summary>
internal static class DisposalForms
{
    /// <summary>The forms that fit, the better first: true stands for <c>await</c>.</summary>
    public static IEnumerable<bool> For(ITypeSymbol type, SyntaxNode place, Draft draft)
    {
        if (DetachedTypes.IsTask(type))
        {
            yield break;
        }

        if (draft.Language >= LanguageVersion.CSharp8
            && DetachedTypes.Implements(type, "System.IAsyncDisposable")
            && CanAwait(place, draft.Model))
        {
            yield return true;
        }

        if (DetachedTypes.Implements(type, "System.IDisposable"))
        {
            yield return false;
        }
    }

    /// <summary>The statement, of one or more lines, that disposes what an expression holds.</summary>
    public static string[] Call(string expression, bool isAsync, bool maybeNull, Draft draft)
    {
        if (!isAsync)
        {
            return [maybeNull ? $"{expression}?.Dispose();" : $"{expression}.Dispose();"];
        }

        var call = $"await {expression}.DisposeAsync();";
        if (!maybeNull)
        {
            return [call];
        }

        var condition = draft.Language >= LanguageVersion.CSharp9 ? $"if ({expression} is not null)" : $"if ({expression} != null)";
        return draft.Layout.BraceOnOwnLine
            ? [condition, "{", draft.Layout.Unit + call, "}"]
            : [condition + " {", draft.Layout.Unit + call, "}"];
    }

    public static bool CanAwait(SyntaxNode place, SemanticModel model)
    {
        for (var node = place; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case LockStatementSyntax or UnsafeStatementSyntax or CatchFilterClauseSyntax or FixedStatementSyntax:
                    return false;
                case MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return !((MemberDeclarationSyntax)node).Modifiers.Any(SyntaxKind.UnsafeKeyword) && IsAsync();
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax:
                    return IsAsync();
            }
        }

        return IsAsync();

        bool IsAsync() => model.GetEnclosingSymbol(place.SpanStart) is IMethodSymbol { IsAsync: true };
    }
}
