// Database: PostgreSQL
// Fault: none, each call fails
// Before: the request fails: Can't close, connection is in state Connecting
// After: the request succeeds
// Fix: SES1006.Await

#region Before
public class Reports(IDbContextFactory<Shop> contexts)
{
    public Task<List<Order>> All()
    {
        using var db = contexts.CreateDbContext();
        return db.Orders.ToListAsync(); // SES1006
    }
}
#endregion

public static class Program
{
    public static Task<string> Fault(Database database) => Requests.RunAsync(1, _ => new Reports(new Shops(database)).All());
}
