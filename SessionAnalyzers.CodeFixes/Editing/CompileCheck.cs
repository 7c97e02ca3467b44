namespace SessionAnalyzers.Editing;

/// <summary>The last safety net: a rewrite after which the compiler has more to say about the member than before is not offered.</summary>
internal static class CompileCheck
{
    public static Draft? Accept(Draft before, Draft? after, CancellationToken cancellation) =>
        Accept(before, after, Members.Of, cancellation);

    /// <summary>As <see cref="Accept(Draft, Draft?, CancellationToken)"/>, for a rewrite that changes other members of the type.</summary>
    public static Draft? AcceptType(Draft before, Draft? after, CancellationToken cancellation) =>
        Accept(before, after, static n => n.Ancestors().OfType<TypeDeclarationSyntax>().LastOrDefault() ?? n.SyntaxTree.GetRoot(), cancellation);

    private static Draft? Accept(Draft before, Draft? after, Func<SyntaxNode, SyntaxNode> scope, CancellationToken cancellation)
    {
        if (after?.Acquisition is not { } fixedNode || before.Acquisition is not { } node || after.Text.ContentEquals(before.Text))
        {
            return null;
        }

        return Allows(before, scope(node), after, scope(fixedNode), cancellation) ? after : null;
    }

    /// <summary>For a rewrite after which the node itself may be gone: compares the members that hold it, apart from one id if asked.</summary>
    public static bool Allows(
        Draft before, SyntaxNode member, Draft after, SyntaxNode fixedMember, CancellationToken cancellation, string? except = null)
    {
        var old = Count(before, member, cancellation);
        return Count(after, fixedMember, cancellation).All(now => now.Key == except || (old.TryGetValue(now.Key, out var count) && count >= now.Value));
    }

    private static Dictionary<string, int> Count(Draft draft, SyntaxNode member, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var diagnostic in draft.Model.GetDiagnostics(member.Span, cancellation))
        {
            if (diagnostic.Severity >= DiagnosticSeverity.Warning || diagnostic.IsWarningAsError)
            {
                counts.TryGetValue(diagnostic.Id, out var count);
                counts[diagnostic.Id] = count + 1;
            }
        }

        return counts;
    }
}
