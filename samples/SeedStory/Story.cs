using Microsoft.EntityFrameworkCore;

namespace SeedStory;

/// <summary>What happens to a service whose pool has two connections, and whose customers come in twos.</summary>
public static class Story
{
    public const string Pool = ";Maximum Pool Size=2;Timeout=2";

    private const long TooMany = 3_000_000_000;

    public static async IAsyncEnumerable<string> TellAsync(string connectionString)
    {
        var sessions = new Sessions(connectionString);
        var service = new OrderService(sessions, static () => Task.Delay(3000));
        yield return "The first two requests:          " + await PairAsync(service, 1);
        yield return "Somebody orders three billion:   " + await AnswerAsync(service, "too many", TooMany);
        yield return "The next two requests:           " + await PairAsync(service, 3);
        yield return "And the next two:                " + await PairAsync(service, 5);

        // The service is started again and has two connections. Another name is another pool.
        var restarted = connectionString + ";Application Name=Restarted";
        var import = new Import(new Sessions(restarted));
        yield return "An import, its third line bad:   " + await StoredAsync(import.AddAsync(Lines("add", TooMany)), restarted, "add");
        yield return "The same import without it:      " + await StoredAsync(import.AddAsync(Lines("good", 1)), restarted, "good");
        yield return "A merge, its third line bad:     " + await StoredAsync(import.MergeAsync(Lines("merge", TooMany)), restarted, "merge");
        yield return "The same merge without it:       " + await StoredAsync(import.MergeAsync(Lines("fine", 1)), restarted, "fine");
    }

    private static async Task<string> PairAsync(OrderService service, int number) =>
        string.Join(", ", (await Task.WhenAll(AnswerAsync(service, "A" + number, 1), AnswerAsync(service, "A" + (number + 1), 1))).Order());

    private static async Task<string> AnswerAsync(OrderService service, string code, long quantity)
    {
        try
        {
            return await service.PostAsync(code, quantity);
        }
        catch (Exception e)
        {
            var cause = e is InvalidOperationException && e.InnerException is { } inner ? inner : e;
            return "500 " + cause.Message.Split(',')[0];
        }
    }

    private static List<Order> Lines(string file, long third) =>
        [.. Enumerable.Range(1, 4).Select(number => new Order { Code = file + number, Quantity = number == 3 ? third : 1 })];

    private static async Task<string> StoredAsync(Task import, string connectionString, string file)
    {
        try
        {
            await import;
        }
        catch (DbUpdateException)
        {
            // The count tells.
        }

        await using var db = new Shop(connectionString);
        return $"{await db.Orders.CountAsync(o => o.Code.StartsWith(file))} of 4 stored";
    }
}
