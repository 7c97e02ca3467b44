using System.Globalization;

namespace SessionAnalyzers.Benchmarks;

/// <summary>A Markdown table on the console.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> rows = [];

    /// <summary>Adds a row, and shows it on the error stream for those who wait.</summary>
    public void Row(params string[] cells)
    {
        rows.Add(cells);
        Console.Error.WriteLine(string.Join(" | ", cells));
    }

    public void Print(string title)
    {
        Console.WriteLine();
        Console.WriteLine("### " + title);
        Console.WriteLine();
        Line(columns);
        Line([.. columns.Select(static (_, i) => i == 0 ? "---" : "---:")]);
        rows.ForEach(Line);
        Console.WriteLine();
    }

    public static string Number(double value, int decimals = 1) => value.ToString("N" + decimals, CultureInfo.InvariantCulture);

    /// <summary>A ratio as people say it: 1/13 or 2.4.</summary>
    public static string Ratio(double value, double of) => (of <= 0 || value < 0) ? "-"
        : value > 0 && value < of / 2 ? "1/" + Number(of / value, of / value < 10 ? 1 : 0)
        : Number(value / of, 2);

    private static void Line(string[] cells) => Console.WriteLine("| " + string.Join(" | ", cells) + " |");
}
