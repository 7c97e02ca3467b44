using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Closes a connection on every path: its only closing goes into a finally around the work.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OpenedConnectionMustBeClosedFix))]
internal sealed class OpenedConnectionMustBeClosedFix() : SessionCodeFix(DiagnosticIds.OpenedConnectionMustBeClosed)
{
    public const string TryFinallyKey = "SES1012.TryFinally";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        await CloseInFinally.TryAsync(draft, cancellation).ConfigureAwait(false) is { } guarded ? new(guarded, "Close in 'finally'", TryFinallyKey) : null;
}
