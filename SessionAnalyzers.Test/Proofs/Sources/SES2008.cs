// Database: LiteDB
// Fault: what is awaited goes on in another thread
// Good: the answer is 201, 1 stored
// Before: the answer is 201, 0 stored
// After: the answer is 500, 0 stored

#region Before
public class Orders(LiteDB.ILiteDatabase db)
{
    public async Task<int> Post(string code, Func<Task> confirm)
    {
        db.BeginTrans();
        db.GetCollection<Order>().Insert(new Order { Code = code });
        await confirm();
        db.Commit(); // SES2008
        return 201;
    }
}
#endregion

#region Cure
public class Orders(LiteDB.ILiteDatabase db)
{
    public async Task<int> Post(string code, Func<Task> confirm)
    {
        db.BeginTrans();
        db.GetCollection<Order>().Insert(new Order { Code = code });
        await confirm();
        return db.Commit() ? 201 : 500;
    }
}
#endregion

public static class Program
{
    public static Task<string> Good(Database database) => Run(database, () => Task.CompletedTask);

    public static Task<string> Fault(Database database) => Run(database, () => Task.Delay(1));

    private static async Task<string> Run(Database database, Func<Task> confirm)
    {
        var file = new SqliteConnectionStringBuilder(database.ConnectionString).DataSource + ".lite";
        using var db = new LiteDB.LiteDatabase(file) { Timeout = TimeSpan.FromSeconds(1) };
        Task<int> task = null;
        var thread = new Thread(() => task = new Orders(db).Post("A", confirm));
        thread.Start();
        thread.Join();
        return $"the answer is {await task}, {db.GetCollection<Order>().Count()} stored";
    }
}
