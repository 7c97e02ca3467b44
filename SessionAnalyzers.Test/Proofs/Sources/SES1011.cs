// Database: SQLite
// Fault: none, each call fails
// Before: the request fails: Cannot access a disposed context instance, 0 stored
// After: the request succeeds, 1 stored

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public void Add(string code)
    {
        var db = contexts.CreateDbContext();
        using (db)
        {
            db.Orders.Add(new Order { Code = code });
        }

        db.SaveChanges(); // SES1011
    }
}
#endregion

#region Cure
public class Orders(IDbContextFactory<Shop> contexts)
{
    public void Add(string code)
    {
        var db = contexts.CreateDbContext();
        using (db)
        {
            db.Orders.Add(new Order { Code = code });
            db.SaveChanges();
        }
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
