using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SessionAnalyzers.Test.Proofs;

/// <summary>
/// The database of one run of a program: an empty table <c>orders (id, code, quantity)</c> with a unique code and an integer quantity.
/// What a program observes it asks here, on connections that are not its own.
/// </summary>
public abstract class Database : IAsyncDisposable
{
    /// <summary>What the program connects with.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>The type of the key column.</summary>
    protected abstract string Key { get; }

    /// <summary>Runs statements.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of a query, as text.</summary>
    public async Task<string> AskAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>The number of stored orders.</summary>
    public async Task<string> StoredAsync() => await AskAsync("SELECT count(*) FROM orders");

    /// <summary>Makes the database and its table.</summary>
    internal virtual Task CreateAsync() =>
        ExecuteAsync($"CREATE TABLE orders (id {Key}, code text UNIQUE, quantity integer NOT NULL DEFAULT 1)");

    /// <summary>Leaves nothing behind, whatever the program has left open.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>A connection of the observer.</summary>
    protected abstract Task<DbConnection> OpenAsync();
}

/// <summary>A file in a folder of its own, where other embedded databases find place, too. Whoever waits for a lock gives up after a second.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly string folder = Directory.CreateTempSubdirectory("session-analyzers-proof-").FullName;

    public override string ConnectionString => $"Data Source={Path.Combine(folder, "shop.sqlite")};Default Timeout=1";

    protected override string Key => "integer PRIMARY KEY";

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(folder, recursive: true);
        return default;
    }

    protected override async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection(ConnectionString + ";Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
