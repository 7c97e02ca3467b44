// Database: PostgreSQL
// Fault: the connection is killed after the second of four orders
// Good: the request succeeds, 4 of 4 stored
// Before: the request fails: 57P01: terminating connection due to administrator command, 2 of 4 stored
// After: the request fails: 57P01: terminating connection due to administrator command, 0 of 4 stored
// Fix: SES2001.Transaction

#region Before
public class Import(IDbContextFactory<Shop> contexts)
{
    public async Task Add(IEnumerable<string> codes)
    {
        await using var db = await contexts.CreateDbContextAsync();
        foreach (var code in codes)
        {
            if (await db.Orders.AnyAsync(o => o.Code == code))
            {
                continue;
            }

            db.Orders.Add(new Order { Code = code });
            await db.SaveChangesAsync(); // SES2001
        }
    }
}
#endregion

public static class Program
{
    private const string Kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'Program' AND datname = current_database()";

    public static Task<string> Good(Database database) => Run(database, "");

    public static Task<string> Fault(Database database) => Run(database, "C");

    private static async Task<string> Run(Database database, string killed)
    {
        var outcome = await Requests.RunAsync(1, _ => new Import(new Shops(database)).Add(Codes()));
        return $"{outcome}, {await database.StoredAsync()} of 4 stored";

        IEnumerable<string> Codes()
        {
            foreach (var code in new[] { "A", "B", "C", "D" })
            {
                if (code == killed)
                {
                    database.ExecuteAsync(Kill).Wait();
                }

                yield return code;
            }
        }
    }
}
