// Database: SQLite
// Fault: two services of one request share the context
// Before: the request fails: Cannot access a disposed context instance
// After: the request succeeds
// Fix: SES1010.DropDisposal

#region Before
public class Orders(Shop db)
{
    public void Add(string code)
    {
        using (db) // SES1010
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
        await using var provider = new ServiceCollection()
            .AddScoped(_ => new Shops(database).CreateDbContext())
            .AddScoped<Orders>()
            .BuildServiceProvider();
        return await Requests.RunAsync(1, async _ =>
        {
            await using var scope = provider.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<Orders>().Add("A");
            await scope.ServiceProvider.GetRequiredService<Shop>().Orders.CountAsync();
        });
    }
}
