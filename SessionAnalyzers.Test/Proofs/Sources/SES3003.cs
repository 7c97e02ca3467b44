// Database: SQLite
// Fault: the code of the first of three orders exists already
// Good: 3 of 3 stored
// Before: 0 of 3 stored
// After: 2 of 3 stored
// Fix: SES3003.ClearTracker

#region Before
public class Import(IDbContextFactory<Shop> contexts)
{
    public void Add(string[] codes)
    {
        using var db = contexts.CreateDbContext();
        foreach (var code in codes)
        {
            try
            {
                db.Orders.Add(new Order { Code = code });
                db.SaveChanges(); // SES3003
            }
            catch (DbUpdateException e)
            {
                Console.Error.WriteLine(e.Message);
            }
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
        new Import(new Shops(database)).Add(["A", "B", "C"]);
        return $"{await database.AskAsync("SELECT count(*) FROM orders WHERE quantity > 0")} of 3 stored";
    }
}
