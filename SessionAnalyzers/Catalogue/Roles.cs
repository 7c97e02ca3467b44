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
    FailureEnds = 1L << 7,
    RollbackThrows = 1L << 8,
    BorrowsArguments = 1L << 9,

    // What a member returns.
    ReturnsOwned = 1L << 10,
    ReturnsBorrowed = 1L << 11,
    ReturnsReceiver = 1L << 12,
    ReturnsDeferred = 1L << 13,

    // What a member does to its session: the receiver, or the first argument of an extension method.
    Opens = 1L << 14,
    Closes = 1L << 15,
    OpensAndCloses = 1L << 16,
    Begins = 1L << 17,
    Commits = 1L << 18,
    Votes = 1L << 19,
    RollsBack = 1L << 20,
    RollsBackToSavepoint = 1L << 21,
    Flushes = 1L << 22,
    Clears = 1L << 23,
    Runs = 1L << 24,
    RunsInTransaction = 1L << 25,
    Retries = 1L << 26,
    IgnoresFailure = 1L << 27,
    Borrows = 1L << 28,
    Registers = 1L << 29,
    Resolves = 1L << 30,
    Concurrent = 1L << 31,
    TakesOwnership = 1L << 32,

    // What a member leaves to a later save.
    Stages = 1L << 33,

    /// <summary>What occupies a session while it runs.</summary>
    Work = Runs | Commits | Flushes | RollsBack | Begins,
}
