namespace SessionAnalyzers.Rules;

/// <summary>Disposes a transaction on every path: that rolls back what was not committed, and does nothing after the commit.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TransactionMustRollBackOnFailureFix))]
internal sealed class TransactionMustRollBackOnFailureFix()
    : LeakFix(DiagnosticIds.TransactionMustRollBackOnFailure, UsingKey, TryFinallyKey, mayBeDisposed: true)
{
    public const string UsingKey = "SES3001.Using";
    public const string TryFinallyKey = "SES3001.TryFinally";
}
