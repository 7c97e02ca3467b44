using Microsoft.Data.Sqlite;

namespace ItemsService.Data;

/// <summary>Connections for what is written in SQL. Whoever calls Open disposes what it gets.</summary>
public sealed class ConnectionFactory(string connectionString)
{
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }
}
