using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SessionAnalyzers.Flow;

/// <summary>Where the files of a compilation mention a member: their names are remembered per syntax tree, which most changes leave as it is.</summary>
internal static class CallerNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, HashSet<string>> Names = new();

    public static IEnumerable<(SimpleNameSyntax Name, SyntaxTree Tree)> Mentions(Compilation compilation, string member, CancellationToken cancellation)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!NamesOf(tree, cancellation).Contains(member))
            {
                continue;
            }

            foreach (var node in tree.GetRoot(cancellation).DescendantNodes())
            {
                if (node is SimpleNameSyntax name && name.Identifier.ValueText == member)
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return (name, tree);
                }
            }
        }
    }

    private static HashSet<string> NamesOf(SyntaxTree tree, CancellationToken cancellation)
    {
        if (!Names.TryGetValue(tree, out var names))
        {
            names = new(tree.GetRoot(cancellation).DescendantNodes().OfType<SimpleNameSyntax>().Select(static n => n.Identifier.ValueText), StringComparer.Ordinal);
            names = Names.GetValue(tree, _ => names);
        }

        return names;
    }
}
