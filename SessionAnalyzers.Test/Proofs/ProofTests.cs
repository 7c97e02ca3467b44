using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;
using SessionAnalyzers.Test.Meta;

namespace SessionAnalyzers.Test.Proofs;

/// <summary>
/// Each rule is true: what it reports fails on a real database, and what its fix writes does not. The programs are in <c>Sources/</c>,
/// see <see cref="ProofSource"/>.
/// </summary>
public abstract class ProofTests
{
    /// <summary>The cures of a source with the programs they make.</summary>
    internal static async Task<List<(string Name, ProofProject Project)>> CuresAsync(ProofSource source)
    {
        var clean = ProofSource.WithoutMarks(source.Text);
        if (source.Cure is { } cure)
        {
            return [("the cure by hand", ProofProject.Create(source, ProofSource.Replace(clean, cure)))];
        }

        var cures = new List<(string, ProofProject)>();
        foreach (var keys in source.Fixes)
        {
            cures.Add((string.Join(", ", keys), await ProofProject.Create(source, clean).FixAsync(keys)));
        }

        return cures;
    }

    private protected static IEnumerable<string> On(params string[] databases) => ProofSource.Names.Where(name => databases.Contains(ProofSource.Read(name).Database));

    private protected static async Task ProveAsync(string name, Func<Database> database)
    {
        var source = ProofSource.Read(name);
        var broken = ProofProject.Create(source, ProofSource.WithoutMarks(source.Text));
        await ObserveAsync(new(await broken.EmitAsync()), "before", source.Harm);
        var cures = await CuresAsync(source);
        Assert.NotEmpty(cures);
        foreach (var (cure, project) in cures)
        {
            await ObserveAsync(new(await project.EmitAsync()), "after " + cure, source.Healed);
        }

        async Task ObserveAsync(ProofProgram program, string when, string expected)
        {
            Equal(expected, await program.RunAsync("Fault", database()), $"{name} {when}, with the fault");
            if (source.Good is { } good)
            {
                Equal(good, await program.RunAsync("Good", database()), $"{name} {when}, without the fault");
            }
        }
    }

    private static void Equal(string expected, string actual, string what) =>
        Assert.True(expected == actual, $"{what}\nexpected: {expected}\nobserved: {actual}");
}

/// <summary>What needs no database: what is reported, and the rules that have no proof.</summary>
public sealed class ProofReportTests : ProofTests
{
    /// <summary>Rules whose harm no program on a database of this machine can show, with the reason.</summary>
    private static readonly Dictionary<string, string> Unproved = new()
    {
        ["SES9001"] = "It is about a line of a text file, not about a program",
        ["SES5001"] = "Each form of a scope ends the session: that one of them is the team's is a convention, and nothing fails without it",
        ["SES5003"] = "What an approved source adds is the team's own: a session from elsewhere works as well",
    };

    /// <summary>Actions after which a program does what it did before, with the reason.</summary>
    private static readonly Dictionary<string, string> CureNothing = new()
    {
        ["SES1003.Annotate"] = "It writes down who disposes the session, for people and tools",
    };

    public static TheoryData<string> Names => [.. ProofSource.Names];

    [ProofTheory]
    [MemberData(nameof(Names))]
    public async Task Reports_what_the_marks_say_and_nothing_after_the_cure(string name)
    {
        var source = ProofSource.Read(name);
        var project = ProofProject.Create(source, ProofSource.WithoutMarks(source.Text));
        Assert.Contains(source.Id, source.Expected().Select(static m => m.Id));
        Assert.Equal(source.Expected(), await project.ReportedAsync());
        Assert.True(source.Cure is null || !await project.HasFixAsync(source.Id), $"{name} is cured by hand, although there is a fix");
        foreach (var (_, cured) in await CuresAsync(source))
        {
            Assert.Empty(await cured.ReportedAsync());
        }
    }

    [Fact]
    public void Each_rule_is_proved_or_it_is_said_why_not()
    {
        var proved = ProofSource.Names.Select(static name => ProofSource.Read(name).Id).ToHashSet();
        Assert.Empty(Product.Rules.Select(static r => r.Id).Except(proved).Except(Unproved.Keys));
        Assert.Empty(proved.Intersect(Unproved.Keys));
    }

    [Fact]
    public void Each_key_of_a_fix_is_proved()
    {
        var keys = Product.Fixes.GetTypes().SelectMany(static t => t.GetFields(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static f => f.IsLiteral && f.Name.EndsWith("Key", StringComparison.Ordinal)).Select(static f => (string)f.GetRawConstantValue()!);
        var proved = ProofSource.Names.SelectMany(static name => ProofSource.Read(name).Fixes).SelectMany(static k => k);
        Assert.Empty(keys.Where(static key => !Unproved.ContainsKey(key[..7])).Except(CureNothing.Keys).Except(proved));
        Assert.Empty(CureNothing.Keys.Except(keys).Concat(CureNothing.Keys.Intersect(proved)));
    }

    [Fact]
    public void Each_rule_with_a_fix_is_proved_with_its_fix()
    {
        foreach (var source in ProofSource.Names.Select(ProofSource.Read))
        {
            // A further proof may show what the fix leaves alone.
            var fixable = Product.AllFixes.Any(f => f.FixableDiagnosticIds.Contains(source.Id));
            Assert.True(fixable == (source.Cure is null) || (fixable && source.Name != source.Id), $"{source.Name}: a rule with a fix is proved with it, one without is cured by hand");
        }
    }
}

public sealed class EmbeddedProofTests : ProofTests
{
    public static TheoryData<string> Names => [.. On("SQLite", "LiteDB")];

    [ProofTheory]
    [MemberData(nameof(Names))]
    public Task Harm_is_real_and_the_cure_works(string name) => ProveAsync(name, static () => new SqliteDatabase());
}

public sealed class PostgresProofTests(PostgresServer server) : ProofTests, IClassFixture<PostgresServer>
{
    public static TheoryData<string> Names => [.. On("PostgreSQL").Where(static name => !WaitsForPool(name))];

    internal static bool WaitsForPool(string name) => ProofSource.Read(name).Harm.Contains("pool has been exhausted", StringComparison.Ordinal);

    [PostgresTheory]
    [MemberData(nameof(Names))]
    public Task Harm_is_real_and_the_cure_works(string name) => ProveAsync(name, server.NewDatabase);
}

/// <summary>Apart from the others and beside them: these mostly wait for a connection that does not come.</summary>
public sealed class PostgresPoolProofTests(PostgresServer server) : ProofTests, IClassFixture<PostgresServer>
{
    public static TheoryData<string> Names => [.. On("PostgreSQL").Where(PostgresProofTests.WaitsForPool)];

    [PostgresTheory]
    [MemberData(nameof(Names))]
    public Task Harm_is_real_and_the_cure_works(string name) => ProveAsync(name, server.NewDatabase);
}

/// <summary>A test that runs on the newest host only: what it proves does not depend on the compiler.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class ProofTheoryAttribute : TheoryAttribute
{
    public ProofTheoryAttribute()
    {
        if ((int)LanguageVersion.Latest.MapSpecifiedToEffectiveVersion() < 1400)
        {
            Skip = "The proofs run on the newest compiler";
        }
    }
}

/// <summary>A test that needs a PostgreSQL server, and is skipped without one, unless one is required.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : ProofTheoryAttribute
{
    public PostgresTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable(PostgresServer.Required) != "1")
        {
            Skip ??= PostgresServer.Missing;
        }
    }
}
