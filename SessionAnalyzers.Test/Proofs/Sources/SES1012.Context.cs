// Database: PostgreSQL
// Fault: two contexts that live on have failed
// Good: 2 of 2 requests succeed
// Before: 2 of 2 requests fail: The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 2 seconds) in your connection string
// After: 2 of 2 requests succeed
// Fix: SES1012.TryFinally

#region Before
public class Orders(Shop db)
{
    public void Add(string code)
    {
        db.Database.OpenConnection(); // SES1012
        db.Database.ExecuteSql($"INSERT INTO orders (code) VALUES ({code})");
        db.Database.CloseConnection();
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code) VALUES ('A')");
        var contexts = new Shops(database);
        using var first = contexts.CreateDbContext();
        using var second = contexts.CreateDbContext();
        return Requests.Fails(() => new Orders(first).Add("A")) && Requests.Fails(() => new Orders(second).Add("A"))
            ? await Run(database)
            : "the bad requests succeed";
    }

    private static Task<string> Run(Database database) => Requests.RunAsync(2, number =>
    {
        using var db = new Shops(database).CreateDbContext();
        new Orders(db).Add("A" + number);
    });
}
