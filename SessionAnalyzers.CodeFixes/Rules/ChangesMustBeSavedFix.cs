using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Saves before the transaction is committed that the change is made in, else at the end of the context's scope. Only where control comes
/// there whenever nothing throws.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ChangesMustBeSavedFix))]
internal sealed class ChangesMustBeSavedFix() : SessionCodeFix(DiagnosticIds.ChangesMustBeSaved)
{
    public const string SaveKey = "SES2005.Save";

    private static readonly string[] Savers = ["SaveChangesAsync", "SaveChanges"];

    /// <summary>Somebody has thought about the changes.</summary>
    private static readonly Regex Intention = new("sav|dry|discard|preview|undo|todo", RegexOptions.IgnoreCase);

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } change || Property(diagnostic, LeakMessages.Variable) is not { } name
            || draft.Model.LookupSymbols(change.SpanStart, name: name).FirstOrDefault() is not ILocalSymbol local
            || ScopeOf(local, change, cancellation) is not { } scope || Members.HasLabels(scope)
            || scope.DescendantTrivia().Any(static t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia && Intention.IsMatch(t.ToString()))
            || Place.Find(draft, scope, change, cancellation) is not { } place || !place.IsReached(draft.Model) || SaveOf(draft, local, place.Last, cancellation) is not var (method, save))
        {
            return null;
        }

        var layout = draft.Layout;
        var edit = draft.Edit();
        if (place.Commit is { } commit)
        {
            edit.Insert(commit.SpanStart, save + layout.NewLine + layout.IndentAt(commit.SpanStart));
        }
        else
        {
            var last = place.Last;
            edit.InsertLineAfter(last.Span.End, (last.GetLastToken().IsKind(SyntaxKind.CloseBraceToken) ? layout.NewLine : "") + layout.IndentAt(last.SpanStart) + save);
        }

        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, $"Call '{name}.{method}' {(place.Commit is null ? "at the end" : "before the commit")}", SaveKey)
            : null;
    }

    /// <summary>The block at whose end the context is disposed.</summary>
    private static BlockSyntax? ScopeOf(ILocalSymbol local, SyntaxNode change, CancellationToken cancellation)
    {
        if (local.DeclaringSyntaxReferences is not { Length: 1 } references || references[0].GetSyntax(cancellation) is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: var holder } })
        {
            return null;
        }

        var scope = holder switch
        {
            UsingStatementSyntax { Statement: BlockSyntax body } => body,
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Parent: BlockSyntax block } => block,
            LocalDeclarationStatementSyntax { Parent: BlockSyntax block } => change.Ancestors().TakeWhile(a => a != block).OfType<TryStatementSyntax>().LastOrDefault(t =>
                t.Finally is { } ending && t.Block.Span.Contains(change.Span) && ending.DescendantNodes().Any(n => n is IdentifierNameSyntax used && used.Identifier.ValueText == local.Name))?.Block,
            _ => null,
        };
        return scope is not null && change.Ancestors().TakeWhile(a => a != scope).All(static a => a is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)) ? scope : null;
    }

    private static (string Method, string Statement)? SaveOf(Draft draft, ILocalSymbol context, SyntaxNode at, CancellationToken cancellation)
    {
        foreach (var name in Savers)
        {
            var isAsync = name.EndsWith("Async", StringComparison.Ordinal);
            if (isAsync && !DisposalForms.CanAwait(at, draft.Model))
            {
                continue;
            }

            var methods = draft.Model.LookupSymbols(at.SpanStart, context.Type, name).OfType<IMethodSymbol>()
                .Where(m => m is { IsStatic: false, IsGenericMethod: false } && DetachedTypes.IsTask(m.ReturnType) == isAsync
                    && draft.FactsOf(m, cancellation) is { } facts && facts.Has(Roles.Flushes) && facts.Has(Roles.Commits))
                .ToArray();
            if (!methods.Any(static m => m.Parameters.All(static p => p.IsOptional)))
            {
                continue;
            }

            var token = isAsync && methods.Any(static m => m.Parameters is { Length: 1 } only && only[0].Type.Name == nameof(CancellationToken)) ? TokenAt(draft, at) : "";
            return (name, (isAsync ? "await " : "") + $"{context.Name}.{name}({token});");
        }

        return null;
    }

    /// <summary>The only cancellation token that the function is passed.</summary>
    private static string TokenAt(Draft draft, SyntaxNode at)
    {
        var tokens = draft.Model.GetEnclosingSymbol(at.SpanStart) is IMethodSymbol method ? method.Parameters.Where(static p => p.Type.Name == nameof(CancellationToken) && p.RefKind == RefKind.None).ToArray() : [];
        return tokens.Length == 1 ? tokens[0].Name : "";
    }

    /// <summary>Where the save goes: before a commit, or after the last statement that works.</summary>
    private sealed class Place(StatementSyntax first, StatementSyntax last, StatementSyntax? commit)
    {
        public StatementSyntax Last { get; } = last;

        public StatementSyntax? Commit { get; } = commit;

        public static Place? Find(Draft draft, BlockSyntax scope, ExpressionSyntax change, CancellationToken cancellation)
        {
            for (SyntaxNode child = change, node = change.Parent!; ; child = node, node = node.Parent!)
            {
                if (node is TryStatementSyntax { Catches.Count: > 0 } or CatchClauseSyntax or FinallyClauseSyntax)
                {
                    // What is caught on the way would be saved.
                    return null;
                }

                if (node is not BlockSyntax block)
                {
                    continue;
                }

                var from = block.Statements.IndexOf((StatementSyntax)child);
                for (var i = from + 1; i < block.Statements.Count; i++)
                {
                    var statement = block.Statements[i];
                    if (Finishes(draft, statement, cancellation))
                    {
                        return IsCommit(draft, statement, cancellation) && draft.Layout.IsFirstOnLine(statement.SpanStart) ? new(block.Statements[from], block.Statements[i - 1], statement) : null;
                    }
                }

                if (block == scope)
                {
                    return AtEnd(draft, block, from, cancellation);
                }
            }
        }

        /// <summary>Control comes to the place, and by no other way out of the region.</summary>
        public bool IsReached(SemanticModel model) =>
            model.AnalyzeControlFlow(first, Last) is { Succeeded: true, EndPointIsReachable: true, ExitPoints.IsEmpty: true }
            && !first.Parent!.DescendantNodes(static n => !Members.IsFunction(n)).Any(n => n.SpanStart >= first.SpanStart && n.SpanStart < Last.Span.End
                && (n is YieldStatementSyntax || (n is CatchClauseSyntax handler && model.AnalyzeControlFlow(handler.Block) is not { Succeeded: true, EndPointIsReachable: false, ExitPoints.IsEmpty: true })));

        private static Place? AtEnd(Draft draft, BlockSyntax block, int from, CancellationToken cancellation)
        {
            var last = block.Statements.Count - 1;
            while (last > from && block.Statements[last] is LocalFunctionStatementSyntax)
            {
                last--;
            }

            if (last > from && block.Statements[last] is ReturnStatementSyntax end)
            {
                if (!IsApart(end.Expression, draft, cancellation))
                {
                    return null;
                }

                last--;
            }

            var statement = block.Statements[last];
            return draft.Layout.IsFirstOnLine(statement.SpanStart) && draft.Layout.IsLastOnLine(statement.Span.End)
                && draft.Layout.LineOf(statement.Span.End) != draft.Layout.LineOf(block.CloseBraceToken.SpanStart) && !block.ContainsDirectives
                    ? new(block.Statements[from], statement, null)
                    : null;
        }

        /// <summary>A result that is no query and does not ask the context.</summary>
        private static bool IsApart(ExpressionSyntax? value, Draft draft, CancellationToken cancellation) =>
            value is null || value.DescendantNodesAndSelf().OfType<ExpressionSyntax>().All(e =>
                e is not AwaitExpressionSyntax && (draft.Model.GetTypeInfo(e, cancellation).Type is not { } type || (draft.SessionTypeOf(type, cancellation) is null && type.Name is not ("IQueryable" or "IEnumerable" or "IAsyncEnumerable"))));

        private static bool Finishes(Draft draft, SyntaxNode statement, CancellationToken cancellation) =>
            statement.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => draft.Model.GetSymbolInfo(i, cancellation).Symbol is IMethodSymbol method
                && draft.FactsOf(method, cancellation) is { } facts && facts.Has(Roles.Commits | Roles.Votes) && !facts.Has(Roles.Flushes));

        private static bool IsCommit(Draft draft, StatementSyntax statement, CancellationToken cancellation) =>
            statement is ExpressionStatementSyntax { Expression: var expression } && Finishes(draft, expression.Parent!, cancellation)
            && (expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression) is InvocationExpressionSyntax;
    }
}
