using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers;

/// <summary>What a fix makes of a document, under the title and the key that the user sees.</summary>
internal sealed record FixedDraft(Draft Draft, string Title, string Key);

/// <summary>
/// A code fix of session rules. Each diagnostic gets one action at most, the safest that is certain; what is offered for one is what
/// fixing all of them does, for both come from the same method.
/// </summary>
internal abstract class SessionCodeFix(string id) : CodeFixProvider
{
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(id);

    public sealed override FixAllProvider GetFixAllProvider() => new SessionFixAllProvider(this);

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var targets = ImmutableArray.Create<TextSpan?>(diagnostic.Location.SourceSpan);
            var draft = await Draft.CreateAsync(context.Document, targets, context.CancellationToken).ConfigureAwait(false);
            if (draft is not null && await TryFixAsync(draft, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } done)
            {
                context.RegisterCodeFix(CodeAction.Create(done.Title, _ => Task.FromResult(done.Draft.Document), done.Key), diagnostic);
            }
        }
    }

    /// <summary>The draft without the diagnostic in hand, or null where no rewrite is certain.</summary>
    public async Task<FixedDraft?> TryFixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } acquisition || Members.Of(acquisition).ContainsDiagnostics)
        {
            // Gone meanwhile, or in code that is being typed.
            return null;
        }

        try
        {
            return await FixAsync(draft, diagnostic, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fix that throws takes the whole menu of an editor, or the whole run of a tool, with it.
            return null;
        }
    }

    protected abstract Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation);

    /// <summary>True where fix all goes through a document from its start: names are then counted in reading order.</summary>
    public virtual bool FixesFromStart => false;

    protected static string? Property(Diagnostic diagnostic, string name) =>
        diagnostic.Properties.TryGetValue(name, out var value) ? value : null;
}
