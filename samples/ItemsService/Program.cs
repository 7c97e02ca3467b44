using Dapper;
using ItemsService.Data;
using ItemsService.Import;
using ItemsService.Reports;
using ItemsService.Stock;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
var connectionString = builder.Configuration.GetConnectionString("Items") ?? "Data Source=items.db";
builder.Services.AddDbContextFactory<ItemsDb>(options => options.UseSqlite(connectionString));
builder.Services.AddSingleton(new ConnectionFactory(connectionString));
builder.Services.AddSingleton<ItemRepository>();
builder.Services.AddSingleton<StockLedger>();
builder.Services.AddSingleton<StockReport>();
builder.Services.AddSingleton<ImportQueue>();
builder.Services.AddHostedService<ImportWorker>();

var app = builder.Build();

// The first start fills the stock.
var scope = app.Services.CreateScope();
var seed = scope.ServiceProvider.GetRequiredService<ItemsDb>();
seed.Database.EnsureCreated();
if (!seed.Items.Any())
{
    seed.Items.AddRange(
        new Item { Code = "A-100", Name = "Anvil", Quantity = 4, PriceInCents = 12900 },
        new Item { Code = "B-200", Name = "Bellows", Quantity = 11, PriceInCents = 4950 },
        new Item { Code = "C-300", Name = "Chisel", Quantity = 60, PriceInCents = 1275 });
    seed.SaveChanges();
}

app.MapGet("/items", (string? search, ItemRepository items) => items.ListAsync(search));

app.MapGet("/items/count", (ItemRepository items) => items.CountAsync());

app.MapGet("/items/{code}", async (string code, ItemRepository items) =>
    await items.FindAsync(code) is { } found ? Results.Ok(found) : Results.NotFound());

app.MapPost("/items", async (Item item, ItemRepository items) =>
{
    await items.AddAsync(item);
    return Results.Created($"/items/{item.Code}", item);
});

app.MapPost("/items/{code}/withdraw", (string code, long quantity, StockLedger ledger) =>
    ledger.Withdraw(code, quantity) ? Results.NoContent() : Results.Conflict($"There are not {quantity} of {code}."));

app.MapPost("/items/{code}/deposit", (string code, long quantity, StockLedger ledger) =>
{
    ledger.Deposit(code, quantity);
    return Results.NoContent();
});

// Gives an item another code, and its movements too.
app.MapPost("/items/{code}/rename", async (string code, string to, ItemsDb db) =>
{
    var transaction = await db.Database.BeginTransactionAsync();
    var renamed = await db.Items.Where(i => i.Code == code).ExecuteUpdateAsync(u => u.SetProperty(i => i.Code, to));
    if (renamed == 0)
    {
        return Results.NotFound();
    }

    await db.Movements.Where(m => m.Code == code).ExecuteUpdateAsync(u => u.SetProperty(m => m.Code, to));
    await transaction.CommitAsync();
    return Results.NoContent();
});

app.MapGet("/export", async (HttpResponse response, ConnectionFactory connections) =>
{
    var connection = connections.Open();
    var reader = await connection.ExecuteReaderAsync("SELECT Code, Name, Quantity, PriceInCents FROM Items ORDER BY Code");
    response.ContentType = "text/csv";
    while (await reader.ReadAsync())
    {
        await response.WriteAsync($"{reader.GetString(0)};{reader.GetString(1)};{reader.GetInt64(2)};{reader.GetInt64(3)}\n");
    }

    await reader.CloseAsync();
    await connection.CloseAsync();
});

app.MapPost("/import", async (string name, HttpRequest request, ImportQueue queue, CancellationToken cancellation) =>
{
    using var body = new StreamReader(request.Body);
    var text = await body.ReadToEndAsync(cancellation);
    await queue.AddAsync(new ImportFile(name, text.Split('\n', StringSplitOptions.RemoveEmptyEntries)), cancellation);
    return Results.Accepted();
});

app.MapGet("/report", (StockReport report, long limit = 10) => report.SummaryAsync(limit));

app.MapPost("/maintenance", (StockLedger ledger) =>
{
    var trimmed = ledger.Trim(DateTime.UtcNow.AddYears(-5));
    ledger.Compact();
    return new { trimmed };
});

app.Run();
