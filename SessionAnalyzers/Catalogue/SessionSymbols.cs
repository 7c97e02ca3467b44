using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Catalogue;

/// <summary>What the catalogue knows of one type: its own line, or the nearest line of a base type or interface.</summary>
internal sealed record SessionType(SessionKind Kind, Roles Roles)
{
    public bool Has(Roles role) => (Roles & role) != 0;
}

/// <summary>What the catalogue knows of one member.</summary>
internal sealed record MemberFacts(Roles Roles, ImmutableArray<Transfer> Transfers, ImmutableArray<string> BorrowedParameters, Condition? Deferral, bool IsUsers)
{
    public bool Has(Roles role) => (Roles & role) != 0;
}

/// <summary>
/// The catalogue as one compilation sees it: only the sections whose assemblies are referenced, asked by symbol. Types are matched by
/// metadata name when they are first met, so nothing is resolved in advance; answers are remembered per symbol.
/// </summary>
internal sealed class SessionSymbols
{
    /// <summary>The additional files in which users describe their own APIs: this prefix and ".txt".</summary>
    public const string UserFilePrefix = "SessionAnalyzers.";

    private static readonly ConditionalWeakTable<SyntaxTree, object> Sniffed = new();

    /// <summary>All analyzers of a run ask about the same compilation: they share what one of them has found out about its types.</summary>
    private static readonly ConditionalWeakTable<Compilation, Answer> Known = new();
    private static readonly object Yes = new();
    private static readonly object No = new();

    /// <summary>Assemblies that every project references whether it uses sessions or not: the source text decides there.</summary>
    private static readonly HashSet<string> Framework = new(StringComparer.Ordinal)
    {
        "System.Data", "System.Data.Common", "System.Transactions", "System.Transactions.Local", "System.Runtime", "System.Private.CoreLib",
        "mscorlib", "netstandard",
    };

    private readonly Dictionary<string, List<CatalogueEntry>> types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<CatalogueEntry>> members = new(StringComparer.Ordinal);
    private readonly HashSet<CatalogueEntry> users = [];
    private readonly HashSet<string> saving = new(StringComparer.Ordinal);
    private readonly HashSet<string> borrowing = new(StringComparer.Ordinal);
    private readonly HashSet<string> libraries = new(StringComparer.Ordinal);
    private readonly bool anywhere;
    private readonly ConcurrentDictionary<IAssemblySymbol, bool> strangers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, SessionType?> typeCache = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, MemberFacts?> memberCache = new(SymbolEqualityComparer.Default);
    private readonly Func<ITypeSymbol, SessionType?> findType;
    private readonly Func<ISymbol, MemberFacts?> findMember;

    private SessionSymbols(List<CatalogueSection> sections, int usersSections, string? ownName)
    {
        foreach (var section in sections.Take(usersSections))
        {
            users.UnionWith(section.Entries);
        }

        foreach (var section in sections)
        {
            if (section.Entries.Any(static e => e.Kind != SessionKind.None))
            {
                libraries.UnionWith(section.Assemblies);
                anywhere |= section.Assemblies.IsEmpty;
            }

            if (section.Borrows)
            {
                // The library's own source shows what it does with a session.
                borrowing.UnionWith(section.Assemblies.Where(a => a != ownName));
            }

            foreach (var entry in section.Entries)
            {
                var name = entry.MemberName ?? entry.TypeName.Substring(entry.TypeName.LastIndexOf('.') + 1);
                var table = entry.MemberName is null ? types : members;
                if (!table.TryGetValue(name, out var list))
                {
                    table[name] = list = [];
                }

                if ((entry.Roles & (Roles.Flushes | Roles.Commits)) == (Roles.Flushes | Roles.Commits))
                {
                    saving.Add(name);
                }

                list.Add(entry);
            }
        }

        findType = FindType;
        findMember = FindMember;
    }

    /// <summary>The symbols of a compilation, or null when it references no session library and its text names none of the framework's.</summary>
    public static SessionSymbols? Create(Compilation compilation, AnalyzerOptions options, CancellationToken cancellation)
    {
        if (Known.TryGetValue(compilation, out var known) && known.Files == options.AdditionalFiles)
        {
            return known.Symbols;
        }

        var symbols = Make(compilation, options, cancellation);
        if (known is null)
        {
            Known.GetValue(compilation, _ => new(options.AdditionalFiles, symbols));
        }

        return symbols;
    }

    private static SessionSymbols? Make(Compilation compilation, AnalyzerOptions options, CancellationToken cancellation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var identity in compilation.ReferencedAssemblyNames)
        {
            names.Add(identity.Name);
        }

        if (compilation.AssemblyName is { } own)
        {
            names.Add(own);
        }

