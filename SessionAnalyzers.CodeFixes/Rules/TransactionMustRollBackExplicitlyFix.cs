using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Adds the catch that rolls a transaction back and throws on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TransactionMustRollBackExplicitlyFix))]
internal sealed class TransactionMustRollBackExplicitlyFix() : SessionCodeFix(DiagnosticIds.TransactionMustRollBackExplicitly)
{
    public const string RollBackKey = "SES5002.RollBack";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        await AddRollback.TryAsync(draft, cancellation).ConfigureAwait(false) is var (done, call)
            ? new(done, $"Call '{call.TrimEnd(';')}' when the work fails", RollBackKey)
            : null;
}
