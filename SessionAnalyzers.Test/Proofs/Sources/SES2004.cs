// Database: SQLite
// Fault: the code exists already
// Good: the answer is 201, 1 stored
// Before: the answer is 201, 0 stored
// After: the answer is 409, 0 stored
// Fix: SES2004.Await

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public async Task<int> Post(string code)
    {
        await using var db = await contexts.CreateDbContextAsync();
        try
        {
            db.Orders.Add(new Order { Code = code });
            db.SaveChangesAsync(); // SES2004
            return 201;
        }
        catch (DbUpdateException)
        {
            return 409;
        }
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code, quantity) VALUES ('A', 0)");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        var answer = await new Orders(new Shops(database)).Post("A");
        return $"the answer is {answer}, {await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} stored";
    }
}
