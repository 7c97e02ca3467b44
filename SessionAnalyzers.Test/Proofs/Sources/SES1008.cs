// Database: PostgreSQL
// Fault: the first two codes are taken
// Good: the request succeeds, 1 stored
// Before: the request fails: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string, 0 stored
// After: the request succeeds, 1 stored
// Fix: SES1008.UsingInLoop

#region Before
public class Orders(string connectionString)
{
    public void AddFirstFree(string[] codes)
    {
        NpgsqlConnection connection = null;
        try
        {
            foreach (var code in codes)
            {
                connection = new NpgsqlConnection(connectionString); // SES1008
                connection.Open();
                if (connection.Execute("INSERT INTO orders (code) VALUES (@code) ON CONFLICT DO NOTHING", new { code }) == 1)
                {
                    return;
                }
            }
        }
        finally
        {
            connection?.Dispose();
        }
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A', 0), ('B', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        var outcome = await Requests.RunAsync(1, _ => new Orders(database.ConnectionString).AddFirstFree(["A", "B", "C"]));
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
