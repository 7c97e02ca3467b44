using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Disposes a reader, command or bulk writer, and gives it a name where it has none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReaderMustBeDisposedFix))]
internal sealed class ReaderMustBeDisposedFix() : LeakFix(DiagnosticIds.ReaderMustBeDisposed, UsingKey, TryFinallyKey, mayBeDisposed: false)
{
    public const string UsingKey = "SES1013.Using";
    public const string TryFinallyKey = "SES1013.TryFinally";

    public override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (Property(diagnostic, "variable") is null
            && await IntroduceUsingVariable.TryAsync(draft, Property(diagnostic, "kind"), cancellation).ConfigureAwait(false) is { } introduced)
        {
            return new(introduced.Draft, $"Dispose with new 'using' variable '{introduced.Name}'", UsingKey);
        }

        return await base.FixAsync(draft, diagnostic, cancellation).ConfigureAwait(false);
    }
}
