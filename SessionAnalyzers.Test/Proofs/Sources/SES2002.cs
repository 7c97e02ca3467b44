// Database: SQLite
// Fault: none, each order is lost
// Before: the request succeeds, 0 stored
// After: the request succeeds, 1 stored
// Fix: SES2002.Commit

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public async Task Add(string code)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync(); // SES2002
        db.Orders.Add(new Order { Code = code });
        await db.SaveChangesAsync();
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        var outcome = await Requests.RunAsync(1, _ => new Orders(new Shops(database)).Add("A"));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
