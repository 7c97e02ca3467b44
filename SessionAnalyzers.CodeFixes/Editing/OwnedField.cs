namespace SessionAnalyzers.Editing;

/// <summary>A private field or property, every value of which its type must dispose, together with the type.</summary>
internal sealed class OwnedField
{
    private OwnedField(TypeDeclarationSyntax syntax, INamedTypeSymbol owner, ISymbol member, ITypeSymbol type, string name, bool mayBeNull)
    {
        Syntax = syntax;
        Owner = owner;
        Member = member;
        Type = type;
        Name = name;
        MayBeNull = mayBeNull;
    }

    /// <summary>The part of the type that acquires the session.</summary>
    public TypeDeclarationSyntax Syntax { get; }

    public INamedTypeSymbol Owner { get; }

    public ISymbol Member { get; }

    public ITypeSymbol Type { get; }

    /// <summary>The name as it is written.</summary>
    public string Name { get; }

    /// <summary>False only where each constructor, or the initializer, fills the field and nothing else sets it.</summary>
    public bool MayBeNull { get; }

    /// <summary>The field of a name in the class around the acquisition, if this file shows all of the class and nothing there disposes it.</summary>
    public static OwnedField? Find(Draft draft, string name, CancellationToken cancellation)
    {
        if (draft.Acquisition?.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } syntax
            || draft.Model.GetDeclaredSymbol(syntax, cancellation) is not { TypeKind: TypeKind.Class, IsStatic: false } owner
            || owner.DeclaringSyntaxReferences.Any(r => r.SyntaxTree != draft.Root.SyntaxTree)
            || owner.GetMembers(name) is not { Length: 1 } named
            || named[0] is not { IsStatic: false, Kind: SymbolKind.Field or SymbolKind.Property } member
            || draft.MayEnd(member, cancellation))
        {
            return null;
        }

        var (type, identifier, initial) = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
        {
            VariableDeclaratorSyntax v => (((IFieldSymbol)member).Type, v.Identifier, v.Initializer?.Value),
            PropertyDeclarationSyntax { AccessorList.Accessors: var accessors } p
                when accessors.All(static a => a.Body is null && a.ExpressionBody is null) =>
                (((IPropertySymbol)member).Type, p.Identifier, p.Initializer?.Value),
            _ => default,
        };
        var parts = owner.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).ToList();
        if (type is null || parts.Any(p => p.ContainsDiagnostics || Members.IsMentionedInDisabledText(p, name)))
        {
            return null;
        }

        var writes = parts.SelectMany(static p => p.DescendantNodes()).OfType<AssignmentExpressionSyntax>().Where(IsWrite).ToList();
        var values = writes.Select(static w => w.Right).ToList();
        if (initial is not null)
        {
            values.Add(initial);
        }

        // What the field got from somebody else is not the type's to dispose.
        if (writes.Any(static w => w.Kind() is not (SyntaxKind.SimpleAssignmentExpression or SyntaxKind.CoalesceAssignmentExpression))
            || !values.All(v => IsOwned(v, draft, cancellation)))
        {
            return null;
        }

        var isFilled = (initial is not null && !Disposals.IsNull(initial)) || FillEachConstructor();
        var mayBeNull = type.NullableAnnotation == NullableAnnotation.Annotated
            || !isFilled
            || writes.Any(w => Disposals.IsNull(w.Right) || w.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is null)
            || values.Any(v => draft.Model.GetTypeInfo(v, cancellation).Nullability.FlowState == NullableFlowState.MaybeNull);
        return mayBeNull && type.IsValueType && type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T
            ? null
            : new(syntax, owner, member, type, identifier.Text, mayBeNull);

        bool IsWrite(AssignmentExpressionSyntax assignment) =>
            assignment.Left is IdentifierNameSyntax or MemberAccessExpressionSyntax
            && assignment.Left.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name)
            && SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(assignment.Left, cancellation).Symbol, member);

        bool FillEachConstructor()
        {
            var constructors = parts.SelectMany(static p => p.ChildNodes()).OfType<ConstructorDeclarationSyntax>()
                .Where(static c => !c.Modifiers.Any(SyntaxKind.StaticKeyword) && c.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) != true)
                .ToList();
            return constructors.Count > 0 && constructors.All(c => writes.Any(w =>
                (w.Parent is ExpressionStatementSyntax { Parent: { } block } && block == c.Body) || w.Parent == c.ExpressionBody));
        }
    }

    private static bool IsOwned(ExpressionSyntax value, Draft draft, CancellationToken cancellation)
    {
        if ((draft.Acquisition is { } acquisition && HeldSession.Holder(draft, acquisition, cancellation) == value)
            || draft.IsOwned(value, cancellation)
            || draft.Acquires(value, cancellation))
        {
            return true;
        }

        // A local on the way to the field.
        return value is IdentifierNameSyntax
            && draft.Model.GetSymbolInfo(value, cancellation).Symbol is ILocalSymbol local
            && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: var initial }
            && IsOwned(initial, draft, cancellation)
            && SessionUses.Of(local, value, draft.Model)?.Writes().Any() == false;
    }
}
