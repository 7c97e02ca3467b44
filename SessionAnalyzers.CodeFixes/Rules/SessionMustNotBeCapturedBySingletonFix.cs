using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Registers a session for each scope that is registered as a singleton. Singletons that keep a session are left to the author.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustNotBeCapturedBySingletonFix))]
internal sealed class SessionMustNotBeCapturedBySingletonFix() : SessionCodeFix(DiagnosticIds.SessionMustNotBeCapturedBySingleton)
{
    public const string ScopedKey = "SES4002.Scoped";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        diagnostic.Properties.ContainsKey(SessionMustNotBeCapturedBySingleton.RegisteredProperty) && await RegisterScoped.TryAsync(draft, cancellation).ConfigureAwait(false) is { } scoped
            ? new(scoped, "Register the session for each scope", ScopedKey)
            : null;
}
