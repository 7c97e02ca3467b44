using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Takes the using from a session that is handed on. On the paths that fail it is disposed as before, in a catch that throws on. Offered
/// only where every other path hands the session on: there the using was all that disposed it.
/// </summary>
internal static class DropUsing
{
    /// <summary>The rewritten draft, and whether it needed the catch.</summary>
    public static async Task<(Draft Draft, bool Catches)?> TryAsync(Draft draft, string name, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } place
            || place.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
                .Select(n => n.Identifier.ValueText == name ? draft.Model.GetSymbolInfo(n, cancellation).Symbol : null)
                .OfType<ILocalSymbol>().FirstOrDefault() is not { } local
            || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax
            {
                Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration,
            }
            || declaration.Variables[0].Initializer?.Value is not { } value
            || !(draft.IsOwned(value, cancellation) || draft.Acquires(value, cancellation))
            || LivesOnAnother(value, draft, cancellation)
            || declaration.Parent is not StatementSyntax statement
            || StatementList.Of(statement) is not { Owner: not CompilationUnitSyntax } around
            || Members.HasLabels(statement)
            || Members.IsMentionedInDisabledText(around.Owner, local.Name)
            || SessionUses.Of(local, statement, draft.Model) is not { } uses
            || Disposals.Of(local, around.Owner, draft.Model).Any(static d => d.Kind != DisposalKind.Close))
        {
            return null;
        }

        return statement switch
        {
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } plain =>
                await FromDeclarationAsync(draft, plain, around, uses, local, cancellation).ConfigureAwait(false),
            UsingStatementSyntax { Statement: BlockSyntax block } scoped =>
                await FromStatementAsync(draft, scoped, block, uses, local, cancellation).ConfigureAwait(false),
            _ => null,
        };
    }

    /// <summary>What is made from another session of this code ends with that one, using or not.</summary>
    private static bool LivesOnAnother(ExpressionSyntax value, Draft draft, CancellationToken cancellation) =>
        value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n =>
            draft.Model.GetSymbolInfo(n, cancellation).Symbol is ILocalSymbol { Type: var type }
            && (DetachedTypes.Implements(type, "System.IDisposable") || DetachedTypes.Implements(type, "System.IAsyncDisposable")));

    private static async Task<(Draft Draft, bool Catches)?> FromDeclarationAsync(
        Draft draft, LocalDeclarationStatementSyntax statement, StatementList list, SessionUses uses, ILocalSymbol local, CancellationToken cancellation)
    {
        var first = list.IndexOf(statement) + 1;
        var isAsync = !statement.AwaitKeyword.IsKind(SyntaxKind.None);
        var keywords = TextSpan.FromBounds(statement.SpanStart, statement.Declaration.SpanStart);
        if (!AlwaysHandsOn(draft, [.. list.Statements.Skip(first)], uses, cancellation)
            || draft.Text.ToString(keywords).Trim() is not ("using" or "await using"))
        {
            return null;
        }

        var edit = draft.Edit();
        edit.Remove(keywords);
        var bare = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        if (list.Statements.Skip(first).All(s => DisposeInCatch.IsQuietEnd(s, draft.Model)))
        {
            return (!isAsync || AwaitsElsewhere(list.Owner)) && CompileCheck.Accept(draft, bare, cancellation) is { } dropped ? (dropped, false) : null;
        }

        // The list again, as it is now.
        if (bare?.Root.FindToken(statement.SpanStart).Parent?.FirstAncestorOrSelf<StatementSyntax>() is not { } plain || StatementList.Of(plain) is not { } now)
        {
            return null;
        }

        var calls = Calls(local, uses, isAsync, statement.Declaration, draft, cancellation);
        var wrapped = await DisposeInCatch.WrapAsync(bare, now, now.IndexOf(plain) + 1, calls, cancellation).ConfigureAwait(false);
        return CompileCheck.Accept(draft, wrapped, cancellation) is { } caught ? (caught, true) : null;
    }

    private static async Task<(Draft Draft, bool Catches)?> FromStatementAsync(
        Draft draft, UsingStatementSyntax statement, BlockSyntax block, SessionUses uses, ILocalSymbol local, CancellationToken cancellation)
    {
        var (layout, declaration) = (draft.Layout, statement.Declaration!);
        var (open, close) = (block.OpenBraceToken, block.CloseBraceToken);
        var header = TextSpan.FromBounds(statement.SpanStart, declaration.SpanStart);
        var isAsync = !statement.AwaitKeyword.IsKind(SyntaxKind.None);
        if (!AlwaysHandsOn(draft, [.. block.Statements], uses, cancellation)
            || draft.Text.ToString(header).Replace(" ", "") is not ("using(" or "awaitusing(")
            || !layout.IsFirstOnLine(statement.SpanStart)
            || !layout.IsFirstOnLine(close.SpanStart)
            || !layout.IsLastOnLine(open.Span.End)
            || !layout.IsLastOnLine(close.Span.End))
        {
            return null;
        }

        if (block.Statements.All(s => DisposeInCatch.IsQuietEnd(s, draft.Model)))
        {
            var toBrace = TextSpan.FromBounds(statement.CloseParenToken.SpanStart, open.Span.End);
            if (draft.Text.ToString(toBrace).Where(static c => !char.IsWhiteSpace(c)).Count() != 2
                || !IsAlone(open.TrailingTrivia)
                || !IsAlone(close.TrailingTrivia)
                || block.ContainsDirectives
                || (isAsync && !AwaitsElsewhere(statement.Parent!)))
            {
                return null;
            }

            var unwrap = draft.Edit();
            unwrap.Remove(header);
            unwrap.Replace(toBrace, ";");
            unwrap.Indent(draft.Root, layout.LineOf(open.SpanStart) + 1, layout.LineOf(close.SpanStart) - 1, outwards: true);
            unwrap.RemoveLines(close.Span);
            var plain = await draft.ApplyAsync(unwrap, cancellation).ConfigureAwait(false);
            return CompileCheck.Accept(draft, plain, cancellation) is { } dropped ? (dropped, false) : null;
        }

        var indent = layout.IndentAt(statement.SpanStart);
        foreach (var call in Calls(local, uses, isAsync, declaration, draft, cancellation))
        {
            var edit = draft.Edit();
            edit.Remove(header);
            if (layout.IsFirstOnLine(open.SpanStart))
            {
                edit.Replace(statement.CloseParenToken.Span, ";");
                edit.InsertLineAfter(statement.CloseParenToken.Span.End, indent + "try");
            }
            else
            {
                edit.Replace(statement.CloseParenToken.Span, ";" + layout.NewLine + indent + "try");
            }

            edit.Insert(close.Span.End, layout.Continue(indent) + DisposeInCatch.CatchClause(layout, indent, call));
            var result = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
            if (CompileCheck.Accept(draft, result, cancellation) is { } accepted)
            {
                return (accepted, true);
            }
        }

        return null;
    }

    /// <summary>
    /// True where control leaves the statements only by an exception, by returns of the session, or at the end after it was stored in a
    /// field that is disposed elsewhere.
    /// </summary>
    private static bool AlwaysHandsOn(Draft draft, StatementSyntax[] statements, SessionUses uses, CancellationToken cancellation)
    {
        if (statements.Length == 0
            || statements.Any(static s => s.DescendantNodesAndSelf().OfType<YieldStatementSyntax>().Any())
            || draft.Model.AnalyzeControlFlow(statements[0], statements[statements.Length - 1]) is not { Succeeded: true } flow)
        {
            return false;
        }

        if (draft.Acquisition is not AssignmentExpressionSyntax { Left: var target } stored)
        {
            return !flow.EndPointIsReachable && flow.ExitPoints.All(e => e is ReturnStatementSyntax leaving && uses.IsReturnedBy(leaving));
        }

        var end = statements.Length;
        while (end > 0 && DisposeInCatch.IsQuietEnd(statements[end - 1], draft.Model))
        {
            end--;
        }

        return stored.Parent is StatementSyntax statement
            && statements.Skip(end).Contains(statement)
            && statements.SkipWhile(s => s != statement).All(static s => s is not LocalFunctionStatementSyntax)
            && flow.ExitPoints.All(e => e is ReturnStatementSyntax && e.SpanStart > stored.SpanStart)
            && draft.Model.GetSymbolInfo(target, cancellation).Symbol is { IsStatic: false, Kind: SymbolKind.Field } field
            && draft.MayEnd(field, cancellation);
    }

    /// <summary>The disposal that the using made, in the same form.</summary>
    private static IEnumerable<string[]> Calls(
        ILocalSymbol local, SessionUses uses, bool isAsync, VariableDeclarationSyntax declaration, Draft draft, CancellationToken cancellation)
    {
        var maybeNull = uses.References.Any(static r => DisposeInCatch.IsAskedForNull(r.Syntax))
            || (declaration.Variables[0].Initializer?.Value is { } value
                && draft.Model.GetTypeInfo(value, cancellation).Nullability.FlowState == NullableFlowState.MaybeNull);
        if (!maybeNull)
        {
            yield return DisposalForms.Call(local.Name, isAsync, maybeNull: false, draft);
        }

        yield return DisposalForms.Call(local.Name, isAsync, maybeNull: true, draft);
    }

    /// <summary>An async method that awaits nothing any more would have to change as a whole. Not every compiler says so.</summary>
    private static bool AwaitsElsewhere(SyntaxNode scope) =>
        scope.DescendantNodes(static n => !Members.IsFunction(n)).Any(static n => n is AwaitExpressionSyntax);

    private static bool IsAlone(SyntaxTriviaList trivia) =>
        trivia.All(static t => t.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia);
}
