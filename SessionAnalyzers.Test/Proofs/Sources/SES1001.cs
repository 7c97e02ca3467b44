// Database: SQLite
// Fault: a customer asks for more than there is
// Good: 2 of 2 requests succeed, 3 left
// Before: 2 of 2 requests fail: SQLite Error 5: 'database is locked', 5 left
// After: 2 of 2 requests succeed, 3 left
// Fix: SES1001.Using

#region Before
public class Stock(SqliteConnection connection)
{
    public bool Take(string code, int quantity)
    {
        var transaction = connection.BeginTransaction(); // SES1001
        var left = connection.ExecuteScalar<int>("SELECT quantity FROM orders WHERE code = @code", new { code }, transaction);
        if (left < quantity)
        {
            return false;
        }

        connection.Execute("UPDATE orders SET quantity = quantity - @quantity WHERE code = @code", new { code, quantity }, transaction);
        transaction.Commit();
        return true;
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, 1, true);

    public static Task<string> Fault(Database database) => Run(database, 1000, false);

    private static async Task<string> Run(Database database, int quantity, bool taken)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A', 5)");
        using var first = new SqliteConnection(database.ConnectionString);
        first.Open();
        if (new Stock(first).Take("A", taken ? 0 : quantity) != taken)
        {
            return "the first request fails";
        }

        var others = await Requests.RunAsync(2, _ =>
        {
            using var other = new SqliteConnection(database.ConnectionString);
            other.Open();
            new Stock(other).Take("A", 1);
        });
        return $"{others}, {await database.AskAsync("SELECT quantity FROM orders")} left";
    }
}
