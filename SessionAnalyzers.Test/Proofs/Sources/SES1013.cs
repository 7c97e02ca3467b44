// Database: PostgreSQL
// Fault: a customer asks for an order that does not exist
// Good: 2 of 2 requests succeed
// Before: 1 of 2 requests fails: A command is already in progress: SELECT quantity FROM orders WHERE code = @code
// After: 2 of 2 requests succeed
// Fix: SES1013.Using

#region Before
public class Orders(NpgsqlConnection connection)
{
    public int? Quantity(string code)
    {
        var reader = connection.ExecuteReader("SELECT quantity FROM orders WHERE code = @code", new { code }); // SES1013
        if (!reader.Read())
        {
            return null;
        }

        var quantity = reader.GetInt32(0);
        reader.Close();
        return quantity;
    }
}
#endregion

public static class Program
{
    public static async Task<string> Good(Database database)
    {
        await database.ExecuteAsync("INSERT INTO orders (code) VALUES ('A')");
        return await Fault(database);
    }

    public static async Task<string> Fault(Database database)
    {
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        return await Requests.RunAsync(2, _ => new Orders(connection).Quantity("A"));
    }
}
