using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>How transactions, transaction scopes and bulk imports are finished: what the rules about commit and rollback ask.</summary>
internal sealed partial class SessionFlow
{
    private readonly Dictionary<Site, Ending> endings = [];
    private readonly Dictionary<IOperation, (Use Use, Outcome Before)> finishes = [];

    /// <summary>What the paths do with each transaction that this body begins.</summary>
    public IEnumerable<(Site Site, Ending Ending)> Endings => GaveUp ? [] : endings.Select(static e => (e.Key, e.Value)).OrderBy(static e => e.Key.Operation.Syntax.SpanStart);

    /// <summary>Commits and rollbacks of a transaction that every path has finished before, each with what finished it.</summary>
    public IEnumerable<(Site Site, IOperation At, Outcome Before)> Refinished => GaveUp
        ? []
        : finishes
            .Where(static f => f.Value.Use is { Dead: true, Alive: false, Site: not null })
            .Select(static f => (f.Value.Use.Site!, f.Key, f.Value.Before))
            .OrderBy(static f => f.Key.Syntax.SpanStart);

    public Ending? EndingOf(Site site) => endings.TryGetValue(site, out var ending) ? ending : null;

    /// <summary>Notes a commit or rollback after the call, since one that fails has not finished anything.</summary>
    private void Finish(MemberFacts facts, IInvocationOperation call, int session, SessionState state)
    {
        if (IsWrite(facts, call.TargetMethod))
        {
            for (var i = 0; i < state.Sites.Count; i++)
            {
                var site = sites[state.Sites.KeyAt(i)];
                if (IsFinishable(site) && SessionState.IsOwned((Status)state.Sites.ValueAt(i)) && MayRunIn(site, call, session, state))
                {
                    EndingFor(site).Worked = true;
                }
            }
        }

        var outcome = facts.Has(Roles.Flushes) ? Outcome.Unfinished
            : facts.Has(Roles.Commits | Roles.Votes) ? Outcome.Committed
            : facts.Has(Roles.RollsBack) ? Outcome.RolledBack
            : Outcome.Unfinished;
        if (facts.Has(Roles.Begins) && session >= 0)
        {
            state.Outcomes = state.Outcomes.Remove(session);
        }

        if (outcome == Outcome.Unfinished)
        {
            return;
        }

        if (session >= 0 && IsFinishable(sites[session]))
        {
            See(call, session, outcome, state);
        }
        else if (symbols.TypeOf(call.TargetMethod.ContainingType)?.Kind != SessionKind.Transaction)
        {
            // context.Database.CommitTransaction()
            for (var i = state.Sites.Count - 1; i >= 0; i--)
            {
                var site = state.Sites.KeyAt(i);
                if (sites[site].Kind == SessionKind.Transaction && state.Parents.GetOr(site, SessionState.Unknown) is var parent && (parent == session || parent < 0))
                {
                    See(call, site, outcome, state);
                }
            }
        }
    }

    /// <summary>False where a command is seen to run on another connection or context than the one the transaction was begun on.</summary>
    private bool MayRunIn(Site transaction, IInvocationOperation call, int session, SessionState state)
    {
        if (transaction.Kind != SessionKind.Transaction || transaction.Operation is not IInvocationOperation begin)
        {
            return true;
        }

        while (session >= 0 && sites[session].Dependence != Dependence.None)
        {
            // A query runs on its context.
            session = state.Parents.GetOr(session, SessionState.Unknown);
        }

        var own = state.Parents.GetOr(transaction.Index, SessionState.Unknown);
        var other = session < 0 || sites[session].Kind is SessionKind.Connection or SessionKind.Context ? session : Ancestor(session, state, SessionKind.Connection);
        if (own >= 0 && other >= 0)
        {
            return own == other;
        }

        if (own >= 0 || other >= 0)
        {
            return other < 0;
        }

        return session >= 0 || RootOf(begin) is not { } first || RootOf(call) is not { } second || SymbolEqualityComparer.Default.Equals(first, second);
    }

    /// <summary>The variable or member on which a call is made, behind the views of a context.</summary>
    private static ISymbol? RootOf(IInvocationOperation call)
    {
        var receiver = call.Instance ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null);
        while (receiver is IConversionOperation or IPropertyReferenceOperation { Property.Name: "Database", Instance: not null })
        {
            receiver = receiver is IConversionOperation conversion ? conversion.Operand : ((IPropertyReferenceOperation)receiver).Instance;
        }

