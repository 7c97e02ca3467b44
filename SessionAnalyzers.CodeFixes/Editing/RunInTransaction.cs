namespace SessionAnalyzers.Editing;

/// <summary>
/// Puts statements of one list into one transaction of the context that they save: begun before the first, committed after the last,
/// rolled back by its disposal. For relational providers of EF Core only.
/// </summary>
internal static class RunInTransaction
{
    private static readonly string[] NotRelational = ["Microsoft.EntityFrameworkCore.Cosmos", "MongoDB.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.InMemory"];

    public static async Task<Draft?> TryAsync(Draft draft, InvocationExpressionSyntax save, StatementSyntax first, StatementSyntax last, CancellationToken cancellation)
    {
        if (draft.Language < LanguageVersion.CSharp8 || !draft.Layout.IsFirstOnLine(first.SpanStart) || !IsOfEntityFrameworkCore(draft, save, cancellation)
            || MayRetry(draft.Model.Compilation, cancellation))
        {
            return null;
        }

        var isAsync = Commits.NameOf(save).EndsWith("Async", StringComparison.Ordinal);
        if (isAsync && !save.Ancestors().Any(static n => n is AwaitExpressionSyntax))
        {
            return null;
        }

        var context = save.Expression is MemberAccessExpressionSyntax access ? access.Expression + "." : "";
        var token = isAsync && save.ArgumentList.Arguments is { Count: 1 } arguments && draft.Model.GetTypeInfo(arguments[0].Expression, cancellation).Type?.Name == "CancellationToken"
            ? arguments[0].Expression.ToString()
            : "";
        var name = IntroduceUsingVariable.UniqueName("transaction", first);
        var indent = draft.Layout.IndentAt(first.SpanStart);
        var line = draft.Layout.NewLine;
        var edit = draft.Edit();
        edit.Insert(first.SpanStart, isAsync
            ? $"await using var {name} = await {context}Database.BeginTransactionAsync({token});{line}{indent}"
            : $"using var {name} = {context}Database.BeginTransaction();{line}{indent}");
        var commit = isAsync ? $"await {name}.CommitAsync({token});" : $"{name}.Commit();";
        if (last.GetLastToken().IsKind(SyntaxKind.CloseBraceToken) || !draft.Layout.IsLastOnLine(last.Span.End))
        {
            edit.Insert(last.Span.End, line + line + indent + commit);
        }
        else
        {
            edit.InsertLineAfter(last.Span.End, indent + commit);
        }

        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
    }

    private static bool IsOfEntityFrameworkCore(Draft draft, InvocationExpressionSyntax save, CancellationToken cancellation) =>
        draft.Model.GetSymbolInfo(save, cancellation).Symbol is IMethodSymbol { ContainingType: { } type } && Commits.IsContextOfEfCore(type)
        && draft.Model.Compilation.ReferencedAssemblyNames is var names && names.Any(static n => n.Name == "Microsoft.EntityFrameworkCore.Relational")
        && !names.Any(static n => Array.IndexOf(NotRelational, n.Name) >= 0);

    /// <summary>A strategy that retries refuses transactions that it has not begun.</summary>
    private static bool MayRetry(Compilation compilation, CancellationToken cancellation)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            var text = tree.GetText(cancellation).ToString();
            if (text.Contains("EnableRetryOnFailure") || text.Contains("ExecutionStrategy"))
            {
                return true;
            }
        }

        return false;
    }
}
