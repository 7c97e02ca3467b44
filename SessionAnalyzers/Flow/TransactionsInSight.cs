using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Looks for transactions around a member, by the words that begin or take one. With a transaction in sight, a save only sends the work,
/// or the author has decided about the pieces.
/// </summary>
internal static class TransactionsInSight
{
    private static readonly string[] Words = ["BeginTransaction", "BeginTransactionAsync", "TransactionScope", "UseTransaction", "UseTransactionAsync", "CurrentTransaction", "EnlistTransaction", "CreateExecutionStrategy", "StartTransaction"];

    private static readonly ConditionalWeakTable<SyntaxTree, object> Mentioning = new();
    private static readonly object Yes = new();
    private static readonly object No = new();

    /// <summary>True where a member mentions a transaction, is passed one, or is of a type that holds one.</summary>
    public static bool In(ISymbol member, SyntaxNode inside, SessionSymbols symbols, CancellationToken cancellation)
    {
        if (member is IMethodSymbol method && method.Parameters.Any(p => IsTransaction(p.Type)))
        {
            return true;
        }

        return member.ContainingType.GetMembers().Any(m => m is IFieldSymbol field && IsTransaction(field.Type)) || Mentions(MemberOf(inside, cancellation));

        bool IsTransaction(ITypeSymbol type) => symbols.TypeOf(type) is { Kind: SessionKind.Transaction or SessionKind.Ambient };
    }

    /// <summary>
    /// True where a member with a transaction calls this one by its name, an attribute speaks of a transaction, or something that wraps
    /// what comes after it (middleware, a filter, a behavior) begins one.
    /// </summary>
    public static bool Around(ISymbol member, Compilation compilation, CancellationToken cancellation)
    {
        if (IsMarked(member) || IsMarked(member.ContainingType))
        {
            return true;
        }

        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!MayMention(tree, cancellation))
            {
                continue;
            }

            var text = tree.GetText(cancellation);
            if (SourceTexts.Contains(text, "next(", "Next(", "next.Invoke", "Next.Invoke") && Mentions(tree.GetRoot(cancellation)))
            {
                return true;
            }

            if (SourceTexts.Contains(text, member.Name) && NamesOf(member.ContainingType).Any(n => SourceTexts.Contains(text, n))
                && tree.GetRoot(cancellation).DescendantNodes(static n => n is not BlockSyntax).Any(n => n is BaseMethodDeclarationSyntax && Mentions(n) && Calls(n, member.Name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The member around a node, or all of the file for top-level statements.</summary>
    private static SyntaxNode MemberOf(SyntaxNode node, CancellationToken cancellation) =>
        node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } declaration and not GlobalStatementSyntax ? declaration : node.SyntaxTree.GetRoot(cancellation);

    /// <summary>True where code uses one of the words.</summary>
    public static bool Mentions(SyntaxNode node) =>
        node.DescendantTokens().Any(static t => t.IsKind(SyntaxKind.IdentifierToken) && (Array.IndexOf(Words, t.ValueText) >= 0 || t.ValueText.IndexOf("InTransaction", StringComparison.Ordinal) >= 0));

    private static bool Calls(SyntaxNode node, string name) => node.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == name);

    private static IEnumerable<string> NamesOf(INamedTypeSymbol type) => type.AllInterfaces.Select(static i => i.Name).Prepend(type.Name);

    private static bool IsMarked(ISymbol symbol) =>
        symbol.GetAttributes().Any(static a => a.AttributeClass is { Name: var name } && (name.IndexOf("Transaction", StringComparison.Ordinal) >= 0 || name.IndexOf("UnitOfWork", StringComparison.Ordinal) >= 0));

    private static bool MayMention(SyntaxTree tree, CancellationToken cancellation)
    {
        if (!Mentioning.TryGetValue(tree, out var answer))
        {
            answer = SourceTexts.Contains(tree.GetText(cancellation), "Transaction", "ExecutionStrategy") ? Yes : No;
            Mentioning.GetValue(tree, _ => answer);
        }

        return answer == Yes;
    }
}
