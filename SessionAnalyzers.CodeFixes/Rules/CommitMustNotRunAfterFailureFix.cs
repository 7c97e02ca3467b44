using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Moves the commit from the finally to the end of the try block, where it runs only after the work. The finally goes when nothing is left
/// in it, and a try without handlers with it. Only where something else ends the transaction after a failure, so that it does not stay open.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CommitMustNotRunAfterFailureFix))]
internal sealed class CommitMustNotRunAfterFailureFix() : SessionCodeFix(DiagnosticIds.CommitMustNotRunAfterFailure)
{
    public const string MoveIntoTryKey = "SES2006.MoveIntoTry";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver } access } commit
            || Commits.StatementOf(commit) is not { Parent: BlockSyntax { Parent: FinallyClauseSyntax { Parent: TryStatementSyntax attempt } ending } } statement
            || draft.Model.GetSymbolInfo(receiver, cancellation).Symbol is not ILocalSymbol local
            || !CanMove(draft, statement, attempt, local, cancellation))
        {
            return null;
        }

        var bare = attempt.Catches.Count == 0 && ending.Block.Statements.Count == 1;
        if (bare && (HasUsing(attempt.Block) || !RemoveDisposals.CanUnwrap(draft, attempt)))
        {
            return null;
        }

        var layout = draft.Layout;
        var edit = draft.Edit();
        var indent = layout.IndentAt(attempt.SpanStart) + (bare ? "" : layout.Unit);
        var line = draft.Text.Lines[layout.LineOf(attempt.Block.CloseBraceToken.SpanStart)];
        var follows = attempt.Block.Statements.Last().GetLastToken().IsKind(SyntaxKind.CloseBraceToken) && Commits.IsBare(attempt.Block.CloseBraceToken.LeadingTrivia);
        edit.InsertCopy(line.Start, (follows ? layout.NewLine : "") + indent, statement.Span, layout.NewLine);
        RemoveDisposals.AddTo(edit, draft, [statement]);
        var name = access.Name.Identifier.ValueText;
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, bare ? $"Run '{name}' after the work, without 'try'" : $"Move '{name}' to the end of the 'try'", MoveIntoTryKey)
            : null;
    }

    private static bool CanMove(Draft draft, ExpressionStatementSyntax statement, TryStatementSyntax attempt, ILocalSymbol local, CancellationToken cancellation)
    {
        var (layout, model, block) = (draft.Layout, draft.Model, attempt.Block);
        var ending = attempt.Finally!.Block;
        return !attempt.ContainsDirectives
            && block.Statements.Count > 0
            && layout.IsFirstOnLine(statement.SpanStart) && layout.IsOnOneLine(statement.Span) && !Commits.HasComment(statement)
            && layout.IsFirstOnLine(block.CloseBraceToken.SpanStart)
            && Commits.HasQuietArguments((InvocationExpressionSyntax)draft.Acquisition!, model, cancellation)

            // What runs before the commit now would run after it, and what follows could take it for done.
            && ending.Statements[0] == statement
            && ending.Statements.Skip(1).All(s => Disposals.AnyLocal(s, model) is not null || Disposals.KindOf(s, local, model) is not null)
            && Commits.IsLeftAtItsEnd(block, model)
            && !Commits.Finishes(block, local)
            && attempt.Catches.All(c => LeavesTheMember(c, model))
            && EndsAfterFailure(attempt, local, model, cancellation)
            && block.Statements.All(s => s is not (LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } or UsingStatementSyntax) || MayOutliveCommit(draft, s, cancellation));
    }

    /// <summary>A handler that goes on may count on the commit of what was done before the failure.</summary>
    private static bool LeavesTheMember(CatchClauseSyntax handler, SemanticModel model) =>
        model.AnalyzeControlFlow(handler.Block) is { Succeeded: true, EndPointIsReachable: false } flow
        && flow.ExitPoints.All(static p => p is ReturnStatementSyntax);

    /// <summary>A using, a disposal in the same finally, or rollbacks in handlers of everything end the transaction that is no longer committed.</summary>
    private static bool EndsAfterFailure(TryStatementSyntax attempt, ILocalSymbol local, SemanticModel model, CancellationToken cancellation)
    {
        var declaration = local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation).Parent?.Parent;
        return declaration is UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }
            || attempt.Finally!.Block.Statements.Any(s => Disposals.KindOf(s, local, model) == DisposalKind.Dispose)
            || (attempt.Catches.LastOrDefault() is { Filter: null } last && IsOfEverything(last, model, cancellation)
                && attempt.Catches.All(c => c.Block.Statements.Any(s => Commits.RollsBack(s, local))));
    }

    private static bool IsOfEverything(CatchClauseSyntax handler, SemanticModel model, CancellationToken cancellation) =>
        handler.Declaration is null
        || model.GetTypeInfo(handler.Declaration.Type, cancellation).Type is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static bool HasUsing(BlockSyntax block) => block.Statements.Any(static s => s is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 });

    /// <summary>
    /// What a using declaration disposes at the end of the try is still there when the commit runs: no harm for a command, while an open
    /// reader would make it fail. A using statement has ended before.
    /// </summary>
    private static bool MayOutliveCommit(Draft draft, StatementSyntax statement, CancellationToken cancellation) =>
        statement is UsingStatementSyntax
        || ((LocalDeclarationStatementSyntax)statement).Declaration.Variables.All(v =>
            draft.Model.GetDeclaredSymbol(v, cancellation) is ILocalSymbol { Type: var type } && draft.SessionTypeOf(type, cancellation) is { Kind: SessionKind.Command });
}
