// Database: PostgreSQL
// Fault: none, the rows are lost
// Before: the request succeeds, 0 stored
// After: the request succeeds, 3 stored
// Fix: SES2002.Commit

#region Before
public class Import(NpgsqlConnection connection)
{
    public void Add(string[] codes)
    {
        using var import = connection.BeginBinaryImport("COPY orders (code) FROM STDIN (FORMAT BINARY)"); // SES2002
        foreach (var code in codes)
        {
            import.StartRow();
            import.Write(code);
        }
    }
}
#endregion

public static class Program
{
    public static async Task<string> Fault(Database database)
    {
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        var outcome = await Requests.RunAsync(1, _ => new Import(connection).Add(["A", "B", "C"]));
        return $"{outcome}, {await database.StoredAsync()} stored";
    }
}
