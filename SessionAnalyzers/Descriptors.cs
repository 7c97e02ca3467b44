namespace SessionAnalyzers;

/// <summary>The texts of the rules. The pages in docs/rules start from them, and a test holds the two equal.</summary>
internal static class Descriptors
{
    public const string HelpLinkBase = "https://github.com/SessionAnalyzers/SessionAnalyzers/blob/main/docs/rules/";

    public static readonly DiagnosticDescriptor SessionMustBeDisposed = Create(
        DiagnosticIds.SessionMustBeDisposed,
        "Session is not disposed",
        "'{0}', the {1} from '{2}', is not disposed when {3}",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A session that this code owns reaches a normal exit neither disposed nor handed on. It keeps its database resource until the garbage collector finds it.");

    public static readonly DiagnosticDescriptor SessionMustBeDisposedOnException = Create(
        DiagnosticIds.SessionMustBeDisposedOnException,
        "Session is not disposed when an exception is thrown",
        "'{0}', the {1} from '{2}', is not disposed when {3}",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A session is disposed on the normal path only. When a call between its acquisition and its disposal throws, it keeps its database resource.");

    public static readonly DiagnosticDescriptor FactoryMustSayWhoDisposes = Create(
        DiagnosticIds.FactoryMustSayWhoDisposes,
        "Session factory hands out a session that nobody disposes",
        "'{0}' makes a {1} that its caller must dispose, {2}",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A member makes a session for its caller, and callers lose it, or nothing about the member says that they must dispose it: a property that makes one on each access, or a method whose name does not say that it creates.");

    public static readonly DiagnosticDescriptor FactoryNameMustSayWhoDisposes = Create(
        DiagnosticIds.FactoryMustSayWhoDisposes,
        "Session factory hands out a session that nobody disposes",
        "'{0}' makes a {1} that its caller must dispose, {2}",
        "Lifetime",
        DiagnosticSeverity.Info,
        "A member makes a session for its caller, and callers lose it, or nothing about the member says that they must dispose it: a property that makes one on each access, or a method whose name does not say that it creates.");

    public static readonly DiagnosticDescriptor FactoryMustDisposeWhenItFails = Create(
        DiagnosticIds.FactoryMustDisposeWhenItFails,
        "Session factory leaks when it fails",
        "'{0}', the {1} from '{2}', is handed on only when all goes well: it is not disposed when {3}",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "Between the creation of a session and the return that hands it on, or the end of the constructor that stored it, something can throw, and nothing disposes it then.");

    public static readonly DiagnosticDescriptor ReturnedSessionMustBeAlive = Create(
        DiagnosticIds.ReturnedSessionMustBeAlive,
        "Returned session is already disposed",
        "'{0}', the {1} from '{2}' (line {3}), is disposed before the caller gets it",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A session is returned or stored from inside its own using or disposal, or a service from inside its scope: whoever uses it gets an object that is disposed.");

    public static readonly DiagnosticDescriptor ResultMustNotOutliveSession = Create(
        DiagnosticIds.ResultMustNotOutliveSession,
        "Result outlives its session",
        "This {0} needs the {1} from '{2}' (line {3}), which is disposed before the caller uses it",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A query, a deferred sequence, a reader, a function or an unfinished task that works on a session leaves the method that disposes the session.");

    public static readonly DiagnosticDescriptor SessionFieldMustBeDisposed = Create(
        DiagnosticIds.SessionFieldMustBeDisposed,
        "Session field is not disposed",
        "'{0}' owns the {1} from '{2}', and nothing in '{3}' disposes it",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A type owns a session in a field, created or obtained by itself, and neither disposes it nor hands it to anybody who could.");

    public static readonly DiagnosticDescriptor BorrowedSessionMustNotBeDisposed = Create(
        DiagnosticIds.BorrowedSessionMustNotBeDisposed,
        "Borrowed session is disposed",
        "'{0}', the {1} from '{2}', is disposed here although it belongs to {3}",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A session that a context, a command, a transaction or the container lends is disposed by the code that borrows it. Whoever uses it next finds it dead.");

    public static readonly DiagnosticDescriptor DisposedSessionMustNotBeUsed = Create(
        DiagnosticIds.DisposedSessionMustNotBeUsed,
        "Session is used after it was disposed",
        "'{0}', the {1} from '{2}' (line {3}), is disposed already on every path that leads here",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A call on a session, or a second disposal of it, comes after its disposal on every path. The call throws, or does nothing.");

    public static readonly DiagnosticDescriptor TemporarySessionMustBeDisposed = Create(
        DiagnosticIds.TemporarySessionMustBeDisposed,
        "Temporary session is not disposed",
        "The {0} from '{1}' has no name and is never disposed",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "An owned session is used as a receiver or an argument without a name, so that nothing can dispose it.");

    public static readonly DiagnosticDescriptor SessionMustBeDisposedBeforeOverwrite = Create(
        DiagnosticIds.SessionMustBeDisposedBeforeOverwrite,
        "Session is overwritten before it is disposed",
        "'{0}' is assigned anew while it owns the {1} from '{2}' (line {3}), which is never disposed",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A variable that still owns a session is assigned another value. The first session is lost and keeps its database resource.");

    public static readonly DiagnosticDescriptor OpenedConnectionMustBeClosed = Create(
        DiagnosticIds.OpenedConnectionMustBeClosed,
        "Connection is opened and not closed",
        "The connection of '{0}' is opened here, and not closed when {1}",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "A connection that lives longer than this code is opened and closed by it, but one path leaves it open.");

    public static readonly DiagnosticDescriptor ReaderMustBeDisposed = Create(
        DiagnosticIds.ReaderMustBeDisposed,
        "Reader or command is not disposed",
        "The {0} from '{1}' is not disposed when {2}",
        "Lifetime",
        DiagnosticSeverity.Warning,
        "An open reader, grid reader or bulk writer holds its connection: the next command on it fails or waits. Commands are reported, as suggestions, for providers where they hold locks or cursors.");

    public static readonly DiagnosticDescriptor CommandMustBeDisposed = Create(
        DiagnosticIds.ReaderMustBeDisposed,
        "Reader or command is not disposed",
        "The {0} from '{1}' is not disposed when {2}",
        "Lifetime",
        DiagnosticSeverity.Info,
        "An open reader, grid reader or bulk writer holds its connection: the next command on it fails or waits. Commands are reported, as suggestions, for providers where they hold locks or cursors.");

    public static readonly DiagnosticDescriptor SessionSourceMustBeShared = Create(
        DiagnosticIds.SessionSourceMustBeShared,
        "Session source is created per call",
        "A '{0}' is made each time '{1}' runs; one serves the whole application",
        "Lifetime",
        DiagnosticSeverity.Info,
        "A data source, client, store or session factory is made in code that runs often. Each brings a pool or connections of its own, and is meant to be made once.");

    public static readonly DiagnosticDescriptor CommitMustNotRunInLoop = Create(
        DiagnosticIds.CommitMustNotRunInLoop,
        "Commit inside a loop",
        "'{0}' commits '{1}' on each iteration of the loop (line {2}): when one item fails, the items before it stay",
        "Commit",
        DiagnosticSeverity.Warning,
        "A context that outlives a loop is saved on each iteration, outside a transaction. A failure leaves half of the work behind, and each save is a round trip and a transaction of its own.");

    public static readonly DiagnosticDescriptor CommitMustBeAwaited = Create(
        DiagnosticIds.CommitMustBeAwaited,
        "Commit is not awaited",
        "The task of '{0}' on '{1}' is dropped: nobody sees when it ends, or that it failed",
        "Commit",
        DiagnosticSeverity.Warning,
        "The task of a commit, rollback, save, command or disposal is dropped. The session is used or disposed while it still works, and its failure goes unseen.");

    public static readonly DiagnosticDescriptor CommandMustUseTransaction = Create(
        DiagnosticIds.CommandMustUseTransaction,
        "Command runs outside the open transaction",
        "'{0}' runs on '{1}' without '{2}', which is open on it (line {3})",
        "Commit",
        DiagnosticSeverity.Warning,
        "While a transaction is open on a connection, a command or Dapper call runs on that connection without it, and the provider demands it. The call throws.");

    public static readonly DiagnosticDescriptor CommitResultMustBeChecked = Create(
        DiagnosticIds.CommitResultMustBeChecked,
        "Commit result is ignored",
        "'{0}' on '{1}' reports failure by its result only, and the result is dropped",
        "Commit",
        DiagnosticSeverity.Warning,
        "An API that does not throw when a commit fails, but says so in its return value, is called and the value is dropped. The program goes on as if the work were done.");

    public static readonly DiagnosticDescriptor TransactionScopeMustFlowAcrossAwait = Create(
        DiagnosticIds.TransactionScopeMustFlowAcrossAwait,
        "TransactionScope does not flow across await",
        "This TransactionScope does not flow across the await on line {0}: create it with TransactionScopeAsyncFlowOption.Enabled",
        "Commit",
        DiagnosticSeverity.Warning,
        "An await can run inside a TransactionScope that was created without TransactionScopeAsyncFlowOption.Enabled. What follows the await may run outside the transaction, and disposing the scope on another thread throws.");

    public static readonly DiagnosticDescriptor TransactionMustBeCommitted = Create(
        DiagnosticIds.TransactionMustBeCommitted,
        "Work is never committed",
        "'{0}', the {1} from '{2}', is disposed without a commit: what was written in it is lost",
        "Commit",
        DiagnosticSeverity.Warning,
        "A transaction, TransactionScope or bulk import is disposed unfinished on a path without an exception, and no path of the member commits it, or rolls it back outside of a handler. What was written in it is rolled back, silently.");

    public static readonly DiagnosticDescriptor WorkMustBeCommittedAtOnce = Create(
        DiagnosticIds.WorkMustBeCommittedAtOnce,
        "Work is committed in pieces",
        "'{0}' on '{1}' commits a second piece of the work that is saved in line {2}: when it fails, the first piece stays",
        "Commit",
        DiagnosticSeverity.Info,
        "One unit of work is saved more than once, or by two contexts, without a transaction around it. When a later save fails, or the process ends, what was saved before stays.");

    public static readonly DiagnosticDescriptor ChangesMustBeSaved = Create(
        DiagnosticIds.ChangesMustBeSaved,
        "Changes are never saved",
        "What '{0}' changes is lost: '{1}', the context from '{2}' (line {3}), is disposed and not saved after it",
        "Commit",
        DiagnosticSeverity.Warning,
        "Entities are added, updated or removed in a context that this code creates and disposes, and no save comes after it. The changes are discarded, silently.");

    public static readonly DiagnosticDescriptor CommitMustNotRunAfterFailure = Create(
        DiagnosticIds.CommitMustNotRunAfterFailure,
        "Commit runs although the work failed",
        "'{0}' on '{1}' {2}",
        "Commit",
        DiagnosticSeverity.Warning,
        "A transaction is committed, or a scope completed, in a finally, or after a catch that goes on. When the work throws halfway, the half that was done is committed.");

    public static readonly DiagnosticDescriptor TransactionMustRollBackOnFailure = Create(
        DiagnosticIds.TransactionMustRollBackOnFailure,
        "Transaction has no rollback path",
        "'{0}', the {1} from '{2}', is committed when all goes well, but nothing rolls it back when {3}",
        "Rollback",
        DiagnosticSeverity.Warning,
        "A transaction is begun and committed, but when the work in between throws, nothing rolls it back or disposes it. It keeps its locks, and its connection keeps it.");

    public static readonly DiagnosticDescriptor FailureMustNotBeSwallowed = Create(
        DiagnosticIds.FailureMustNotBeSwallowed,
        "Failure is swallowed without rollback",
        "The catch (line {0}) swallows a failure of '{1}' without rollback, and {2}",
        "Rollback",
        DiagnosticSeverity.Warning,
        "A catch around the work of a transaction or session neither rolls back nor throws. The work goes on with what the failure has ended, or the transaction stays open.");

    public static readonly DiagnosticDescriptor SessionMustNotBeReusedAfterFailure = Create(
        DiagnosticIds.SessionMustNotBeReusedAfterFailure,
        "Session is reused after a failed commit",
        "'{0}' runs on '{1}' again after a failed save was caught (line {2}): what failed is still tracked and fails again",
        "Rollback",
        DiagnosticSeverity.Warning,
        "After a failed save was caught, the same context is saved again without anything that makes it usable. What failed is still tracked: the next save sends it again and fails again.");

    public static readonly DiagnosticDescriptor RollbackMustNotHideError = Create(
        DiagnosticIds.RollbackMustNotHideError,
        "Rollback hides the original error",
        "'{0}' on '{1}' throws when '{2}' (line {3}) or the server has ended the transaction, and hides the error that was caught",
        "Rollback",
        DiagnosticSeverity.Info,
        "A handler that covers the commit rolls back unguarded. When the failed commit or the server has ended the transaction, the rollback throws, and its exception takes the place of the one that says what happened.");

    public static readonly DiagnosticDescriptor FinishedTransactionMustNotBeUsed = Create(
        DiagnosticIds.FinishedTransactionMustNotBeUsed,
        "Finished transaction is used",
        "'{0}', the transaction from '{1}' (line {2}), has been {3} already on every path that leads here",
        "Rollback",
        DiagnosticSeverity.Warning,
        "A transaction is committed or rolled back although every path has finished it before. The call throws.");

    public static readonly DiagnosticDescriptor SessionMustNotBeStatic = Create(
        DiagnosticIds.SessionMustNotBeStatic,
        "Session is static",
        "The static {0} '{1}' holds a {2}, which is made for one piece of work and one thread at a time",
        "Sharing",
        DiagnosticSeverity.Warning,
        "A static field or property holds a context, connection or transaction. Whatever runs at the same time uses one and the same, and it stays when it is broken, stale or full.");

    public static readonly DiagnosticDescriptor SessionMustNotBeCapturedBySingleton = Create(
        DiagnosticIds.SessionMustNotBeCapturedBySingleton,
        "Session is captured by a singleton",
        "{0}: a {1} serves one piece of work, not the whole application",
        "Sharing",
        DiagnosticSeverity.Warning,
        "A singleton, hosted service or middleware takes a session in its constructor, or a session is registered as a singleton. All requests and threads share it for as long as the application runs.");

    public static readonly DiagnosticDescriptor SessionMustNotBeUsedConcurrently = Create(
        DiagnosticIds.SessionMustNotBeUsedConcurrently,
        "Session is used concurrently",
        "'{0}' starts on '{1}' {2}: a {3} runs one operation at a time",
        "Sharing",
        DiagnosticSeverity.Warning,
        "An operation of a context or connection starts while another one of the same session may still run. Such a session is not thread-safe: it throws, or mixes up the results.");

    public static readonly DiagnosticDescriptor SessionMustNotEscapeToBackground = Create(
        DiagnosticIds.SessionMustNotEscapeToBackground,
        "Session escapes to background work",
        "'{0}' captures '{1}' in work that nobody waits for: the {2} is gone when {3}",
        "Sharing",
        DiagnosticSeverity.Warning,
        "Work that nobody waits for captures a session that ends with the method or the request. The session is disposed while the work still uses it, or before it begins.");

    public static readonly DiagnosticDescriptor SessionMustBeResolvedFromScope = Create(
        DiagnosticIds.SessionMustBeResolvedFromScope,
        "Scoped session is resolved from the root provider",
        "'{0}' is resolved from {1}, without a scope: this {2} stays until the provider is disposed",
        "Sharing",
        DiagnosticSeverity.Warning,
        "A context, connection or transaction is resolved from the root provider, without a scope. It is shared by all who ask for it, and disposed when the application ends.");

    public static readonly DiagnosticDescriptor TransactionMustRunUnderRetryingStrategy = Create(
        DiagnosticIds.TransactionMustRunUnderRetryingStrategy,
        "User transaction under a retrying execution strategy",
        "'{0}' begins a transaction of '{1}', which is configured to retry ({2}, line {3}): the first query or save in it throws",
        "Rollback",
        DiagnosticSeverity.Warning,
        "A transaction is begun for a context whose execution strategy retries, outside the delegate of a strategy. The strategy cannot repeat what it did not begin, and throws.");

    public static readonly DiagnosticDescriptor SessionScopeMustHaveStyle = Create(
        DiagnosticIds.SessionScopeMustHaveStyle,
        "Session scope style",
        "'{0}', a {1}, is disposed by {2}: the convention here is {3}",
        "Conventions",
        DiagnosticSeverity.Warning,
        "The scope of a session is not written in the form that the team has settled: a using declaration, a using statement, or try and finally.");

    public static readonly DiagnosticDescriptor TransactionMustRollBackExplicitly = Create(
        DiagnosticIds.TransactionMustRollBackExplicitly,
        "Explicit rollback required",
        "'{0}', the {1} from '{2}', is rolled back by its disposal alone when the work fails: the convention here is a call of '{3}'",
        "Conventions",
        DiagnosticSeverity.Warning,
        "A transaction relies on its disposal to roll back what failed, although the team has settled that a rollback is written down.");

    public static readonly DiagnosticDescriptor SessionMustComeFromApprovedSource = Create(
        DiagnosticIds.SessionMustComeFromApprovedSource,
        "Session comes from an unapproved source",
        "This {0} comes from '{1}', which is not one of the approved sources",
        "Conventions",
        DiagnosticSeverity.Warning,
        "A context, connection or client session is made or obtained elsewhere than by the members that the team has approved.");

    public static readonly DiagnosticDescriptor CatalogueLineMustBeUnderstood = Create(
        DiagnosticIds.CatalogueLineMustBeUnderstood,
        "Catalogue line cannot be understood",
        "This line is ignored: {0}",
        "Configuration",
        DiagnosticSeverity.Warning,
        "A line of a SessionAnalyzers.*.txt file is not of the catalogue's format. It is ignored; the other lines count.");

    private static DiagnosticDescriptor Create(string id, string title, string message, string category, DiagnosticSeverity severity, string description) =>
        new(id, title, message, category, severity, isEnabledByDefault: true, description, HelpLinkBase + id + ".md");
}
