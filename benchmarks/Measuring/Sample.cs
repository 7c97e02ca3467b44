namespace SessionAnalyzers.Benchmarks.Measuring;

/// <summary>What one run took. The first figure is the driver's own count for the analyzers; the others are of the whole run.</summary>
internal readonly record struct Sample(double Reported, double Wall, double Processor, double Bytes, int Diagnostics);

/// <summary>Several runs of the same kind.</summary>
internal sealed class Samples
{
    private readonly List<Sample> samples = [];

    public double Reported => Median(static s => s.Reported);

    /// <summary>The run that was disturbed least by collections and other programs.</summary>
    public double Fastest => samples.Min(static s => s.Reported);

    public double Wall => Median(static s => s.Wall);

    public double Processor => Median(static s => s.Processor);

    public double Bytes => Median(static s => s.Bytes);

    public int Diagnostics => samples[^1].Diagnostics;

    public void Add(Sample sample) => samples.Add(sample);

    private double Median(Func<Sample, double> value)
    {
        var sorted = samples.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
