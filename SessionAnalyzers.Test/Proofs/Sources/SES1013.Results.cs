// Database: PostgreSQL
// Fault: there are no orders
// Good: 2 of 2 requests succeed
// Before: 1 of 2 requests fails: A command is already in progress: SELECT count(*) FROM orders; SELECT sum(quantity) FROM orders
// After: 2 of 2 requests succeed
// Fix: SES1013.Using

#region Before
public class Reports(NpgsqlConnection connection)
{
    public async Task<(long, long)> Count()
    {
        var results = await connection.QueryMultipleAsync("SELECT count(*) FROM orders; SELECT sum(quantity) FROM orders"); // SES1013
        var orders = await results.ReadSingleAsync<long>();
        if (orders == 0)
        {
            return (0, 0);
        }

        return (orders, await results.ReadSingleAsync<long>());
    }
}
#endregion

public static class Program
{
    public static async Task<string> Good(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code) VALUES ('A')");
        return await Fault(database);
    }

    public static async Task<string> Fault(Database database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        return await Requests.RunAsync(2, _ => new Reports(connection).Count());
    }
}
