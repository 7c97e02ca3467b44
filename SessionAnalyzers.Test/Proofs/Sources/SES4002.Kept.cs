// Database: SQLite
// Fault: the code of the first order exists already
// Good: 3 of 3 requests succeed, 3 stored
// Before: 3 of 3 requests fail: SQLite Error 19: 'UNIQUE constraint failed: orders.code', 0 stored
// After: 1 of 3 requests fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', 2 stored

#region Before
public class OrderBook(Shop db)
{
    public void Add(string code)
    {
        db.Orders.Add(new Order { Code = code });
        db.SaveChanges();
    }

    public static void Register(IServiceCollection services) => services.AddSingleton<OrderBook>(); // SES4002
}
#endregion

#region Cure
public class OrderBook(IDbContextFactory<Shop> contexts)
{
    public void Add(string code)
    {
        using var db = contexts.CreateDbContext();
        db.Orders.Add(new Order { Code = code });
        db.SaveChanges();
    }

    public static void Register(IServiceCollection services) => services.AddSingleton<OrderBook>();
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A1', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IDbContextFactory<Shop>>(new Shops(database));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<Shop>>().CreateDbContext());
        OrderBook.Register(services);
        await using var provider = services.BuildServiceProvider();
        var outcome = await Requests.RunAsync(3, number =>
        {
            using var request = provider.CreateScope();
            request.ServiceProvider.GetRequiredService<OrderBook>().Add("A" + number);
        });
        return $"{outcome}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
