using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>Disposes a session that its factory or constructor loses when something throws, and throws on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FactoryMustDisposeWhenItFailsFix))]
internal sealed class FactoryMustDisposeWhenItFailsFix() : SessionCodeFix(DiagnosticIds.FactoryMustDisposeWhenItFails)
{
    public const string DisposeInCatchKey = "SES1004.DisposeInCatch";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        Property(diagnostic, LeakMessages.Variable) is { } variable
        && (HeldSession.Find(draft, cancellation)?.Local.Name ?? variable) == variable
        && await DisposeInCatch.TryAsync(draft, cancellation).ConfigureAwait(false) is { } done
            ? new(done, $"Dispose '{variable}' in 'catch' when what follows fails", DisposeInCatchKey)
            : null;
}
