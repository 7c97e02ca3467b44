using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>The fixpoint: states per block, branches, finally regions, exceptions, and what happens when a scope or the body is left.</summary>
internal sealed partial class SessionFlow
{
    /// <summary>More different paths than this into one block, and the body is not followed any further: silence.</summary>
    private const int MaxPaths = 64;

    /// <summary>More sessions than this alive at once, and the body is not followed any further: silence.</summary>
    private const int MaxSites = 200;

    /// <summary>A state with more sessions than this is cleared of finished ones inside a block too: its size counts at every call.</summary>
    private const int ManySites = 4;

    private readonly Dictionary<Site, Site> outlived = [];
    private readonly Dictionary<ControlFlowRegion, HashSet<int>> variablesOf = [];
    private readonly Queue<(int Block, SessionState State)> work = new();
    private Dictionary<SessionState, SessionState>?[] seen = [];
    private BasicBlock current = null!;
    private SessionState? lastThrown;

    private void FollowPaths(IMethodSymbol? parametersOf)
    {
        seen = new Dictionary<SessionState, SessionState>?[graph.Blocks.Length];
        var start = new SessionState();
        if (parametersOf is not null)
        {
            foreach (var parameter in parametersOf.Parameters)
            {
                if (parameter.RefKind != RefKind.Out && symbols.ResultOf(parameter.Type) is { } type)
                {
                    var site = new Site(sites.Count, graph.OriginalOperation, type, parameter.Type, null) { Parameter = parameter, MayBeNull = true };
                    sites.Add(site);
                    start.SetStatus(site.Index, Status.Open);
                    start.Variables = start.Variables.Set(Variable(parameter), site.Index);
                }
            }
        }

        Enter(0, start);
        for (var steps = 0; work.Count > 0 && !GaveUp; steps++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (block, state) = work.Dequeue();
            current = graph.Blocks[block];
            lastThrown = null;
            Execute(0, state.Clone());
            GaveUp |= steps > MaxPaths * graph.Blocks.Length;
        }
    }

    /// <summary>Adds a path into a block. A path that is there already only loses the facts that the new one does not share.</summary>
    private void Enter(int block, SessionState state)
    {
        Forget(firstStep[block], state);
        var known = seen[block] ??= new(PathComparer.Instance);
        if (known.TryGetValue(state, out var old))
        {
            var facts = old.Facts.Intersect(state.Facts);
            if (!facts.Equals(old.Facts))
            {
                old.Facts = facts;
                work.Enqueue((block, old));
            }

            return;
        }

        if (known.Count >= MaxPaths)
        {
            GaveUp = true;
            return;
        }

        known.Add(state, state);
        work.Enqueue((block, state));
    }

    /// <summary>Drops variables that are not read any more, and sessions with which nothing can happen any more: equal paths meet again.</summary>
    private void Forget(int step, SessionState state)
    {
        for (var i = state.Variables.Count - 1; i >= 0; i--)
        {
            var variable = state.Variables.KeyAt(i);
            var value = state.Variables.ValueAt(i);
            if (lastUse.TryGetValue(variable, out var last) && last < step && (value < 0 || !SessionState.IsOwned(state.StatusOf(value))))
            {
                state.Variables = state.Variables.Remove(variable);
            }
        }

        for (var i = state.Flags.Count - 1; i >= 0; i--)
        {
            if (lastUse.TryGetValue(state.Flags.KeyAt(i), out var last) && last < step)
            {
                state.Flags = state.Flags.Remove(state.Flags.KeyAt(i));
            }
        }

        DropFinished(state);
    }

    private void DropFinished(SessionState state)
    {
        for (var i = state.Sites.Count - 1; i >= 0; i--)
        {
            var site = state.Sites.KeyAt(i);
            var status = (Status)state.Sites.ValueAt(i);
            if ((!SessionState.IsOwned(status) || sites[site].Dependence != Dependence.None) && status != Status.Returned
                && sites[site].Parameter is null && !state.IsHeld(site) && !IsBelowReturned(site, state))
            {
                state.Sites = state.Sites.Remove(site);
                state.Parents = state.Parents.Remove(site);
                state.Outcomes = state.Outcomes.Remove(site);
            }
        }
    }

