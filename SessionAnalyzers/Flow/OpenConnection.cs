using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>Which connection a call opens or closes.</summary>
/// <param name="Holder">The variable or field: of the connection, or of the context behind it.</param>
/// <param name="IsCounted">By the counting methods of a context; else by the connection itself.</param>
internal sealed record ConnectionKey(ISymbol Holder, bool IsOfContext, bool IsCounted)
{
    public bool IsSameAs(ConnectionKey? other) =>
        other is not null && IsOfContext == other.IsOfContext && IsCounted == other.IsCounted && SymbolEqualityComparer.Default.Equals(Holder, other.Holder);
}

/// <summary>
/// The paths of one body from a call that opens a connection to its exits. Closing is a set of calls, found before; everything else is
/// followed without regard to conditions, so the caller makes sure that none of them decides.
/// </summary>
internal sealed class OpenConnection(ControlFlowGraph graph, HashSet<SyntaxNode> closings, Func<IOperation, bool> mentions, Func<IInvocationOperation, bool> works)
{
    private readonly HashSet<int> seen = [];
    private readonly Queue<BasicBlock> todo = new();

    /// <summary>Where control leaves normally with the connection open.</summary>
    public SyntaxNode? NormalExit { get; private set; }

    /// <summary>What throws while the connection is open, without anything that closes it then.</summary>
    public SyntaxNode? Thrower { get; private set; }

    public void Follow(SyntaxNode opening)
    {
        foreach (var block in graph.Blocks)
        {
            for (var i = 0; i < block.Operations.Length; i++)
            {
                if (block.Operations[i].DescendantsAndSelf().Any(o => o.Syntax == opening && o is IInvocationOperation))
                {
                    Run(block, i + 1);
                    while (todo.Count > 0)
                    {
                        Run(todo.Dequeue(), 0);
                    }

                    return;
                }
            }
        }
    }

    private void Run(BasicBlock block, int from)
    {
        for (var i = from; i < block.Operations.Length; i++)
        {
            if (Ends(block.Operations[i], block))
            {
                return;
            }
        }

        if (block.BranchValue is { } value && (Ends(value, block) || (block.ConditionalSuccessor is not null && mentions(value))))
        {
            // 'if (connection.State == Open)' and 'connection?.Close()' ask whether there is something to close.
            return;
        }

        Follow(block.ConditionalSuccessor);
        Follow(block.FallThroughSuccessor);
    }

    private bool Ends(IOperation operation, BasicBlock block)
    {
        foreach (var node in operation.DescendantsAndSelf())
        {
            if (closings.Contains(node.Syntax) && node is IInvocationOperation)
            {
                return true;
            }
        }

        if (operation.DescendantsAndSelf().OfType<IInvocationOperation>().FirstOrDefault(works) is { } work)
        {
            Throw(block.EnclosingRegion, work.Syntax, explicitly: false);
        }

        return false;
    }

    private void Follow(ControlFlowBranch? branch)
    {
        switch (branch?.Semantics)
        {
            case ControlFlowBranchSemantics.Regular or ControlFlowBranchSemantics.Return:
                if (branch.FinallyRegions.Any(Closes) || branch.Destination is not { } destination)
                {
                    return;
                }

                if (destination.Kind == BasicBlockKind.Exit)
                {
                    NormalExit ??= branch.Source.BranchValue?.Syntax ?? branch.Source.Operations.LastOrDefault()?.Syntax ?? graph.OriginalOperation.Syntax;
                }
                else if (seen.Add(destination.Ordinal))
                {
                    todo.Enqueue(destination);
                }

                break;
            case ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow:
                Throw(branch.Source.EnclosingRegion, branch.Source.BranchValue?.Syntax ?? graph.OriginalOperation.Syntax, explicitly: true);
                break;
        }
    }

    private void Throw(ControlFlowRegion from, SyntaxNode thrower, bool explicitly)
    {
        for (var region = from; region is { Kind: not ControlFlowRegionKind.Root }; region = region.EnclosingRegion)
        {
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Filter or ControlFlowRegionKind.Finally && !explicitly)
            {
                // The exception of the exception.
                return;
            }

            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } statement)
            {
                continue;
            }

            var handlers = statement.NestedRegions.Where(static r => r.Kind is ControlFlowRegionKind.Finally or ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler).ToList();
            if (handlers.Any(Closes))
            {
                return;
            }

            foreach (var handler in handlers.Where(static h => h.Kind != ControlFlowRegionKind.Finally))
            {
                if (seen.Add(handler.FirstBlockOrdinal))
                {
                    todo.Enqueue(graph.Blocks[handler.FirstBlockOrdinal]);
                }

                if (handler.Kind == ControlFlowRegionKind.Catch && handler.ExceptionType is null or { SpecialType: SpecialType.System_Object } or { Name: "Exception", ContainingNamespace.Name: "System" })
                {
                    return;
                }
            }
        }

        Thrower ??= thrower;
    }

    private bool Closes(ControlFlowRegion region)
    {
        for (var i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal; i++)
        {
            var block = graph.Blocks[i];
            if (block.Operations.Any(HasClosing) || (block.BranchValue is { } value && HasClosing(value)))
            {
                return true;
            }
        }

        return false;

        bool HasClosing(IOperation operation) => operation.DescendantsAndSelf().Any(o => closings.Contains(o.Syntax) && o is IInvocationOperation);
    }
}
