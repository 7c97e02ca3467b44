// Database: PostgreSQL
// Fault: nothing is to be saved
// Before: the request fails: This NpgsqlTransaction has completed; it is no longer usable, 0 stored
// After: the request succeeds, 0 stored

#region Before
public class Orders(Shop db)
{
    public async Task Save()
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.SaveChangesAsync() == 0)
        {
            await transaction.RollbackAsync();
        }
        else
        {
            await transaction.CommitAsync();
        }

        await transaction.CommitAsync(); // SES3005
    }
}
#endregion

#region Cure
public class Orders(Shop db)
{
    public async Task Save()
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.SaveChangesAsync() == 0)
        {
            await transaction.RollbackAsync();
        }
        else
        {
            await transaction.CommitAsync();
        }
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        using var db = new Shops(database).CreateDbContext();
        var outcome = await Requests.RunAsync(1, _ => new Orders(db).Save());
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
