namespace SessionAnalyzers.Editing;

/// <summary>
/// A stretch of statements at whose end a session is going to be disposed. Tells whether it makes no difference that a disposal inside
/// waits until then: control goes from the disposal to the end, and does nothing that matters on the way.
/// </summary>
internal sealed class ScopeEnd(StatementList list, int last, ILocalSymbol session, bool mayWaitForOthers, SemanticModel model)
{
    public bool FollowsAtOnce(StatementSyntax disposal)
    {
        SyntaxNode node = disposal;
        while (true)
        {
            if (node is StatementSyntax statement && StatementList.Of(statement) is { } around)
            {
                var isScope = around.Owner == list.Owner;
                var next = Follow(around, around.IndexOf(node) + 1, isScope ? last : around.Statements.Count - 1, out var target);
                if (next == Next.JumpsTo)
                {
                    node = target!;
                    continue;
                }

                if (next != Next.Falls || isScope)
                {
                    return next != Next.Matters && !PassesFinally(node);
                }

                node = around.Owner;
            }
            else
            {
                node = node.Parent!;
            }

            var passes = node switch
            {
                BlockSyntax or IfStatementSyntax or ElseClauseSyntax or UsingStatementSyntax => true,
                CatchClauseSyntax or FinallyClauseSyntax => true,
                TryStatementSyntax { Finally: { } ending } => ending.Span.Contains(disposal.Span) || !Matters(ending.Block.Statements),
                TryStatementSyntax => true,
                _ => false,
            };
            if (!passes)
            {
                return false;
            }
        }
    }

    /// <summary>True where control leaves through a finally that does more than dispose.</summary>
    private bool PassesFinally(SyntaxNode node) => node.Ancestors()
        .TakeWhile(a => a != list.Owner)
        .Any(a => a is TryStatementSyntax { Finally: { } ending } && !ending.Span.Contains(node.Span) && Matters(ending.Block.Statements));

    private enum Next
    {
        Falls,
        Matters,
        Leaves,
        JumpsTo,
    }

    private Next Follow(StatementList around, int from, int to, out StatementSyntax? target)
    {
        target = null;
        for (var i = from; i <= to; i++)
        {
            switch (around.Statements[i])
            {
                case ReturnStatementSyntax { Expression: var value }:
                    return QuietExpression.Is(value, model) && !Mentions(value) ? Next.Leaves : Next.Matters;
                case YieldStatementSyntax { Expression: null }:
                    return Next.Leaves;
                case ThrowStatementSyntax { Expression: var value } statement:
                    var isSimple = value is null or IdentifierNameSyntax or BaseObjectCreationExpressionSyntax;
                    return !isSimple || Mentions(value) || IsCaughtInside(statement) ? Next.Matters : Next.Leaves;
                case BreakStatementSyntax or ContinueStatementSyntax:
                    return Jump(around.Statements[i], out target);
                case var statement when Matters([statement]):
                    return Next.Matters;
            }
        }

        return Next.Falls;
    }

    private Next Jump(StatementSyntax jump, out StatementSyntax? target)
    {
        target = jump.Ancestors().OfType<StatementSyntax>()
            .First(s => StatementList.IsLoop(s) || (s is SwitchStatementSyntax && jump is BreakStatementSyntax));
        if (target.Span.Contains(list.Owner.Span))
        {
            return Next.Leaves;
        }

        // To go on with a loop that began after the session did is no end.
        return jump is BreakStatementSyntax ? Next.JumpsTo : Next.Matters;
    }

    /// <summary>True for what would see the session disposed before, and not any more.</summary>
    private bool Mentions(ExpressionSyntax? value) =>
        value?.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == session.Name) == true;

    private bool IsCaughtInside(StatementSyntax statement)
    {
        SyntaxNode inner = statement;
        for (var node = statement.Parent; node is not null && node != list.Owner; inner = node, node = node.Parent)
        {
            if (node is TryStatementSyntax { Catches.Count: > 0 } @try && @try.Block == inner)
            {
                return true;
            }
        }

        return false;
    }

    private bool Matters(IEnumerable<StatementSyntax> statements) => statements.Any(s => s switch
    {
        EmptyStatementSyntax or LocalFunctionStatementSyntax => false,
        LocalDeclarationStatementSyntax { Declaration.Variables: var variables } => variables.Any(static v => v.Initializer is not null),
        _ => Disposals.KindOf(s, session, model) is null && !(mayWaitForOthers && Disposals.AnyLocal(s, model) is not null),
    });
}