    /// <summary>A result that has been returned needs to know the end of its session.</summary>
    private static bool IsBelowReturned(int site, SessionState state)
    {
        for (var i = 0; i < state.Sites.Count; i++)
        {
            if ((Status)state.Sites.ValueAt(i) == Status.Returned)
            {
                for (var parent = state.Parents.GetOr(state.Sites.KeyAt(i), SessionState.Unknown); parent >= 0; parent = state.Parents.GetOr(parent, SessionState.Unknown))
                {
                    if (parent == site)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Runs a block from one of its operations on. A bool local that is assigned a condition splits the path in two.</summary>
    private void Execute(int from, SessionState state)
    {
        for (var i = from; i < current.Operations.Length; i++)
        {
            var operation = current.Operations[i];
            if (Assigned(operation) is ({ } flag, var condition) && IsDecidable(condition))
            {
                var other = state.Clone();
                if (Assume(other, condition, false))
                {
                    SetFlag(other, flag, 0);
                    Execute(i + 1, other);
                }

                if (!Assume(state, condition, true))
                {
                    return;
                }

                SetFlag(state, flag, 1);
                continue;
            }

            fresh.Clear();
            Evaluate(operation, state);
            if (state.IsOver)
            {
                return;
            }

            DropUnnamed(state, operation);
            if (state.Sites.Count > ManySites)
            {
                Forget(firstStep[current.Ordinal] + i + 1, state);
                if (state.Sites.Count > MaxSites)
                {
                    GaveUp = true;
                    return;
                }
            }
        }

        Leave(state);
    }

    private static (ILocalSymbol? Flag, IOperation Condition) Assigned(IOperation operation)
    {
        if (operation is IExpressionStatementOperation statement)
        {
            operation = statement.Operation;
        }

        return operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: { Type.SpecialType: SpecialType.System_Boolean } local }, Value: { ConstantValue.HasValue: false } value }
            ? (local, value)
            : (null, operation);
    }

    private void Leave(SessionState state)
    {
        var value = current.BranchValue;
        var fallThrough = current.FallThroughSuccessor;
        if (value is not null)
        {
            fresh.Clear();
            var result = Evaluate(value, state);
            if (current.ConditionalSuccessor is { } conditional)
            {
                var taken = current.ConditionKind == ControlFlowConditionKind.WhenTrue;
                var other = state.Clone();
                if (Assume(other, value, taken))
                {
                    DropUnnamed(other, value);
                    Follow(conditional, other);
                }

                if (Assume(state, value, !taken) && fallThrough is not null)
                {
                    DropUnnamed(state, value);
                    Follow(fallThrough, state);
                }

                return;
            }

            if (fallThrough?.Semantics == ControlFlowBranchSemantics.Return)
            {
                Return(result, value, state);
            }

            DropUnnamed(state, value);
        }

        if (fallThrough is not null)
        {
            Follow(fallThrough, state);
        }
    }

    private void Follow(ControlFlowBranch branch, SessionState state)
    {
        switch (branch.Semantics)
        {
            case ControlFlowBranchSemantics.StructuredExceptionHandling:
                Resume(state);
                return;
            case ControlFlowBranchSemantics.Throw:
            case ControlFlowBranchSemantics.Rethrow:
                state.Thrower = current.BranchValue ?? state.Thrower ?? current.Operations.LastOrDefault();
                Unwind(state, current.EnclosingRegion, explicitly: true);
                return;
            case ControlFlowBranchSemantics.ProgramTermination:
            case ControlFlowBranchSemantics.Error:
                return;
        }

        Through(branch, 0, state);
    }

    /// <summary>Runs the finally regions that a branch leaves, one after the other, and arrives.</summary>
    private void Through(ControlFlowBranch branch, int next, SessionState state)
    {
        if (next < branch.FinallyRegions.Length)
        {
            state.Continuation = new(branch, next + 1, state.Continuation);
            Enter(branch.FinallyRegions[next].FirstBlockOrdinal, state);
            return;
        }

        if (branch.Destination is not { } destination)
        {
            return;
        }

        if (destination.Kind == BasicBlockKind.Exit)
        {
            Exit(state, branch);
            return;
        }

        var kind = destination.Ordinal <= branch.Source.Ordinal ? ExitKind.LoopBack : ExitKind.Scope;
        foreach (var region in branch.LeavingRegions)
        {
            LeaveRegion(region, state, kind, branch);
        }

        Enter(destination.Ordinal, state);
    }

    /// <summary>The end of a finally or filter: on with what led into it.</summary>
    private void Resume(SessionState state)
    {
        var region = current.EnclosingRegion;
        while (region.Kind is not (ControlFlowRegionKind.Finally or ControlFlowRegionKind.Filter) && region.EnclosingRegion is { } outer)
        {
            region = outer;
        }

        if (region.Kind == ControlFlowRegionKind.Filter)
        {
            // The filter said no. The exception has been carried to the clauses after it, and outward, when it was thrown.
            return;
        }

        var continuation = state.Continuation;
        state.Continuation = continuation?.Outer;
        if (continuation?.Branch is { } branch)
        {
            Through(branch, continuation.Next, state);
        }
        else if (continuation is not null && region.EnclosingRegion is { } tryAndFinally)
        {
            Unwind(state, tryAndFinally, explicitly: true);
        }
    }

    /// <summary>Called before an operation that can throw: the state as it is goes to the handlers around it.</summary>
    private void Throws(IOperation operation, SessionState state)
    {
        // Handlers are left alone: an exception in a catch or finally is the exception of the exception.
        for (var region = current.EnclosingRegion; region is { Kind: not ControlFlowRegionKind.Root }; region = region.EnclosingRegion)
        {
            if (region.Kind == ControlFlowRegionKind.Try)
            {
                break;
            }

            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Filter or ControlFlowRegionKind.Finally)
            {
                return;
            }
        }

        if (lastThrown is { } last && last.IsSamePath(state) && last.Facts.Equals(state.Facts))
        {
            return;
        }

        lastThrown = state.Clone();
        var thrown = state.Clone();
        thrown.Thrower = operation;
        Unwind(thrown, current.EnclosingRegion, explicitly: false);
    }

    /// <summary>Carries an exception outward from a region: into handlers that may catch it, through finally regions, out of the body.</summary>
    private void Unwind(SessionState state, ControlFlowRegion from, bool explicitly)
    {
        // The root of a lambda's graph knows the regions around the lambda: an exception leaves the body before it gets there.
        for (var region = from; region is { Kind: not ControlFlowRegionKind.Root }; region = region.EnclosingRegion)
        {
            LeaveRegion(region, state, ExitKind.Exception, null);
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Finally or ControlFlowRegionKind.Filter && !explicitly)
            {
                return;
            }

            if (region.Kind == ControlFlowRegionKind.Finally)
            {
                // The exception replaces what the finally would have gone on with.
                state.Continuation = state.Continuation?.Outer;
            }

            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } statement)
            {
                continue;
            }

