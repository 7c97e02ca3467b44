using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Disposes a session in a finally: of the try that acquires it, or of a new one around the statements that use it.</summary>
internal static class AddFinally
{
    public static async Task<Draft?> TryAsync(Draft draft, bool mayBeDisposed, CancellationToken cancellation)
    {
        var split = await SplitDeclaration.TryAsync(draft, cancellation).ConfigureAwait(false) ?? draft;
        if (HeldSession.Find(split, cancellation) is not { } held
            || held.Declaration.Declaration.Variables.Count > 1
            || !HoldsOnlyOwned(split, held, cancellation))
        {
            return null;
        }

        var disposedAlready = mayBeDisposed && held.Disposals.Any(static d => d.Kind != DisposalKind.Forget);
        if (held.Uses.Leaves(session: true, dependents: !disposedAlready))
        {
            return null;
        }

        foreach (var isAsync in DisposalForms.For(held.Local.Type, held.Assignment ?? (StatementSyntax)held.Declaration, split))
        {
            var result = await ExtendTryAsync(split, held, isAsync, disposedAlready, cancellation).ConfigureAwait(false)
                ?? await WrapInTryAsync(split, held, isAsync, disposedAlready, cancellation).ConfigureAwait(false);
            if (CompileCheck.Accept(draft, result, cancellation) is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    /// <summary>Every value that the local ever gets is this code's to dispose: a finally disposes whichever is in it.</summary>
    private static bool HoldsOnlyOwned(Draft draft, HeldSession held, CancellationToken cancellation) =>
        (held.Declarator.Initializer is not { Value: var initial } || IsOwned(initial, draft, cancellation))
        && held.Uses.Writes().All(w => w.Value?.Syntax is ExpressionSyntax value && IsOwned(value, draft, cancellation));

    private static bool IsOwned(ExpressionSyntax value, Draft draft, CancellationToken cancellation) =>
        draft.IsOwned(value, cancellation) || value.Contains(draft.Acquisition);

    private static async Task<Draft?> ExtendTryAsync(
        Draft draft, HeldSession held, bool isAsync, bool disposedAlready, CancellationToken cancellation)
    {
        if (CoveringTry(held, disposedAlready) is not { } statement
            || StatementList.Of(statement) is not { } around
            || (statement.Finally is { } ending && held.Disposals.Any(d => ending.Span.Contains(d.Statement.Span))))
        {
            return null;
        }

        var at = around.IndexOf(statement);
        var redundant = held.RedundantAt(around, at, cancellation)
            .Concat(held.Disposals.Where(d => d.Statement.SpanStart > statement.Span.End))
            .Distinct()
            .ToList();

        // A disposal after the try has nothing left to do.
        var bare = await RemoveDisposals.ApplyAsync(draft, redundant, cancellation).ConfigureAwait(false);
        if (bare is null || HeldSession.Find(bare, cancellation) is not { } kept || CoveringTry(kept, disposedAlready) is not { } remaining)
        {
            return null;
        }

        var edit = bare.Edit();
        var call = DisposalForms.Call(held.Local.Name, isAsync, maybeNull: true, bare);
        return InitializeWithNull(edit, bare, kept) && Add(edit, bare, remaining, kept, call)
            ? await bare.ApplyAsync(edit, cancellation).ConfigureAwait(false)
            : null;
    }

    /// <summary>
    /// The innermost try whose block assigns the session and in which all its uses lie: after the assignment where a loop comes back to
    /// it, and with nothing but disposals behind it.
    /// </summary>
    private static TryStatementSyntax? CoveringTry(HeldSession held, bool disposedAlready)
    {
        return held.Assignment?.Ancestors().TakeWhile(a => a != held.List.Owner).OfType<TryStatementSyntax>()
            .FirstOrDefault(t => t.Block.Span.Contains(held.Assignment.Span) && Covers(t));

        bool Covers(TryStatementSyntax t) =>
            held.Uses.References.All(r => t.Span.Contains(r.Syntax.Span) || held.IsDisposal(r.Syntax))
            && (disposedAlready || held.Uses.DependentReferences.All(r => t.Span.Contains(r.Syntax.Span)))
            && (!IsInLoop(t, held.List.Owner) || held.Uses.References.All(r => r.Syntax.SpanStart >= held.Assignment.SpanStart));
    }

    private static bool Add(SourceEdit edit, Draft draft, TryStatementSyntax statement, HeldSession held, string[] call)
    {
        var layout = draft.Layout;
        var indent = layout.IndentAt(statement.SpanStart);
        if (statement.Finally is not { Block: var block })
        {
            edit.Insert(statement.Span.End, layout.Continue(indent) + FinallyClause(layout, indent, call));
            return layout.IsLastOnLine(statement.Span.End);
        }

        if (!layout.IsLastOnLine(block.OpenBraceToken.Span.End) || !layout.IsFirstOnLine(block.CloseBraceToken.SpanStart))
        {
            return false;
        }

        // Last in, first out: before what is already there, unless that needs this session.
        var comesLast = held.Uses.References.Concat(held.Uses.DependentReferences).Any(r => block.Span.Contains(r.Syntax.Span));
        var line = draft.Text.Lines[layout.LineOf(comesLast ? block.CloseBraceToken.SpanStart : block.OpenBraceToken.SpanStart)];
        edit.Insert(comesLast ? line.Start : line.EndIncludingLineBreak, Lines(layout, indent, call));
        return true;
    }

    public static string FinallyClause(Layout layout, string indent, string[] call) =>
        "finally" + layout.Open(indent) + layout.NewLine
        + Lines(layout, indent, call)
        + indent + "}";

    private static string Lines(Layout layout, string indent, string[] call) =>
        string.Concat(call.Select(line => indent + layout.Unit + line + layout.NewLine));

    private static async Task<Draft?> WrapInTryAsync(
        Draft draft, HeldSession held, bool isAsync, bool disposedAlready, CancellationToken cancellation)
    {
        var end = held.LastUse(held.List, held.List.IndexOf(held.Declaration), !disposedAlready);
        if (FirstToWrap(held) is not { } first || end < first)
        {
            return null;
        }

        var redundant = held.RedundantAt(held.List, end, cancellation);
        var marked = draft.MarkedAt(held.List.Statements[end].Span.End);
        var bare = await RemoveDisposals.ApplyAsync(marked, redundant, cancellation).ConfigureAwait(false);
        if (bare is null || HeldSession.Find(bare, cancellation) is not { } kept || FirstToWrap(kept) is not { } start)
        {
            return null;
        }

        var list = kept.List;
        var last = list.LastBefore(bare.Mark);
        var layout = bare.Layout;
        if (start > last)
        {
            return null;
        }

        var (from, to) = (list.Statements[start], list.Statements[last]);
        var region = TextSpan.FromBounds(kept.Declaration.SpanStart, to.Span.End);
        var edit = bare.Edit();
        if (!kept.StaysWithin(region, withDependents: !disposedAlready)
            || !layout.IsFirstOnLine(from.SpanStart)
            || !layout.IsLastOnLine(to.Span.End)
            || !RegionEdit.CanBecomeBlock(bare, kept, start, last)
            || !RegionEdit.AreDirectivesBalanced(list.Owner, TextSpan.FromBounds(from.SpanStart, to.Span.End))
            || !RegionEdit.Hoist(edit, bare, kept, start, last, cancellation)
            || (kept.Assignment is not null && !InitializeWithNull(edit, bare, kept)))
        {
            return null;
        }

        var indent = layout.IndentAt(from.SpanStart);
        var maybeNull = kept.Assignment is not null
            || kept.Uses.Writes().Any(static w => w.Value?.ConstantValue is { HasValue: true, Value: null });
        var call = DisposalForms.Call(kept.Local.Name, isAsync, maybeNull, bare);
        edit.Insert(from.SpanStart - indent.Length, $"{indent}try{layout.Open(indent)}{layout.NewLine}");
        edit.Indent(bare.Root, layout.LineOf(from.SpanStart), layout.LineOf(to.Span.End));
        edit.InsertLineAfter(to.Span.End, indent + "}" + layout.Continue(indent) + FinallyClause(layout, indent, call));
        return await bare.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }

    /// <summary>The first statement after which there is something to dispose.</summary>
    private static int? FirstToWrap(HeldSession held)
    {
        var declared = held.List.IndexOf(held.Declaration);
        if (held.Assignment is null)
        {
            return declared + 1;
        }

        var writes = held.Uses.Writes().Select(w => held.List.IndexOf(w.At.Syntax)).ToList();
        return writes.Count == 0 || writes.Min() <= declared ? null : writes.Min();
    }

    /// <summary>A local without a value gets null, so that the finally can ask it.</summary>
    private static bool InitializeWithNull(SourceEdit edit, Draft draft, HeldSession held)
    {
        if (held.Declarator.Initializer is not null)
        {
            return true;
        }

        if (!held.Local.Type.IsReferenceType || held.Declaration.Declaration.Variables.Count > 1)
        {
            return false;
        }

        var type = held.Declaration.Declaration.Type;
        if (type is not NullableTypeSyntax && draft.Model.GetNullableContext(type.SpanStart).AnnotationsEnabled())
        {
            edit.Insert(type.Span.End, "?");
        }

        edit.Insert(held.Declarator.Identifier.Span.End, " = null");
        return true;
    }

    private static bool IsInLoop(SyntaxNode node, SyntaxNode scope) =>
        node.Ancestors().TakeWhile(a => a != scope).Any(StatementList.IsLoop);
}
