namespace SeedStory;

public sealed class Sessions(string connectionString)
{
    /// <summary>A session for a request. Who ends it?</summary>
    public Shop Open() => new(connectionString);
}
