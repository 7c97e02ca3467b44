// Database: PostgreSQL
// Fault: the quantity of the first order does not fit into an integer
// Good: 2 of 2 requests succeed, 2 stored
// Before: 2 of 2 requests fail: 25P02: current transaction is aborted, commands ignored until end of transaction block, 0 stored
// After: 1 of 2 requests fails: 22003: integer out of range, 1 stored
// Fix: SES3001.Using

#region Before
public class Orders(NpgsqlConnection connection)
{
    public void Add(string code, long quantity)
    {
        if (connection.ExecuteScalar<long>("SELECT count(*) FROM orders WHERE code = @code", new { code }) > 0)
        {
            return;
        }

        var transaction = connection.BeginTransaction(); // SES3001
        connection.Execute("INSERT INTO orders (code, quantity) VALUES (@code, @quantity)", new { code, quantity }, transaction);
        transaction.Commit();
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, 1);

    public static Task<string> Fault(Database database) => Run(database, 3_000_000_000);

    private static async Task<string> Run(Database database, long first)
    {
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        var outcome = await Requests.RunAsync(2, number => new Orders(connection).Add("A" + number, number == 1 ? first : 1));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
