public class Order
{
    public int Id { get; set; }
    public string Code { get; set; }
    public int Quantity { get; set; } = 1;
}

public class Shop(DbContextOptions<Shop> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder model) => Map(model);

    public static void Map(ModelBuilder model)
    {
        var order = model.Entity<Order>().ToTable("orders");
        order.Property(o => o.Id).HasColumnName("id");
        order.Property(o => o.Code).HasColumnName("code");
        order.Property(o => o.Quantity).HasColumnName("quantity");
    }
}

public class Shops(Database database) : IDbContextFactory<Shop>
{
    public Shop CreateDbContext()
    {
        var options = new DbContextOptionsBuilder<Shop>();
        var connection = database.ConnectionString;
        return new Shop((connection.StartsWith("Host") ? options.UseNpgsql(connection) : options.UseSqlite(connection)).Options);
    }
}
