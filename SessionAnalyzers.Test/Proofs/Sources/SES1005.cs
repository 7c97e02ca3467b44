// Database: SQLite
// Fault: none, each call fails
// Before: the request fails: Cannot access a disposed context instance
// After: the request succeeds
// Fix: SES1005.DropUsing

#region Before
public class Sessions(IDbContextFactory<Shop> contexts)
{
    public Shop Open()
    {
        using var db = contexts.CreateDbContext();
        db.Database.OpenConnection();
        return db; // SES1005
    }
}
#endregion

public static class Program
{
    public static Task<string> Fault(Database database) => Requests.RunAsync(1, async _ =>
    {
        using var db = new Sessions(new Shops(database)).Open();
        await db.Orders.CountAsync();
    });
}
