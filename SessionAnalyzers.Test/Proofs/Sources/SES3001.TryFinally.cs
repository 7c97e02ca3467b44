// Database: SQLite
// Fault: the code of the first order exists already
// Good: 3 of 3 requests succeed, 3 stored
// Before: 3 of 3 requests fail: SqliteConnection does not support nested transactions, 0 stored
// After: 1 of 3 requests fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', 2 stored
// Fix: SES3001.TryFinally

#region Before
public class Orders(SqliteConnection connection)
{
    public void Add(string code)
    {
        SqliteTransaction transaction = null;
        try
        {
            transaction = connection.BeginTransaction(); // SES3001
            connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code }, transaction);
            transaction.Commit();
        }
        catch (TimeoutException)
        {
            transaction?.Rollback();
            throw;
        }
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A1', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        using var connection = new SqliteConnection(database.ConnectionString);
        connection.Open();
        var outcome = await Requests.RunAsync(3, number => new Orders(connection).Add("A" + number));
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
