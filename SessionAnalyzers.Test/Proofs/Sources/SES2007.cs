// Database: SQLite
// Fault: none, each call fails
// Before: the request fails: Execute requires the command to have a transaction object when the connection assigned to the command is in a pending local transaction
// After: the request succeeds
// Fix: SES2007.Pass

#region Before
public class Orders(SqliteConnection connection)
{
    public void Clear()
    {
        using var transaction = connection.BeginTransaction();
        using var command = new SqliteCommand("DELETE FROM orders", connection);
        command.ExecuteNonQuery(); // SES2007
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
        return await Requests.RunAsync(1, _ => new Orders(connection).Clear());
    }
}
