namespace SessionAnalyzers.Catalogue;

/// <summary>What a session type is. The kind decides which rule speaks of it and what its messages call it.</summary>
internal enum SessionKind : byte
{
    None,
    Context,
    Connection,
    Transaction,
    Ambient,
    Reader,
    Command,
    Bulk,
    ClientSession,
    ServiceScope,
    Source,
}

/// <summary>The roles and flags of the catalogue: the closed set of words that may follow an id.</summary>
[Flags]
internal enum Roles : long
{
    None = 0,

    // Types.
    Optional = 1L << 0,
    StartsClosed = 1L << 1,
    NotThreadSafe = 1L << 2,
    DisposeRollsBack = 1L << 3,
    DisposeCommits = 1L << 4,
    DisposeDiscards = 1L << 5,
    DisposeCompletes = 1L << 6,
    BorrowsArguments = 1L << 7,

    // What a member returns.
    ReturnsOwned = 1L << 8,
    ReturnsBorrowed = 1L << 9,
    ReturnsReceiver = 1L << 10,
    ReturnsDeferred = 1L << 11,

    // What a member does to its session: the receiver, or the first argument of an extension method.
    Opens = 1L << 12,
    Closes = 1L << 13,
    OpensAndCloses = 1L << 14,
    Begins = 1L << 15,
    Commits = 1L << 16,
    Votes = 1L << 17,
    RollsBack = 1L << 18,
    RollsBackToSavepoint = 1L << 19,
    Flushes = 1L << 20,
    Clears = 1L << 21,
    Runs = 1L << 22,
    RunsInTransaction = 1L << 23,
    Retries = 1L << 24,
    IgnoresFailure = 1L << 25,
    Borrows = 1L << 26,
    Registers = 1L << 27,
    Resolves = 1L << 28,
    Concurrent = 1L << 29,
    TakesOwnership = 1L << 30,

    // What a member leaves to a later save.
    Stages = 1L << 31,

    /// <summary>What occupies a session while it runs.</summary>
    Work = Runs | Commits | Flushes | RollsBack | Begins,
}
