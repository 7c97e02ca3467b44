// Database: PostgreSQL
// Fault: the warehouse does not answer
// Good: the request succeeds, 1 stored
// Before: the request fails: The warehouse does not answer, 1 stored
// After: the request fails: The warehouse does not answer, 0 stored
// Fix: SES2006.MoveIntoTry

#region Before
public class Orders(Shop db)
{
    public async Task Add(string code, Func<Task> reserve)
    {
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        try
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO orders (code) VALUES ({code})");
            await reserve();
        }
        finally
        {
            scope.Complete(); // SES2006
        }
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, () => Task.CompletedTask);

    public static Task<string> Fault(Database database) => Run(database, () => throw new TimeoutException("The warehouse does not answer."));

    private static async Task<string> Run(Database database, Func<Task> reserve)
    {
        using var db = new Shops(database).CreateDbContext();
        var outcome = await Requests.RunAsync(1, _ => new Orders(db).Add("A", reserve));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
