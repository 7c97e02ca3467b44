// Database: PostgreSQL
// Fault: none, each call fails
// Before: the request fails: Cannot access a disposed object
// After: the request succeeds
// Fix: SES1006.ToList

#region Before
public class Reports(NpgsqlDataSource source)
{
    public IEnumerable<string> Codes()
    {
        using var connection = source.OpenConnection();
        return connection.Query<string>("SELECT code FROM orders", buffered: false); // SES1006
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        return await Requests.RunAsync(1, _ => { new Reports(source).Codes().Count(); });
    }
}
