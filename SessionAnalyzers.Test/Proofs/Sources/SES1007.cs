// Database: PostgreSQL
// Fault: none, each call keeps a connection
// Before: 1 of 3 requests fails: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string
// After: 3 of 3 requests succeed
// Fix: SES1007.Using

#region Before
public class Orders(NpgsqlDataSource source)
{
    public long Count()
    {
        using var command = new NpgsqlCommand("SELECT count(*) FROM orders", source.OpenConnection()); // SES1007
        return (long)command.ExecuteScalar();
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        return await Requests.RunAsync(3, _ => new Orders(source).Count());
    }
}
