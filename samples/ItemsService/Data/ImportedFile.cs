namespace ItemsService.Data;

/// <summary>A list that was imported, so that it is not imported twice.</summary>
public sealed class ImportedFile
{
    public long Id { get; set; }

    public required string Name { get; set; }
}
