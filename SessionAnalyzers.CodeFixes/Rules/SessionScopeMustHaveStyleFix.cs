using SessionAnalyzers.Conventions;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Writes the scope of a session in the form that the team has settled.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionScopeMustHaveStyleFix))]
internal sealed class SessionScopeMustHaveStyleFix() : SessionCodeFix(DiagnosticIds.SessionScopeMustHaveStyle)
{
    public const string RewriteKey = "SES5001.Rewrite";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation) =>
        draft.Conventions.ScopeStyle is { } style && ConvertScope.Find(draft) is { } scope
        && await ConvertScope.TryAsync(draft, style, cancellation).ConfigureAwait(false) is { } done
            ? new(done, $"Dispose '{scope.Name}' by {TeamConventions.NameOf(style)}", RewriteKey)
            : null;
}
