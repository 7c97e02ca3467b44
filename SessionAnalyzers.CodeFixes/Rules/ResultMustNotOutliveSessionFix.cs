using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Finishes what needs the session before it ends: runs the query, or awaits the task.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ResultMustNotOutliveSessionFix))]
internal sealed class ResultMustNotOutliveSessionFix() : SessionCodeFix(DiagnosticIds.ResultMustNotOutliveSession)
{
    public const string ToListKey = "SES1006.ToList";
    public const string AwaitKey = "SES1006.Await";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (ReturnedResult.Find(draft, cancellation) is not { } result)
        {
            return null;
        }

        if (DetachedTypes.IsTask(result.Type))
        {
            return await AwaitReturnedTask.TryAsync(draft, result, cancellation).ConfigureAwait(false) is { } awaited
                ? new(awaited, $"Make '{result.Method.Name}' async and await its tasks", AwaitKey)
                : null;
        }

        return await MaterializeQuery.TryAsync(draft, result, cancellation).ConfigureAwait(false) is { } run
            ? new(run, "Run the query here with 'ToList'", ToListKey)
            : null;
    }
}
