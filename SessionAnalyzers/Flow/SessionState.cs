using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>What has become of a session on one path.</summary>
internal enum Status
{
    /// <summary>Not acquired on this path, or gone without anything left to do.</summary>
    Absent,

    /// <summary>A connection that was made and not touched since: it holds nothing yet, but nobody disposed it.</summary>
    Created,

    /// <summary>A connection used only by calls that open and close it themselves: nothing to release.</summary>
    Idle,

    /// <summary>Owned here and not disposed.</summary>
    Open,

    /// <summary>Closed or, for a transaction, committed or rolled back.</summary>
    Closed,

    /// <summary>Disposed: it cannot be used again.</summary>
    Disposed,

    /// <summary>Handed to the caller by a return. A finally may still dispose it, and then the caller gets it dead.</summary>
    Returned,

    /// <summary>Handed on: somebody else owns it, or we cannot tell. Never reported.</summary>
    Escaped,
}

/// <summary>How a transaction, scope or bulk import was finished on a path, or that a context was left with changes.</summary>
internal enum Outcome
{
    Unfinished,
    Committed,
    RolledBack,

    /// <summary>Of a context: it has changes that nothing in the body saves any more.</summary>
    Pending,
}

/// <summary>What the paths of a body do with a transaction, scope or bulk import, all of them together.</summary>
internal sealed class Ending
{
    /// <summary>Committed or completed on some path.</summary>
    public bool Committed { get; set; }

    /// <summary>Rolled back outside of a handler: on purpose, whether something failed or not.</summary>
    public bool RolledBackOnPurpose { get; set; }

    /// <summary>Rolled back by a call in a catch or finally.</summary>
    public bool RolledBackOnFailure { get; set; }

    /// <summary>Something was written while it was open.</summary>
    public bool Worked { get; set; }

    /// <summary>Other code has it, or the context that it belongs to, and may finish it.</summary>
    public bool Passed { get; set; }

    /// <summary>Where a path without an exception disposes it unfinished.</summary>
    public SyntaxNode? Unfinished { get; set; }
}

/// <summary>The ways in which ownership leaves a body.</summary>
[Flags]
internal enum HandOver
{
    None = 0,
    Returned = 1,
    Stored = 2,
    Passed = 4,
}

/// <summary>What kind of result lives on a session.</summary>
internal enum Dependence
{
    None,
    Query,
    Task,
    Function,
    Service,
}

/// <summary>One place where a session is acquired: the identity of a session in the analysis. Parameters count as sites for summaries.</summary>
internal sealed class Site(int index, IOperation operation, SessionType type, ITypeSymbol declaredType, ISymbol? source)
{
    public int Index { get; } = index;

    /// <summary>The creation or call that yields the session.</summary>
    public IOperation Operation { get; } = operation;

    public SessionType Type { get; } = type;

    public SessionKind Kind => Type.Kind;

    public ITypeSymbol DeclaredType { get; } = declaredType;

    /// <summary>The constructor, method or property that it comes from.</summary>
    public ISymbol? Source { get; } = source;

    public IParameterSymbol? Parameter { get; init; }

    public bool MayBeNull { get; init; }

    /// <summary>The first local or parameter that holds it, whatever the path.</summary>
    public ISymbol? Variable { get; set; }

    /// <summary>How it is handed on, on some path: what happens when that fails is the factory's affair.</summary>
    public HandOver HandedOn { get; set; }

    /// <summary>
    /// Not a session but what lives on one: a query, an unfinished task, a function that uses it, a service from a scope. Nobody must
    /// dispose it; it must not outlive its session.
    /// </summary>
    public Dependence Dependence { get; init; }

    /// <summary>The expression by which it is returned, on some path.</summary>
    public SyntaxNode? ReturnedAt { get; set; }

    /// <summary>The field or property of this object that takes it over, on some path.</summary>
    public ISymbol? StoredIn { get; set; }

    /// <summary>The assignment that stores it in a field, on some path.</summary>
    public SyntaxNode? StoredAt { get; set; }
}

/// <summary>
/// Where control goes when a finally (or filter) region ends: on along a branch that runs through several, or on with an exception.
/// </summary>
internal sealed record Continuation(ControlFlowBranch? Branch, int Next, Continuation? Outer);

/// <summary>
/// One path's knowledge. Paths that differ in what their sessions are stay apart, so that correlated conditions are followed exactly;
/// paths that agree on it are merged and keep the facts that both know.
/// </summary>
internal sealed class SessionState
{
    /// <summary>A value that is no session of ours.</summary>
    public const int Unknown = -1;

    public const int Null = -2;

    /// <summary>Site → <see cref="Status"/>; absent sites are left out.</summary>
    public SmallMap Sites;

    /// <summary>Variable → site or <see cref="Null"/>; unknown values are left out.</summary>
    public SmallMap Variables;

    /// <summary>Values of bool locals: they tell paths apart.</summary>
    public SmallMap Flags;

    /// <summary>Site → the site on which it lives (reader → command → connection).</summary>
    public SmallMap Parents;

    /// <summary>Transaction or context → how it was left (<see cref="Outcome"/>).</summary>
    public SmallMap Outcomes;

    /// <summary>What branches have established about other symbols; not part of a path's identity.</summary>
    public SmallMap Facts;

    public Continuation? Continuation;

    /// <summary>The process ends here.</summary>
    public bool IsOver;

    /// <summary>The operation whose exception is on its way.</summary>
    public IOperation? Thrower;

    public SessionState Clone() => (SessionState)MemberwiseClone();

    public Status StatusOf(int site) => (Status)Sites.GetOr(site, (int)Status.Absent);

    public void SetStatus(int site, Status status) =>
        Sites = status == Status.Absent ? Sites.Remove(site) : Sites.Set(site, (int)status);

    public bool IsHeld(int site)
    {
        for (var i = 0; i < Variables.Count; i++)
        {
            for (var value = Variables.ValueAt(i); value >= 0; value = Parents.GetOr(value, Unknown))
            {
                if (value == site)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True when another path is the same one for the analysis, facts aside.</summary>
    public bool IsSamePath(SessionState other) =>
        Sites.Equals(other.Sites) && Variables.Equals(other.Variables) && Flags.Equals(other.Flags) && Outcomes.Equals(other.Outcomes) && Equals(Continuation, other.Continuation);

    public int PathHash() => (((Sites.GetHashCode() * 31) + Variables.GetHashCode()) * 31) + Flags.GetHashCode();

    public static bool IsEnded(Status status) => status is Status.Closed or Status.Disposed;

    public static bool IsOwned(Status status) => status is Status.Created or Status.Idle or Status.Open;
}

/// <summary>Compares states as paths.</summary>
internal sealed class PathComparer : IEqualityComparer<SessionState>
{
    public static readonly PathComparer Instance = new();

    public bool Equals(SessionState? x, SessionState? y) => x!.IsSamePath(y!);

    public int GetHashCode(SessionState obj) => obj.PathHash();
}
