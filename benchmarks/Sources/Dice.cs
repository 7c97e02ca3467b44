namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>A small generator of numbers (xorshift): the same seed gives the same source on every runtime.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed == 0 ? 1 : seed;

    /// <summary>A number from 0 to below the limit.</summary>
    public int Below(int limit)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int)(state >> 33) % limit;
    }

    /// <summary>A number between two limits, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
