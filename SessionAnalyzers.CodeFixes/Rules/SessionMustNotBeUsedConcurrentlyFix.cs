using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Lets the operations of a session run one after the other: awaits the one that runs before the next one starts, or makes a loop of what
/// runs for several items at once. Where the author wants them to run at once, each needs a session of its own, which nobody else can decide.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustNotBeUsedConcurrentlyFix))]
internal sealed class SessionMustNotBeUsedConcurrentlyFix() : SessionCodeFix(DiagnosticIds.SessionMustNotBeUsedConcurrently)
{
    public const string AwaitInTurnKey = "SES4003.AwaitInTurn";
    public const string ForeachKey = "SES4003.Foreach";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (Property(diagnostic, LeakMessages.Variable) is { } task)
        {
            return await AwaitAtStart.TryAsync(draft, task, cancellation).ConfigureAwait(false) is { } started
                ? new FixedDraft(started, $"Await '{task}' where it is started", AwaitInTurnKey)
                : await InTurnAsync().ConfigureAwait(false);
        }

        return await InTurnAsync().ConfigureAwait(false)
            ?? (await AwaitInLoop.TryAsync(draft, cancellation).ConfigureAwait(false) is { } awaited ? new FixedDraft(awaited, "Await in the loop", AwaitInTurnKey) : null)
            ?? (await LoopInTurn.TryAsync(draft, cancellation).ConfigureAwait(false) is { } loop ? new FixedDraft(loop, "Go through the items in a loop", ForeachKey) : null);

        async Task<FixedDraft?> InTurnAsync() =>
            await AwaitListInTurn.TryAsync(draft, cancellation).ConfigureAwait(false) is { } list ? new FixedDraft(list, "Await one after the other", AwaitInTurnKey) : null;
    }
}
