// Database: PostgreSQL
// Fault: none, each call fails
// Before: the request fails: The configured execution strategy 'NpgsqlRetryingExecutionStrategy' does not support user-initiated transactions, 0 stored
// After: the request succeeds, 1 stored
// Fix: SES3006.RunUnderStrategy

#region Before
public class PatientShop(string connectionString) : DbContext
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnConfiguring(DbContextOptionsBuilder options) =>
        options.UseNpgsql(connectionString, npgsql => npgsql.EnableRetryOnFailure());

    protected override void OnModelCreating(ModelBuilder model) => Shop.Map(model);
}

public class Orders(PatientShop db)
{
    public void Add(string code)
    {
        using var transaction = db.Database.BeginTransaction(); // SES3006
        db.Orders.Where(o => o.Code == code).ExecuteDelete();
        db.Database.ExecuteSql($"INSERT INTO orders (code) VALUES ({code})");
        transaction.Commit();
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        using var db = new PatientShop(database.ConnectionString);
        var outcome = await Requests.RunAsync(1, _ => new Orders(db).Add("A"));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
