// Database: PostgreSQL
// Fault: none, each call fails where the first query takes its time
// Before: the request fails: A second operation was started on this context instance before a previous operation completed
// After: the request succeeds
// Fix: SES4003.Foreach

#region Before
public class Cart(Shop db)
{
    public async Task<int> Quantity(List<string> codes)
    {
        await Task.WhenAll(codes.Select(code => db.Orders.Where(o => o.Code == code).LoadAsync())); // SES4003
        return db.Orders.Local.Sum(o => o.Quantity);
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("ALTER TABLE orders RENAME TO stored; INSERT INTO stored (code) VALUES ('A'), ('B')");
        await database.ExecuteAsync("CREATE VIEW orders AS SELECT stored.* FROM stored, pg_sleep(0.3)");
        return await Requests.RunAsync(1, async _ =>
        {
            using var db = new Shops(database).CreateDbContext();
            if (await new Cart(db).Quantity(["A", "B"]) != 2)
            {
                throw new InvalidOperationException("The quantity is wrong");
            }
        });
    }
}
