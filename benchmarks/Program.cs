using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using SessionAnalyzers.Benchmarks;
using SessionAnalyzers.Benchmarks.Measuring;
using SessionAnalyzers.Benchmarks.Sources;

var wanted = new HashSet<string>(StringComparer.Ordinal);
var rounds = 7;
string? folder = null;
string only = "";
var check = false;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], out rounds):
            i++;
            break;
        case "--folder" when i + 1 < args.Length:
            folder = args[++i];
            break;
        case "--only" when i + 1 < args.Length:
            only = args[++i];
            break;
        case "--check":
            check = true;
            break;
        case "compare" or "nolibrary" or "share" or "blocks" or "method" or "summaries" or "profile":
            wanted.Add(args[i]);
            break;
        default:
            Console.WriteLine("Usage: [compare] [nolibrary] [share] [blocks] [method] [summaries] [profile] [--rounds N] [--only SHAPE] [--folder DIR] [--check]");
            return 2;
    }
}

if (check)
{
    var good = Scenarios.Check();
    PrintProblems();
    Console.WriteLine(good ? "All sources compile and are analysed." : "Failed.");
    return good ? 0 : 1;
}

var metadata = typeof(Scenarios).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(static a => a.Key, static a => a.Value, StringComparer.Ordinal);
Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, Roslyn {typeof(Compilation).Assembly.GetName().Version}, NetAnalyzers {metadata["NetAnalyzers"]}, IDisposableAnalyzers {metadata["IDisposableAnalyzers"]}.");
var clock = Stopwatch.StartNew();
if (folder is not null)
{
    Scenarios.Compare(Folder.Read(folder), rounds);
}
else
{
    if (Wanted("compare"))
    {
        Scenarios.Compare(Application.OfLines("generated application", 50_000, storeEvery: 1), rounds);
    }

    if (wanted.Contains("profile"))
    {
        Scenarios.Profile(Application.OfLines("generated application", 50_000, storeEvery: only == "none" ? 0 : 1), rounds);
    }

    if (Wanted("nolibrary"))
    {
        Scenarios.WithoutLibrary(rounds);
    }

    if (Wanted("share"))
    {
        Scenarios.Share(rounds);
    }

    if (Wanted("blocks"))
    {
        Scenarios.Blocks(rounds);
    }

    if (Wanted("method"))
    {
        Scenarios.Grow("Growth with the size of one method", Chosen(Growing.Methods), rounds, graphs: true);
    }

    if (Wanted("summaries"))
    {
        Scenarios.Grow("Growth of sources that live on summaries", Chosen(Growing.Webs), rounds, graphs: false);
    }
}

PrintProblems();
Console.WriteLine($"Took {clock.Elapsed.TotalMinutes:N1} minutes.");

// A run that was given up may still be at it.
Environment.Exit(0);
return 0;

IReadOnlyList<Growing> Chosen(IEnumerable<Growing> shapes) => [.. shapes.Where(s => s.Shape.Contains(only, StringComparison.OrdinalIgnoreCase))];

bool Wanted(string scenario) => wanted.Count == 0 || wanted.Contains(scenario);

static void PrintProblems()
{
    foreach (var problem in Meter.Problems)
    {
        Console.WriteLine("An analyzer failed: " + problem);
    }
}
