namespace SessionAnalyzers;

/// <summary>
/// The public names of the rules. Thousands by subject: 1 lifetime, 2 commit, 3 rollback, 4 sharing, 5 conventions of the team,
/// 9 mistakes in the user's configuration. An id is never used for a second rule.
/// </summary>
internal static class DiagnosticIds
{
    public const string SessionMustBeDisposed = "SES1001";
    public const string SessionMustBeDisposedOnException = "SES1002";
    public const string FactoryMustSayWhoDisposes = "SES1003";
    public const string FactoryMustDisposeWhenItFails = "SES1004";
    public const string ReturnedSessionMustBeAlive = "SES1005";
    public const string ResultMustNotOutliveSession = "SES1006";
    public const string TemporarySessionMustBeDisposed = "SES1007";
    public const string SessionMustBeDisposedBeforeOverwrite = "SES1008";
    public const string SessionFieldMustBeDisposed = "SES1009";
    public const string BorrowedSessionMustNotBeDisposed = "SES1010";
    public const string DisposedSessionMustNotBeUsed = "SES1011";
    public const string OpenedConnectionMustBeClosed = "SES1012";
    public const string ReaderMustBeDisposed = "SES1013";
    public const string SessionSourceMustBeShared = "SES1014";
    public const string CommitMustNotRunInLoop = "SES2001";
    public const string TransactionMustBeCommitted = "SES2002";
    public const string WorkMustBeCommittedAtOnce = "SES2003";
    public const string CommitMustBeAwaited = "SES2004";
    public const string ChangesMustBeSaved = "SES2005";
    public const string CommitMustNotRunAfterFailure = "SES2006";
    public const string CommandMustUseTransaction = "SES2007";
    public const string CommitResultMustBeChecked = "SES2008";
    public const string TransactionScopeMustFlowAcrossAwait = "SES2009";
    public const string TransactionMustRollBackOnFailure = "SES3001";
    public const string FailureMustNotBeSwallowed = "SES3002";
    public const string SessionMustNotBeReusedAfterFailure = "SES3003";
    public const string RollbackMustNotHideError = "SES3004";
    public const string FinishedTransactionMustNotBeUsed = "SES3005";
    public const string TransactionMustRunUnderRetryingStrategy = "SES3006";
    public const string SessionMustNotBeStatic = "SES4001";
    public const string SessionMustNotBeCapturedBySingleton = "SES4002";
    public const string SessionMustNotBeUsedConcurrently = "SES4003";
    public const string SessionMustNotEscapeToBackground = "SES4004";
    public const string SessionMustBeResolvedFromScope = "SES4005";
    public const string SessionScopeMustHaveStyle = "SES5001";
    public const string TransactionMustRollBackExplicitly = "SES5002";
    public const string SessionMustComeFromApprovedSource = "SES5003";
    public const string CatalogueLineMustBeUnderstood = "SES9001";
}
