using SessionAnalyzers.Benchmarks.Measuring;
using SessionAnalyzers.Benchmarks.Sources;
using static SessionAnalyzers.Benchmarks.Table;

namespace SessionAnalyzers.Benchmarks;

/// <summary>The measurements, each printed as a table.</summary>
internal static class Scenarios
{
    private const double Mega = 1e6;
    private const double Kilo = 1e3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Everybody over the same source.</summary>
    public static void Compare(SourceSet source, int rounds)
    {
        var meter = new Meter(source);
        Console.WriteLine($"{source.Name}: {source.Files.Count} files, {source.Lines:N0} lines, {meter.Methods:N0} methods, {meter.SessionMethods:N0} of them in files with sessions, {meter.Errors.Length} errors.");
        Contestant[] all = [Contestant.Nothing, Contestant.Compiler, Contestant.Binding, Contestant.Floor, Contestant.Graphs, Contestant.Ours, Contestant.Ca2000, Contestant.Disposables];
        var contest = new Contest(meter, all).Run(rounds);
        var nothing = contest[Contestant.Nothing];
        var binding = contest[Contestant.Binding];
        var ours = contest[Contestant.Ours];

        var table = new Table("", "reported by the driver, ms", "fastest", "wall less nothing, ms", "CPU less nothing, ms", "CPU less binding, ms", "allocated less nothing, MB", "allocated less binding, MB", "diagnostics");
        foreach (var contestant in all)
        {
            var samples = contest[contestant];
            table.Row(
                contestant.Name,
                contestant.WithCompiler ? "-" : Number(samples.Reported),
                contestant.WithCompiler ? "-" : Number(samples.Fastest),
                Number(samples.Wall - nothing.Wall, 0),
                Number(samples.Processor - nothing.Processor, 0),
                Number(samples.Processor - binding.Processor, 0),
                Number((samples.Bytes - nothing.Bytes) / Mega),
                Number((samples.Bytes - binding.Bytes) / Mega),
                Number(samples.Diagnostics, 0));
        }

        table.Print($"{source.Name}: medians of {rounds} rounds");

        var ratios = new Table("SessionAnalyzers against", "reported time", "fastest time", "wall less nothing", "allocated less nothing", "allocated less binding");
        foreach (var other in all.Where(static c => c == Contestant.Floor || c == Contestant.Graphs || c == Contestant.Ca2000 || c == Contestant.Disposables))
        {
            var theirs = contest[other];
            ratios.Row(
                other.Name,
                Ratio(ours.Reported, theirs.Reported),
                Ratio(ours.Fastest, theirs.Fastest),
                Ratio(ours.Wall - nothing.Wall, theirs.Wall - nothing.Wall),
                Ratio(ours.Bytes - nothing.Bytes, theirs.Bytes - nothing.Bytes),
                Ratio(ours.Bytes - binding.Bytes, theirs.Bytes - binding.Bytes));
        }

        ratios.Print("Ratios");
    }

    /// <summary>Our analyzers alone, round after round: something for a profiler to look at. Not part of a whole run.</summary>
    public static void Profile(SourceSet source, int rounds)
    {
        var meter = new Meter(source);
        for (var round = 0; round < rounds; round++)
        {
            var sample = meter.Run(Contestant.Ours);
            Console.WriteLine($"{Number(sample.Reported)} ms reported, {Number(sample.Bytes / Mega)} MB");
        }
    }

    /// <summary>Where no session library is referenced and no source mentions a session.</summary>
    public static void WithoutLibrary(int rounds)
    {
        var source = Application.OfLines("without a session library", 50_000, storeEvery: 0) with { SessionLibraries = false };
        var meter = new Meter(source, freshTrees: true);
        var contest = new Contest(meter, Contestant.Nothing, Contestant.Ours).Run(rounds);
        var table = new Table("", "reported by the driver, ms", "fastest", "wall of the run, ms", "allocated, MB");
        foreach (var contestant in new[] { Contestant.Nothing, Contestant.Ours })
        {
            var samples = contest[contestant];
            table.Row(contestant.Name, Number(samples.Reported, 2), Number(samples.Fastest, 2), Number(samples.Wall, 2), Number(samples.Bytes / Mega, 2));
        }

        table.Print($"No session library referenced: {source.Lines:N0} lines, {meter.Methods:N0} methods");
    }

