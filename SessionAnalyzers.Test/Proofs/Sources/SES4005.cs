// Database: SQLite
// Fault: somebody else changes the order between two requests
// Good: the first request reads 1, the second 1
// Before: the first request reads 1, the second 1
// After: the first request reads 1, the second 7
// Fix: SES4005.CreateScope

#region Before
public class OrderBook(IServiceProvider services)
{
    public int Quantity(string code)
    {
        var db = services.GetRequiredService<Shop>(); // SES4005
        return db.Orders.Single(o => o.Code == code).Quantity;
    }

    public static void Register(IServiceCollection services) => services.AddSingleton<OrderBook>();
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, 1);

    public static Task<string> Fault(Database database) => Run(database, 7);

    private static async Task<string> Run(Database database, int changed)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A', 1)");
        var services = new ServiceCollection().AddScoped(_ => new Shops(database).CreateDbContext());
        OrderBook.Register(services);
        await using var provider = services.BuildServiceProvider();
        var orders = provider.GetRequiredService<OrderBook>();
        var first = orders.Quantity("A");
        await database.ExecuteAsync("UPDATE orders SET quantity = " + changed);
        return $"the first request reads {first}, the second {orders.Quantity("A")}";
    }
}
