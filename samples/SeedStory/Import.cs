using Microsoft.EntityFrameworkCore;

namespace SeedStory;

public sealed class Import(Sessions sessions)
{
    /// <summary>Adds the orders of a file.</summary>
    public async Task AddAsync(IEnumerable<Order> orders)
    {
        await using var db = sessions.Open();
        foreach (var order in orders)
        {
            db.Orders.Add(order);
            await db.SaveChangesAsync();
        }
    }

    /// <summary>Adds the orders of a file that are not there yet.</summary>
    public async Task MergeAsync(IEnumerable<Order> orders)
    {
        await using var db = sessions.Open();
        foreach (var order in orders)
        {
            if (await db.Orders.AnyAsync(o => o.Code == order.Code))
            {
                continue;
            }

            db.Orders.Add(order);
            await db.SaveChangesAsync();
        }
    }
}
