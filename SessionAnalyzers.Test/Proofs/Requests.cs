namespace SessionAnalyzers.Test.Proofs;

/// <summary>The requests that a program gets, and their outcome as a sentence.</summary>
public static class Requests
{
    /// <summary>One request that is expected to fail. True where it did.</summary>
    public static bool Fails(Action request) => Outcome(request) is not null;

    /// <summary>Requests one after the other.</summary>
    public static Task<string> RunAsync(int count, Action<int> request) => RunAsync(count, number =>
    {
        request(number);
        return Task.CompletedTask;
    });

    /// <summary>Requests one after the other.</summary>
    public static async Task<string> RunAsync(int count, Func<int, Task> request)
    {
        var outcomes = new List<string?>();
        for (var number = 1; number <= count; number++)
        {
            var captured = number;
            outcomes.Add(await OutcomeAsync(() => request(captured)));
        }

        return Sentence(outcomes);
    }

    /// <summary>Says of requests, each null or an error, how many failed and how.</summary>
    private static string Sentence(IReadOnlyList<string?> outcomes)
    {
        var failed = Enumerable.Range(0, outcomes.Count).Where(i => outcomes[i] is not null).ToList();
        return (outcomes.Count, failed.Count) switch
        {
            (1, 0) => "the request succeeds",
            (1, 1) => $"the request fails: {outcomes[0]}",
            (_, 0) => $"{outcomes.Count} of {outcomes.Count} requests succeed",
            (_, 1) => $"1 of {outcomes.Count} requests fails: {outcomes[failed[0]]}",
            _ => $"{failed.Count} of {outcomes.Count} requests fail: {outcomes[failed[^1]]}",
        };
    }

    /// <summary>The first sentence of a request's error, or null.</summary>
    public static async Task<string?> OutcomeAsync(Func<Task> request)
    {
        try
        {
            await request();
            return null;
        }
        catch (Exception e)
        {
            return Cause(e).Message.Split('\n')[0].Split(". ")[0].Split(".  ")[0].Trim().TrimEnd('.');
        }
    }

    // EF Core and tasks wrap what a provider throws.
    private static Exception Cause(Exception e) =>
        e is Microsoft.EntityFrameworkCore.DbUpdateException or AggregateException or InvalidOperationException or System.Reflection.TargetInvocationException && e.InnerException is { } inner ? Cause(inner) : e;

    private static string? Outcome(Action request) => OutcomeAsync(() =>
    {
        request();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();
}
