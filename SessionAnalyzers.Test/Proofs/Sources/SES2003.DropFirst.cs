// Database: SQLite
// Fault: the code of the second order exists already
// Good: the request succeeds, 2 stored
// Before: the request fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', 1 stored
// After: the request fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', 0 stored
// Fix: SES2003.DropFirst

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public async Task AddBoth(string first, string second)
    {
        await using var db = await contexts.CreateDbContextAsync();
        db.Orders.Add(new Order { Code = first });
        await db.SaveChangesAsync();
        db.Orders.Add(new Order { Code = second });
        await db.SaveChangesAsync(); // SES2003
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('B', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        var outcome = await Requests.RunAsync(1, _ => new Orders(new Shops(database)).AddBoth("A", "B"));
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
