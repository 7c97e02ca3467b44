namespace ItemsService.Data;

public sealed class Item
{
    public long Id { get; set; }

    public required string Code { get; set; }

    public required string Name { get; set; }

    public long Quantity { get; set; }

    public long PriceInCents { get; set; }
}
