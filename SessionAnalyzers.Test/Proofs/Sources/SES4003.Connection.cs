// Database: PostgreSQL
// Fault: none, each call fails
// Before: the request fails: A command is already in progress: SELECT pg_sleep(0.2)
// After: the request succeeds
// Fix: SES4003.AwaitInTurn

#region Before
public class Reports(NpgsqlConnection connection)
{
    public async Task Refresh()
    {
        var slow = connection.ExecuteAsync("SELECT pg_sleep(0.2)");
        await connection.ExecuteAsync("DELETE FROM orders"); // SES4003
        await slow;
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var outcome = await Requests.RunAsync(1, _ => new Reports(connection).Refresh());
        await Task.Delay(500); // Nobody waits for the first command.
        return outcome;
    }
}
