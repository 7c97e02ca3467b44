// Database: PostgreSQL
// Fault: none, each request logs in anew
// Before: 20 requests log in 20 times
// After: 20 requests log in 1 times

#region Before
public class OrderService(string connectionString)
{
    public async Task<int> Session()
    {
        await using var source = NpgsqlDataSource.Create(connectionString); // SES1014
        await using var connection = await source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>("SELECT pg_backend_pid()");
    }
}
#endregion

#region Cure
public class OrderService(NpgsqlDataSource source)
{
    public async Task<int> Session()
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>("SELECT pg_backend_pid()");
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await using var provider = new ServiceCollection()
            .AddSingleton(NpgsqlDataSource.Create(database.ConnectionString))
            .AddSingleton(database.ConnectionString)
            .AddScoped<OrderService>()
            .BuildServiceProvider();
        var sessions = new HashSet<int>();
        for (var number = 1; number <= 20; number++)
        {
            using var request = provider.CreateScope();
            sessions.Add(await request.ServiceProvider.GetRequiredService<OrderService>().Session());
        }

        return $"20 requests log in {sessions.Count} times";
    }
}
