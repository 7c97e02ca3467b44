using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>The acquisition in hand together with the local that holds it.</summary>
internal sealed class HeldSession
{
    private HeldSession(Draft draft, ILocalSymbol local, VariableDeclaratorSyntax declarator, LocalDeclarationStatementSyntax declaration,
        ExpressionStatementSyntax? assignment, StatementList list, SessionUses uses)
    {
        Draft = draft;
        Local = local;
        Declarator = declarator;
        Declaration = declaration;
        Assignment = assignment;
        List = list;
        Uses = uses;
        Disposals = Editing.Disposals.Of(local, list.Owner, draft.Model);
    }

    public Draft Draft { get; }

    public ILocalSymbol Local { get; }

    public VariableDeclaratorSyntax Declarator { get; }

    public LocalDeclarationStatementSyntax Declaration { get; }

    /// <summary>The statement that assigns the session to the local; null where the declaration does.</summary>
    public ExpressionStatementSyntax? Assignment { get; }

    /// <summary>The statements among which the local is declared: its scope.</summary>
    public StatementList List { get; }

    public SessionUses Uses { get; }

    public IReadOnlyList<Disposal> Disposals { get; }

    /// <summary>True where another statement than a disposal may change which session the local holds.</summary>
    public bool IsReassigned => Uses.Writes().Any(w => !IsTarget(w.At) && !IsDisposal(w.At.Syntax));

    /// <summary>The session in hand, if a plain local holds it and its whole scope can be read.</summary>
    public static HeldSession? Find(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } acquisition || Holder(draft, acquisition, cancellation) is not { } value)
        {
            return null;
        }

        ExpressionStatementSyntax? assignment = null;
        ISymbol? symbol = null;
        switch (value.Parent)
        {
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax initialized }:
                symbol = draft.Model.GetDeclaredSymbol(initialized, cancellation);
                break;
            case AssignmentExpressionSyntax
            {
                RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
                Left: IdentifierNameSyntax left,
                Parent: ExpressionStatementSyntax statement,
            }:
                symbol = draft.Model.GetSymbolInfo(left, cancellation).Symbol;
                assignment = statement;
                break;
        }

        if (symbol is not ILocalSymbol { RefKind: RefKind.None } local
            || DetachedTypes.IsTask(local.Type)
            || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax
            {
                Parent.Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration,
            } declarator
            || StatementList.Of(declaration) is not { } list
            || assignment?.Ancestors().TakeWhile(a => a != list.Owner).Any(Members.IsFunction) == true
            || Members.HasLabels(declaration)
            || Members.IsMentionedInDisabledText(list.Owner, local.Name)
            || SessionUses.Of(local, declaration, draft.Model) is not { } uses)
        {
            return null;
        }

        return new(draft, local, declarator, declaration, assignment, list, uses);
    }

    /// <summary>The disposals after which control goes to the end of a stretch of the scope at once.</summary>
    public IReadOnlyList<Disposal> RedundantAt(StatementList list, int last, CancellationToken cancellation)
    {
        var type = Draft.SessionTypeOf(Local.Type, cancellation);
        var commits = type is { Kind: Catalogue.SessionKind.Ambient or Catalogue.SessionKind.Bulk }
            || type?.Has(Catalogue.Roles.DisposeCommits | Catalogue.Roles.DisposeCompletes) == true;
        var end = new ScopeEnd(list, last, Local, mayWaitForOthers: !commits, Draft.Model);
        return [.. Disposals.Where(d => list.IndexOf(d.Statement) is >= 0 and var at && at <= last && end.FollowsAtOnce(d.Statement))];
    }

    /// <summary>The last statement of a list that needs the session, or something that lives on it.</summary>
    public int LastUse(StatementList list, int from, bool withDependents)
    {
        var last = from;
        foreach (var operation in withDependents ? Uses.References.Concat(Uses.DependentReferences) : Uses.References)
        {
            last = Math.Max(last, list.IndexOf(operation.Syntax));
        }

        return last;
    }

    /// <summary>True where whatever needs the session is mentioned inside a span only; before it, only where no loop comes back.</summary>
    public bool StaysWithin(TextSpan span, bool withDependents)
    {
        if (Uses.References.Any(r => !span.Contains(r.Syntax.Span)))
        {
            return false;
        }

        var inLoop = Declaration.Ancestors().Any(StatementList.IsLoop);
        return !withDependents
            || Uses.DependentReferences.All(r => span.Contains(r.Syntax.Span) || (r.Syntax.SpanStart < span.Start && !inLoop));
    }

    private bool IsTarget(IOperation write) => Assignment is not null && write.Syntax == Assignment.Expression;

    /// <summary>True for a node in a statement that only disposes the session.</summary>
    public bool IsDisposal(SyntaxNode node) => Disposals.Any(d => d.Statement.Span.Contains(node.Span));

    /// <summary>The expression whose value is the acquired session: awaited, cast, or one of several that are all owned.</summary>
    public static ExpressionSyntax? Holder(Draft draft, ExpressionSyntax acquisition, CancellationToken cancellation)
    {
        // The place where one session replaces another is the assignment as a whole.
        var value = acquisition is AssignmentExpressionSyntax { Right: var right } ? right : acquisition;
        while (true)
        {
            switch (value.Parent)
            {
                case ParenthesizedExpressionSyntax or CastExpressionSyntax or AwaitExpressionSyntax:
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }:
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression }:
                    value = (ExpressionSyntax)value.Parent;
                    break;
                case ConditionalExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression }
                    when draft.IsOwned((ExpressionSyntax)value.Parent, cancellation):
                    value = (ExpressionSyntax)value.Parent;
                    break;
                case SwitchExpressionArmSyntax { Parent: SwitchExpressionSyntax choice } when draft.IsOwned(choice, cancellation):
                    value = choice;
                    break;
                case MemberAccessExpressionSyntax member when member.Expression == value:
                    var isTask = DetachedTypes.IsTask(draft.Model.GetTypeInfo(value, cancellation).Type);
                    if (!isTask || Members.OfTask(member) is not { } onward)
                    {
                        return null;
                    }

                    value = onward;
                    break;
                default:
                    return value;
            }
        }
    }
}
