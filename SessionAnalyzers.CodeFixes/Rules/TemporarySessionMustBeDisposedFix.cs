using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>Gives a session that is used without a name a using variable.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TemporarySessionMustBeDisposedFix))]
internal sealed class TemporarySessionMustBeDisposedFix() : SessionCodeFix(DiagnosticIds.TemporarySessionMustBeDisposed)
{
    public const string UsingKey = "SES1007.Using";

    public override bool FixesFromStart => true;

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var kind = Property(diagnostic, LeakMessages.Kind);
        return await IntroduceUsingVariable.TryAsync(draft, kind, cancellation).ConfigureAwait(false) is { } introduced
            ? new(introduced.Draft, $"Dispose with new 'using' variable '{introduced.Name}'", UsingKey)
            : null;
    }
}
