using System.Text.RegularExpressions;

namespace SessionAnalyzers.Editing;

/// <summary>Finds what surrounds a node.</summary>
internal static class Members
{
    /// <summary>The member that holds a node; for a top-level statement, the file.</summary>
    public static SyntaxNode Of(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(static n => n is MemberDeclarationSyntax and not GlobalStatementSyntax)
        ?? node.SyntaxTree.GetRoot();

    public static bool IsFunction(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax;

    /// <summary>True where control can be sent to a statement by name, which no rewrite here takes into account.</summary>
    public static bool HasLabels(SyntaxNode node) =>
        Of(node).DescendantNodes().Any(static n => n.Kind() is SyntaxKind.LabeledStatement or SyntaxKind.GotoStatement);

    /// <summary>The expression that passes the result of a task on, or waits for it, by a member of the task.</summary>
    public static ExpressionSyntax? OfTask(MemberAccessExpressionSyntax member) => member switch
    {
        { Name.Identifier.ValueText: "Result" } => member,
        { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" or "WaitAsync", Parent: InvocationExpressionSyntax call } => call,
        { Name.Identifier.ValueText: "GetAwaiter", Parent: InvocationExpressionSyntax { Parent: MemberAccessExpressionSyntax awaiter } } =>
            awaiter is { Name.Identifier.ValueText: "GetResult", Parent: InvocationExpressionSyntax result } ? result : null,
        _ => null,
    };

    /// <summary>True where a name stands in a branch that this compilation leaves out.</summary>
    public static bool IsMentionedInDisabledText(SyntaxNode scope, string name) =>
        scope.ContainsDirectives
        && scope.DescendantTrivia().Any(t => t.IsKind(SyntaxKind.DisabledTextTrivia) && Regex.IsMatch(t.ToString(), $@"\b{name}\b"));
}