    /// <summary>The same size with more and more sessions.</summary>
    public static void Share(int rounds)
    {
        var table = new Table("methods in files with sessions", "methods", "reported, ms", "fastest", "floor, fastest", "CA2000, fastest", "against CA2000", "µs per session method above none", "allocated less binding, MB");
        var (none, methodsWithSessions) = (0.0, 0);
        foreach (var every in new[] { 0, 8, 4, 2, 1 })
        {
            var meter = new Meter(Application.OfLines("share", 50_000, every));
            var contest = new Contest(meter, Contestant.Binding, Contestant.Floor, Contestant.Ours, Contestant.Ca2000).Run(rounds);
            var ours = contest[Contestant.Ours];
            methodsWithSessions = meter.SessionMethods;
            if (every == 0)
            {
                none = ours.Fastest;
            }

            table.Row(
                $"{methodsWithSessions} ({Number(100.0 * methodsWithSessions / meter.Methods)} %)",
                Number(meter.Methods, 0),
                Number(ours.Reported),
                Number(ours.Fastest),
                Number(contest[Contestant.Floor].Fastest),
                Number(contest[Contestant.Ca2000].Fastest),
                Ratio(ours.Fastest, contest[Contestant.Ca2000].Fastest),
                methodsWithSessions == 0 ? "-" : Number((ours.Fastest - none) * Kilo / methodsWithSessions, 0),
                Number((ours.Bytes - contest[Contestant.Binding].Bytes) / Mega));
        }

        table.Print("Share of methods with sessions, 50,000 lines, libraries referenced");
    }

    /// <summary>More and more blocks.</summary>
    public static void Blocks(int rounds)
    {
        var table = new Table("size", "lines", "methods", "reported, ms", "fastest", "µs per method (fastest)", "× per method", "allocated less binding, KB per method");
        var first = 0.0;
        foreach (var factor in new[] { 1, 10, 100 })
        {
            var source = Application.OfSubjects("blocks", 3 * factor);
            var meter = new Meter(source);
            var contest = new Contest(meter, Contestant.Binding, Contestant.Ours).Run(factor == 100 ? rounds : 3 * rounds, factor == 100 ? 2 : 20);
            var ours = contest[Contestant.Ours];
            var each = ours.Fastest * Kilo / meter.Methods;
            first = first == 0 ? each : first;
            table.Row(
                factor + "×",
                Number(source.Lines, 0),
                Number(meter.Methods, 0),
                Number(ours.Reported, 2),
                Number(ours.Fastest, 2),
                Number(each),
                Number(each / first, 2),
                Number((ours.Bytes - contest[Contestant.Binding].Bytes) / Kilo / meter.Methods, 2));
        }

        table.Print("Growth with the number of blocks");
    }

    /// <summary>Sources of one shape in growing sizes.</summary>
    public static void Grow(string title, IReadOnlyList<Growing> shapes, int rounds, bool graphs)
    {
        var table = new Table(
            "shape", "unit", "sizes", "fastest, ms", "µs per unit", "× per unit from size to size", graphs ? "µs per unit, graph alone" : "floor, µs per unit", "allocated less binding, KB per unit", "diagnostics");
        var against = graphs ? Contestant.Graphs : Contestant.Floor;
        foreach (var shape in shapes)
        {
            List<string> times = [], units = [], growth = [], others = [], bytes = [], diagnostics = [];
            var before = 0.0;
            foreach (var size in shape.Sizes)
            {
                var contest = new Contest(new Meter(shape.At(size)), Contestant.Binding, against, Contestant.Ours);
                if (contest.Exceeds(Contestant.Ours, Limit) is { } failure)
                {
                    times.Add(failure);
                    break;
                }

                // Small sources need more runs before they are compiled to the end.
                contest.Run(rounds, warmUps: size <= 20 ? 15 : 2);
                var ours = contest[Contestant.Ours];
                var each = ours.Fastest * Kilo / size;
                times.Add(Number(ours.Fastest, 2));
                units.Add(Number(each));
                growth.Add(before == 0 ? "" : Number(each / before, 2));
                others.Add(Number(contest[against].Fastest * Kilo / size));
                bytes.Add(Number((ours.Bytes - contest[Contestant.Binding].Bytes) / Kilo / size));
                diagnostics.Add(Number(ours.Diagnostics, 0));
                before = each;
            }

            table.Row(shape.Shape, shape.Unit, string.Join(" / ", shape.Sizes), string.Join(" / ", times), string.Join(" / ", units), string.Join(" / ", growth.Skip(1)), string.Join(" / ", others), string.Join(" / ", bytes), string.Join(" / ", diagnostics));
        }

        table.Print(title);
    }

    /// <summary>All sources in small: they compile, and no analyzer of ours fails. Measures nothing.</summary>
    public static bool Check()
    {
        var sources = Growing.Methods.Concat(Growing.Webs).Select(static g => g.At(5))
            .Append(Application.OfSubjects("application", 60))
            .Append(Application.OfLines("without a session library", 2_000, storeEvery: 0) with { SessionLibraries = false });
        var good = true;
        foreach (var source in sources)
        {
            var meter = new Meter(source);
            foreach (var error in meter.Errors)
            {
                good = false;
                Console.WriteLine($"{source.Name}: {error}");
            }

            meter.Run(Contestant.Ours);
        }

        return good && Meter.Problems.Count == 0;
    }
}
