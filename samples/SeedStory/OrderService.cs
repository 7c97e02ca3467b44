using Microsoft.EntityFrameworkCore;

namespace SeedStory;

public sealed class OrderService(Sessions sessions, Func<Task> reserve)
{
    public async Task<string> PostAsync(string code, long quantity)
    {
        var db = sessions.Open();
        var transaction = await db.Database.BeginTransactionAsync();
        try
        {
            db.Orders.Add(new Order { Code = code, Quantity = quantity });
            await db.SaveChangesAsync();
            await reserve();
            await transaction.CommitAsync();
            await db.DisposeAsync();
            return "201 Created";
        }
        catch (DbUpdateException e)
        {
            return "400 " + e.InnerException?.Message.Split('\n')[0];
        }
    }
}
