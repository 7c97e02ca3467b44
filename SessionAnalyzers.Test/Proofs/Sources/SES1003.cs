// Database: PostgreSQL
// Fault: none, each call keeps a connection
// Before: 1 of 3 requests fails: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string
// After: 3 of 3 requests succeed
// Fix: SES1003.Lend

#region Before
internal class Sessions(NpgsqlDataSource source)
{
    public NpgsqlConnection Current => source.OpenConnection(); // SES1003
}

internal class Orders(Sessions sessions)
{
    public void Add(string code) =>
        sessions.Current.Execute("INSERT INTO orders (code) VALUES (@code)", new { code }); // SES1007
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var orders = new Orders(new Sessions(source));
        return await Requests.RunAsync(3, number => orders.Add("A" + number));
    }
}
