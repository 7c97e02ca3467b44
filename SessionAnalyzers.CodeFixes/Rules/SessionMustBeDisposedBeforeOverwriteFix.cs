using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Ends a session whose variable gets another: with a using variable inside the loop, else before the assignment.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustBeDisposedBeforeOverwriteFix))]
internal sealed class SessionMustBeDisposedBeforeOverwriteFix() : SessionCodeFix(DiagnosticIds.SessionMustBeDisposedBeforeOverwrite)
{
    public const string UsingInLoopKey = "SES1008.UsingInLoop";
    public const string DisposeBeforeKey = "SES1008.DisposeBefore";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not AssignmentExpressionSyntax { Left: var variable })
        {
            return null;
        }

        // The session of the round before is overwritten by the same assignment that acquired it.
        if (diagnostic.AdditionalLocations is { Count: > 0 } acquired && diagnostic.Location.SourceSpan.Contains(acquired[0].SourceSpan)
            && await MoveIntoLoopAsync(draft, cancellation).ConfigureAwait(false) is { } scoped)
        {
            return new(scoped, $"Declare '{variable}' inside the loop with 'using'", UsingInLoopKey);
        }

        return await DisposeBeforeAssignment.TryAsync(draft, cancellation).ConfigureAwait(false) is { } disposed
            ? new(disposed, $"Dispose '{variable}' before it is overwritten", DisposeBeforeKey)
            : null;
    }

    private static async Task<Draft?> MoveIntoLoopAsync(Draft draft, CancellationToken cancellation) =>
        await MoveDeclaration.TryAsync(draft, outOfTry: true, cancellation).ConfigureAwait(false) is { } moved
            ? CompileCheck.Accept(draft, await DisposeWithUsing.TryAsync(moved, false, cancellation).ConfigureAwait(false), cancellation)
            : null;
}
