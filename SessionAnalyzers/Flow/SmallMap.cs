namespace SessionAnalyzers.Flow;

/// <summary>
/// An immutable map of small integers for the flow state: a sorted array, since a state holds a handful of pairs. Equality is by content.
/// </summary>
internal readonly struct SmallMap : IEquatable<SmallMap>
{
    private static readonly long[] None = [];

    private readonly long[]? pairs;

    private SmallMap(long[] pairs) => this.pairs = pairs;

    public int Count => Pairs.Length;

    private long[] Pairs => pairs ?? None;

    public int KeyAt(int index) => (int)(Pairs[index] >> 32);

    public int ValueAt(int index) => (int)Pairs[index];

    public bool TryGet(int key, out int value)
    {
        var at = Find(key);
        value = at < 0 ? 0 : (int)Pairs[at];
        return at >= 0;
    }

    public int GetOr(int key, int otherwise) => TryGet(key, out var value) ? value : otherwise;

    public SmallMap Set(int key, int value)
    {
        var pair = ((long)key << 32) | (uint)value;
        var at = Find(key);
        long[] copy;
        if (at >= 0)
        {
            if (Pairs[at] == pair)
            {
                return this;
            }

            copy = (long[])Pairs.Clone();
            copy[at] = pair;
            return new(copy);
        }

        at = ~at;
        copy = new long[Pairs.Length + 1];
        Array.Copy(Pairs, copy, at);
        copy[at] = pair;
        Array.Copy(Pairs, at, copy, at + 1, Pairs.Length - at);
        return new(copy);
    }

    public SmallMap Remove(int key)
    {
        var at = Find(key);
        if (at < 0)
        {
            return this;
        }

        var copy = new long[Pairs.Length - 1];
        Array.Copy(Pairs, copy, at);
        Array.Copy(Pairs, at + 1, copy, at, copy.Length - at);
        return new(copy);
    }

    /// <summary>The pairs that both maps hold.</summary>
    public SmallMap Intersect(SmallMap other)
    {
        if (Equals(other))
        {
            return this;
        }

        var result = this;
        for (var i = Count - 1; i >= 0; i--)
        {
            if (!other.TryGet(KeyAt(i), out var value) || value != ValueAt(i))
            {
                result = result.Remove(KeyAt(i));
            }
        }

        return result;
    }

    public bool Equals(SmallMap other) => Pairs == other.Pairs || Pairs.AsSpan().SequenceEqual(other.Pairs);

    public override bool Equals(object? obj) => obj is SmallMap other && Equals(other);

    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var pair in Pairs)
        {
            hash = (hash * 31) + pair.GetHashCode();
        }

        return hash;
    }

    private int Find(int key)
    {
        int low = 0, high = Pairs.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var found = KeyAt(middle);
            if (found == key)
            {
                return middle;
            }

            if (found < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}
