using Dapper;
using ItemsService.Data;
using Microsoft.Data.Sqlite;

namespace ItemsService.Stock;

/// <summary>Moves quantities, in SQL because two requests may want the same item.</summary>
public sealed class StockLedger(ConnectionFactory connections, ILogger<StockLedger> logger)
{
    private const int Busy = 5;

    public bool Withdraw(string code, long quantity)
    {
        var connection = connections.Open();
        var transaction = connection.BeginTransaction();
        var available = connection.ExecuteScalar<long?>("SELECT Quantity FROM Items WHERE Code = @code", new { code }, transaction);
        if (available is null || available < quantity)
        {
            return false;
        }

        Move(connection, transaction, code, -quantity);
        transaction.Commit();
        connection.Close();
        return true;
    }

    public void Deposit(string code, long quantity)
    {
        var connection = connections.Open();
        var transaction = connection.BeginTransaction();
        Move(connection, transaction, code, quantity);
        Finish(connection, transaction);
    }

    /// <summary>Forgets old movements. Returns how many they were.</summary>
    public int Trim(DateTime before)
    {
        return connections.Open().Execute("DELETE FROM Movements WHERE At < @before", new { before });
    }

    /// <summary>Gives free pages back to the file system. Others may be writing: try again then.</summary>
    public void Compact()
    {
        var connection = connections.Open();
        try
        {
            for (var attempt = 1; attempt <= 3; attempt++)
            {
                try
                {
                    connection.Execute("VACUUM");
                    return;
                }
                catch (SqliteException e) when (e.SqliteErrorCode == Busy)
                {
                    logger.LogWarning("Attempt {Attempt} to compact met other writers", attempt);
                    connection = connections.Open();
                }
            }
        }
        finally
        {
            connection.Dispose();
        }
    }

    private static void Move(SqliteConnection connection, SqliteTransaction transaction, string code, long quantity)
    {
        connection.Execute("UPDATE Items SET Quantity = Quantity + @quantity WHERE Code = @code", new { code, quantity }, transaction);
        connection.Execute(
            "INSERT INTO Movements (Code, Quantity, At) VALUES (@code, @quantity, @at)", new { code, quantity, at = DateTime.UtcNow }, transaction);
    }

    private static void Finish(SqliteConnection connection, SqliteTransaction transaction)
    {
        transaction.Commit();
        connection.Dispose();
    }
}
