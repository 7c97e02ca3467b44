using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>How a session leaves its owner without having been disposed, the most certain first.</summary>
internal enum ExitKind
{
    /// <summary>Control leaves the member: a return or the end of the body.</summary>
    Return,

    /// <summary>The block that declares the only variable ends.</summary>
    Scope,

    /// <summary>The loop goes on with the next element.</summary>
    LoopBack,

    /// <summary>The only variable is assigned another value.</summary>
    Overwritten,

    /// <summary>The session never had a name.</summary>
    Dropped,

    /// <summary>A call between acquisition and disposal throws, or a throw statement runs.</summary>
    Exception,

    /// <summary>A call that works with the session throws, or a throw statement runs.</summary>
    Failure,

    /// <summary>Returned, and disposed before the caller gets it.</summary>
    ReturnedDisposed,

    /// <summary>Stored in a field by code that disposes it when it leaves.</summary>
    StoredDisposed,

    /// <summary>A result that lives on the session is returned, and the session is disposed before the caller gets it.</summary>
    Outlived,

    /// <summary>Used after it was disposed on every path here.</summary>
    UsedDisposed,

    /// <summary>Disposed a second time, having been disposed on every path here.</summary>
    DisposedAgain,
}

/// <summary>A session that is still owned where control leaves: the witness of a leak.</summary>
internal sealed record Leak(Site Site, ExitKind Kind, SyntaxNode At);

/// <summary>
/// The flow of sessions through one body: a fixpoint over its control-flow graph, from which the rules read leaks and the summaries
/// read what happens to parameters and results. A body that needs too many steps answers with nothing.
/// </summary>
internal sealed partial class SessionFlow
{
    private readonly ControlFlowGraph graph;
    private readonly ISymbol owner;
    private readonly Ownership ownership;
    private readonly SessionSymbols symbols;
    private readonly CancellationToken cancellation;
    private readonly List<Site> sites = [];
    private readonly Dictionary<(IOperation, int), Site> siteOf = [];
    private readonly Dictionary<(Site, ExitKind), Leak> leaks = [];
    private readonly Dictionary<IOperation, Use> uses = [];

    private SessionFlow(ControlFlowGraph graph, ISymbol owner, Ownership ownership, CancellationToken cancellation)
    {
        this.graph = graph;
        this.owner = owner;
        this.ownership = ownership;
        symbols = ownership.Symbols;
        this.cancellation = cancellation;
    }

    /// <summary>The body was too large or its nesting too deep: nothing is known of it.</summary>
    public bool GaveUp { get; private set; }

    public IReadOnlyList<Site> Sites => GaveUp ? [] : sites;

    public Ownership Ownership => ownership;

    /// <summary>The member or function whose body this is.</summary>
    public ISymbol Owner => owner;

    /// <summary>The session on which a result lives that outlives it.</summary>
    public Site SessionOf(Leak fault) => outlived[fault.Site];

    /// <summary>
    /// The leaks, at most one per session: a normal exit says more than an overwriting, and that more than an exception. Branches of one
    /// expression that end in one variable count once.
    /// </summary>
    public IEnumerable<Leak> Leaks => GaveUp
        ? []
        : leaks.Values
            .Where(static l => l.Kind <= ExitKind.Exception)
            .Select(static l => l.Site.Variable is null && l.Kind != ExitKind.Exception ? l with { Kind = ExitKind.Dropped } : l)
            .GroupBy(static l => l.Site)
            .Select(static g => g.OrderBy(static l => l.Kind).ThenBy(static l => l.At.SpanStart).First())
            .GroupBy(static l => l.Site.Variable is null ? l.Site : (object)(l.Site.Variable, StatementOf(l.Site)))
            .Select(static g => g.OrderBy(static l => l.Kind).ThenBy(static l => l.Site.Operation.Syntax.SpanStart).First())
            .OrderBy(static l => l.Site.Operation.Syntax.SpanStart);

    /// <summary>What the returns deliver and what has become of the parameters: filled while the paths are followed.</summary>
    public FlowResults Results { get; } = new();

    /// <summary>Follows the sessions that this body acquires. Nested functions have flows of their own.</summary>
    public static SessionFlow Of(ControlFlowGraph graph, ISymbol owner, Ownership ownership, CancellationToken cancellation) =>
        Run(new SessionFlow(graph, owner, ownership, cancellation), null);

