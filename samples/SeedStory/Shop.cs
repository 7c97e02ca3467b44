using Microsoft.EntityFrameworkCore;

namespace SeedStory;

public sealed class Order
{
    public int Id { get; set; }
    public required string Code { get; set; }

    /// <summary>The column is an integer. Nobody has noticed, until somebody orders three billion.</summary>
    public long Quantity { get; set; }
}

public sealed class Shop(string connectionString) : DbContext
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseNpgsql(connectionString);

    protected override void OnModelCreating(ModelBuilder model)
    {
        var order = model.Entity<Order>().ToTable("orders");
        order.Property(o => o.Id).HasColumnName("id");
        order.Property(o => o.Code).HasColumnName("code");
        order.Property(o => o.Quantity).HasColumnName("quantity");
    }
}
