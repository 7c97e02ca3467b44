using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Commits as the last statement of the scope, before a final return of what is at hand. Only where the end of the scope is reached
/// whenever nothing throws, and where nothing that stands in the way of a commit is still open there.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TransactionMustBeCommittedFix))]
internal sealed class TransactionMustBeCommittedFix() : SessionCodeFix(DiagnosticIds.TransactionMustBeCommitted)
{
    public const string CommitKey = "SES2002.Commit";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } acquisition
            || Scope.Find(draft, diagnostic, cancellation) is not { } scope
            || CommitOf(draft, scope, cancellation) is not var (method, isAsync)
            || !CanCommitAtEnd(draft, scope, cancellation))
        {
            return null;
        }

        var layout = draft.Layout;
        var edit = draft.Edit();
        var name = scope.Local?.Name;
        if (name is null)
        {
            name = IntroduceUsingVariable.UniqueName("scope", scope.Block);
            edit.Insert(acquisition.SpanStart, $"var {name} = ");
        }

        var last = scope.Last;
        var line = (last.GetLastToken().IsKind(SyntaxKind.CloseBraceToken) ? layout.NewLine : "")
            + layout.IndentAt(last.SpanStart) + (isAsync ? "await " : "") + $"{name}.{method}();";
        edit.InsertLineAfter(last.Span.End, line);
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, scope.Local is null ? $"Give the scope a name and call '{name}.{method}' at its end" : $"Call '{name}.{method}' at the end", CommitKey)
            : null;
    }

    private static (string Method, bool IsAsync)? CommitOf(Draft draft, Scope scope, CancellationToken cancellation)
    {
        var at = scope.Last.SpanStart;
        var candidates = new List<(string, bool)>();
        if (DisposalForms.CanAwait(scope.Last, draft.Model))
        {
            candidates.Add(("CommitAsync", true));
            candidates.Add(("CompleteAsync", true));
        }

        candidates.Add(("Commit", false));
        candidates.Add(("Complete", false));
        foreach (var (name, isAsync) in candidates)
        {
            var methods = draft.Model.LookupSymbols(at, scope.Type, name).OfType<IMethodSymbol>();
            if (methods.Any(m => m is { IsStatic: false, IsGenericMethod: false } && m.Parameters.All(static p => p.IsOptional)
                && DetachedTypes.IsTask(m.ReturnType) == isAsync
                && draft.FactsOf(m, cancellation) is { } facts && facts.Has(Roles.Commits | Roles.Votes) && !facts.Has(Roles.Flushes)))
            {
                return (name, isAsync);
            }
        }

        return null;
    }

    private static bool CanCommitAtEnd(Draft draft, Scope scope, CancellationToken cancellation)
    {
        var (model, layout, block) = (draft.Model, draft.Layout, scope.Block);
        if (block.ContainsDirectives || Members.HasLabels(block)
            || !layout.IsFirstOnLine(scope.Last.SpanStart) || !layout.IsLastOnLine(scope.Last.Span.End)
            || layout.LineOf(scope.Last.Span.End) == layout.LineOf(block.CloseBraceToken.SpanStart)
            || model.AnalyzeControlFlow(scope.First, scope.Last) is not { Succeeded: true, EndPointIsReachable: true, ExitPoints.IsEmpty: true }
            || !IsAtHand(scope.Return?.Expression, model, cancellation)
            || Members.Of(block).DescendantTrivia().Any(static t => IsComment(t) && Intention.IsMatch(t.ToString())))
        {
            return false;
        }

        var region = TextSpan.FromBounds(scope.First.SpanStart, scope.Last.Span.End);
        return block.DescendantNodes(static n => !Members.IsFunction(n)).Where(n => region.Contains(n.Span)).All(n => n switch
        {
            YieldStatementSyntax => false,

            // A failure that is caught and left behind would be committed.
            CatchClauseSyntax handler => model.AnalyzeControlFlow(handler.Block) is { Succeeded: true, EndPointIsReachable: false, ExitPoints.IsEmpty: true },
            VariableDeclaratorSyntax or SingleVariableDesignationSyntax => IsHarmless(draft, n, scope, cancellation),
            ExpressionStatementSyntax { Expression: var value } => !DetachedTypes.IsTask(model.GetTypeInfo(value, cancellation).Type),
            AssignmentExpressionSyntax { Left: var target, Right: var value } =>
                !DetachedTypes.IsTask(model.GetTypeInfo(value, cancellation).Type) && (target as IdentifierNameSyntax)?.Identifier.ValueText != scope.Local?.Name,
            SimpleNameSyntax { Identifier.ValueText: "Close" or "CloseAsync" or "Dispose" or "DisposeAsync" } ending => EndsSomethingElse(draft, ending, scope, cancellation),
            _ => true,
        });
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    /// <summary>Somebody has thought about the end of the transaction.</summary>
    private static readonly Regex Intention = new("roll|commit|complet|dry|undo|discard|todo", RegexOptions.IgnoreCase);

    /// <summary>A result that the commit does not change and that does not wait for it.</summary>
    private static bool IsAtHand(ExpressionSyntax? value, SemanticModel model, CancellationToken cancellation) => value switch
    {
        null or LiteralExpressionSyntax => true,
        IdentifierNameSyntax name => model.GetSymbolInfo(name, cancellation).Symbol is ILocalSymbol { RefKind: RefKind.None, Type: var type } && DetachedTypes.Contains(type),
        _ => false,
    };

    /// <summary>No task that may still run, and nothing that is still open at the end of the scope and makes a commit fail, or is not finished itself.</summary>
    private static bool IsHarmless(Draft draft, SyntaxNode declarator, Scope scope, CancellationToken cancellation)
    {
        if (draft.Model.GetDeclaredSymbol(declarator, cancellation) is not ILocalSymbol { Type: var type } || IsOrHoldsTask(type))
        {
            return false;
        }

        if (draft.SessionTypeOf(type, cancellation) is not { } session)
        {
            return true;
        }

        var endsBefore = declarator.Parent!.Parent is UsingStatementSyntax
            || declarator.Parent.Parent is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Parent: BlockSyntax inner } && inner != scope.Block;
        return session.Kind switch
        {
            SessionKind.Command => true,
            SessionKind.Bulk => endsBefore || !session.Has(Roles.DisposeDiscards | Roles.DisposeCommits | Roles.DisposeCompletes),
            SessionKind.Connection or SessionKind.Context => (endsBefore || scope.Kind == SessionKind.Ambient) && !session.Has(Roles.DisposeCommits | Roles.DisposeCompletes),
            _ => endsBefore,
        };
    }

    private static bool IsOrHoldsTask(ITypeSymbol type) =>
        DetachedTypes.IsTask(type)
        || (type is IArrayTypeSymbol array && IsOrHoldsTask(array.ElementType))
        || (type is INamedTypeSymbol named && named.TypeArguments.Any(IsOrHoldsTask));

    /// <summary>The end of a reader or command, or of a connection inside an ambient scope. That of anything else may end the transaction.</summary>
    private static bool EndsSomethingElse(Draft draft, SimpleNameSyntax ending, Scope scope, CancellationToken cancellation)
    {
        var receiver = ending.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax { Parent: ConditionalAccessExpressionSyntax conditional } } => conditional.Expression,
            _ => null,
        };
        return receiver is not null && draft.Model.GetTypeInfo(receiver, cancellation).Type is { } type && draft.SessionTypeOf(type, cancellation)?.Kind is { } kind
            && (kind is SessionKind.Reader or SessionKind.Command || (scope.Kind == SessionKind.Ambient && kind is SessionKind.Connection or SessionKind.Context));
    }

    /// <summary>The statements in which the transaction is open, and the variable that holds it.</summary>
    private sealed class Scope
    {
        public ILocalSymbol? Local { get; private set; }

        public ITypeSymbol Type { get; private set; } = null!;

        public SessionKind Kind { get; private set; }

        public BlockSyntax Block { get; private set; } = null!;

        public StatementSyntax First { get; private set; } = null!;

        /// <summary>The last statement that works: the commit comes after it.</summary>
        public StatementSyntax Last { get; private set; } = null!;

        public ReturnStatementSyntax? Return { get; private set; }

        public static Scope? Find(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
        {
            var value = draft.Acquisition!;
            while (value.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax or AwaitExpressionSyntax
                or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax } })
            {
                value = value.Parent is MemberAccessExpressionSyntax ? (ExpressionSyntax)value.Parent.Parent! : (ExpressionSyntax)value.Parent;
            }

            switch (value.Parent)
            {
                case UsingStatementSyntax { Statement: BlockSyntax body } unnamed when unnamed.Expression == draft.Acquisition && value is ObjectCreationExpressionSyntax:
                    return Create(draft, null, draft.Model.GetTypeInfo(value, cancellation).Type, body, 0, cancellation);
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: var holder } } declarator }
                    when draft.Model.GetDeclaredSymbol(declarator, cancellation) is ILocalSymbol local:
                    return holder switch
                    {
                        UsingStatementSyntax { Statement: BlockSyntax body } => Create(draft, local, local.Type, body, 0, cancellation),
                        LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Parent: BlockSyntax block } declaration =>
                            Create(draft, local, local.Type, block, block.Statements.IndexOf(declaration) + 1, cancellation),
                        LocalDeclarationStatementSyntax { Parent: BlockSyntax block } declaration when TryAfter(block, declaration, diagnostic) is { } attempt =>
                            Create(draft, local, local.Type, attempt.Block, 0, cancellation),
                        _ => null,
                    };
                default:
                    return null;
            }
        }

        /// <summary>var tx = …; try { … } finally { tx.Dispose(); }</summary>
        private static TryStatementSyntax? TryAfter(BlockSyntax block, StatementSyntax declaration, Diagnostic diagnostic)
        {
            var next = block.Statements.IndexOf(declaration) + 1;
            return next < block.Statements.Count && block.Statements[next] is TryStatementSyntax { Catches.Count: 0, Finally: { } ending } attempt
                && diagnostic.AdditionalLocations.Any(l => ending.Span.Contains(l.SourceSpan)) ? attempt : null;
        }

        private static Scope? Create(Draft draft, ILocalSymbol? local, ITypeSymbol? type, BlockSyntax block, int first, CancellationToken cancellation)
        {
            var last = block.Statements.Count - 1;
            while (last >= first && block.Statements[last] is LocalFunctionStatementSyntax)
            {
                last--;
            }

            ReturnStatementSyntax? end = null;
            if (last >= first && block.Statements[last] is ReturnStatementSyntax returned)
            {
                end = returned;
                last--;
            }

            return last < first || type is null || draft.SessionTypeOf(type, cancellation) is not { } session
                ? null
                : new() { Local = local, Type = type, Kind = session.Kind, Block = block, First = block.Statements[first], Last = block.Statements[last], Return = end };
        }
    }
}
