using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Creates a scope around the uses of a session that is resolved from the root provider.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustBeResolvedFromScopeFix))]
internal sealed class SessionMustBeResolvedFromScopeFix() : SessionCodeFix(DiagnosticIds.SessionMustBeResolvedFromScope)
{
    public const string CreateScopeKey = "SES4005.CreateScope";

    public override bool FixesFromStart => true;

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        await CreateScope.TryAsync(draft, cancellation).ConfigureAwait(false) is { } scoped ? new(scoped, "Create a scope for it", CreateScopeKey) : null;
}
