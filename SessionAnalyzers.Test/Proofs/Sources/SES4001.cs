// Database: SQLite
// Fault: somebody else changes the order between two requests
// Good: the first request reads 1, the second 1
// Before: the first request reads 1, the second 1
// After: the first request reads 1, the second 7

#region Before
public static class Orders
{
    public static DbContextOptions<Shop> Options;

    private static readonly Lazy<Shop> Db = new(() => new Shop(Options)); // SES4001

    public static int Quantity(string code) => Db.Value.Orders.Single(o => o.Code == code).Quantity;
}
#endregion

#region Cure
public static class Orders
{
    public static DbContextOptions<Shop> Options;

    public static int Quantity(string code)
    {
        using var db = new Shop(Options);
        return db.Orders.Single(o => o.Code == code).Quantity;
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, 1);

    public static Task<string> Fault(Database database) => Run(database, 7);

    private static async Task<string> Run(Database database, int changed)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A', 1)");
        Orders.Options = new DbContextOptionsBuilder<Shop>().UseSqlite(database.ConnectionString).Options;
        var first = Orders.Quantity("A");
        await database.ExecuteAsync("UPDATE orders SET quantity = " + changed);
        return $"the first request reads {first}, the second {Orders.Quantity("A")}";
    }
}
