using System.Globalization;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Commits once: the first save goes where nothing after it can tell, and only new entities are saved; else all the saves run in one
/// transaction. Saves through other members, and of several contexts, are left alone.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WorkMustBeCommittedAtOnceFix))]
internal sealed class WorkMustBeCommittedAtOnceFix() : SessionCodeFix(DiagnosticIds.WorkMustBeCommittedAtOnce)
{
    public const string DropFirstKey = "SES2003.DropFirst";
    public const string TransactionKey = "SES2003.Transaction";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax second || SaveAt(draft, second, diagnostic, LeakMessages.First) is not { } first
            || SaveAt(draft, second, diagnostic, LeakMessages.Last) is not { } last || ListOf(first, last) is not { } list || Members.HasLabels(first))
        {
            return null;
        }

        if (last == second && await DropAsync(draft, first, second, list, cancellation).ConfigureAwait(false) is { } dropped)
        {
            return new(dropped, $"Save once: drop the first '{Commits.NameOf(first)}'", DropFirstKey);
        }

        var end = list.Statements[list.IndexOf(last)];
        return end is not (ReturnStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 })
            && await RunInTransaction.TryAsync(draft, first, list.Statements[list.IndexOf(first)], end, cancellation).ConfigureAwait(false) is { } wrapped
                ? new(wrapped, "Save in one transaction", TransactionKey)
                : null;
    }

    /// <summary>Another save of the run, on the same context, at its distance from the second.</summary>
    private static InvocationExpressionSyntax? SaveAt(Draft draft, InvocationExpressionSyntax second, Diagnostic diagnostic, string property)
    {
        if (!int.TryParse(Property(diagnostic, property), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var distance))
        {
            return null;
        }

        var position = second.SpanStart + distance;
        return position < 0 || position >= draft.Text.Length ? null
            : draft.Root.FindToken(position).Parent?.AncestorsAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault(i => i.SpanStart == position && Receiver(i) == Receiver(second) && Receiver(i).Length > 0
                && draft.Model.GetSymbolInfo(i).Symbol is IMethodSymbol method && draft.FactsOf(method, default) is { } facts && facts.Has(Roles.Flushes));
    }

    private static string Receiver(InvocationExpressionSyntax save) => save.Expression switch
    {
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } or ThisExpressionSyntax } access => access.Expression.ToString(),
        _ => "",
    };

    private static StatementList? ListOf(SyntaxNode first, SyntaxNode last)
    {
        for (var statement = first.FirstAncestorOrSelf<StatementSyntax>(); statement is not null; statement = statement.Parent?.FirstAncestorOrSelf<StatementSyntax>())
        {
            if (StatementList.Of(statement) is { Owner: BlockSyntax block } list && block.Span.Contains(last.Span))
            {
                return list.IndexOf(first) <= list.IndexOf(last) ? list : null;
            }
        }

        return null;
    }

    private static async Task<Draft?> DropAsync(Draft draft, InvocationExpressionSyntax first, InvocationExpressionSyntax second, StatementList list, CancellationToken cancellation)
    {
        if (Commits.StatementOf(first) is not { } dropped || Commits.StatementOf(second) is not { } kept || !list.Statements.Contains(dropped) || !list.Statements.Contains(kept)
            || Commits.HasComment(dropped) || !draft.Layout.IsFirstOnLine(dropped.SpanStart) || !Commits.HasQuietArguments(first, draft.Model, cancellation)
            || !list.Statements.Skip(list.IndexOf(first) + 1).TakeWhile(s => s != kept).All(s => OnlyAdds(s, dropped, draft, cancellation))
            || Members.Of(first).DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax } || (n is InvocationExpressionSyntax call && !IsHarmless(call, draft, cancellation))))
        {
            return null;
        }

        var edit = draft.Edit();
        edit.RemoveLines(dropped.Span);
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
    }

    /// <summary>A new entity, made of what is at hand, is added: a statement that reads neither the database nor a generated key.</summary>
    private static bool OnlyAdds(StatementSyntax statement, StatementSyntax dropped, Draft draft, CancellationToken cancellation) => statement switch
    {
        LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration.Variables: { Count: 1 } variables } => variables[0].Initializer is { Value: var value } && IsAtHand(value, draft, cancellation),
        ExpressionStatementSyntax { Expression: var expression } =>
            (expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression) is InvocationExpressionSyntax add
            && IsAdd(add, draft, cancellation) && add.ArgumentList.Arguments.All(a => IsNew(a.Expression, dropped, draft, cancellation)),
        _ => false,
    };

    /// <summary>An entity that the first save cannot have seen.</summary>
    private static bool IsNew(ExpressionSyntax value, StatementSyntax dropped, Draft draft, CancellationToken cancellation) => value switch
    {
        BaseObjectCreationExpressionSyntax => IsAtHand(value, draft, cancellation),
        IdentifierNameSyntax => draft.Model.GetSymbolInfo(value, cancellation).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references } && references[0].Span.Start > dropped.SpanStart
            && references[0].GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax },
        _ => draft.Model.GetTypeInfo(value, cancellation).Type is { Name: "CancellationToken" },
    };

    private static bool IsAtHand(ExpressionSyntax value, Draft draft, CancellationToken cancellation) => value switch
    {
        LiteralExpressionSyntax => true,
        IdentifierNameSyntax => draft.Model.GetSymbolInfo(value, cancellation).Symbol is ILocalSymbol or IParameterSymbol,
        BaseObjectCreationExpressionSyntax creation => creation.ArgumentList?.Arguments.All(a => IsAtHand(a.Expression, draft, cancellation)) != false
            && creation.Initializer?.Expressions.All(e => IsAtHand(e is AssignmentExpressionSyntax assignment ? assignment.Right : e, draft, cancellation)) != false,
        _ => false,
    };

    private static bool IsAdd(InvocationExpressionSyntax call, Draft draft, CancellationToken cancellation) =>
        Commits.NameOf(call).StartsWith("Add", StringComparison.Ordinal) && draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method
        && draft.FactsOf(method, cancellation)?.Has(Roles.Stages) == true;

    /// <summary>Nothing in the member removes or changes what was there: the order of the statements that are sent may matter then.</summary>
    private static bool IsHarmless(InvocationExpressionSyntax call, Draft draft, CancellationToken cancellation) =>
        draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method
        && (draft.FactsOf(method, cancellation) is { } facts ? !facts.Has(Roles.Stages) || IsAdd(call, draft, cancellation) : method.DeclaringSyntaxReferences.IsEmpty);
}
