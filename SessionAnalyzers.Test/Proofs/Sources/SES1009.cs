// Database: PostgreSQL
// Fault: none, each request keeps a connection
// Before: 1 of 3 requests fails: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string
// After: 3 of 3 requests succeed
// Fix: SES1009.DisposeField

#region Before
public class OrderStore
{
    private readonly NpgsqlConnection connection;

    public OrderStore(NpgsqlDataSource source) => connection = source.CreateConnection(); // SES1009

    public void Add(string code)
    {
        if (connection.State == ConnectionState.Closed)
        {
            connection.Open();
        }

        connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code });
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var provider = new ServiceCollection().AddSingleton(source).AddScoped<OrderStore>().BuildServiceProvider();
        return await Requests.RunAsync(3, number =>
        {
            using var request = provider.CreateScope();
            request.ServiceProvider.GetRequiredService<OrderStore>().Add("A" + number);
        });
    }
}
