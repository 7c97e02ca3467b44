namespace SessionAnalyzers.Rules;

/// <summary>Disposes a session that some path leaves open.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustBeDisposedFix))]
internal sealed class SessionMustBeDisposedFix()
    : LeakFix(DiagnosticIds.SessionMustBeDisposed, UsingKey, TryFinallyKey, mayBeDisposed: false)
{
    public const string UsingKey = "SES1001.Using";
    public const string TryFinallyKey = "SES1001.TryFinally";
}
