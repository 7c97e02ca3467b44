using System.Globalization;

namespace SessionAnalyzers.Catalogue;

/// <summary>An argument decides: the parameter has the value, a <c>bool</c> or a flag of an enum.</summary>
internal sealed record Condition(string Parameter, string Value);

/// <summary>A transfer of ownership: the session in <see cref="Parameter"/> belongs to the callee, always or on a condition.</summary>
internal sealed record Transfer(string Parameter, Condition? Condition)
{
    /// <summary>The parameter name by which the catalogue means the connection behind the receiver.</summary>
    public const string ReceiverConnection = "receiver.connection";
}

/// <summary>One line of a catalogue: a documentation-comment id and what is known of it.</summary>
internal sealed record CatalogueEntry(
    char Category, string TypeName, string? MemberName, string? Parameters, Roles Roles, SessionKind Kind, ImmutableArray<Transfer> Transfers,
    ImmutableArray<string> BorrowedParameters, Condition? Deferral);

/// <summary>The lines below one <c>assembly</c> header. No assembly names: the lines hold everywhere.</summary>
internal sealed record CatalogueSection(ImmutableArray<string> Assemblies, bool Borrows, ImmutableArray<CatalogueEntry> Entries);

/// <summary>A line that cannot be understood, with its zero-based position.</summary>
internal readonly record struct CatalogueError(int Line, int Column, int Length, string Message);

/// <summary>
/// Reads the catalogue's text format, for the built-in files and for the user's own. It knows no Roslyn symbol and never throws: a line
/// that it cannot understand becomes a <see cref="CatalogueError"/> and the others still count.
/// </summary>
internal static class CatalogueParser
{
    private static readonly Dictionary<string, Roles> Words = CreateWords();

    private static readonly Dictionary<string, SessionKind> Kinds = new(StringComparer.Ordinal)
    {
        ["context"] = SessionKind.Context,
        ["connection"] = SessionKind.Connection,
        ["transaction"] = SessionKind.Transaction,
        ["ambient"] = SessionKind.Ambient,
        ["reader"] = SessionKind.Reader,
        ["command"] = SessionKind.Command,
        ["bulk"] = SessionKind.Bulk,
        ["client-session"] = SessionKind.ClientSession,
        ["service-scope"] = SessionKind.ServiceScope,
        ["source"] = SessionKind.Source,
    };

    public static ImmutableArray<CatalogueSection> Parse(string text, List<CatalogueError> errors)
    {
        var sections = ImmutableArray.CreateBuilder<CatalogueSection>();
        var assemblies = ImmutableArray<string>.Empty;
        var borrows = false;
        var entries = ImmutableArray.CreateBuilder<CatalogueEntry>();
        var number = 0;
        for (var start = 0; start < text.Length; number++)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0)
            {
                end = text.Length;
            }

            var line = text.Substring(start, end - start);
            start = end + 1;
            var comment = line.IndexOf('#');
            // "#ctor" is part of an id, not a comment.
            while (comment > 0 && line[comment - 1] == '.')
            {
                comment = line.IndexOf('#', comment + 1);
            }

            var tokens = Split(comment < 0 ? line : line.Substring(0, comment));
            if (tokens.Count == 0)
            {
                continue;
            }

