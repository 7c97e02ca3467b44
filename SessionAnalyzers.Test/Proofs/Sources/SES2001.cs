// Database: SQLite
// Fault: the third of four codes exists already
// Good: the request succeeds, 4 of 4 stored
// Before: the request fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', 2 of 4 stored
// After: the request fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', 0 of 4 stored
// Fix: SES2001.MoveAfterLoop

#region Before
public class Import(IDbContextFactory<Shop> contexts)
{
    public async Task Add(string[] codes)
    {
        await using var db = await contexts.CreateDbContextAsync();
        foreach (var code in codes)
        {
            db.Orders.Add(new Order { Code = code });
            await db.SaveChangesAsync(); // SES2001
        }
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('C', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        var outcome = await Requests.RunAsync(1, _ => new Import(new Shops(database)).Add(["A", "B", "C", "D"]));
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} of 4 stored";
    }
}
