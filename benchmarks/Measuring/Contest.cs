using SessionAnalyzers.Benchmarks.Sources;

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

    /// <summary>Runs with a limit per run; false when a run of a contestant had to be given up.</summary>
    public bool TryRun(int rounds, int warmUps, TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource();
        var running = Task.Run(
            () =>
            {
                for (var round = -warmUps; round < rounds; round++)
                {
                    foreach (var contestant in contestants)
                    {
                        var sample = meter.Run(contestant, cancellation.Token);
                        if (round >= 0)
                        {
                            samples[contestant].Add(sample);
                        }
                    }
                }
            },
            cancellation.Token);
        if (running.Wait(limit * (rounds + warmUps), CancellationToken.None))
        {
            return true;
        }

        cancellation.Cancel();
        try
        {
            // Does it listen?
            Stopped = running.Wait(TimeSpan.FromSeconds(5), CancellationToken.None);
        }
        catch (AggregateException)
        {
            Stopped = true;
        }

        return false;
    }

    /// <summary>After a run was given up: did it end when it was cancelled?</summary>
    public bool Stopped { get; private set; }
}
