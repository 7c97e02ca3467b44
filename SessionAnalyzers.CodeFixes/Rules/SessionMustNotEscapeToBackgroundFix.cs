using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Gives background work a session of its own, where a factory for it is at hand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustNotEscapeToBackgroundFix))]
internal sealed class SessionMustNotEscapeToBackgroundFix() : SessionCodeFix(DiagnosticIds.SessionMustNotEscapeToBackground)
{
    public const string OwnSessionKey = "SES4004.OwnSession";

    public override bool FixesFromStart => true;

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        await OwnSession.TryAsync(draft, cancellation).ConfigureAwait(false) is var (own, source) ? new(own, $"Make a session of its own inside the work, with '{source}'", OwnSessionKey) : null;
}
