// Database: SQLite
// Fault: the second of the two statements fails
// Good: the request succeeds, 10 in both together
// Before: the request fails: SQLite Error 19: 'NOT NULL constraint failed: orders.quantity', 7 in both together
// After: the request fails: SQLite Error 19: 'NOT NULL constraint failed: orders.quantity', 10 in both together
// Fix: SES2006.MoveIntoTry

#region Before
public class Stock(SqliteConnection connection)
{
    public void Move(int quantity, int? arrived)
    {
        using var transaction = connection.BeginTransaction();
        try
        {
            connection.Execute("UPDATE orders SET quantity = quantity - @quantity WHERE code = 'A'", new { quantity }, transaction);
            connection.Execute("UPDATE orders SET quantity = quantity + @arrived WHERE code = 'B'", new { arrived }, transaction);
        }
        finally
        {
            transaction.Commit(); // SES2006
        }
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, 3);

    public static Task<string> Fault(Database database) => Run(database, null);

    private static async Task<string> Run(Database database, int? arrived)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A', 5), ('B', 5)");
        using var connection = new SqliteConnection(database.ConnectionString);
        connection.Open();
        var outcome = await Requests.RunAsync(1, _ => new Stock(connection).Move(3, arrived));
        return $"{outcome}, {await database.AskAsync("SELECT sum(quantity) FROM orders")} in both together";
    }
}
