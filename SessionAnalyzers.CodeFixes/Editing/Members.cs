namespace SessionAnalyzers.Editing;

/// <summary>Finds what surrounds a node.</summary>
internal static class Members
{
    /// <summary>The member that holds a node; for a top-level statement, the file.</summary>
    public static SyntaxNode Of(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(static n => n is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? node.SyntaxTree.GetRoot();

    /// <summary>True where control can be sent to a statement by name, which no rewrite here takes into account.</summary>
    public static bool HasLabels(SyntaxNode node) => Of(node).DescendantNodes().Any(static n => n is LabeledStatementSyntax or GotoStatementSyntax { RawKind: (int)SyntaxKind.GotoStatement });

    /// <summary>True where a name stands in a branch that this compilation leaves out.</summary>
    public static bool IsMentionedInDisabledText(SyntaxNode scope, string name) =>
        scope.ContainsDirectives && scope.DescendantTrivia().Any(t => t.IsKind(SyntaxKind.DisabledTextTrivia) && t.ToString().Contains(name));
}
