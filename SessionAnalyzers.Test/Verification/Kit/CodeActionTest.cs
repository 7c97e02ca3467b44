using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using SessionAnalyzers.Test.Verification;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>The part of a test that chooses an action and carries it out, as an editor would.</summary>
public abstract class CodeActionTest<TVerifier> : AnalyzerTest<TVerifier>
    where TVerifier : IVerifier, new()
{
    public int? CodeActionIndex { get; set; }

    public string? CodeActionEquivalenceKey { get; set; }

    public Action<CodeAction, IVerifier>? CodeActionVerifier { get; set; }

    public CodeActionValidationMode CodeActionValidationMode { get; set; } = CodeActionValidationMode.SemanticStructure;

    protected virtual ImmutableArray<CodeAction> FilterCodeActions(ImmutableArray<CodeAction> actions) => actions;

    private protected CodeAction? Choose(IEnumerable<CodeAction> offered, IVerifier verifier)
    {
        var actions = FilterCodeActions([.. offered.SelectMany(NestedActions.Flatten)]);
        var byKey = actions.FirstOrDefault(each => each.EquivalenceKey == CodeActionEquivalenceKey);
        var byIndex = actions.ElementAtOrDefault(CodeActionIndex ?? 0);
        var chosen = CodeActionEquivalenceKey is null ? byIndex : byKey;
        if (CodeActionEquivalenceKey is not null && CodeActionIndex is not null && byKey != byIndex)
        {
            verifier.Fail($"Index {CodeActionIndex} and equivalence key '{CodeActionEquivalenceKey}' name different actions");
        }

        if (chosen is not null)
        {
            CodeActionVerifier?.Invoke(chosen, verifier);
        }

        return chosen;
    }

    /// <summary>
    /// The solution that the action leads to, its trees parsed anew from their texts; nothing if the action changes no file.
    /// The second part is what is wrong with the trees that the action made, if anything.
    /// </summary>
    private protected async Task<(Solution? Result, string? TreeError)> ApplyAsync(
        Solution before,
        CodeAction action,
        IVerifier verifier,
        CancellationToken cancellationToken)
    {
        var operations = await action.GetOperationsAsync(cancellationToken);
        if (operations.OfType<ApplyChangesOperation>().ToList() is not [var apply])
        {
            verifier.Fail($"The action '{action.Title}' should change the solution in one operation, it has {operations.Length}");
            return default;
        }

        string? treeError = null;
        var result = await DocumentChanges.CarryOverAsync(before, apply.ChangedSolution, CheckTree, verifier, cancellationToken);
        return (result, treeError);

        void CheckTree(string name, SyntaxNode made, SyntaxNode parsed)
        {
            if (treeError is null
                && CodeActionValidationMode != CodeActionValidationMode.None
                && SyntaxShape.Difference(made, parsed, CodeActionValidationMode == CodeActionValidationMode.Full) is { } difference)
            {
                treeError = $"The tree that '{action.Title}' makes of '{name}' is not the one that its text parses to: {difference}";
            }
        }
    }
}
