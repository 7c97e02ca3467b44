using System.Text;

namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>
/// An invented business application of any size: per subject a data file, a service without sessions and, where sessions are wanted, a
/// store. One method in about fifteen uses a session.
/// </summary>
internal static class Application
{
    private const ulong Seed = 20260117;
    private const int SubjectsPerArea = 20;

    private const string Header = """
        using System;
        using System.Collections.Generic;
        using System.Globalization;
        using System.IO;
        using System.Linq;
        using System.Runtime.CompilerServices;
        using System.Text;
        using System.Threading;
        using System.Threading.Tasks;

        """;

    private const string SessionHeader = """
        using System.Data;
        using System.Data.Common;
        using Dapper;
        using Microsoft.Data.Sqlite;
        using Microsoft.EntityFrameworkCore;

        """;

    /// <summary>An application of at least so many lines. Every so manieth subject has a store; 0 is none.</summary>
    public static SourceSet OfLines(string name, int lines, int storeEvery)
    {
        var files = new List<SourceFile>();
        var total = 0;
        for (var subject = 0; total < lines; subject++)
        {
            foreach (var file in Subject(subject, storeEvery > 0, storeEvery > 0 && subject % storeEvery == 0))
            {
                files.Add(file);
                total += file.Lines;
            }
        }

        return new(name, files);
    }

    /// <summary>An application of so many subjects, each about two hundred lines.</summary>
    public static SourceSet OfSubjects(string name, int subjects) =>
        new(name, Enumerable.Range(0, subjects).SelectMany(static i => Subject(i, true, true)).ToArray());

    /// <summary>The files of one subject depend on nothing but its number.</summary>
    private static IEnumerable<SourceFile> Subject(int number, bool contexts, bool store)
    {
        var dice = new Dice(Seed + ((ulong)number * 7919));
        var entity = Entity.At(number, dice);
        var folder = $"{entity.Area}/{entity.Name}";
        yield return new($"{folder}.cs", Data(entity));
        yield return new($"{folder}Service.cs", Service(entity, dice));
        if (contexts && number % SubjectsPerArea == 0)
        {
            yield return new($"{entity.Area}/{entity.Area}Context.cs", Context(entity));
        }

        if (store)
        {
            yield return new($"{folder}Store.cs", Store(entity, dice));
        }
    }

    private static string Data(Entity entity)
    {
        var extras = new StringBuilder();
        foreach (var (type, name) in entity.Extras)
        {
            extras.Append("    public ").Append(type).Append(' ').Append(name).Append(" { get; set; }").Append(type == "string" ? " = \"\";\n\n" : "\n\n");
        }

        return $$"""
            {{Header}}
            namespace Invented.{{entity.Area}};

            public enum {{entity.Name}}Status
            {
                Open,
                Urgent,
                Closed,
            }

            public class {{entity.Name}}
            {
                public int Id { get; set; }

                public string Name { get; set; } = "";

                public decimal Amount { get; set; }

                public int Quantity { get; set; }

                public DateTime CreatedAt { get; set; } = DateTime.UtcNow;

                public {{entity.Name}}Status Status { get; set; }

                public List<string> Tags { get; } = new();

                public string? Note { get; set; }

            {{extras}}
                public override string ToString() => $"{Id} {Name}";
            }

            public sealed record {{entity.Name}}View(int Id, string Title)
            {
                public decimal Total { get; init; }

                public string[] Labels { get; init; } = [];

                public int Age { get; init; }
            }

            """;
    }

    private static string Service(Entity entity, Dice dice)
    {
        var methods = Enumerable.Range(0, dice.Between(16, 22)).Select(i => BusinessMethods.Next(entity, dice, i));
        return $$"""
            {{Header}}
            namespace Invented.{{entity.Area}};

            public sealed class {{entity.Name}}Service
            {
                private readonly List<string> log = new();
                private readonly Dictionary<int, {{entity.Name}}> known = new();
                private readonly object gate = new();
                private int attempts;

                public event EventHandler<{{entity.Name}}>? Changed;

                public int Attempts => attempts;

                public void Raise({{entity.Name}} item) => Changed?.Invoke(this, item);

            {{string.Join("\n\n", methods)}}

                private static Task<int> CountAsync({{entity.Name}} item, CancellationToken cancellation) =>
                    Task.FromResult(cancellation.IsCancellationRequested ? 0 : item.Quantity);

                private sealed class Subscription : IDisposable
                {
                    private readonly Action end;

                    public Subscription(Action end) => this.end = end;

                    public void Dispose() => end();
                }
            }

            """;
    }

    private static string Store(Entity entity, Dice dice)
    {
        var methods = Enumerable.Range(0, dice.Between(1, 2)).Select(i => SessionMethods.Next(entity, dice, i));
        return $$"""
            {{Header}}{{SessionHeader}}
            namespace Invented.{{entity.Area}};

            public sealed class {{entity.Name}}Store
            {
                private readonly string connectionString;
                private readonly List<string> log = new();

                public {{entity.Name}}Store(string connectionString) => this.connectionString = connectionString;

                public IReadOnlyList<string> Log => log;

            {{string.Join("\n\n", methods)}}
            }

            """;
    }

    private static string Context(Entity first) => $$"""
        {{SessionHeader}}
        namespace Invented.{{first.Area}};

        public class {{first.Area}}Context : DbContext
        {
            public DbSet<{{first.Name}}> Items => Set<{{first.Name}}>();

            protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseSqlite("Data Source={{first.Area}}.db");
        }

        """;
}
