using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace SessionAnalyzers.Test.Verification;

/// <summary>
/// Passes on what a provider registers, and fails where a client would: on a provider that throws, on a group of actions,
/// and on actions whose equivalence keys are empty or the same. The kit checks none of these.
/// </summary>
internal sealed class CheckedCodeFixProvider(CodeFixProvider inner) : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => inner.FixableDiagnosticIds;

    private string Name => inner.GetType().Name;

    public override FixAllProvider? GetFixAllProvider() => inner.GetFixAllProvider();

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var registered = new List<(CodeAction Action, ImmutableArray<Diagnostic> Diagnostics)>();
        var listening = new CodeFixContext(
            context.Document,
            context.Span,
            context.Diagnostics,
            (action, diagnostics) => registered.Add((action, diagnostics)),
            context.CancellationToken);
        try
        {
            await inner.RegisterCodeFixesAsync(listening);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{Name} throws in RegisterCodeFixesAsync: an editor would show no action", exception);
        }

        Check([.. registered.Select(static each => each.Action)]);
        foreach (var (action, diagnostics) in registered)
        {
            context.RegisterCodeFix(action, diagnostics);
        }
    }

    private void Check(ImmutableArray<CodeAction> actions)
    {
        if (actions.FirstOrDefault(static each => !NestedActions.Of(each).IsDefaultOrEmpty) is { } group)
        {
            throw new InvalidOperationException($"{Name} offers the nested actions of '{group.Title}', command line clients stop at them");
        }

        if (actions.FirstOrDefault(static each => string.IsNullOrEmpty(each.EquivalenceKey)) is { } nameless)
        {
            throw new InvalidOperationException($"{Name} offers '{nameless.Title}' without an equivalence key");
        }

        if (actions.GroupBy(static each => each.EquivalenceKey).FirstOrDefault(static same => same.Count() > 1) is { } same)
        {
            throw new InvalidOperationException(
                $"{Name} offers several actions with the equivalence key '{same.Key}', clients show one of them");
        }
    }
}
