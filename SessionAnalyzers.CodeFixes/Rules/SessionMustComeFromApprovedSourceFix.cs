using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Obtains a session from the approved source that is at hand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustComeFromApprovedSourceFix))]
internal sealed class SessionMustComeFromApprovedSourceFix() : SessionCodeFix(DiagnosticIds.SessionMustComeFromApprovedSource)
{
    public const string ReplaceKey = "SES5003.Replace";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        await ReplaceSource.TryAsync(draft, cancellation).ConfigureAwait(false) is var (done, source)
            ? new(done, $"Call '{source}' instead", ReplaceKey)
            : null;
}
