using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Makes a block of statements that stand one after another, so that something can be done at its end.</summary>
internal static class RegionEdit
{
    /// <summary>True where the statements can move into a block of their own: no directive is torn, and no other disposal moves.</summary>
    public static bool CanBecomeBlock(Draft draft, HeldSession held, int first, int last)
    {
        if (first > last)
        {
            return true;
        }

        var region = TextSpan.FromBounds(held.List.Statements[first].FullSpan.Start, held.List.Statements[last].Span.End);
        if (!AreDirectivesBalanced(held.List.Owner, region))
        {
            return false;
        }

        // Another using declaration would dispose at the end of the new block: right for what needs the session, else only at the old end.
        return last == held.List.Statements.Count - 1
            || held.List.Statements.Skip(first).Take(last - first + 1).All(s =>
                s is not LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } other
                || other.Declaration.Variables.All(v => draft.Model.GetDeclaredSymbol(v) is { } local && held.Uses.IsDependent(local)));
    }

    /// <summary>More of them would hide the statements behind declarations; there is the explicit disposal to keep instead.</summary>
    private const int MostHoisted = 2;

    /// <summary>
    /// Declares locals of the region before it where they are used after it. False where one is used that can't be: not a plain local with
    /// an initializer or without, or of a type without a name.
    /// </summary>
    public static bool Hoist(SourceEdit edit, Draft draft, HeldSession held, int first, int last, CancellationToken cancellation)
    {
        if (first > last)
        {
            return true;
        }

        var statements = held.List.Statements;
        var region = TextSpan.FromBounds(statements[first].SpanStart, statements[last].Span.End);
        var outside = held.List.Owner.DescendantNodes()
            .OfType<IdentifierNameSyntax>()
            .Where(n => !region.Contains(n.Span))
            .ToLookup(static n => n.Identifier.ValueText, StringComparer.Ordinal);
        var declaration = held.Declaration;
        var indent = draft.Layout.IndentAt(declaration.SpanStart);
        var count = 0;
        foreach (var node in statements.Skip(first).Take(last - first + 1).SelectMany(static s => s.DescendantNodesAndSelf()))
        {
            var name = node switch
            {
                VariableDeclaratorSyntax v => v.Identifier.ValueText,
                SingleVariableDesignationSyntax d => d.Identifier.ValueText,
                LocalFunctionStatementSyntax f => f.Identifier.ValueText,
                _ => null,
            };
            if (name is null
                || draft.Model.GetDeclaredSymbol(node, cancellation) is not { } symbol
                || !outside[name].Any(n => Binds(n, symbol)))
            {
                continue;
            }

            if (++count > MostHoisted && draft.Language >= LanguageVersion.CSharp8 && held.List.Owner is not SwitchSectionSyntax)
            {
                return false;
            }

            if (node is not VariableDeclaratorSyntax
                {
                    Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax statement } variables,
                } declarator
                || statement is not { IsConst: false, UsingKeyword.RawKind: 0 }
                || symbol is not ILocalSymbol { RefKind: RefKind.None } local
                || !statements.Contains(statement)
                || TypeName(local, variables, declarator, draft.Model, cancellation) is not { } type)
            {
                return false;
            }

            edit.Insert(declaration.SpanStart, $"{type} {name};{draft.Layout.NewLine}{indent}");
            if (declarator.Initializer is null)
            {
                edit.RemoveLines(statement.Span);
            }
            else
            {
                edit.Remove(TextSpan.FromBounds(variables.SpanStart, declarator.SpanStart));
            }
        }

        return true;

        bool Binds(IdentifierNameSyntax name, ISymbol symbol) =>
            SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(name, cancellation).Symbol, symbol);
    }

    /// <summary>Braces around the lines after <paramref name="header"/> up to a statement, which move one level in.</summary>
    public static bool Enclose(SourceEdit edit, Draft draft, StatementSyntax header, StatementSyntax last, bool open)
    {
        var layout = draft.Layout;
        if (!layout.IsLastOnLine(header.Span.End) || !layout.IsLastOnLine(last.Span.End))
        {
            return false;
        }

        var indent = layout.IndentAt(header.SpanStart);
        if (open)
        {
            edit.InsertLineAfter(header.Span.End, indent + "{");
        }

        edit.Indent(draft.Root, layout.LineOf(header.Span.End) + 1, layout.LineOf(last.Span.End));
        edit.InsertLineAfter(last.Span.End, indent + "}");
        return true;
    }

    /// <summary>True where no pair of directives is torn by the ends of a region.</summary>
    public static bool AreDirectivesBalanced(SyntaxNode owner, TextSpan region)
    {
        var open = new Stack<SyntaxKind>();
        foreach (var trivia in owner.DescendantTrivia(region).Where(t => t.IsDirective && region.Contains(t.Span)))
        {
            switch (trivia.Kind())
            {
                case SyntaxKind.IfDirectiveTrivia or SyntaxKind.RegionDirectiveTrivia:
                    open.Push(trivia.Kind());
                    break;
                case SyntaxKind.ElifDirectiveTrivia or SyntaxKind.ElseDirectiveTrivia when open.Count == 0:
                case SyntaxKind.EndIfDirectiveTrivia when open.Count == 0 || open.Pop() != SyntaxKind.IfDirectiveTrivia:
                case SyntaxKind.EndRegionDirectiveTrivia when open.Count == 0 || open.Pop() != SyntaxKind.RegionDirectiveTrivia:
                    return false;
            }
        }

        return open.Count == 0;
    }

    private static string? TypeName(
        ILocalSymbol local,
        VariableDeclarationSyntax variables,
        VariableDeclaratorSyntax declarator,
        SemanticModel model,
        CancellationToken cancellation)
    {
        if (!variables.Type.IsVar)
        {
            return variables.Type.ToString();
        }

        var type = local.Type;
        if (IsUnnamed(type))
        {
            return null;
        }

        // The type of a var is always nullable; the value tells whether it has to be.
        if (type.IsReferenceType)
        {
            var maybeNull = declarator.Initializer is { Value: var value }
                && model.GetTypeInfo(value, cancellation).Nullability.FlowState == NullableFlowState.MaybeNull;
            type = type.WithNullableAnnotation(maybeNull ? NullableAnnotation.Annotated : NullableAnnotation.NotAnnotated);
        }

        return type.ToMinimalDisplayString(model, declarator.SpanStart);
    }

    private static bool IsUnnamed(ITypeSymbol type) => type switch
    {
        IErrorTypeSymbol => true,
        INamedTypeSymbol named => named.IsAnonymousType || named.TypeArguments.Any(IsUnnamed),
        IArrayTypeSymbol array => IsUnnamed(array.ElementType),
        _ => false,
    };
}
