// Database: PostgreSQL
// Fault: the context is used again
// Before: the request fails: Cannot access a disposed object
// After: the request succeeds
// Fix: SES1010.DropDisposal

#region Before
public class Orders(Shop db)
{
    public int Clear()
    {
        using var connection = db.Database.GetDbConnection(); // SES1010
        return connection.Execute("DELETE FROM orders");
    }
}
#endregion

public static class Program
{
    public static Task<string> Fault(Database database) => Requests.RunAsync(1, async _ =>
    {
        using var db = new Shops(database).CreateDbContext();
        new Orders(db).Clear();
        await db.Orders.CountAsync();
    });
}
