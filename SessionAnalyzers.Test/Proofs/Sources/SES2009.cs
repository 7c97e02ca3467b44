// Database: PostgreSQL
// Fault: none, each call fails
// Before: the request fails: A TransactionScope must be disposed on the same thread that it was created, 0 stored
// After: the request succeeds, 2 stored
// Fix: SES2009.EnableFlow

#region Before
public class Orders(NpgsqlDataSource source)
{
    public async Task Add(string first, string second)
    {
        using var scope = new TransactionScope(); // SES2009
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync("INSERT INTO orders (code) VALUES (@first)", new { first });
        await connection.ExecuteAsync("INSERT INTO orders (code) VALUES (@second)", new { second });
        scope.Complete();
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var outcome = await Requests.RunAsync(1, _ => OnThreadOfItsOwn(() => new Orders(source).Add("A", "B")));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }

    // What goes on after an await then runs in another thread, as it mostly does in a service.
    private static Task OnThreadOfItsOwn(Func<Task> work)
    {
        Task task = null;
        var thread = new Thread(() => task = work());
        thread.Start();
        thread.Join();
        return task;
    }
}