            foreach (var handler in statement.NestedRegions)
            {
                if (handler.Kind == ControlFlowRegionKind.Finally)
                {
                    state.Continuation = new(null, 0, state.Continuation);
                    Enter(handler.FirstBlockOrdinal, state);
                    return;
                }

                if (handler.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
                {
                    ForgetUnnamed(state);
                    Enter(handler.FirstBlockOrdinal, state.Clone());
                    if (handler.Kind == ControlFlowRegionKind.Catch && CatchesAll(handler))
                    {
                        return;
                    }
                }
            }
        }

        if (state.Thrower is { } thrower)
        {
            for (var i = state.Sites.Count - 1; i >= 0; i--)
            {
                Report(sites[state.Sites.KeyAt(i)], ExitKind.Exception, thrower.Syntax, state);
            }
        }
    }

    /// <summary>What an expression that failed had acquired on its way: the handler cannot know it, and what comes after is not its exit.</summary>
    private void ForgetUnnamed(SessionState state)
    {
        for (var i = state.Sites.Count - 1; i >= 0; i--)
        {
            var site = state.Sites.KeyAt(i);
            if (SessionState.IsOwned((Status)state.Sites.ValueAt(i)) && sites[site] is { Parameter: null, Variable: null, Dependence: Dependence.None } && !state.IsHeld(site))
            {
                state.SetStatus(site, Status.Absent);
            }
        }
    }

    private static bool CatchesAll(ControlFlowRegion handler) =>
        handler.ExceptionType is null or { SpecialType: SpecialType.System_Object } or { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>The variables of a region end with it; a session that only they held is lost.</summary>
    private void LeaveRegion(ControlFlowRegion region, SessionState state, ExitKind kind, ControlFlowBranch? branch)
    {
        var ending = VariablesOf(region);
        var dropped = false;
        for (var i = state.Variables.Count - 1; ending.Count > 0 && i >= 0; i--)
        {
            var variable = state.Variables.KeyAt(i);
            if (ending.Contains(tupleOf.TryGetValue(variable, out var whole) ? whole : variable))
            {
                state.Variables = state.Variables.Remove(variable);
                dropped = true;
            }
        }

        for (var i = state.Flags.Count - 1; ending.Count > 0 && i >= 0; i--)
        {
            if (ending.Contains(state.Flags.KeyAt(i)))
            {
                state.Flags = state.Flags.Remove(state.Flags.KeyAt(i));
            }
        }

        if (!dropped)
        {
            return;
        }

        for (var i = state.Sites.Count - 1; i >= 0; i--)
        {
            var site = state.Sites.KeyAt(i);
            if (SessionState.IsOwned((Status)state.Sites.ValueAt(i)) && sites[site].Parameter is null && !state.IsHeld(site))
            {
                Lose(sites[site], kind, kind == ExitKind.Exception ? state.Thrower?.Syntax : PlaceOf(branch), state);
            }
        }

        DropFinished(state);
    }

    /// <summary>The variables that end with a region. A body may declare many and hold sessions in few.</summary>
    private HashSet<int> VariablesOf(ControlFlowRegion region)
    {
        if (!variablesOf.TryGetValue(region, out var known))
        {
            variablesOf[region] = known = [];
            foreach (var local in region.Locals)
            {
                if (variableOf.TryGetValue(local, out var id))
                {
                    known.Add(id);
                }
            }

            foreach (var capture in region.CaptureIds)
            {
                if (captureOf.TryGetValue(capture, out var id))
                {
                    known.Add(id);
                }
            }
        }

        return known;
    }

    private void Exit(SessionState state, ControlFlowBranch branch)
    {
        HandOnFields(state);
        for (var i = 0; i < state.Variables.Count; i++)
        {
            // What an out or ref parameter holds belongs to the caller.
            if (parameterVariables.TryGetValue(state.Variables.KeyAt(i), out var parameter) && state.Variables.ValueAt(i) is >= 0 and var value
                && sites[value].Parameter is null)
            {
                if (SessionState.IsOwned(state.StatusOf(value)))
                {
                    Results.OwnedOut.Add(parameter.Ordinal);
                }

                HandOn(value, state);
            }
        }

        foreach (var site in sites)
        {
            if (site.Parameter is not { } parameter)
            {
                break;
            }

            Results.ParameterStatuses.TryGetValue(parameter.Ordinal, out var statuses);
            Results.ParameterStatuses[parameter.Ordinal] = statuses | (1 << (int)state.StatusOf(site.Index));
        }

        for (var i = 0; i < state.Sites.Count; i++)
        {
            if ((Status)state.Sites.ValueAt(i) == Status.Returned)
            {
                FindOutlived(sites[state.Sites.KeyAt(i)], state);
            }
        }

        var place = PlaceOf(branch);
        for (var i = state.Sites.Count - 1; i >= 0; i--)
        {
            Report(sites[state.Sites.KeyAt(i)], ExitKind.Return, place, state);
        }
    }

    /// <summary>A returned result whose context, connection or scope is gone now.</summary>
    private void FindOutlived(Site site, SessionState state)
    {
        for (var parent = state.Parents.GetOr(site.Index, SessionState.Unknown); parent >= 0; parent = state.Parents.GetOr(parent, SessionState.Unknown))
        {
            if (state.StatusOf(parent) == Status.Disposed && sites[parent] is { Parameter: null, Kind: SessionKind.Context or SessionKind.Connection or SessionKind.ServiceScope } ended)
            {
                outlived[site] = ended;
                Fault(site, ExitKind.Outlived, site.ReturnedAt!);
            }
        }
    }

    /// <summary>The syntax at which a branch leaves: its return, the next statement that it jumps by, or the end of the body.</summary>
    private SyntaxNode PlaceOf(ControlFlowBranch? branch)
    {
        if (branch?.Source is not { } block)
        {
            return graph.OriginalOperation.Syntax;
        }

        if (block.BranchValue is { } value && branch.Semantics == ControlFlowBranchSemantics.Return)
        {
            return value.Syntax;
        }

        var last = (block.BranchValue ?? block.Operations.LastOrDefault())?.Syntax;
        if (last?.FirstAncestorOrSelf<StatementSyntax>() is not { } statement)
        {
            return last ?? graph.OriginalOperation.Syntax;
        }

        if (statement is IfStatementSyntax condition && block.BranchValue is not null)
        {
            var holds = branch.IsConditionalSuccessor == (block.ConditionKind == ControlFlowConditionKind.WhenTrue);
            statement = holds ? condition.Statement : condition.Else?.Statement ?? statement;
            if (statement is BlockSyntax { Statements: { Count: > 0 } inner })
            {
                statement = inner[0];
            }
        }
        else if (statement.Parent is BlockSyntax around && around.Statements.IndexOf(statement) is var at && at + 1 < around.Statements.Count
            && around.Statements[at + 1] is ReturnStatementSyntax next)
        {
            statement = next;
        }

        return statement is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax ? statement : last;
    }

    private void Lose(Site site, ExitKind kind, SyntaxNode? at, SessionState state)
    {
        Report(site, kind, at ?? site.Operation.Syntax, state);
        // Its own children still find their connection through it.
        state.SetStatus(site.Index, Status.Absent);
    }

    private void Report(Site site, ExitKind kind, SyntaxNode at, SessionState state)
    {
        var status = state.StatusOf(site.Index);
        if (site.Parameter is not null || site.Dependence != Dependence.None || !SessionState.IsOwned(status) || status == Status.Idle || site.Type.Has(Roles.Optional)
            || (kind == ExitKind.Exception && status != Status.Open))
        {
            return;
        }

        if (site.Kind == SessionKind.Reader && state.Parents.TryGet(site.Index, out var command) && sites[command].Kind == SessionKind.Command
            && !sites[command].Type.Has(Roles.Optional) && SessionState.IsEnded(state.StatusOf(command)))
        {
            // Where commands hold something, disposing one disposes its reader (SqliteCommand.Dispose).
            return;
        }

        // The connection or context on which it lives is ours too: disposing that ends a transaction and frees a command, and a reader
        // that is only forgotten by an exception goes with it. If it is not disposed, that is the leak to report.
        if (kind == ExitKind.Exception || site.Kind is SessionKind.Transaction or SessionKind.Command)
        {
            for (var parent = state.Parents.GetOr(site.Index, SessionState.Unknown); parent >= 0; parent = state.Parents.GetOr(parent, SessionState.Unknown))
            {
                if (sites[parent].Kind != SessionKind.Command && sites[parent].Parameter is null && state.StatusOf(parent) != Status.Absent)
                {
                    return;
                }
            }
        }

        Fault(site, kind, at);
        if (kind == ExitKind.Exception && (at.Parent is ThrowStatementSyntax or ThrowExpressionSyntax || Mentions(at, site.Variable)))
        {
            Fault(site, ExitKind.Failure, at);
        }
    }

    private static bool Mentions(SyntaxNode node, ISymbol? variable) =>
        variable is not null && node.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Name);
}
