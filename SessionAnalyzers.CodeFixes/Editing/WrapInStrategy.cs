using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Makes statements the delegate of an execution strategy of a context.</summary>
internal static class WrapInStrategy
{
    public static async Task<Draft?> TryAsync(Draft draft, string database, BlockSyntax block, int first, int last, CancellationToken cancellation)
    {
        var (from, to) = (block.Statements[first], block.Statements[last]);
        var region = TextSpan.FromBounds(from.SpanStart, to.Span.End);
        if (block.Parent is null || Function(block) is not MethodDeclarationSyntax { Body: { } body } method
            || !draft.Layout.IsFirstOnLine(from.SpanStart) || !draft.Layout.IsLastOnLine(to.Span.End)
            || !RegionEdit.AreDirectivesBalanced(block, TextSpan.FromBounds(from.FullSpan.Start, to.Span.End))
            || Members.HasLabels(block) || IsIterator(body)
            || ReturnOf(draft, method, block, first, last, cancellation) is not { } keyword)
        {
            return null;
        }

        var isAsync = Own(from, to).Any(static n => n is AwaitExpressionSyntax or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } or UsingStatementSyntax { AwaitKeyword.RawKind: not 0 } or LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: not 0 });
        var result = keyword.Length == 0 ? null : ResultOf(method, isAsync);
        return await ApplyAsync("").ConfigureAwait(false) ?? (result is null ? null : await ApplyAsync($"<{result}>").ConfigureAwait(false));

        async Task<Draft?> ApplyAsync(string arguments)
        {
            var layout = draft.Layout;
            var indent = layout.IndentAt(from.SpanStart);
            var name = NameFor(Members.Of(block));
            var edit = draft.Edit();
            var call = isAsync ? $"{keyword}await {name}.ExecuteAsync{arguments}(async () =>" : $"{keyword}{name}.Execute{arguments}(() =>";
            edit.Insert(from.SpanStart, $"var {name} = {database}.CreateExecutionStrategy();{layout.NewLine}{indent}{call}{layout.Open(indent)}{layout.NewLine}{indent}{layout.Unit}");
            edit.Indent(draft.Root, layout.LineOf(from.SpanStart) + 1, layout.LineOf(to.Span.End));
            edit.InsertLineAfter(to.Span.End, indent + (isAsync && IsConfigured(from, to) ? "}).ConfigureAwait(false);" : "});"));
            return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
        }
    }

    /// <summary>
    /// What stands before the call of the strategy: nothing where control comes to its end or leaves a method without a result, "return "
    /// where every path returns one. Null where the delegate could not stand for the statements.
    /// </summary>
    private static string? ReturnOf(Draft draft, MethodDeclarationSyntax method, BlockSyntax block, int first, int last, CancellationToken cancellation)
    {
        var (from, to) = (block.Statements[first], block.Statements[last]);
        if (draft.Model.AnalyzeControlFlow(from, to) is not { Succeeded: true } control
            || draft.Model.AnalyzeDataFlow(from, to) is not { Succeeded: true } data
            || !control.ExitPoints.All(static p => p is ReturnStatementSyntax)
            || method.ParameterList.Parameters.Any(static p => p.Modifiers.Any(static m => m.Kind() is SyntaxKind.OutKeyword or SyntaxKind.RefKeyword or SyntaxKind.InKeyword))

            // A delegate that runs again would find what the first run has left.
            || data.WrittenInside.Any(w => !data.VariablesDeclared.Contains(w, SymbolEqualityComparer.Default)) || !data.DataFlowsOut.IsEmpty
            || draft.Model.GetDeclaredSymbol(method, cancellation) is not IMethodSymbol { ReturnType: var type, IsAsync: var isAsync })
        {
            return null;
        }

        if (control.ReturnStatements.IsEmpty)
        {
            return control.EndPointIsReachable ? "" : null;
        }

        var returns = control.ReturnStatements.Cast<ReturnStatementSyntax>().ToList();
        if (returns.All(static r => r.Expression is not null))
        {
            return control.EndPointIsReachable || (!isAsync && type.Name is "Task" or "ValueTask") ? null : "return ";
        }

        return block == method.Body && last == block.Statements.Count - 1 ? "" : null;
    }

    private static string? ResultOf(MethodDeclarationSyntax method, bool isAsync) =>
        !isAsync ? method.ReturnType.ToString() : method.ReturnType is GenericNameSyntax { TypeArgumentList.Arguments: { Count: 1 } arguments } ? arguments[0].ToString() : null;

    private static SyntaxNode? Function(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(static n => Members.IsFunction(n) || n is MemberDeclarationSyntax or AccessorDeclarationSyntax);

    private static bool IsIterator(BlockSyntax body) => body.DescendantNodes(static n => !Members.IsFunction(n)).Any(static n => n is YieldStatementSyntax);

    private static bool IsConfigured(StatementSyntax from, StatementSyntax to) =>
        Own(from, to).Any(static n => n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } });

    private static IEnumerable<SyntaxNode> Own(StatementSyntax from, StatementSyntax to) =>
        from.Parent!.DescendantNodes(static n => !Members.IsFunction(n)).Where(n => n.SpanStart >= from.SpanStart && n.Span.End <= to.Span.End);

    private static string NameFor(SyntaxNode member)
    {
        var taken = new HashSet<string>(member.DescendantTokens().Where(static t => t.IsKind(SyntaxKind.IdentifierToken)).Select(static t => t.ValueText), StringComparer.Ordinal);
        var name = "strategy";
        for (var i = 2; taken.Contains(name); i++)
        {
            name = "strategy" + i;
        }

        return name;
    }
}
