// Database: PostgreSQL
// Fault: two customers send a code that exists already
// Good: 2 of 2 requests succeed
// Before: 2 of 2 requests fail: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string
// After: 2 of 2 requests succeed
// Fix: SES1002.TryFinally

#region Before
public class Orders(string connectionString)
{
    public void Add(string code)
    {
        NpgsqlConnection connection = null;
        try
        {
            connection = new NpgsqlConnection(connectionString); // SES1002
            connection.Open();
            connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code });
            connection.Close();
        }
        catch (TimeoutException)
        {
            connection?.Close();
            throw;
        }
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database)
    {
        var orders = new Orders(database.ConnectionString);
        return Requests.RunAsync(2, number => orders.Add("A" + number));
    }

    public static async Task<string> Fault(Database database)
    {
        var orders = new Orders(database.ConnectionString);
        orders.Add("A");
        return Requests.Fails(() => orders.Add("A")) && Requests.Fails(() => orders.Add("A"))
            ? await Requests.RunAsync(2, number => orders.Add("A" + number))
            : "the bad requests succeed";
    }
}
