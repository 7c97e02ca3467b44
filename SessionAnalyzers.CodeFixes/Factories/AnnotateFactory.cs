using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Factories;

/// <summary>Writes the contract of a factory down: [MustDisposeResource], where its annotations are referenced and fit the member.</summary>
internal static class AnnotateFactory
{
    private const string Attribute = "JetBrains.Annotations.MustDisposeResourceAttribute";

    private static readonly SymbolDisplayFormat WithoutSuffix =
        SymbolDisplayFormat.MinimallyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.RemoveAttributeSuffix);

    public static async Task<Solution?> TryAsync(Solution solution, FactoryMember factory, CancellationToken cancellation)
    {
        if (await factory.InAsync(solution, cancellation).ConfigureAwait(false) is not { DeclaringSyntaxReferences: { Length: 1 } declarations } member
            || await declarations[0].GetSyntaxAsync(cancellation).ConfigureAwait(false) is not MemberDeclarationSyntax declaration
            || Sources.Editable(solution.GetDocument(declaration.SyntaxTree)) is not { } document
            || await Draft.CreateAsync(document, ImmutableArray<TextSpan?>.Empty, cancellation).ConfigureAwait(false) is not { } draft
            || draft.Model.Compilation.GetTypeByMetadataName(Attribute) is not { } attribute
            || !draft.Model.Compilation.IsSymbolAccessibleWithin(attribute, member.ContainingType)
            || !Fits(attribute, member is IPropertySymbol ? AttributeTargets.Property : AttributeTargets.Method))
        {
            return null;
        }

        var position = declaration.AttributeLists.LastOrDefault() is { } last
            ? last.GetLastToken().GetNextToken().SpanStart
            : declaration.SpanStart;
        var separator = draft.Layout.IsFirstOnLine(position) ? draft.Layout.NewLine + draft.Layout.IndentAt(position) : " ";
        var minimal = attribute.ToMinimalDisplayString(draft.Model, position, WithoutSuffix);

        // The shorter name may be somebody else's here.
        foreach (var name in new[] { minimal, "global::JetBrains.Annotations.MustDisposeResource" })
        {
            var edit = draft.Edit();
            edit.Insert(position, $"[{name}]{separator}");
            if (await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false) is { } annotated
                && await factory.InAsync(annotated.Document.Project.Solution, cancellation).ConfigureAwait(false) is { DeclaringSyntaxReferences.Length: 1 } symbol
                && symbol.GetAttributes().Any(a => a.AttributeClass?.ToDisplayString() == Attribute)
                && CompileCheck.Allows(draft, declaration, annotated, await symbol.DeclaringSyntaxReferences[0].GetSyntaxAsync(cancellation).ConfigureAwait(false), cancellation))
            {
                return annotated.Document.Project.Solution;
            }
        }

        return null;
    }

    private static bool Fits(INamedTypeSymbol attribute, AttributeTargets target)
    {
        var usage = attribute.GetAttributes().FirstOrDefault(static a => a.AttributeClass?.ToDisplayString() == "System.AttributeUsageAttribute");
        return usage?.ConstructorArguments.FirstOrDefault().Value is not int targets || ((AttributeTargets)targets).HasFlag(target);
    }
}
