namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>One subject of the invented application: everything about it is generated from its name.</summary>
internal sealed record Entity(string Name, string Area, IReadOnlyList<(string Type, string Name)> Extras)
{
    private static readonly string[] Kinds = ["Retail", "Wholesale", "Regional", "Seasonal", "Partner", "Internal", "Archived", "Express", "Imported"];

    private static readonly string[] Nouns =
    [
        "Invoice", "Customer", "Shipment", "Parcel", "Voucher", "Ticket", "Lease", "Booking", "Deposit", "Refund", "Contract", "Supplier", "Catalog",
        "Bundle", "Discount", "Delivery", "Payment", "Ledger", "Budget", "Forecast", "Campaign", "Lead", "Quote", "Warranty", "Claim", "Repair",
        "Machine", "Sensor", "Reading", "Route", "Driver", "Vehicle", "Depot", "Pallet", "Carton", "Batch", "Recipe", "Sample", "Survey", "Answer",
        "Member", "Badge", "Roster", "Holiday", "Salary", "Expense", "Audit", "Permit", "Tariff", "Meter",
    ];

    private static readonly (string Type, string Name)[] MoreProperties =
    [
        ("int", "Priority"), ("string", "Region"), ("decimal", "Surcharge"), ("DateTime", "DueAt"), ("string?", "Reference"), ("double", "Weight"),
        ("bool", "IsLocked"), ("Guid", "ExternalId"), ("long", "Revision"), ("int?", "ParentId"), ("TimeSpan", "Allowance"), ("string", "Currency"),
        ("decimal?", "Rebate"), ("DateTime?", "ClosedAt"), ("int", "Attempts"), ("string", "Owner"),
    ];

    /// <summary>The name of a parameter or variable for one instance.</summary>
    public string Variable => char.ToLowerInvariant(Name[0]) + Name[1..];

    public static int Count => Kinds.Length * Nouns.Length;

    public static Entity At(int index, Dice dice)
    {
        var extras = MoreProperties.Where(_ => dice.Chance(45)).ToArray();
        return new(Kinds[index / Nouns.Length % Kinds.Length] + Nouns[index % Nouns.Length] + (index < Count ? "" : "" + (index / Count)), "Area" + (index / 20), extras);
    }
}
