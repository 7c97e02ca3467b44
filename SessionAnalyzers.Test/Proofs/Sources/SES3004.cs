// Database: PostgreSQL
// Fault: the code exists already, which this database says at the commit
// Good: the request succeeds, 1 stored
// Before: the request fails: This NpgsqlTransaction has completed; it is no longer usable, 0 stored
// After: the request fails: 23505: duplicate key value violates unique constraint "orders_code_key", 0 stored
// Fix: SES3004.Guard

#region Before
public class Orders(NpgsqlConnection connection)
{
    public void Add(string code)
    {
        using var transaction = connection.BeginTransaction();
        try
        {
            connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code }, transaction);
            transaction.Commit();
        }
        catch
        {
            transaction.Rollback(); // SES3004
            throw;
        }
    }
}
#endregion

public static class Program
{
    private const string CheckAtCommit = "ALTER TABLE orders DROP CONSTRAINT orders_code_key, ADD UNIQUE (code) DEFERRABLE INITIALLY DEFERRED";

    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        await database.ExecuteAsync(CheckAtCommit);
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        var outcome = await Requests.RunAsync(1, _ => new Orders(connection).Add("A"));
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
