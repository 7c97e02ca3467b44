using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>Disposes a reader, command or bulk writer, and gives it a name where it has none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReaderMustBeDisposedFix))]
internal sealed class ReaderMustBeDisposedFix() : LeakFix(DiagnosticIds.ReaderMustBeDisposed, UsingKey, TryFinallyKey, mayBeDisposed: false)
{
    public const string UsingKey = "SES1013.Using";
    public const string TryFinallyKey = "SES1013.TryFinally";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (Property(diagnostic, LeakMessages.Variable) is null)
        {
            var kind = Property(diagnostic, LeakMessages.Kind);
            if (await IntroduceUsingVariable.TryAsync(draft, kind, cancellation).ConfigureAwait(false) is { } introduced)
            {
                return new(introduced.Draft, $"Dispose with new 'using' variable '{introduced.Name}'", UsingKey);
            }
        }

        return await base.FixAsync(draft, diagnostic, cancellation).ConfigureAwait(false);
    }
}
