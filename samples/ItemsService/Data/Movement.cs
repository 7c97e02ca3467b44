namespace ItemsService.Data;

/// <summary>What came into or left the stock.</summary>
public sealed class Movement
{
    public long Id { get; set; }

    public required string Code { get; set; }

    public long Quantity { get; set; }

    public DateTime At { get; set; }
}
