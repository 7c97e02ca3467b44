using Microsoft.EntityFrameworkCore;

namespace ItemsService.Data;

public sealed class ItemsDb(DbContextOptions<ItemsDb> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    public DbSet<Movement> Movements => Set<Movement>();

    public DbSet<ImportedFile> ImportedFiles => Set<ImportedFile>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Item>().HasIndex(i => i.Code).IsUnique();
        modelBuilder.Entity<ImportedFile>().HasIndex(f => f.Name).IsUnique();
    }
}
