using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Disposes a session that is handed on at the end when what comes before the end throws: in a catch that throws on, around everything
/// after the acquisition.
/// </summary>
internal static class DisposeInCatch
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        var split = await SplitDeclaration.TryAsync(draft, cancellation).ConfigureAwait(false) ?? draft;
        var result = HeldSession.Find(split, cancellation) is { } held
            ? await ProtectLocalAsync(split, held, cancellation).ConfigureAwait(false)
            : await ProtectMemberAsync(draft, cancellation).ConfigureAwait(false);
        return CompileCheck.Accept(draft, result, cancellation);
    }

    private static async Task<Draft?> ProtectLocalAsync(Draft draft, HeldSession held, CancellationToken cancellation)
    {
        if (StartOf(held) is not { } start
            || held.Uses.References.Concat(held.Uses.DependentReferences).Any(r => MayBeKeptByCall(r, draft, cancellation))
            || held.Uses.LeavesTaskBehind
            || IsKeptBeforeTheEnd(held, start, draft.Model))
        {
            return null;
        }

        var inHandlers = held.Disposals.Where(d => IsInHandler(d.Statement, held.List.Owner)).ToList();
        if (inHandlers.Count > 0)
        {
            return await AddClauseAsync(draft, held, start, inHandlers, cancellation).ConfigureAwait(false);
        }

        // What disposes and throws is left with the throw: the catch does the rest.
        var redundant = held.Disposals.Where(d => IsBeforeThrow(d, held)).ToList();
        var bare = await RemoveDisposals.ApplyAsync(draft, redundant, cancellation).ConfigureAwait(false);
        if (bare is null || HeldSession.Find(bare, cancellation) is not { } kept || StartOf(kept) is not { } first)
        {
            return null;
        }

        var calls = Calls(kept.Local.Name, kept.Local.Type, MaybeNull(kept), kept.Declaration, bare);
        return await WrapAsync(bare, kept.List, first, calls, cancellation).ConfigureAwait(false);
    }

    /// <summary>The statement after the acquisition, where the session is the only one that its local ever holds.</summary>
    private static int? StartOf(HeldSession held)
    {
        var acquired = held.Assignment ?? (StatementSyntax)held.Declaration;
        var isFirst = held.Assignment is null || held.Declarator.Initializer is not { Value: var initial } || Disposals.IsNull(initial);
        return isFirst
            && !held.IsReassigned
            && held.Declaration.Declaration.Variables.Count == 1
            && held.List.Owner is not CompilationUnitSyntax
            && held.List.Statements.Contains(acquired)
            && held.StaysWithin(held.List.Owner.Span, withDependents: true)
            ? held.List.IndexOf(acquired) + 1
            : null;
    }

    /// <summary>True where somebody else gets hold of the session while something can still fail: it is not only ours to dispose then.</summary>
    private static bool IsKeptBeforeTheEnd(HeldSession held, int start, SemanticModel model)
    {
        var end = held.List.Statements.Count;
        while (end > start && IsQuietEnd(held.List.Statements[end - 1], model))
        {
            end--;
        }

        return held.Uses.Escapes().Any(e => held.List.IndexOf(e.Syntax) < end || !IsStatementOf(held.List, e.Syntax));
    }

    private static bool IsStatementOf(StatementList list, SyntaxNode node) =>
        node.FirstAncestorOrSelf<StatementSyntax>() is { } statement && list.Statements.Contains(statement);

    /// <summary>Fields of this object that are set last, and the return.</summary>
    public static bool IsQuietEnd(StatementSyntax statement, SemanticModel model) => statement switch
    {
        ReturnStatementSyntax { Expression: var value } => QuietExpression.Is(value, model),
        ExpressionStatementSyntax
        {
            Expression: AssignmentExpressionSyntax
            {
                RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
                Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax },
            } assignment,
        } => QuietExpression.Is(assignment.Left, model) && QuietExpression.Is(assignment.Right, model),
        EmptyStatementSyntax or LocalFunctionStatementSyntax => true,
        _ => false,
    };

    /// <summary>An argument of a call that is not known only to use it.</summary>
    private static bool MayBeKeptByCall(IOperation reference, Draft draft, CancellationToken cancellation)
    {
        if (reference is not ILocalReferenceOperation and not IMemberReferenceOperation
            || reference.Type is not { } type
            || !(DetachedTypes.Implements(type, "System.IDisposable") || DetachedTypes.Implements(type, "System.IAsyncDisposable")))
        {
            return false;
        }

        var parent = reference.Parent;
        while (parent is IConversionOperation)
        {
            parent = parent.Parent;
        }

        return parent is IArgumentOperation argument && !draft.IsBorrowed(argument, cancellation);
    }

    private static bool IsInHandler(SyntaxNode node, SyntaxNode scope) =>
        node.Ancestors().TakeWhile(a => a != scope).Any(static a => a is CatchClauseSyntax or FinallyClauseSyntax);

    private static bool IsBeforeThrow(Disposal disposal, HeldSession held)
    {
        if (disposal is not { Kind: DisposalKind.Dispose, Statement: ExpressionStatementSyntax statement }
            || StatementList.Of(statement) is not { } around
            || around.IndexOf(statement) + 1 is var next && next >= around.Statements.Count
            || around.Statements[next] is not ThrowStatementSyntax { Expression: IdentifierNameSyntax or BaseObjectCreationExpressionSyntax } leaving)
        {
            return false;
        }

        return !held.Uses.References.Concat(held.Uses.DependentReferences).Any(r => leaving.Span.Contains(r.Syntax.Span))
            && !statement.Ancestors().TakeWhile(a => a != held.List.Owner).Any(static a =>
                a is TryStatementSyntax or LockStatementSyntax || Members.IsFunction(a));
    }

    private static bool MaybeNull(HeldSession held) =>
        held.Declarator.Initializer?.Value is { } value && held.Draft.Model.GetTypeInfo(value).Nullability.FlowState == NullableFlowState.MaybeNull
        || held.Uses.Writes().Any(static w => w.Value?.ConstantValue is { HasValue: true, Value: null })
        || held.Uses.References.Any(static r => IsAskedForNull(r.Syntax));

    public static bool IsAskedForNull(SyntaxNode reference) => reference.Parent switch
    {
        ConditionalAccessExpressionSyntax access => access.Expression == reference,
        BinaryExpressionSyntax comparison => comparison.Kind() is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression
            or SyntaxKind.CoalesceExpression,
        IsPatternExpressionSyntax => true,
        _ => false,
    };

    /// <summary>One more clause for a try whose others dispose already.</summary>
    private static async Task<Draft?> AddClauseAsync(
        Draft draft, HeldSession held, int start, IReadOnlyList<Disposal> inHandlers, CancellationToken cancellation)
    {
        if (held.List.Statements.Count != start + 1
            || held.List.Statements[start] is not TryStatementSyntax { Catches: { Count: > 0 } catches } statement
            || catches.Any(c => c.Declaration is null || !inHandlers.Any(d => d.Statement.Parent == c.Block))
            || held.Uses.References.Any(r => statement.Finally?.Span.Contains(r.Syntax.Span) == true)
            || !draft.Layout.IsFirstOnLine(statement.SpanStart)
            || !draft.Layout.IsLastOnLine(catches.Last().Span.End))
        {
            return null;
        }

        foreach (var call in Calls(held.Local.Name, held.Local.Type, MaybeNull(held), statement, draft))
        {
            var edit = draft.Edit();
            var indent = draft.Layout.IndentAt(statement.SpanStart);
            edit.Insert(catches.Last().Span.End, draft.Layout.Continue(indent) + CatchClause(draft.Layout, indent, call));
            var result = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
            if (CompileCheck.Accept(draft, result, cancellation) is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    /// <summary>Puts everything from a statement to the end of its list into a try, with the first of the disposals that compiles.</summary>
    public static async Task<Draft?> WrapAsync(
        Draft draft, StatementList list, int first, IEnumerable<string[]> calls, CancellationToken cancellation)
    {
        // Local functions at the end may be called from outside of the try.
        var last = list.Statements.Count - 1;
        while (last > first && list.Statements[last] is LocalFunctionStatementSyntax)
        {
            last--;
        }

        if (first > last)
        {
            return null;
        }

        var (from, to, layout) = (list.Statements[first], list.Statements[last], draft.Layout);
        if (!layout.IsFirstOnLine(from.SpanStart)
            || !layout.IsLastOnLine(to.Span.End)
            || !RegionEdit.AreDirectivesBalanced(list.Owner, TextSpan.FromBounds(from.SpanStart, to.Span.End))
            || !RegionEdit.AreDirectivesBalanced(list.Owner, TextSpan.FromBounds(from.FullSpan.Start, to.Span.End)))
        {
            return null;
        }

        foreach (var call in calls)
        {
            var edit = draft.Edit();
            var indent = layout.IndentAt(from.SpanStart);
            edit.Insert(from.SpanStart - indent.Length, $"{indent}try{layout.Open(indent)}{layout.NewLine}");
            edit.Indent(draft.Root, layout.LineOf(from.SpanStart), layout.LineOf(to.Span.End));
            edit.InsertLineAfter(to.Span.End, indent + "}" + layout.Continue(indent) + CatchClause(layout, indent, call));
            var result = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
            if (CompileCheck.Accept(draft, result, cancellation) is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    /// <summary>The disposals that may fit, the simplest first: the compiler knows whether it asks for a null check.</summary>
    private static IEnumerable<string[]> Calls(string target, ITypeSymbol type, bool maybeNull, SyntaxNode place, Draft draft)
    {
        foreach (var isAsync in DisposalForms.For(type, place, draft))
        {
            if (!maybeNull)
            {
                yield return DisposalForms.Call(target, isAsync, maybeNull: false, draft);
            }

            yield return DisposalForms.Call(target, isAsync, maybeNull: true, draft);
        }
    }

    public static string CatchClause(Layout layout, string indent, string[] call) =>
        "catch" + layout.Open(indent) + layout.NewLine
        + string.Concat(call.Append("throw;").Select(line => indent + layout.Unit + line + layout.NewLine))
        + indent + "}";

    /// <summary>The constructor that puts the session into a field or property of its own object.</summary>
    private static async Task<Draft?> ProtectMemberAsync(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } acquisition
            || HeldSession.Holder(draft, acquisition, cancellation) is not
            {
                Parent: AssignmentExpressionSyntax
                {
                    RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
                    Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax },
                    Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } statement,
                } assignment,
            }
            || ConstructorThatEndsWith(block) is not { Body: { } body } constructor
            || !QuietExpression.Is(assignment.Left, draft.Model)
            || draft.Model.GetSymbolInfo(assignment.Left, cancellation).Symbol is not
                { Kind: SymbolKind.Field or SymbolKind.Property, IsStatic: false, ContainingType.TypeKind: TypeKind.Class } member
            || draft.Model.GetDeclaredSymbol(constructor, cancellation) is not { IsStatic: false } method
            || !SymbolEqualityComparer.Default.Equals(member.ContainingType, method.ContainingType)
            || !draft.MayEnd(member, cancellation)
            || Members.HasLabels(statement)
            || Members.IsMentionedInDisabledText(body, member.Name)
            || StatementList.Of(statement) is not { } list)
        {
            // A field that nothing else disposes is another diagnostic, which a disposal here would hide.
            return null;
        }

        var rest = list.Statements.Skip(list.IndexOf(statement) + 1).SelectMany(static s => s.DescendantNodesAndSelf()).ToList();
        var maybeNull = false;
        foreach (var node in rest)
        {
            switch (node)
            {
                // Somebody may get to know the object, and with it the session, before it is finished.
                case ThisExpressionSyntax { Parent: not MemberAccessExpressionSyntax }:
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax when Mentions(node, member.Name):
                case CatchClauseSyntax or FinallyClauseSyntax when Mentions(node, member.Name) || MentionsDisposal(node):
                    return null;
            }
        }

        foreach (var name in constructor.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == member.Name))
        {
            ExpressionSyntax use = name.Parent is MemberAccessExpressionSyntax qualified && qualified.Name == name ? qualified : name;
            if (use == assignment.Left || !SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(use, cancellation).Symbol, member))
            {
                continue;
            }

            maybeNull |= IsAskedForNull(use);
            var isFine = use.Parent switch
            {
                MemberAccessExpressionSyntax access => access.Expression == use,
                ConditionalAccessExpressionSyntax access => access.Expression == use,
                ArgumentSyntax { RefKindKeyword.RawKind: 0 } argument =>
                    draft.Model.GetOperation(argument, cancellation) is IArgumentOperation passed && draft.IsBorrowed(passed, cancellation),
                AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } set => set.Right == use,
                _ => IsAskedForNull(use),
            };
            if (!isFine || IsInHandler(use, constructor))
            {
                return null;
            }
        }

        if (draft.Model.GetTypeInfo(assignment.Left, cancellation).Type is not { } type)
        {
            return null;
        }

        var calls = Calls(assignment.Left.ToString(), type, maybeNull, statement, draft);
        return await WrapAsync(draft, list, list.IndexOf(statement) + 1, calls, cancellation).ConfigureAwait(false);
    }

    /// <summary>The constructor whose end is that of a block: its body, or a try at the end of it that lets every exception through.</summary>
    private static ConstructorDeclarationSyntax? ConstructorThatEndsWith(BlockSyntax block)
    {
        while (block.Parent is TryStatementSyntax { Finally: null, Parent: BlockSyntax outer } statement
            && statement.Block == block
            && outer.Statements.Last() == statement
            && statement.Catches.All(static c => c.Block.Statements.LastOrDefault() is ThrowStatementSyntax { Expression: null }))
        {
            block = outer;
        }

        return block.Parent as ConstructorDeclarationSyntax;
    }

    private static bool Mentions(SyntaxNode node, string name) =>
        node.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name);

    /// <summary>True where a disposal of this object, or something that may be one, is called.</summary>
    private static bool MentionsDisposal(SyntaxNode node) =>
        node.DescendantNodes().OfType<SimpleNameSyntax>().Any(static n =>
            (n.Identifier.ValueText.Contains("Dispose") || n.Identifier.ValueText.Contains("Close"))
            && n.Parent is not MemberBindingExpressionSyntax
            && n.Parent is not MemberAccessExpressionSyntax { Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) });
}
