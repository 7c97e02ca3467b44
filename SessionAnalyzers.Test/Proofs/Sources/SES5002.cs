// Database: SQLite
// Setting: session_analyzers.rollback_style = explicit
// Fault: the code of the first order exists already
// Good: 3 of 3 requests succeed, rollbacks counted: 0
// Before: 1 of 3 requests fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', rollbacks counted: 0
// After: 1 of 3 requests fails: SQLite Error 19: 'UNIQUE constraint failed: orders.code', rollbacks counted: 1
// Fix: SES5002.RollBack

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public async Task Add(string code)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync(); // SES5002
        await db.Database.ExecuteSqlAsync($"INSERT INTO orders (code) VALUES ({code})");
        await transaction.CommitAsync();
    }
}

public class RollbackCount : Microsoft.EntityFrameworkCore.Diagnostics.DbTransactionInterceptor
{
    public int Value { get; private set; }

    public override Task TransactionRolledBackAsync(
        DbTransaction transaction, Microsoft.EntityFrameworkCore.Diagnostics.TransactionEndEventData data, CancellationToken token)
    {
        Value++;
        return Task.CompletedTask;
    }
}
#endregion

public class CountedShops(Database database, RollbackCount count) : IDbContextFactory<Shop>
{
    public Shop CreateDbContext() =>
        new(new DbContextOptionsBuilder<Shop>().UseSqlite(database.ConnectionString).AddInterceptors(count).Options);
}

public static class Program
{
    public static Task<string> Good(Database database) => Run(database);

    public static async Task<string> Fault(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code) VALUES ('A1')");
        return await Run(database);
    }

    private static async Task<string> Run(Database database)
    {
        var count = new RollbackCount();
        var outcome = await Requests.RunAsync(3, number => new Orders(new CountedShops(database, count)).Add("A" + number));
        return $"{outcome}, rollbacks counted: {count.Value}";
    }
}