        var sections = new List<CatalogueSection>();
        var library = false;
        // The user's files come first: the first line about a symbol wins.
        foreach (var file in options.AdditionalFiles)
        {
            if (IsUserFile(file.Path) && file.GetText(cancellation) is { } text)
            {
                sections.AddRange(CatalogueParser.Parse(text.ToString(), []).Where(s => Holds(s, names)));
                library |= sections.Count > 0;
            }
        }

        var usersSections = sections.Count;
        foreach (var section in BuiltInCatalogue.Sections)
        {
            if (Holds(section, names))
            {
                sections.Add(section);
                library = library || (section.Entries.Any(static e => e.Kind != SessionKind.None) && !section.Assemblies.Any(Framework.Contains));
            }
        }

        return library || MentionsSessions(compilation, cancellation) ? new SessionSymbols(sections, usersSections, compilation.AssemblyName) : null;
    }

    public static bool IsUserFile(string path)
    {
        var name = path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
        return name.StartsWith(UserFilePrefix, StringComparison.OrdinalIgnoreCase) && name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The names of the members that save a context.</summary>
    public IReadOnlyCollection<string> SavingNames => saving;

    /// <summary>The session type behind a type, or null. Type parameters count by their constraints.</summary>
    public SessionType? TypeOf(ITypeSymbol? type)
    {
        if (type is null || type.SpecialType != SpecialType.None || type.TypeKind is TypeKind.Enum or TypeKind.Delegate or TypeKind.Error or TypeKind.Array)
        {
            return null;
        }

        if (type is INamedTypeSymbol)
        {
            // A line speaks of every construction of its type.
            type = type.OriginalDefinition;
            if (type.ContainingAssembly is { } assembly && IsStranger(assembly))
            {
                return null;
            }
        }

        return typeCache.GetOrAdd(type, findType);
    }

    /// <summary>The session type of a result: of the type itself, or of what its Task or ValueTask delivers.</summary>
    public SessionType? ResultOf(ITypeSymbol type) => TypeOf(Unwrap(type));

    public static ITypeSymbol Unwrap(ITypeSymbol type) =>
        type is INamedTypeSymbol { Arity: 1, Name: "Task" or "ValueTask" } task && IsIn(task.ContainingNamespace, "System.Threading.Tasks")
            ? task.TypeArguments[0]
            : type;

    /// <summary>What the catalogue says of a method or property, or null.</summary>
    public MemberFacts? FactsOf(ISymbol member)
    {
        var definition = (member as IMethodSymbol)?.ReducedFrom ?? member.OriginalDefinition;
        return members.ContainsKey(NameOf(definition)) ? memberCache.GetOrAdd(definition, findMember) : null;
    }

    /// <summary>What any member of this simple name does, for those who have only the text.</summary>
    public Roles RolesOfName(string name)
    {
        var roles = Roles.None;
        if (members.TryGetValue(name, out var entries))
        {
            foreach (var entry in entries)
            {
                roles |= entry.Roles;
            }
        }

        return roles;
    }

    /// <summary>True where a method of a referenced data library merely uses the sessions it is passed.</summary>
    public bool Borrows(ISymbol member) =>
        member.ContainingAssembly is { } assembly && borrowing.Contains(assembly.Name)
        || member.ContainingType is { } type && HasArgumentBorrowingLine(type);

    /// <summary>An assembly that is no library of the catalogue and references none, at any distance, declares no session type.</summary>
    public bool IsStranger(IAssemblySymbol assembly)
    {
        if (strangers.TryGetValue(assembly, out var known))
        {
            return known;
        }

        var stranger = !anywhere && assembly is not ISourceAssemblySymbol;
        var seen = new HashSet<IAssemblySymbol>(SymbolEqualityComparer.Default) { assembly };
        var open = new Stack<IAssemblySymbol>();
        open.Push(assembly);
        while (stranger && open.Count > 0)
        {
            var next = open.Pop();
            if (libraries.Contains(next.Name))
            {
                stranger = false;
                break;
            }

            foreach (var module in next.Modules)
            {
                foreach (var referenced in module.ReferencedAssemblySymbols)
                {
                    if (seen.Add(referenced))
                    {
                        open.Push(referenced);
                    }
                }
            }
        }

        return strangers.GetOrAdd(assembly, stranger);
    }

    private bool HasArgumentBorrowingLine(INamedTypeSymbol type) =>
        types.TryGetValue(type.MetadataName, out var list)
        && list.Any(e => (e.Roles & Roles.BorrowsArguments) != 0 && IsNamed(type, e.TypeName));

    private SessionType? FindType(ITypeSymbol type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Select(TypeOf).FirstOrDefault(static t => t is not null);
        }

        for (var t = type as INamedTypeSymbol; t is not null && t.SpecialType == SpecialType.None; t = t.BaseType)
        {
            if (OwnLine(t) is { } line)
            {
                return line;
            }
        }

        SessionType? best = null;
        foreach (var i in type.AllInterfaces)
        {
            if (OwnLine(i) is { } line && (best is null || (best.Has(Roles.Optional) && !line.Has(Roles.Optional))))
            {
                best = line;
            }
        }

        return best;
    }

    private SessionType? OwnLine(INamedTypeSymbol type)
    {
        var definition = type.OriginalDefinition;
        if (types.TryGetValue(definition.MetadataName, out var list))
        {
            foreach (var entry in list)
            {
                if (entry.Kind != SessionKind.None && IsNamed(definition, entry.TypeName))
                {
                    return new(entry.Kind, entry.Roles);
                }
            }
        }

        return null;
    }

    private MemberFacts? FindMember(ISymbol member)
    {
        CatalogueEntry? found = null;
        string? signature = null;
        var best = int.MaxValue;
        foreach (var entry in members[NameOf(member)])
        {
            if (entry.Category != (member is IMethodSymbol ? 'M' : 'P'))
            {
                continue;
            }

            // The nearest type wins, and there a line about one overload before a line about all.
            var distance = Distance(member, entry);
            var rank = distance == int.MaxValue ? distance : (2 * distance) + (entry.Parameters is null ? 1 : 0);
            if (rank < best && (entry.Parameters is null || entry.Parameters == (signature ??= Signature(member))))
            {
                found = entry;
                best = rank;
            }
        }

        return found is null ? null : new(found.Roles, found.Transfers, found.BorrowedParameters, found.Deferral, users.Contains(found));
    }

    /// <summary>How far above the member's type the line's type is; a line of an interface is farther than any of a class.</summary>
    private static int Distance(ISymbol member, CatalogueEntry entry)
    {
        var inherited = !member.IsStatic && member is not IMethodSymbol { MethodKind: MethodKind.Constructor };
        var steps = 0;
        for (var t = member.ContainingType; t is not null; t = t.BaseType, steps++)
        {
            if (IsNamed(t.OriginalDefinition, entry.TypeName))
            {
                return steps;
            }

            if (!inherited)
            {
                return int.MaxValue;
            }
        }

        if (inherited && member.ContainingType is { } type)
        {
            foreach (var i in type.AllInterfaces)
            {
                if (IsNamed(i.OriginalDefinition, entry.TypeName))
                {
                    return 100;
                }
            }
        }

        return int.MaxValue;
    }

    private static string NameOf(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "#ctor",
        IMethodSymbol { ExplicitInterfaceImplementations: { IsEmpty: false } implemented } => implemented[0].Name,
        _ => member.Name,
    };

    private static string Signature(ISymbol member)
    {
        var id = member.GetDocumentationCommentId() ?? "";
        var parenthesis = id.IndexOf('(');
        return parenthesis < 0 ? "()" : id.Substring(parenthesis);
    }

    /// <summary>Compares a type with a dotted metadata name without building a string.</summary>
    internal static bool IsNamed(INamedTypeSymbol type, string name)
    {
        var end = name.Length;
        if (!Ends(type.MetadataName))
        {
            return false;
        }

        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (!Ends(outer.MetadataName))
            {
                return false;
            }
        }

        for (var space = type.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (!Ends(space.Name))
            {
                return false;
            }
        }

        return end <= 0;

        bool Ends(string part)
        {
            var start = end - part.Length;
            if (start < 0 || string.CompareOrdinal(name, start, part, 0, part.Length) != 0 || (start > 0 && name[start - 1] is not '.'))
            {
                return false;
            }

            end = start - 1;
            return true;
        }
    }

    internal static bool IsIn(INamespaceSymbol? space, string name)
    {
        for (var end = name.Length; space is not null; space = space.ContainingNamespace)
        {
            if (space.IsGlobalNamespace)
            {
                return end <= 0;
            }

            var start = end - space.Name.Length;
            if (start < 0 || string.CompareOrdinal(name, start, space.Name, 0, space.Name.Length) != 0 || (start > 0 && name[start - 1] != '.'))
            {
                return false;
            }

            end = start - 1;
        }

        return false;
    }

    private static bool Holds(CatalogueSection section, HashSet<string> names) => section.Assemblies.IsEmpty || section.Assemblies.Any(names.Contains);

    /// <summary>
    /// The framework's own session types are referenced by every project. A project that uses them names their namespace, a
    /// connection or a TransactionScope somewhere.
    /// </summary>
    private static bool MentionsSessions(Compilation compilation, CancellationToken cancellation)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!Sniffed.TryGetValue(tree, out var answer))
            {
                answer = SourceTexts.Contains(tree.GetText(cancellation), "System.Data", "Connection", "TransactionScope") ? Yes : No;
                Sniffed.GetValue(tree, _ => answer);
            }

            if (answer == Yes)
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Answer(ImmutableArray<AdditionalText> files, SessionSymbols? symbols)
    {
        public ImmutableArray<AdditionalText> Files { get; } = files;

        public SessionSymbols? Symbols { get; } = symbols;
    }
}
