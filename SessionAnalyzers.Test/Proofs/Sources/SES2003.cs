// Database: PostgreSQL
// Fault: the invoice with the number of the order exists already
// Good: the request succeeds, 2 stored
// Before: the request fails: 23505: duplicate key value violates unique constraint "orders_code_key", 1 stored
// After: the request fails: 23505: duplicate key value violates unique constraint "orders_code_key", 0 stored
// Fix: SES2003.Transaction

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public async Task Add(string code)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var order = new Order { Code = code };
        db.Orders.Add(order);
        await db.SaveChangesAsync();
        db.Orders.Add(new Order { Code = "Invoice " + order.Id });
        await db.SaveChangesAsync(); // SES2003
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (id, code, quantity) VALUES (100, 'Invoice 1', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        var outcome = await Requests.RunAsync(1, _ => new Orders(new Shops(database)).Add("A"));
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
