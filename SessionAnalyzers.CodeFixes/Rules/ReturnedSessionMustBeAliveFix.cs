using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>Lets a session live that is returned or stored, and disposes it only when what comes before that fails.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReturnedSessionMustBeAliveFix))]
internal sealed class ReturnedSessionMustBeAliveFix() : SessionCodeFix(DiagnosticIds.ReturnedSessionMustBeAlive)
{
    public const string DropUsingKey = "SES1005.DropUsing";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (Property(diagnostic, LeakMessages.Variable) is not { } name
            || await DropUsing.TryAsync(draft, name, cancellation).ConfigureAwait(false) is not var (done, catches))
        {
            return null;
        }

        var title = catches ? $"Replace the 'using' of '{name}' by a disposal in 'catch'" : $"Drop the 'using' of '{name}'";
        return new(done, title, DropUsingKey);
    }
}
