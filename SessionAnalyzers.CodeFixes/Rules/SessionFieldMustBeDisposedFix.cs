using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>Ends the session in a field where its type ends, and makes the type disposable where it is not.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionFieldMustBeDisposedFix))]
internal sealed class SessionFieldMustBeDisposedFix() : SessionCodeFix(DiagnosticIds.SessionFieldMustBeDisposed)
{
    public const string DisposeFieldKey = "SES1009.DisposeField";

    public override bool FixesFromStart => true;

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (Property(diagnostic, LeakMessages.Variable) is not { } name || OwnedField.Find(draft, name, cancellation) is not { } field)
        {
            return null;
        }

        if (DisposeField.HasPlace(draft, field, cancellation))
        {
            // What lives on another session ends before it.
            var comesFirst = Property(diagnostic, LeakMessages.Kind) is "transaction" or "reader" or "command" or "bulk writer";
            return await DisposeField.TryAsync(draft, field, comesFirst, cancellation).ConfigureAwait(false) is var (disposed, places)
                && Accept(disposed) is { } accepted
                ? new(accepted, $"Dispose '{name}' in {places}", DisposeFieldKey)
                : null;
        }

        return Accept(await ImplementDisposable.TryAsync(draft, field, cancellation).ConfigureAwait(false)) is { } disposable
            ? new(disposable, $"Make '{field.Owner.Name}' disposable and dispose '{name}'", DisposeFieldKey)
            : null;

        Draft? Accept(Draft? after) =>
            CompileCheck.AcceptType(draft, after, cancellation) is { } accepted && OwnedField.Find(accepted, name, cancellation) is null
                ? accepted
                : null;
    }
}
