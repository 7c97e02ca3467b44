// Database: SQLite
// Fault: none, each call fails
// Before: the request fails: Cannot access a disposed context instance
// After: the request succeeds
// Fix: SES1006.ToList

#region Before
public class Reports(IDbContextFactory<Shop> contexts)
{
    public IEnumerable<Order> Large()
    {
        using var db = contexts.CreateDbContext();
        return db.Orders.Where(o => o.Quantity > 100); // SES1006
    }
}
#endregion

public static class Program
{
    public static Task<string> Fault(Database database) => Requests.RunAsync(1, _ => new Reports(new Shops(database)).Large().Count());
}
