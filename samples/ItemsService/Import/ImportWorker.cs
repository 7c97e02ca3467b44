using Dapper;
using ItemsService.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ItemsService.Import;

/// <summary>Imports uploaded lists in the background, each once.</summary>
public sealed class ImportWorker(
    ImportQueue queue, IDbContextFactory<ItemsDb> contexts, ConnectionFactory connections, ILogger<ImportWorker> logger) : BackgroundService
{
    private const int BatchSize = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var file in queue.ReadAllAsync(stoppingToken))
        {
            var connection = connections.Open();
            if (FindImport(connection, file.Name) is { } id)
            {
                logger.LogInformation("{Name} was imported before, as number {Id}", file.Name, id);
                continue;
            }

            try
            {
                await ImportAsync(file.Lines, stoppingToken);
                await connection.ExecuteAsync("INSERT INTO ImportedFiles (Name) VALUES (@Name)", new { file.Name });
                logger.LogInformation("{Name} is imported", file.Name);
            }
            catch (Exception e) when (e is DbUpdateException or SqliteException or FormatException)
            {
                logger.LogError(e, "{Name} cannot be imported", file.Name);
            }
            finally
            {
                connection.Dispose();
            }
        }
    }

    private static long? FindImport(SqliteConnection connection, string name)
    {
        var reader = connection.ExecuteReader("SELECT Id FROM ImportedFiles WHERE Name = @name", new { name });
        if (!reader.Read())
        {
            return null;
        }

        var id = reader.GetInt64(0);
        reader.Close();
        return id;
    }

    private async Task ImportAsync(IReadOnlyList<string> lines, CancellationToken cancellation)
    {
        var db = await contexts.CreateDbContextAsync(cancellation);
        try
        {
            for (var i = 0; i < lines.Count; i++)
            {
                db.Items.Add(Parse(lines[i]));
                if ((i + 1) % BatchSize == 0)
                {
                    // A fresh context per batch: the change tracker gets slow when it holds thousands.
                    await db.SaveChangesAsync(cancellation);
                    db = await contexts.CreateDbContextAsync(cancellation);
                }
            }

            await db.SaveChangesAsync(cancellation);
        }
        finally
        {
            await db.DisposeAsync();
        }
    }

    private static Item Parse(string line)
    {
        var parts = line.Split(';');
        return parts.Length == 4
            ? new Item { Code = parts[0], Name = parts[1], Quantity = long.Parse(parts[2]), PriceInCents = long.Parse(parts[3]) }
            : throw new FormatException($"'{line}' is not of the form code;name;quantity;price in cents.");
    }
}
