using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>What the paths do with the changes that wait in a context for a save, all of them together.</summary>
internal sealed class Pending
{
    /// <summary>The first call whose change no save in the body can send any more.</summary>
    public IInvocationOperation? Change { get; set; }

    /// <summary>Other code has the context, or something looks at what it tracks: the changes may be sent, or may not be meant to.</summary>
    public bool IsSeen { get; set; }

    /// <summary>Where a path without an exception disposes the context with such a change in it.</summary>
    public SyntaxNode? DisposedAt { get; set; }
}

/// <summary>Which changes wait for a save: what the rule about changes that are never saved asks.</summary>
internal sealed partial class SessionFlow
{
    private readonly Dictionary<Site, Pending> pending = [];
    private readonly List<IInvocationOperation> saves = [];
    private bool? jumps;

    /// <summary>The contexts of this body with changes that nothing saves.</summary>
    public IEnumerable<(Site Site, Pending Pending)> Unsaved => GaveUp
        ? []
        : pending.Where(static p => p.Value is { IsSeen: false, Change: not null, DisposedAt: not null }).Select(static p => (p.Key, p.Value)).OrderBy(static p => p.Key.Operation.Syntax.SpanStart);

    /// <summary>A call that has the context of a value as its receiver or as an argument.</summary>
    private void NoteContextUse(IOperation call, IMethodSymbol? method, int value, SessionState state)
    {
        var context = ContextOf(value, state);
        if (context < 0)
        {
            return;
        }

        if (method is null || call is not IInvocationOperation invocation)
        {
            See(context);
            return;
        }

        if (symbols.FactsOf(method) is { } facts && (facts.IsUsers || method.DeclaringSyntaxReferences.IsEmpty))
        {
            if (facts.Has(Roles.Flushes | Roles.Clears))
            {
                state.Outcomes = state.Outcomes.Remove(context);
            }
            else if (facts.Has(Roles.Stages))
            {
                Stage(context, invocation, state);
            }
            else if (facts.Has(Roles.Resolves | Roles.Retries | Roles.RunsInTransaction))
            {
                See(context);
            }

            return;
        }

        if (value != context && (method.Name is "GetEnumerator" or "GetAsyncEnumerator" || (invocation.Instance is null && (symbols.Borrows(method) || IsOfSystem(method.ContainingNamespace)))))
        {
            // An operator on a query.
            return;
        }

        switch (method.DeclaringSyntaxReferences.IsEmpty ? Work.Acts : ownership.Work.Of(invocation, cancellation))
        {
            case Work.None:
                break;
            case Work.Changes:
                Stage(context, invocation, state);
                break;
            default:
                See(context);
                break;
        }
    }

    /// <summary>A property of a context that is not one of its sets, or any of a set: somebody looks at what is tracked.</summary>
    private void NoteContextUse(IPropertyReferenceOperation property, int receiver, SessionState state)
    {
        var context = ContextOf(receiver, state);
        if (context >= 0 && (receiver != context || (!IsQuery(property.Type) && symbols.FactsOf(property.Property) is null)))
        {
            See(context);
        }
    }

    /// <summary>Somebody else has a context, or what lives on it.</summary>
    private void NoteContextHandedOn(int value, SessionState state)
    {
        if (ContextOf(value, state) is var context and >= 0)
        {
            See(context);
        }
    }

    private void NoteUnsaved(int value, IInvocationOperation disposal, SessionState state)
    {
        if (value >= 0 && IsStaging(sites[value]) && SessionState.IsOwned(state.StatusOf(value)) && state.Outcomes.GetOr(value, 0) == (int)Outcome.Pending && !IsUnwinding(state))
        {
            PendingOf(sites[value]).DisposedAt ??= disposal.Syntax;
        }
    }

    private void Stage(int context, IInvocationOperation call, SessionState state)
    {
        if (IsEntryUsed(call))
        {
            See(context);
        }
        else if (!IsUnwinding(state) && !MaySaveLater(sites[context], call.Syntax))
        {
            var changes = PendingOf(sites[context]);
            if (changes.Change is null || call.Syntax.SpanStart < changes.Change.Syntax.SpanStart)
            {
                changes.Change = call;
            }

            state.Outcomes = state.Outcomes.Set(context, (int)Outcome.Pending);
        }
    }

    private void See(int context) => PendingOf(sites[context]).IsSeen = true;

    private Pending PendingOf(Site context)
    {
        if (!pending.TryGetValue(context, out var changes))
        {
            pending[context] = changes = new();
        }

        return changes;
    }

    private int ContextOf(int value, SessionState state)
    {
        for (; value >= 0; value = state.Parents.GetOr(value, SessionState.Unknown))
        {
            if (IsStaging(sites[value]))
            {
                return value;
            }
        }

        return SessionState.Unknown;
    }

    private static bool IsStaging(Site site) => site is { Kind: SessionKind.Context, Dependence: Dependence.None, Parameter: null } && site.Type.Has(Roles.DisposeDiscards);

    /// <summary>Some save stands after a call, or in a loop with it, and may be one of the same context.</summary>
    private bool MaySaveLater(Site context, SyntaxNode call)
    {
        foreach (var invocation in saves)
        {
            if (invocation.Instance is { } saved && BodyFacts.IsMadeHere(saved) && BodyFacts.SymbolOf(saved) is ILocalSymbol { IsUsing: true } other && !SymbolEqualityComparer.Default.Equals(other, context.Variable))
            {
                // A variable that never holds another context than its own.
                continue;
            }

            var save = invocation.Syntax;
            if (save.SpanStart > call.SpanStart || (jumps ??= HasJumps(call)) == true)
            {
                return true;
            }

            for (var node = call.Parent; node is not null and not MemberDeclarationSyntax; node = node.Parent)
            {
                if (node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax && node.Span.Contains(save.Span))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Control can be sent back by name.</summary>
    private static bool HasJumps(SyntaxNode node) =>
        (node.FirstAncestorOrSelf<MemberDeclarationSyntax>(static m => m is not GlobalStatementSyntax) ?? node.SyntaxTree.GetRoot()).DescendantNodes().Any(static n => n is GotoStatementSyntax);

    /// <summary>The library's record of the change is looked at: its state may be set, or the change may be made for it.</summary>
    private static bool IsEntryUsed(IInvocationOperation call)
    {
        if (call.Type is not { SpecialType: SpecialType.None } type || !SymbolEqualityComparer.Default.Equals(SessionSymbols.Unwrap(type).ContainingAssembly, call.TargetMethod.ContainingAssembly))
        {
            return false;
        }

        var use = CallSites.Outermost(call);
        if (use.Parent is IAwaitOperation awaited)
        {
            use = CallSites.Outermost(awaited);
        }

        return use.Parent is not (null or IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation } or IPropertyReferenceOperation { Property.Name: "Entity" });
    }

    private static bool IsOfSystem(INamespaceSymbol? space)
    {
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space is { Name: "System" };
    }
}
