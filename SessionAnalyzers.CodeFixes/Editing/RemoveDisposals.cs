using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Takes out explicit disposals that have become redundant, and what is empty without them: a guard, a rethrowing catch, a finally, a
/// try. Comments stay where they were.
/// </summary>
internal sealed class RemoveDisposals
{
    private readonly Draft draft;
    private readonly SourceEdit edit;
    private readonly IReadOnlyCollection<StatementSyntax> disposals;

    private RemoveDisposals(Draft draft, SourceEdit edit, IReadOnlyCollection<StatementSyntax> disposals)
    {
        this.draft = draft;
        this.edit = edit;
        this.disposals = disposals;
    }

    /// <summary>The draft without the disposals; those that are more than disposals stay.</summary>
    public static async Task<Draft?> ApplyAsync(Draft draft, IEnumerable<Disposal> disposals, CancellationToken cancellation)
    {
        var statements = disposals.Select(static d => d.Statement).Where(static s => !Disposals.IsGuardedByCatch(s)).ToList();
        if (statements.Count == 0)
        {
            return draft;
        }

        var edit = draft.Edit();
        AddTo(edit, draft, statements);
        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }

    public static void AddTo(SourceEdit edit, Draft draft, IReadOnlyCollection<StatementSyntax> disposals) =>
        new RemoveDisposals(draft, edit, disposals).Run();

    private void Run()
    {
        var empty = new List<SyntaxNode>();
        var kept = new List<SyntaxNode>();
        var unwrapped = new List<TryStatementSyntax>();
        foreach (var statement in disposals.SelectMany(static d => d.Ancestors().OfType<TryStatementSyntax>().Take(1)).Distinct())
        {
            var clauses = EmptyClauses(statement).ToList();
            if (clauses.Count < statement.Catches.Count + (statement.Finally is null ? 0 : 1))
            {
                empty.AddRange(clauses);
            }
            else if (CanUnwrap(draft, statement))
            {
                empty.AddRange(clauses);
                unwrapped.Add(statement);
            }
            else
            {
                kept.AddRange(clauses);
            }
        }

        var single = new List<TextSpan>();
        var clausesOf = empty.Concat(kept).ToList();
        foreach (var disposal in disposals.Where(d => !clausesOf.Any(c => c.Span.Contains(d.Span))).OrderBy(static d => d.SpanStart))
        {
            if (EmptyGuard(disposal) is { } guard)
            {
                single.Add(guard.Span);
            }
            else if (disposal.Parent is IfStatementSyntax or ElseClauseSyntax)
            {
                edit.Replace(disposal.Span, "{ }");
            }
            else if (single.Count > 0 && single[single.Count - 1] is var previous && IsBlank(previous.End, disposal.SpanStart))
            {
                // Several on one line go together.
                single[single.Count - 1] = TextSpan.FromBounds(previous.Start, disposal.Span.End);
            }
            else
            {
                single.Add(disposal.Span);
            }
        }

        single.ForEach(RemoveKeepingComments);

        foreach (var clause in empty.Where(clause => !unwrapped.Contains(clause.Parent)))
        {
            RemoveKeepingComments(clause.Span);
        }

        foreach (var statement in unwrapped)
        {
            var (open, close) = (statement.Block.OpenBraceToken, statement.Block.CloseBraceToken);
            edit.RemoveLines(TextSpan.FromBounds(statement.SpanStart, open.Span.End));
            RemoveKeepingComments(TextSpan.FromBounds(close.SpanStart, statement.Span.End));
            edit.Indent(draft.Root, draft.Layout.LineOf(open.SpanStart) + 1, draft.Layout.LineOf(close.SpanStart) - 1, outwards: true);
        }
    }

    private bool IsBlank(int from, int to) => draft.Text.ToString(TextSpan.FromBounds(from, to)).All(static c => c == ' ');

    /// <summary>An if statement that guards nothing but the disposal and whose condition does nothing.</summary>
    private IfStatementSyntax? EmptyGuard(StatementSyntax disposal)
    {
        var body = disposal.Parent is BlockSyntax { Statements.Count: 1 } block ? block : disposal;
        return body.Parent is IfStatementSyntax { Else: null } guard
            && StatementList.Of(guard) is not null
            && QuietExpression.Is(guard.Condition, draft.Model)
            ? guard
            : null;
    }

    private IEnumerable<SyntaxNode> EmptyClauses(TryStatementSyntax statement)
    {
        if (statement.Finally is { ContainsDirectives: false } ending && ending.Block.Statements.All(disposals.Contains))
        {
            yield return ending;
        }

        // A catch clause that is left with a rethrow alone; only the last one, for an earlier one keeps exceptions from those below it.
        if (statement.Catches.LastOrDefault() is { Filter: null, ContainsDirectives: false, Block.Statements: var statements } rethrow
            && statements.Count > 1
            && statements.Take(statements.Count - 1).All(disposals.Contains)
            && statements.Last() is ThrowStatementSyntax { Expression: null })
        {
            yield return rethrow;
        }
    }

    /// <summary>A try that stands on lines of its own, and whose names can't meet others when its block opens.</summary>
    public static bool CanUnwrap(Draft draft, TryStatementSyntax statement)
    {
        var block = statement.Block;
        return StatementList.Of(statement) is not null
            && block.Statements.Count > 0
            && IsBare(statement.TryKeyword.TrailingTrivia) && IsBare(block.OpenBraceToken.LeadingTrivia)
            && IsBare(block.OpenBraceToken.TrailingTrivia) && IsBare(block.CloseBraceToken.TrailingTrivia)
            && draft.Layout.IsFirstOnLine(statement.SpanStart)
            && draft.Layout.IsFirstOnLine(block.Statements[0].SpanStart)
            && draft.Layout.IsFirstOnLine(block.CloseBraceToken.SpanStart)
            && !MeetsOtherNames(statement);
    }

    private static bool IsBare(SyntaxTriviaList trivia) =>
        trivia.All(static t => t.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia);

    private static bool MeetsOtherNames(TryStatementSyntax statement)
    {
        var names = new HashSet<string>(statement.Block.DescendantNodes().Select(static n => n switch
        {
            VariableDeclaratorSyntax v => v.Identifier.ValueText,
            SingleVariableDesignationSyntax d => d.Identifier.ValueText,
            LocalFunctionStatementSyntax f => f.Identifier.ValueText,
            _ => "",
        }));
        return Members.Of(statement).DescendantTokens().Any(t =>
            t.IsKind(SyntaxKind.IdentifierToken) && names.Contains(t.ValueText) && !statement.Block.Span.Contains(t.Span));
    }

    private void RemoveKeepingComments(TextSpan span)
    {
        var indent = draft.Layout.IndentAt(span.Start);
        var comments = draft.Root.DescendantTrivia(span)
            .Where(t => IsComment(t) && span.Contains(t.Span))
            .Select(static t => t.ToString())
            .ToList();
        if (comments.Count == 0)
        {
            edit.RemoveLines(span);
        }
        else
        {
            var kept = string.Join(draft.Layout.NewLine + indent, comments);
            edit.Replace(span, draft.Layout.IsFirstOnLine(span.Start) ? kept : draft.Layout.NewLine + indent + kept);
        }
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;
}
