namespace SessionAnalyzers.Editing;

/// <summary>
/// Makes a class disposable that has nothing to dispose yet, so that it ends the session in its field. A record is left alone: its copies
/// share the session.
/// </summary>
internal static class ImplementDisposable
{
    public static async Task<Draft?> TryAsync(Draft draft, OwnedField field, CancellationToken cancellation)
    {
        var (syntax, layout) = (field.Syntax, draft.Layout);
        if (syntax is not ClassDeclarationSyntax
            || draft.Language < LanguageVersion.CSharp6
            || !DetachedTypes.Implements(field.Type, "System.IDisposable")
            || draft.Model.Compilation.GetTypeByMetadataName("System.IDisposable") is not { } disposable
            || !IsFree(field.Owner)
            || IsInherited(field.Owner, draft.Model.Compilation, cancellation)
            || IsMadeInSetUp(draft, cancellation)
            || Members.IsMentionedInDisabledText(syntax, "Dispose")
            || syntax.OpenBraceToken is not { IsMissing: false, RawKind: not 0 } open
            || syntax.Members.Count == 0
            || layout.IsOnOneLine(syntax.Span)
            || !layout.IsFirstOnLine(syntax.CloseBraceToken.SpanStart)
            || !layout.IsLastOnLine(syntax.Members.Last().Span.End))
        {
            return null;
        }

        var edit = draft.Edit();
        var type = disposable.ToMinimalDisplayString(draft.Model, syntax.OpenBraceToken.SpanStart);
        if (syntax.BaseList is { Types: { Count: > 0 } types })
        {
            edit.Insert(types.Last().Span.End, ", " + type);
        }
        else
        {
            var next = syntax.ConstraintClauses.Count > 0 ? syntax.ConstraintClauses[0].WhereKeyword : open;
            edit.Insert(next.GetPreviousToken().Span.End, " : " + type);
        }

        var indent = layout.IsFirstOnLine(syntax.Members.Last().SpanStart)
            ? layout.IndentAt(syntax.Members.Last().SpanStart)
            : layout.IndentAt(syntax.CloseBraceToken.SpanStart) + layout.Unit;
        var call = DisposalForms.Call(field.Name, isAsync: false, field.MayBeNull, draft);
        var line = draft.Text.Lines[layout.LineOf(syntax.CloseBraceToken.SpanStart)];
        edit.Insert(line.Start, $"{layout.NewLine}{indent}public void Dispose() => {call[0]}{layout.NewLine}");
        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }

    /// <summary>Neither the class nor what it derives from knows disposal, or has something else of the name.</summary>
    private static bool IsFree(INamedTypeSymbol owner)
    {
        if (DetachedTypes.Implements(owner, "System.IDisposable") || DetachedTypes.Implements(owner, "System.IAsyncDisposable"))
        {
            return false;
        }

        for (var type = owner; type is not null; type = type.BaseType)
        {
            if (type.TypeKind == TypeKind.Error || type.MemberNames.Any(static n => n is "Dispose" or "DisposeAsync" or "DisposeAsyncCore"))
            {
                return false;
            }
        }

        // A class cannot have a member of its own name, and a type parameter would be taken for the interface.
        return owner.Name != "Dispose" && !owner.TypeParameters.Any(static p => p.Name is "Dispose" or "IDisposable");
    }

    /// <summary>True where a class of the same compilation derives: a disposal of its own may be there, which must be tied to this one.</summary>
    private static bool IsInherited(INamedTypeSymbol owner, Compilation compilation, CancellationToken cancellation)
    {
        if (owner.IsSealed)
        {
            return false;
        }

        var open = new Stack<INamespaceOrTypeSymbol>([compilation.Assembly.GlobalNamespace]);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var member in open.Pop().GetMembers())
            {
                if (member is INamedTypeSymbol type && SymbolEqualityComparer.Default.Equals(type.BaseType?.OriginalDefinition, owner))
                {
                    return true;
                }

                if (member is INamespaceOrTypeSymbol inner)
                {
                    open.Push(inner);
                }
            }
        }

        return false;
    }

    /// <summary>A test framework calls its set-up for each test, and Dispose, if at all, once.</summary>
    private static bool IsMadeInSetUp(Draft draft, CancellationToken cancellation) =>
        draft.Acquisition?.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { AttributeLists.Count: > 0 } method
        && draft.Model.GetDeclaredSymbol(method, cancellation)?.GetAttributes().Any(static a =>
            a.AttributeClass?.Name is { } name && (name.Contains("SetUp") || name.Contains("Initialize") || name.Contains("Before") || name.Contains("Setup"))) != false;
}
