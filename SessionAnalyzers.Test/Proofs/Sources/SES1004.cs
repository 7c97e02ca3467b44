// Database: PostgreSQL
// Fault: two requests name a tenant that does not exist
// Good: 2 of 2 requests succeed
// Before: 2 of 2 requests fail: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string
// After: 2 of 2 requests succeed
// Fix: SES1004.DisposeInCatch

#region Before
public class Sessions(string connectionString)
{
    public NpgsqlConnection OpenFor(string tenant)
    {
        var connection = new NpgsqlConnection(connectionString); // SES1004
        connection.Open();
        connection.Execute("SELECT set_config('role', @tenant, false)", new { tenant });
        return connection;
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(new Sessions(database.ConnectionString));

    public static async Task<string> Fault(Database database)
    {
        var sessions = new Sessions(database.ConnectionString);
        return Requests.Fails(() => Count(sessions, "nobody")) && Requests.Fails(() => Count(sessions, "nobody"))
            ? await Run(sessions)
            : "the bad requests succeed";
    }

    private static Task<string> Run(Sessions sessions) => Requests.RunAsync(2, _ => Count(sessions, "proofs"));

    private static void Count(Sessions sessions, string tenant)
    {
        using var connection = sessions.OpenFor(tenant);
        connection.ExecuteScalar<long>("SELECT count(*) FROM orders");
    }
}