        return receiver is null ? null : SymbolOf(receiver);
    }

    private void See(IInvocationOperation call, int session, Outcome outcome, SessionState state)
    {
        var site = sites[session];
        var before = (Outcome)state.Outcomes.GetOr(session, 0);
        if (site.Parameter is null && site.Kind == SessionKind.Transaction)
        {
            if (!finishes.TryGetValue(call, out var known))
            {
                finishes[call] = known = (new Use(), before);
            }

            known.Use.Site ??= site;
            known.Use.Dead |= before != Outcome.Unfinished;
            known.Use.Alive |= before == Outcome.Unfinished || !SymbolEqualityComparer.Default.Equals(site.DeclaredType, known.Use.Site.DeclaredType);
        }

        var ending = EndingFor(site);
        ending.Committed |= outcome == Outcome.Committed;
        ending.RolledBackOnPurpose |= outcome == Outcome.RolledBack && !call.Syntax.Ancestors().Any(static a => a is Microsoft.CodeAnalysis.CSharp.Syntax.CatchClauseSyntax);
        ending.RolledBackOnFailure |= outcome == Outcome.RolledBack && IsInHandler(call.Syntax);
        state.Outcomes = state.Outcomes.Set(session, (int)outcome);
    }

    /// <summary>A disposal on a path without an exception of what was neither committed nor rolled back there, or of the connection under it.</summary>
    private void NoteUnfinished(int value, IInvocationOperation disposal, SessionState state)
    {
        if (value < 0 || IsUnwinding(state))
        {
            return;
        }

        for (var i = 0; i < state.Sites.Count; i++)
        {
            var index = state.Sites.KeyAt(i);
            if ((index == value || (sites[value].Kind == SessionKind.Connection && sites[index].Kind == SessionKind.Transaction && state.Parents.GetOr(index, SessionState.Unknown) == value))
                && sites[index] is { Parameter: null } site && IsFinishable(site) && SessionState.IsOwned((Status)state.Sites.ValueAt(i))
                && state.Outcomes.GetOr(index, 0) == (int)Outcome.Unfinished)
            {
                EndingFor(site).Unfinished ??= disposal.Syntax;
            }
        }
    }

    private void NotePassed(int value, SessionState state)
    {
        if (value < 0)
        {
            return;
        }

        if (IsFinishable(sites[value]))
        {
            EndingFor(sites[value]).Passed = true;
        }

        for (var i = 0; i < state.Sites.Count; i++)
        {
            // Whoever has the context or the connection can reach its current transaction.
            var site = state.Sites.KeyAt(i);
            if (IsFinishable(sites[site]) && state.Parents.GetOr(site, SessionState.Unknown) == value)
            {
                EndingFor(sites[site]).Passed = true;
            }
        }
    }

    /// <summary>A context that this body does not own is passed on: a transaction of a context that is not known may be its current one.</summary>
    private void NotePassedContext(SessionState state)
    {
        for (var i = 0; i < state.Sites.Count; i++)
        {
            var site = state.Sites.KeyAt(i);
            if (IsFinishable(sites[site]) && !state.Parents.TryGet(site, out _))
            {
                EndingFor(sites[site]).Passed = true;
            }
        }
    }

    private static bool IsInHandler(SyntaxNode call) => call.Ancestors().Any(static a =>
        a is Microsoft.CodeAnalysis.CSharp.Syntax.CatchClauseSyntax or Microsoft.CodeAnalysis.CSharp.Syntax.FinallyClauseSyntax);

    private Ending EndingFor(Site site)
    {
        if (!endings.TryGetValue(site, out var ending))
        {
            endings[site] = ending = new();
        }

        return ending;
    }

    private static bool IsFinishable(Site site) =>
        site.Dependence == Dependence.None && (site.Kind is SessionKind.Transaction or SessionKind.Ambient || (site.Kind == SessionKind.Bulk && site.Type.Has(Roles.DisposeDiscards)));

    /// <summary>On its way with an exception: in a finally that an exception led into, or in a handler.</summary>
    private bool IsUnwinding(SessionState state)
    {
        for (var c = state.Continuation; c is not null; c = c.Outer)
        {
            if (c.Branch is null)
            {
                return true;
            }
        }

        for (var region = current.EnclosingRegion; region is { Kind: not ControlFlowRegionKind.Root }; region = region.EnclosingRegion)
        {
            if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Filter)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWrite(MemberFacts facts, IMethodSymbol method) =>
        facts.Has(Roles.Flushes)
        || (facts.Has(Roles.Runs) && (method.Name.StartsWith("ExecuteNonQuery", StringComparison.Ordinal) || method.Name is "Execute" or "ExecuteAsync"
            || method.Name.StartsWith("ExecuteSql", StringComparison.Ordinal) || method.Name.StartsWith("ExecuteUpdate", StringComparison.Ordinal)
            || method.Name.StartsWith("ExecuteDelete", StringComparison.Ordinal) || method.Name.StartsWith("WriteToServer", StringComparison.Ordinal)
            || method.Name.StartsWith("Insert", StringComparison.Ordinal)));
}
