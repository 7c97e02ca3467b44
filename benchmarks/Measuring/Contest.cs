namespace SessionAnalyzers.Benchmarks.Measuring;

/// <summary>Runs contestants in turn, round after round, so that all of them meet the same disturbances.</summary>
internal sealed class Contest(Meter meter, params Contestant[] contestants)
{
    private readonly Dictionary<Contestant, Samples> samples = contestants.ToDictionary(static c => c, static _ => new Samples());

    public Samples this[Contestant contestant] => samples[contestant];

    public Contest Run(int rounds, int warmUps = 2)
    {
        for (var round = -warmUps; round < rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                var sample = meter.Run(contestant);
                if (round >= 0)
                {
                    samples[contestant].Add(sample);
                }
            }
        }

        return this;
    }

    /// <summary>One run of a contestant within a limit: null when it was quick enough, otherwise what became of it.</summary>
    public string? Exceeds(Contestant contestant, TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource();
        var running = Task.Run(() => meter.Run(contestant, cancellation.Token), CancellationToken.None);
        if (running.Wait(limit))
        {
            return null;
        }

        cancellation.Cancel();
        try
        {
            return running.Wait(TimeSpan.FromSeconds(10)) ? $"over {limit.TotalSeconds} s" : $"over {limit.TotalSeconds} s, deaf to cancellation";
        }
        catch (AggregateException)
        {
            return $"over {limit.TotalSeconds} s";
        }
    }
}
