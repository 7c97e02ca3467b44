using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Conventions;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Rolls a transaction back by a call when its work fails: a catch that throws on, around the work and the commit. Only where nothing that
/// can fail comes after the commit, for a rollback then would hide that failure.
/// </summary>
internal static class AddRollback
{
    public static async Task<(Draft Draft, string Call)?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (Work.Find(draft, cancellation) is not { } work)
        {
            return null;
        }

        var layout = draft.Layout;
        var indent = work.Indent;
        var edit = draft.Edit();
        var handler = layout.Continue(indent) + "catch" + layout.Open(indent) + layout.NewLine
            + GuardedRollback.Lines(work.Call, work.Type, indent + layout.Unit, draft, cancellation)
            + indent + layout.Unit + "throw;" + layout.NewLine
            + indent + "}";
        if (work.Try is { } attempt)
        {
            edit.Insert(attempt.Block.Span.End, handler);
        }
        else
        {
            edit.Insert(draft.Text.Lines[work.StartLine].Start, indent + "try" + layout.Open(indent) + layout.NewLine);
            edit.Indent(draft.Root, work.StartLine, layout.LineOf(work.End));
            edit.InsertLineAfter(work.End, indent + "}" + handler);
        }

        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done ? (done, work.Call) : null;
    }

    /// <summary>The statements from the begin of a transaction to its commit, and the call that rolls it back.</summary>
    private sealed class Work(ITypeSymbol type)
    {
        public ITypeSymbol Type { get; } = type;

        /// <summary>The try that disposes the transaction in its finally and has no catch yet; its block is the work.</summary>
        public TryStatementSyntax? Try { get; private set; }

        public string Indent { get; private set; } = "";

        public int StartLine { get; private set; }

        public int End { get; private set; }

        public string Call { get; private set; } = "";

        public static Work? Find(Draft draft, CancellationToken cancellation)
        {
            if (ConvertScope.Find(draft) is not { Declaration.Variables.Count: 1 } scope
                || draft.Model.GetDeclaredSymbol(scope.Declaration.Variables[0], cancellation) is not ILocalSymbol local)
            {
                return null;
            }

            var statements = scope switch
            {
                { Try: { } attempt } => attempt.Block.Statements,
                { Statement: UsingStatementSyntax { Statement: BlockSyntax block } } => block.Statements,
                { Style: ScopeStyle.UsingDeclaration } when StatementList.Of(scope.Statement) is { } list => list.Statements.Skip(list.IndexOf(scope.Statement) + 1).ToList(),
                _ => (IReadOnlyList<StatementSyntax>)[],
            };
            if (statements.Count == 0 || scope.Try is { Catches.Count: > 0 }
                || Members.HasLabels(scope.Statement)
                || statements.Any(static s => s is LocalFunctionStatementSyntax)
                || FindCommit(statements, local, draft, cancellation) is not var (commit, isAsync, configured)
                || statements.TakeWhile(s => s.SpanStart <= commit.SpanStart).LastOrDefault() is not { } last
                || !ThrowOn(statements, commit))
            {
                return null;
            }

            // As the commit is called, if there is such a rollback.
            if (draft.RollbackOf(local.Type, isAsync, cancellation) is not { } rollback)
            {
                isAsync = !isAsync && DisposalForms.CanAwait(scope.Statement, draft.Model);
                if (draft.RollbackOf(local.Type, isAsync, cancellation) is not { } other)
                {
                    return null;
                }

                rollback = other;
            }

            var work = new Work(local.Type) { Call = (isAsync ? "await " : "") + $"{local.Name}.{rollback.Name}()" + (isAsync && configured ? ".ConfigureAwait(false);" : ";") };

            // Up to the end of the scope if what follows the commit cannot fail, else up to the commit.
            var followsQuietly = EndsQuietly(commit, statements, draft.Model);
            if (!followsQuietly && last != commit)
            {
                return null;
            }

            if (scope.Try is { } whole && followsQuietly)
            {
                work.Try = whole;
                work.Indent = draft.Layout.IndentAt(whole.SpanStart);
                return draft.Layout.IsFirstOnLine(whole.SpanStart) && draft.Layout.IsFirstOnLine(whole.Block.CloseBraceToken.SpanStart) ? work : null;
            }

            var end = followsQuietly ? statements[statements.Count - 1] : last;
            return work.Surround(draft, scope, statements[0], end, followsQuietly) ? work : null;
        }

        private bool Surround(Draft draft, SessionScope scope, StatementSyntax first, StatementSyntax last, bool toEnd)
        {
            var layout = draft.Layout;
            var region = TextSpan.FromBounds(first.SpanStart, last.Span.End);
            if (first.Parent is not { } owner || !layout.IsFirstOnLine(first.SpanStart) || !layout.IsLastOnLine(last.Span.End)
                || !RegionEdit.AreDirectivesBalanced(owner, TextSpan.FromBounds(first.FullSpan.Start, last.Span.End))
                || (!toEnd && IsNeededLater(owner, region)))
            {
                return false;
            }

            Indent = layout.IndentAt(first.SpanStart);
            End = last.Span.End;

            // What is said above the first statement belongs to it.
            var top = layout.LineOf(first.FullSpan.Start);
            StartLine = layout.LineOf(first.SpanStart);
            while (StartLine > top && StartLine - 1 > layout.LineOf(Before(scope, first)) && draft.Text.Lines[StartLine - 1].ToString().Trim().StartsWith("//", StringComparison.Ordinal))
            {
                StartLine--;
            }

            return true;
        }

        private static int Before(SessionScope scope, StatementSyntax first) => first.GetFirstToken().GetPreviousToken() is { RawKind: not 0 } token ? token.Span.End : scope.Statement.Span.End;

        /// <summary>What the region declares and the rest of the scope names, or what would be disposed before the rest runs.</summary>
        private static bool IsNeededLater(SyntaxNode owner, TextSpan region)
        {
            var inside = owner.DescendantNodes().Where(n => region.Contains(n.Span)).ToList();
            var names = new HashSet<string>(inside.Select(static n => n switch
            {
                VariableDeclaratorSyntax v => v.Identifier.ValueText,
                SingleVariableDesignationSyntax d => d.Identifier.ValueText,
                _ => "",
            }));
            return inside.Any(n => n is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } && n.Parent == owner)
                || owner.DescendantTokens().Any(t => t.SpanStart >= region.End && t.IsKind(SyntaxKind.IdentifierToken) && names.Contains(t.ValueText));
        }

        /// <summary>The only commit of the transaction: a statement, or the last of a branch.</summary>
        private static (StatementSyntax Commit, bool IsAsync, bool IsConfigured)? FindCommit(
            IReadOnlyList<StatementSyntax> statements, ILocalSymbol local, Draft draft, CancellationToken cancellation)
        {
            (StatementSyntax, bool, bool)? found = null;
            foreach (var call in statements.SelectMany(static s => s.DescendantNodesAndSelf()).OfType<InvocationExpressionSyntax>())
            {
                if (draft.Model.GetOperation(call, cancellation) is not IInvocationOperation { TargetMethod: var method } invocation
                    || draft.FactsOf(method, cancellation) is not { } facts || facts.Has(Roles.Flushes) || !facts.Has(Roles.Commits))
                {
                    continue;
                }

                if (Receiver(invocation) is { } other && !SymbolEqualityComparer.Default.Equals(other, local))
                {
                    // Another transaction inside.
                    continue;
                }

                if (found is not null || Receiver(invocation) is null)
                {
                    return null;
                }

                ExpressionSyntax value = call;
                var configured = false;
                if (value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax outer })
                {
                    (value, configured) = (outer, true);
                }

                var isAsync = value.Parent is AwaitExpressionSyntax;
                value = value.Parent as AwaitExpressionSyntax ?? value;
                if (value.Parent is not ExpressionStatementSyntax statement || DetachedTypes.IsTask(method.ReturnType) != isAsync)
                {
                    return null;
                }

                found = (statement, isAsync, configured);
            }

            return found;
        }

        private static ISymbol? Receiver(IInvocationOperation call)
        {
            var value = call.Instance ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null);
            while (value is IConversionOperation conversion)
            {
                value = conversion.Operand;
            }

            return (value as ILocalReferenceOperation)?.Local;
        }

        /// <summary>From the commit to the end of the scope nothing runs that can fail.</summary>
        private static bool EndsQuietly(StatementSyntax commit, IReadOnlyList<StatementSyntax> statements, SemanticModel model)
        {
            for (SyntaxNode node = commit; ; node = node.Parent!)
            {
                if (node is StatementSyntax statement && StatementList.Of(statement) is { } list)
                {
                    foreach (var next in list.Statements.Skip(list.IndexOf(statement) + 1))
                    {
                        switch (next)
                        {
                            case ReturnStatementSyntax { Expression: var value }:
                                return QuietExpression.Is(value, model);
                            case EmptyStatementSyntax:
                                continue;
                            default:
                                return false;
                        }
                    }

                    if (statements.Contains(statement))
                    {
                        return true;
                    }
                }

                if (node.Parent is not (BlockSyntax or IfStatementSyntax or ElseClauseSyntax) && !(node.Parent is TryStatementSyntax { Finally: null } attempt && attempt.Block == node))
                {
                    return false;
                }
            }
        }

        /// <summary>A catch around the commit or the work that does not throw on would keep the failure from the rollback.</summary>
        private static bool ThrowOn(IReadOnlyList<StatementSyntax> statements, StatementSyntax commit) =>
            statements.SelectMany(static s => s.DescendantNodesAndSelf()).OfType<CatchClauseSyntax>()
                .All(c => !c.Parent!.Span.Contains(commit.Span) || c.Block.Statements.LastOrDefault() is ThrowStatementSyntax);
    }
}
