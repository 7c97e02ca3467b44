// Database: PostgreSQL
// Fault: none, each call fails
// Before: the request fails: A second operation was started on this context instance before a previous operation completed
// After: the request succeeds

#region Before
public class Reports(Shop db)
{
    public async Task<(List<Order>, int)> Load()
    {
        var all = db.Orders.ToListAsync();
        var count = db.Orders.CountAsync(); // SES4003
        await Task.WhenAll(all, count);
        return (await all, await count);
    }
}
#endregion

#region Cure
public class Reports(Shop db)
{
    public async Task<(List<Order>, int)> Load()
    {
        var all = await db.Orders.ToListAsync();
        var count = await db.Orders.CountAsync();
        return (all, count);
    }
}
#endregion

public static class Program
{
    public static Task<string> Fault(Database database) => Requests.RunAsync(1, async _ =>
    {
        using var db = new Shops(database).CreateDbContext();
        await new Reports(db).Load();
    });
}
