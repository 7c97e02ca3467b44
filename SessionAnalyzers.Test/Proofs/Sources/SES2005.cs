// Database: SQLite
// Fault: none, each order is lost
// Before: the request succeeds, 0 stored
// After: the request succeeds, 1 stored
// Fix: SES2005.Save

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public async Task Replace(string code)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Orders.Where(o => o.Code == code).ExecuteDeleteAsync();
        db.Orders.Add(new Order { Code = code }); // SES2005
        await transaction.CommitAsync();
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code) VALUES ('A')");
        var outcome = await Requests.RunAsync(1, _ => new Orders(new Shops(database)).Replace("A"));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
