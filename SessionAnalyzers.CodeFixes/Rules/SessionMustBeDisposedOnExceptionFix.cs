namespace SessionAnalyzers.Rules;

/// <summary>Disposes a session on every path that so far is disposed only when nothing throws; the explicit disposal goes away.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustBeDisposedOnExceptionFix))]
internal sealed class SessionMustBeDisposedOnExceptionFix()
    : LeakFix(DiagnosticIds.SessionMustBeDisposedOnException, UsingKey, TryFinallyKey, mayBeDisposed: true)
{
    public const string UsingKey = "SES1002.Using";
    public const string TryFinallyKey = "SES1002.TryFinally";
}
