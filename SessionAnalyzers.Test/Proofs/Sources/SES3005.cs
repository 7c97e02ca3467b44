// Database: SQLite
// Fault: none, each order is stored and its request fails
// Before: the request fails: This SqliteTransaction has completed; it is no longer usable, 1 stored
// After: the request succeeds, 1 stored

#region Before
public class Orders(SqliteConnection connection)
{
    public void Add(string code, bool dry)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code }, transaction);
        transaction.Commit();
        transaction.Rollback(); // SES3005
    }
}
#endregion

#region Cure
public class Orders(SqliteConnection connection)
{
    public void Add(string code, bool dry)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("INSERT INTO orders (code) VALUES (@code)", new { code }, transaction);
        if (dry)
        {
            transaction.Rollback();
            return;
        }

        transaction.Commit();
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        using var connection = new SqliteConnection(database.ConnectionString);
        connection.Open();
        var outcome = await Requests.RunAsync(1, _ => new Orders(connection).Add("A", dry: false));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
