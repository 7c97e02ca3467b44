// Database: SQLite
// Fault: the work begins when the request has ended
// Before: the work fails: Cannot access a disposed context instance, 0 stored
// After: the work succeeds, 1 stored

#region Before
public class Orders(IDbContextFactory<Shop> contexts, Func<Func<Task>, Task> start)
{
    public void Post(string code)
    {
        using var db = contexts.CreateDbContext();
        db.Orders.Add(new Order { Code = code });
        _ = Task.Run(() => start(() => db.SaveChangesAsync())); // SES4004
    }
}
#endregion

#region Cure
public class Orders(IDbContextFactory<Shop> contexts, Func<Func<Task>, Task> start)
{
    public void Post(string code)
    {
        _ = Task.Run(() => start(async () =>
        {
            using var db = contexts.CreateDbContext();
            db.Orders.Add(new Order { Code = code });
            await db.SaveChangesAsync();
        }));
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        var ended = new TaskCompletionSource();
        var outcome = new TaskCompletionSource<string>();
        new Orders(new Shops(database), async work =>
        {
            await ended.Task;
            outcome.SetResult(await Requests.OutcomeAsync(work));
        }).Post("A");
        ended.SetResult();
        var error = await outcome.Task;
        return $"the work {(error is null ? "succeeds" : "fails: " + error)}, {await database.StoredAsync()} stored";
    }
}
