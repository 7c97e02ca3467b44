using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Leaves a borrowed session to its owner: drops the using, or the call. Only where the owner certainly ends it in time.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BorrowedSessionMustNotBeDisposedFix))]
internal sealed class BorrowedSessionMustNotBeDisposedFix() : SessionCodeFix(DiagnosticIds.BorrowedSessionMustNotBeDisposed)
{
    public const string DropDisposalKey = "SES1010.DropDisposal";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (Property(diagnostic, BorrowedSessionMustNotBeDisposed.CanDrop) is null || draft.Acquisition is not { } place)
        {
            return null;
        }

        if (await RemoveUsing.TryAsync(draft, cancellation).ConfigureAwait(false) is { } dropped)
        {
            return Checked(draft, dropped, cancellation) ? new(dropped, "Remove 'using': the session is borrowed", DropDisposalKey) : null;
        }

        if (place.Parent is not ExpressionStatementSyntax statement || StatementList.Of(statement) is null || Disposals.IsGuardedByCatch(statement))
        {
            return null;
        }

        var edit = draft.Edit();
        RemoveDisposals.AddTo(edit, draft, [statement]);
        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false) is { } bare && Checked(draft, bare, cancellation)
            ? new(bare, "Remove the disposal: the session is borrowed", DropDisposalKey)
            : null;
    }

    /// <summary>The compiler says no more of the member than before. The acquisition itself may be gone with its statement.</summary>
    private static bool Checked(Draft before, Draft after, CancellationToken cancellation)
    {
        var start = Members.Of(before.Acquisition!).SpanStart;
        var member = Members.Of(after.Root.FindToken(Math.Min(start, after.Root.FullSpan.End - 1)).Parent!);
        return CompileCheck.Allows(before, Members.Of(before.Acquisition!), after, member, cancellation);
    }
}
