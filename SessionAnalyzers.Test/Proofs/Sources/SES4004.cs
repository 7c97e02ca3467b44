// Database: SQLite
// Fault: the mail is sent when the request has ended
// Before: the work fails: Cannot access a disposed context instance, 0 stored
// After: the work succeeds, 1 stored
// Fix: SES4004.OwnSession

#region Before
public class Orders(IDbContextFactory<Shop> contexts)
{
    public void Post(string code)
    {
        using var db = contexts.CreateDbContext();
        _ = Task.Run(async () =>
        {
            try
            {
                await Mail.SendAsync(code);
                db.Orders.Add(new Order { Code = code }); // SES4004
                await db.SaveChangesAsync();
                Log.Write(null);
            }
            catch (Exception e)
            {
                Log.Write(e);
            }
        });
    }
}
#endregion

public static class Mail
{
    private static readonly TaskCompletionSource Server = new();

    public static Task SendAsync(string code) => Server.Task;

    public static void Answer() => Server.SetResult();
}

public static class Log
{
    private static readonly TaskCompletionSource<Exception> Written = new();

    public static Task<Exception> Line => Written.Task;

    public static void Write(Exception error) => Written.SetResult(error);
}

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        new Orders(new Shops(database)).Post("A");
        Mail.Answer();
        var error = await Log.Line;
        var outcome = error is null ? "succeeds" : "fails: " + await Requests.OutcomeAsync(() => Task.FromException(error));
        return $"the work {outcome}, {await database.StoredAsync()} stored";
    }
}
