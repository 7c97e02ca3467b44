using Microsoft.EntityFrameworkCore;

namespace ItemsService.Data;

public sealed record ItemDetails(Item Item, IReadOnlyList<Movement> LastMovements);

public sealed class ItemRepository(IDbContextFactory<ItemsDb> contexts)
{
    public async Task<List<Item>> ListAsync(string? search)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var items = db.Items.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            items = items.Where(i => i.Name.Contains(search));
        }

        return await items.OrderBy(i => i.Code).ToListAsync();
    }

    public async Task<ItemDetails?> FindAsync(string code)
    {
        var db = await contexts.CreateDbContextAsync();
        var item = await db.Items.AsNoTracking().FirstOrDefaultAsync(i => i.Code == code);
        if (item is null)
        {
            return null;
        }

        var movements = await db.Movements.AsNoTracking().Where(m => m.Code == code).OrderByDescending(m => m.At).Take(10).ToListAsync();
        var details = new ItemDetails(item, movements);
        await db.DisposeAsync();
        return details;
    }

    public async Task<int> CountAsync()
    {
        return await contexts.CreateDbContext().Items.CountAsync();
    }

    public async Task AddAsync(Item item)
    {
        var db = await contexts.CreateDbContextAsync();
        db.Items.Add(item);
        await db.SaveChangesAsync();
        await db.DisposeAsync();
    }
}