            if (tokens[0].Text == "assembly")
            {
                Flush();
                borrows = tokens.Count > 2 && tokens[tokens.Count - 1].Text == "borrows";
                assemblies = tokens.Skip(1).Take(tokens.Count - (borrows ? 2 : 1)).Select(t => t.Text).ToImmutableArray();
                if (assemblies.IsEmpty)
                {
                    errors.Add(new(number, tokens[0].Column, tokens[0].Text.Length, "an assembly line names at least one assembly"));
                }
            }
            else if (ParseEntry(tokens, number, errors) is { } entry)
            {
                entries.Add(entry);
            }
        }

        Flush();
        return sections.ToImmutable();

        void Flush()
        {
            if (entries.Count > 0 || borrows)
            {
                sections.Add(new(assemblies, borrows, entries.ToImmutable()));
            }

            entries.Clear();
            borrows = false;
        }
    }

    private static CatalogueEntry? ParseEntry(List<(string Text, int Column)> tokens, int line, List<CatalogueError> errors)
    {
        var (id, column) = tokens[0];
        if (id.Length < 3 || id[1] != ':' || id[0] is not ('T' or 'M' or 'P'))
        {
            errors.Add(new(line, column, id.Length, $"'{id}' is not a documentation-comment id of a type (T:), method (M:) or property (P:)"));
            return null;
        }

        var name = id.Substring(2);
        string? parameters = null;
        var parenthesis = name.IndexOf('(');
        if (parenthesis >= 0)
        {
            parameters = name.Substring(parenthesis).Replace(" ", "");
            name = name.Substring(0, parenthesis);
            if (!parameters.EndsWith(")", StringComparison.Ordinal))
            {
                errors.Add(new(line, column, id.Length, $"'{id}' has no closing parenthesis"));
                return null;
            }
        }

        string? member = null;
        if (id[0] != 'T')
        {
            var dot = name.LastIndexOf('.');
            if (dot <= 0 || dot == name.Length - 1)
            {
                errors.Add(new(line, column, id.Length, $"'{id}' names no member of a type"));
                return null;
            }

            member = name.Substring(dot + 1);
            name = name.Substring(0, dot);
        }

        if (tokens.Count == 1)
        {
            errors.Add(new(line, column, id.Length, $"'{id}' has no role"));
            return null;
        }

        var roles = Roles.None;
        var kind = SessionKind.None;
        var transfers = ImmutableArray<Transfer>.Empty;
        var borrowed = ImmutableArray<string>.Empty;
        Condition? deferral = null;
        foreach (var (word, at) in tokens.Skip(1))
        {
            var open = word.IndexOf('(');
            var role = open < 0 ? word : word.Substring(0, open);
            var argument = open < 0 || !word.EndsWith(")", StringComparison.Ordinal) ? null : word.Substring(open + 1, word.Length - open - 2).Trim();
            if (role == "session" && id[0] == 'T' && argument is not null && Kinds.TryGetValue(argument, out var k))
            {
                kind = k;
            }
            else if (role == "takes-ownership" && id[0] != 'T' && argument is { Length: > 0 } && ParseTransfer(argument) is { } transfer)
            {
                roles |= Roles.TakesOwnership;
                transfers = transfers.Add(transfer);
            }
            else if (role == "returns-deferred" && id[0] != 'T' && argument is not null && ParseCondition(WordsOf(argument)) is { } condition)
            {
                roles |= Roles.ReturnsDeferred;
                deferral = condition;
            }
            else if (role == "borrows" && id[0] != 'T' && argument is { Length: > 0 })
            {
                borrowed = borrowed.Add(argument);
            }
            else if (open < 0 && Words.TryGetValue(word, out var flag) && (flag <= Roles.BorrowsArguments) == (id[0] == 'T'))
            {
                roles |= flag;
            }
            else
            {
                errors.Add(new(line, at, word.Length, $"'{word}' is not a role of a {(id[0] == 'T' ? "type" : "member")}"));
                return null;
            }
        }

        return new(id[0], name, member, parameters, roles, kind, transfers, borrowed, deferral);
    }

    private static Transfer? ParseTransfer(string argument)
    {
        var words = WordsOf(argument);
        return words.Length == 1 ? new(words[0], null)
            : ParseCondition(words.AsSpan().Slice(1)) is { } condition ? new(words[0], condition)
            : null;
    }

    /// <summary>if q, unless q, if q=Name</summary>
    private static Condition? ParseCondition(ReadOnlySpan<string> words)
    {
        if (words.Length != 2 || words[0] is not ("if" or "unless"))
        {
            return null;
        }

        var equals = words[1].IndexOf('=');
        return equals > 0
            ? words[0] == "if" ? new(words[1].Substring(0, equals), words[1].Substring(equals + 1)) : null
            : new(words[1], words[0] == "if" ? "true" : "false");
    }

    private static string[] WordsOf(string argument) => argument.Split([' '], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Words with their columns. White space inside parentheses does not end a word.</summary>
    private static List<(string Text, int Column)> Split(string line)
    {
        var words = new List<(string, int)>();
        var start = -1;
        var depth = 0;
        for (var i = 0; i <= line.Length; i++)
        {
            var c = i < line.Length ? line[i] : ' ';
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (i == line.Length || (depth <= 0 && char.IsWhiteSpace(c)))
            {
                if (start >= 0)
                {
                    words.Add((line.Substring(start, i - start), start));
                    start = -1;
                }
            }
            else if (start < 0 && !char.IsWhiteSpace(c))
            {
                start = i;
            }
        }

        return words;
    }

    /// <summary>The words are the names of the enum in the catalogue's spelling: <c>ReturnsOwned</c> is <c>returns-owned</c>.</summary>
    private static Dictionary<string, Roles> CreateWords()
    {
        var words = new Dictionary<string, Roles>(StringComparer.Ordinal);
        foreach (Roles role in Enum.GetValues(typeof(Roles)))
        {
            if (role is Roles.None or Roles.TakesOwnership)
            {
                continue;
            }

            var word = new System.Text.StringBuilder();
            foreach (var c in role.ToString())
            {
                if (char.IsUpper(c) && word.Length > 0)
                {
                    word.Append('-');
                }

                word.Append(char.ToLower(c, CultureInfo.InvariantCulture));
            }

            words[word.ToString()] = role;
        }

        return words;
    }
}
