// Database: PostgreSQL
// Fault: none, each call fails where the first query takes its time
// Before: the request fails: A second operation was started on this context instance before a previous operation completed
// After: the request succeeds
// Fix: SES4003.AwaitInTurn

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

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("ALTER TABLE orders RENAME TO stored; INSERT INTO stored (code) VALUES ('A')");
        await database.ExecuteAsync("CREATE VIEW orders AS SELECT stored.* FROM stored, pg_sleep(0.3)");
        using (var first = new Shops(database).CreateDbContext())
        {
            await first.Orders.CountAsync(); // Compiled now, it starts at once the next time.
        }

        return await Requests.RunAsync(1, async _ =>
        {
            using var db = new Shops(database).CreateDbContext();
            await new Reports(db).Load();
        });
    }
}
