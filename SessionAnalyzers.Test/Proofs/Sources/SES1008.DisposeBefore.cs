// Database: PostgreSQL
// Fault: six orders come at once
// Good: the request succeeds, 2 stored
// Before: the request fails: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string, 4 stored
// After: the request succeeds, 6 stored
// Fix: SES1008.DisposeBefore

#region Before
public class Import(string connectionString)
{
    public void Add(string[] codes)
    {
        NpgsqlConnection connection = null;
        try
        {
            for (var i = 0; i < codes.Length; i++)
            {
                if (i % 2 == 0)
                {
                    connection = new NpgsqlConnection(connectionString); // SES1008
                    connection.Open();
                }

                connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code = codes[i] });
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
    public static Task<string> Good(Database database) => Run(database, ["A", "B"]);

    public static Task<string> Fault(Database database) => Run(database, ["A", "B", "C", "D", "E", "F"]);

    private static async Task<string> Run(Database database, string[] codes)
    {
        var outcome = await Requests.RunAsync(1, _ => new Import(database.ConnectionString).Add(codes));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
