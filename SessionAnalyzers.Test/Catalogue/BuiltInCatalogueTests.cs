using Microsoft.CodeAnalysis.CSharp;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Test.Verification;
using Xunit.Abstractions;

namespace SessionAnalyzers.Test.Catalogue;

/// <summary>The catalogue cannot rot: each line is looked up in the library it speaks of, wherever that can be referenced.</summary>
public class BuiltInCatalogueTests(ITestOutputHelper output)
{
    private const string NoType = "no such type";

    [Fact]
    public void Every_file_parses()
    {
        var assembly = typeof(BuiltInCatalogue).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(static n => n.EndsWith(".txt", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var errors = new List<CatalogueError>();
            CatalogueParser.Parse(reader.ReadToEnd(), errors);
            Assert.True(errors.Count == 0, name + ": " + string.Join("; ", errors.Select(static e => $"line {e.Line + 1}: {e.Message}")));
        }
    }

    [Fact]
    public void Every_line_resolves_where_its_library_is_referenced()
    {
        var compilation = CSharpCompilation.Create("Resolve", references: Libraries.All, options: new(OutputKind.DynamicallyLinkedLibrary));
        var referenced = compilation.ReferencedAssemblyNames.Select(static n => n.Name).ToHashSet();
        var wrong = new List<string>();
        int resolved = 0, elsewhere = 0;
        foreach (var section in BuiltInCatalogue.Sections)
        {
            foreach (var entry in section.Entries)
            {
                if (Resolve(compilation, entry) is not { } problem)
                {
                    resolved++;
                }
                else if (entry is { TypeName: "Microsoft.EntityFrameworkCore.RelationalQueryableExtensions", MemberName: "ExecuteUpdate" or "ExecuteUpdateAsync" or "ExecuteDelete" or "ExecuteDeleteAsync" })
                {
                    // Until EF Core 8 they were members of this class, which other lines still need.
                    elsewhere++;
                }
                else if (problem == NoType && section.Entries.Any(e => e.MemberName == entry.MemberName && Resolve(compilation, e) is null))
                {
                    // A class that other versions of the library call by another name, which stands beside it.
                    elsewhere++;
                }
                else if (section.Assemblies.Any(a => referenced.Contains(a) && !IsFacade(a)) && section.Assemblies.All(a => referenced.Contains(a) || IsFacade(a)))
                {
                    wrong.Add($"{entry.Category}:{entry.TypeName}.{entry.MemberName}{entry.Parameters}: {problem}");
                }
                else
                {
                    elsewhere++;
                }
            }
        }

        output.WriteLine($"{resolved} lines resolved, {elsewhere} belong to libraries that are not referenced here");
        Assert.True(wrong.Count == 0, "These lines do not resolve; correct or remove them:\n" + string.Join("\n", wrong));
        Assert.True(resolved > 600, $"only {resolved} lines resolved: is a library missing from the test project?");
    }

    private static bool IsFacade(string assembly) => assembly is "netstandard" or "mscorlib" or "System.Data" or "System.Transactions" or "System.Private.CoreLib";

    private static string? Resolve(CSharpCompilation compilation, CatalogueEntry entry)
    {
        var types = TypesNamed(compilation, entry.TypeName).ToArray();
        if (types.Length == 0)
        {
            return NoType;
        }

        if (entry.MemberName is null)
        {
            return null;
        }

        var members = types.SelectMany(static t => Self(t)).SelectMany(t => t.GetMembers(entry.MemberName == "#ctor" ? ".ctor" : entry.MemberName))
            .Where(m => entry.Category == (m is IMethodSymbol ? 'M' : 'P')).ToArray();
        if (members.Length == 0)
        {
            return "no such member";
        }

        if (entry.Parameters is { } parameters && !members.Any(m => Signature(m) == parameters))
        {
            return "no such overload; there are " + string.Join(" ", members.Select(Signature));
        }

        var names = members.SelectMany(static m => m switch { IMethodSymbol method => method.Parameters, IPropertySymbol property => property.Parameters, _ => [] })
            .Select(static p => p.Name).ToHashSet();
        foreach (var name in entry.Transfers.SelectMany(static t => t.Condition is null ? [t.Parameter] : new[] { t.Parameter, t.Condition.Parameter }).Concat(entry.BorrowedParameters).Concat(entry.Deferral is null ? [] : [entry.Deferral.Parameter]))
        {
            if (name != Transfer.ReceiverConnection && !names.Contains(name))
            {
                return $"no parameter '{name}'; there are {string.Join(", ", names)}";
            }
        }

        return null;
    }

    private static IEnumerable<INamedTypeSymbol> TypesNamed(CSharpCompilation compilation, string name)
    {
        for (var nested = name; ; nested = nested[..nested.LastIndexOf('.')] + "+" + nested[(nested.LastIndexOf('.') + 1)..])
        {
            var found = compilation.GetTypesByMetadataName(nested);
            if (found.Length > 0 || nested.LastIndexOf('.') < 0)
            {
                return found;
            }
        }
    }

    private static IEnumerable<INamedTypeSymbol> Self(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            yield return t;
        }

        foreach (var i in type.AllInterfaces)
        {
            yield return i;
        }
    }

    private static string Signature(ISymbol member)
    {
        var id = member.GetDocumentationCommentId() ?? "";
        return id.Contains('(', StringComparison.Ordinal) ? id[id.IndexOf('(', StringComparison.Ordinal)..] : "()";
    }
}
