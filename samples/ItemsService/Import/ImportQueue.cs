using System.Threading.Channels;

namespace ItemsService.Import;

/// <summary>A list of items as it was uploaded: one line per item, code;name;quantity;price in cents.</summary>
public sealed record ImportFile(string Name, IReadOnlyList<string> Lines);

public sealed class ImportQueue
{
    private readonly Channel<ImportFile> files = Channel.CreateUnbounded<ImportFile>();

    public ValueTask AddAsync(ImportFile file, CancellationToken cancellation) => files.Writer.WriteAsync(file, cancellation);

    public IAsyncEnumerable<ImportFile> ReadAllAsync(CancellationToken cancellation) => files.Reader.ReadAllAsync(cancellation);
}