    /// <summary>Follows the sessions that come in by parameters too: for the summary of a method.</summary>
    public static SessionFlow WithParameters(ControlFlowGraph graph, IMethodSymbol owner, Ownership ownership, CancellationToken cancellation) =>
        Run(new SessionFlow(graph, owner, ownership, cancellation), owner);

    /// <summary>The lambdas and local functions of the body, each with its graph.</summary>
    public IEnumerable<(IMethodSymbol Symbol, ControlFlowGraph Graph)> NestedFunctions()
    {
        foreach (var function in graph.LocalFunctions)
        {
            yield return (function, graph.GetLocalFunctionControlFlowGraphInScope(function, cancellation));
        }

        foreach (var function in anonymousFunctions)
        {
            yield return (function.Symbol, graph.GetAnonymousFunctionControlFlowGraphInScope(function, cancellation));
        }
    }

    /// <summary>What is wrong with sessions that did end: returned, stored, used or disposed again when they were gone.</summary>
    public IEnumerable<Leak> Faults => GaveUp ? [] : leaks.Values.Where(l => l.Kind > ExitKind.Failure && !IsDeadUse(l)).Concat(DeadUses()).OrderBy(static l => l.At.SpanStart);

    /// <summary>Sessions that their own work, or a throw statement, leaves behind.</summary>
    public IEnumerable<Leak> Failures => GaveUp ? [] : leaks.Values.Where(static l => l.Kind == ExitKind.Failure).OrderBy(static l => l.At.SpanStart);

    /// <summary>The call that makes the result found its session disposed: that is the mistake.</summary>
    private bool IsDeadUse(Leak fault) => fault.Kind == ExitKind.Outlived && uses.TryGetValue(fault.Site.Operation, out var use) && use is { Dead: true, Alive: false };

    /// <summary>Uses that found their session disposed on every path that reaches them.</summary>
    private IEnumerable<Leak> DeadUses()
    {
        foreach (var use in uses)
        {
            if (use.Value is { Dead: true, Alive: false, Site: { } site } && site.Dependence == Dependence.None)
            {
                yield return new(site, use.Value.IsDisposal ? ExitKind.DisposedAgain : ExitKind.UsedDisposed, use.Key.Syntax);
            }
        }
    }

    private static Microsoft.CodeAnalysis.CSharp.Syntax.StatementSyntax? StatementOf(Site site) =>
        site.Operation.Syntax.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.StatementSyntax>();

    private static SessionFlow Run(SessionFlow flow, IMethodSymbol? parametersOf)
    {
        var outer = Ownership.CancellationOfThread;
        Ownership.CancellationOfThread = flow.cancellation;
        try
        {
            flow.Scan();
            if (flow.hasCandidates || parametersOf is not null)
            {
                flow.FollowPaths(parametersOf);
            }
        }
        catch (InsufficientExecutionStackException)
        {
            flow.GaveUp = true;
        }
        finally
        {
            Ownership.CancellationOfThread = outer;
        }

        return flow;
    }
}

/// <summary>In which condition the paths find a session at one use.</summary>
internal sealed class Use
{
    public Site? Site { get; set; }

    public bool Dead { get; set; }

    public bool Alive { get; set; }

    public bool IsDisposal { get; set; }
}

/// <summary>What a body does to the sessions of its caller, and which it gives to it.</summary>
internal sealed class FlowResults
{
    /// <summary>Statuses at normal exits by parameter ordinal, as a set of bits.</summary>
    public Dictionary<int, int> ParameterStatuses { get; } = [];

    /// <summary>Out and ref parameters that hold an owned session at some normal exit.</summary>
    public HashSet<int> OwnedOut { get; } = [];

    /// <summary>The only parameter that is returned, or -1.</summary>
    public int ReturnedParameter { get; set; } = -1;

    /// <summary>Tuple elements of the result that are owned sessions; -1 is the result itself.</summary>
    public Dictionary<int, ReturnedValue> Returned { get; } = [];
}

/// <summary>What the returns of a member deliver, as a set.</summary>
[Flags]
internal enum ReturnedValue
{
    None = 0,
    Owned = 1,
    Null = 2,
    Unknown = 4,
    Parameter = 8,
    Disposed = 16,

    /// <summary>An owned connection that has been used: it may be open.</summary>
    Opened = 32,
}
