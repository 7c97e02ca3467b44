// Database: PostgreSQL
// With: samples/SeedStory/Shop.cs
// With: samples/SeedStory/Sessions.cs
// With: samples/SeedStory/OrderService.cs
// With: samples/SeedStory/Import.cs
// With: samples/SeedStory/Story.cs
// Fault: one request of many asks for more than an integer can hold
// Fix: SES1001.Using, SES2001.MoveAfterLoop, SES2001.Transaction
// Before: The first two requests: 201 Created, 201 Created; Somebody orders three billion: 400 22003: integer out of range; The next two requests: 201 Created, 500 The connection pool has been exhausted; And the next two: 201 Created, 500 The connection pool has been exhausted; An import, its third line bad: 2 of 4 stored; The same import without it: 4 of 4 stored; A merge, its third line bad: 2 of 4 stored; The same merge without it: 4 of 4 stored; 1 connection idle in transaction
// After: The first two requests: 201 Created, 201 Created; Somebody orders three billion: 400 22003: integer out of range; The next two requests: 201 Created, 201 Created; And the next two: 201 Created, 201 Created; An import, its third line bad: 0 of 4 stored; The same import without it: 4 of 4 stored; A merge, its third line bad: 0 of 4 stored; The same merge without it: 4 of 4 stored; 0 connections idle in transaction

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        var lines = new List<string>();
        await foreach (var line in SeedStory.Story.TellAsync(database.ConnectionString + SeedStory.Story.Pool))
        {
            lines.Add(string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        }

        var left = await database.AskAsync("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()");
        return $"{string.Join("; ", lines)}; {left} {(left == "1" ? "connection" : "connections")} idle in transaction";
    }
}
