// Database: SQLite
// Fault: none, each call fails
// Before: the request fails: Cannot access a disposed context instance
// After: the request succeeds

#region Before
public class Reports(IDbContextFactory<Shop> contexts)
{
    public List<Order> Large()
    {
        IQueryable<Order> orders;
        using (var db = contexts.CreateDbContext())
        {
            orders = db.Orders.Where(o => o.Quantity > 100);
        }

        return orders.ToList(); // SES1011
    }
}
#endregion

#region Cure
public class Reports(IDbContextFactory<Shop> contexts)
{
    public List<Order> Large()
    {
        using var db = contexts.CreateDbContext();
        return db.Orders.Where(o => o.Quantity > 100).ToList();
    }
}
#endregion

public static class Program
{
    public static Task<string> Fault(Database database) =>
        Requests.RunAsync(1, _ => { new Reports(new Shops(database)).Large(); });
}
