// Database: PostgreSQL
// Fault: the first order of a thread is refused
// Good: 2 stored
// Before: 0 stored
// After: 1 stored
// Fix: SES1001.Using

#region Before
public class Orders(string connectionString)
{
    public bool Add(string code, int quantity)
    {
        var scope = new TransactionScope(); // SES1001
        if (quantity < 1)
        {
            return false;
        }

        using (var connection = new NpgsqlConnection(connectionString))
        {
            connection.Open();
            connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code });
        }

        scope.Complete();
        scope.Dispose();
        return true;
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, 1);

    public static Task<string> Fault(Database database) => Run(database, 0);

    private static async Task<string> Run(Database database, int first)
    {
        var thread = new Thread(() =>
        {
            var orders = new Orders(database.ConnectionString);
            orders.Add("A", first);
            orders.Add("B", 1);
        });
        thread.Start();
        thread.Join();
        return $"{await database.StoredAsync()} stored";
    }
}
