using Dapper;
using ItemsService.Data;
using Microsoft.Data.Sqlite;

namespace ItemsService.Reports;

public sealed class LowItem
{
    public string Code { get; set; } = "";

    public long Quantity { get; set; }
}

public sealed record StockSummary(long Items, long ValueInCents, IReadOnlyList<LowItem> Low);

public sealed class StockReport(ConnectionFactory connections)
{
    private const string CountAndLowItems = """
        SELECT count(*) FROM Items;
        SELECT Code, Quantity FROM Items WHERE Quantity < @limit ORDER BY Quantity, Code;
        """;

    public async Task<StockSummary> SummaryAsync(long limit)
    {
        await using var connection = connections.Open();
        var results = await connection.QueryMultipleAsync(CountAndLowItems, new { limit });
        var count = await results.ReadSingleAsync<long>();
        if (count == 0)
        {
            return new StockSummary(0, 0, []);
        }

        var low = await results.ReadAsync<LowItem>();
        return new StockSummary(count, ValueInCents(), low.AsList());
    }

    private long ValueInCents()
    {
        using var command = new SqliteCommand("SELECT coalesce(sum(Quantity * PriceInCents), 0) FROM Items", connections.Open());
        return (long)command.ExecuteScalar()!;
    }
}
