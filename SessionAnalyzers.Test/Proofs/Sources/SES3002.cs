// Database: PostgreSQL
// Fault: the code of the second order exists already
// Good: the request succeeds, 2 stored
// Before: the request succeeds, 0 stored
// After: the request fails: 23505: duplicate key value violates unique constraint "orders_code_key", 0 stored
// Fix: SES3002.Rethrow

#region Before
public class Orders(NpgsqlConnection connection)
{
    public void AddBoth(string first, string second)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("INSERT INTO orders (code) VALUES (@first)", new { first }, transaction);
        try
        {
            connection.Execute("INSERT INTO orders (code) VALUES (@second)", new { second }, transaction);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            Console.WriteLine("there already");
        }

        transaction.Commit(); // SES3002
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('B', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        var outcome = await Requests.RunAsync(1, _ => new Orders(connection).AddBoth("A", "B"));
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
