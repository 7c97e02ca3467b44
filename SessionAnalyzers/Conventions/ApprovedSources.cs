using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Conventions;

/// <summary>
/// The types and members that a team lets sessions come from, written as documentation-comment ids or as plain names, with <c>,</c> or
/// <c>|</c> between them. An entry also speaks of derived types, implementations and overrides. What is no id and no name stands for
/// nothing.
/// </summary>
internal sealed class ApprovedSources
{
    private readonly ImmutableArray<Entry> entries;

    private ApprovedSources(ImmutableArray<Entry> entries)
    {
        this.entries = entries;
    }

    /// <summary>The sources of a list, or null where it has no entry: nothing is settled by it.</summary>
    public static ApprovedSources? Parse(string text)
    {
        var entries = Split(text).Select(Entry.Parse).Where(static e => e is not null).Select(static e => e!).ToImmutableArray();
        return entries.IsEmpty ? null : new(entries);
    }

    /// <summary>True for a member that is listed, or that belongs to a type that is.</summary>
    public bool Contains(ISymbol member)
    {
        foreach (var entry in entries)
        {
            if (entry.IsAbout(member))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The approved methods and properties of a compilation that give a value to their callers.</summary>
    public IEnumerable<ISymbol> MembersIn(Compilation compilation)
    {
        foreach (var entry in entries)
        {
            foreach (var member in entry.MembersIn(compilation))
            {
                yield return member;
            }
        }
    }

    /// <summary>Cuts a list at its separators; a comma between the parameters of a method is none.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        var depth = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '|';
            depth += c is '(' or '{' ? 1 : c is ')' or '}' ? -1 : 0;
            if (c is '|' || (c is ',' && depth <= 0))
            {
                if (text.Substring(start, i - start).Trim() is { Length: > 0 } entry)
                {
                    yield return entry;
                }

                start = i + 1;
                depth = 0;
            }
        }
    }

    /// <summary>One entry: what it may be the name of, a type or a member of a type.</summary>
    private sealed record Entry(string? Type, string? Owner, string? Member, string? Parameters)
    {
        public static Entry? Parse(string text)
        {
            var category = text.Length > 2 && text[1] == ':' ? text[0] : '\0';
            if (category is not ('\0' or 'T' or 'M' or 'P'))
            {
                return null;
            }

            var name = category == '\0' ? text : text.Substring(2);
            var parenthesis = name.IndexOf('(');
            var parameters = parenthesis < 0 ? null : name.Substring(parenthesis).Replace(" ", "");
            name = (parenthesis < 0 ? name : name.Substring(0, parenthesis)).Trim();
            var dot = name.LastIndexOf('.');
            if (name.Length == 0 || name.Any(static c => !(char.IsLetterOrDigit(c) || c is '_' or '.' or '`')))
            {
                return null;
            }

            return new(
                category is '\0' or 'T' && parameters is null ? name : null,
                category is not 'T' && dot > 0 ? name.Substring(0, dot) : null,
                category is not 'T' && dot > 0 ? name.Substring(dot + 1) : null,
                parameters);
        }

        public bool IsAbout(ISymbol member)
        {
            member = ((member as IMethodSymbol)?.ReducedFrom ?? member).OriginalDefinition;
            return member.ContainingType is { } type
                && ((Type is not null && SelfAndBases(type).Any(t => SessionSymbols.IsNamed(t, Type)))
                    || (Owner is not null && member.Name == Member && Declares(member, type))
                    || (Owner is not null && member is IMethodSymbol { ExplicitInterfaceImplementations: { IsEmpty: false } explicits } && explicits.Any(IsAbout)));
        }

        public IEnumerable<ISymbol> MembersIn(Compilation compilation)
        {
            if (Type is not null && Find(Type) is { } whole)
            {
                return whole.GetMembers().Where(static m => m is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol);
            }

            return Owner is not null && Find(Owner) is { } type ? type.GetMembers(Member!).Where(IsAbout) : [];

            INamedTypeSymbol? Find(string name) => DocumentationCommentId.GetFirstSymbolForDeclarationId("T:" + name, compilation) as INamedTypeSymbol;
        }

        private bool Declares(ISymbol member, INamedTypeSymbol type) =>
            (Parameters is null || Parameters == Signature(member))
            && (SessionSymbols.IsNamed(type, Owner!) || (!member.IsStatic && SelfAndBases(type).Any(t => SessionSymbols.IsNamed(t, Owner!))));

        private static IEnumerable<INamedTypeSymbol> SelfAndBases(INamedTypeSymbol type)
        {
            for (var t = type; t is not null; t = t.BaseType)
            {
                yield return t.OriginalDefinition;
            }

            foreach (var i in type.AllInterfaces)
            {
                yield return i.OriginalDefinition;
            }
        }

        private static string Signature(ISymbol member)
        {
            var id = member.GetDocumentationCommentId() ?? "";
            var parenthesis = id.IndexOf('(');
            return parenthesis < 0 ? "()" : id.Substring(parenthesis);
        }
    }
}
