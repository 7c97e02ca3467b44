namespace Microsoft.CodeAnalysis.Testing;

/// <summary>
/// Compares the tree that an action made with the one that its text parses to. Later actions would see the first
/// in an editor, and the second after the file has been opened again.
/// </summary>
internal static class SyntaxShape
{
    /// <summary>The first difference, or nothing.</summary>
    public static string? Difference(SyntaxNode made, SyntaxNode parsed, bool withTrivia)
    {
        if (made.RawKind != parsed.RawKind)
        {
            return $"a {made.GetType().Name} was made where a {parsed.GetType().Name} is read: {made}";
        }

        var parts = made.ChildNodesAndTokens();
        var others = parsed.ChildNodesAndTokens();
        for (var i = 0; i < Math.Max(parts.Count, others.Count); i++)
        {
            if (i >= parts.Count || i >= others.Count || parts[i].IsNode != others[i].IsNode)
            {
                return $"the {made.GetType().Name} is read in other parts than it was made of: {made}";
            }

            var difference = parts[i].AsNode() is { } node
                ? Difference(node, others[i].AsNode()!, withTrivia)
                : Difference(parts[i].AsToken(), others[i].AsToken(), withTrivia);
            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? Difference(SyntaxToken made, SyntaxToken parsed, bool withTrivia)
    {
        if (made.RawKind != parsed.RawKind || made.Text != parsed.Text || made.IsMissing != parsed.IsMissing)
        {
            return $"the token '{made}' is read as '{parsed}'";
        }

        return !withTrivia || (IsSame(made.LeadingTrivia, parsed.LeadingTrivia) && IsSame(made.TrailingTrivia, parsed.TrailingTrivia))
            ? null
            : $"the trivia of the token '{made}' belong to its neighbour when they are read";
    }

    private static bool IsSame(SyntaxTriviaList made, SyntaxTriviaList parsed) =>
        made.Select(static each => (each.RawKind, each.ToFullString()))
            .SequenceEqual(parsed.Select(static each => (each.RawKind, each.ToFullString())));
}
