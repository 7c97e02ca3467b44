// Database: PostgreSQL
// Fault: the code of the first order exists already
// Good: 3 of 3 requests succeed
// Before: 3 of 3 requests fail: Connection already open
// After: 1 of 3 requests fails: 23505: duplicate key value violates unique constraint "orders_code_key"
// Fix: SES1012.TryFinally

#region Before
public class Orders(NpgsqlConnection connection)
{
    public void Add(string code)
    {
        connection.Open(); // SES1012
        connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code });
        connection.Close();
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code) VALUES ('A1')");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        using var connection = new NpgsqlConnection(database.ConnectionString);
        return await Requests.RunAsync(3, number => new Orders(connection).Add("A" + number));
    }
}
