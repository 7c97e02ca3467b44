namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>Methods that use database sessions, the way programs do: most of them correctly, some with a leak.</summary>
internal static class SessionMethods
{
    private static readonly Func<Entity, Dice, int, string>[] Templates =
    [
        UsingDeclaration, NestedUsing, TryFinally, ContextAdd, ContextQueryAsync, Factory, DapperQuery, Transaction, ForgottenConnection, EarlyReturn,
        LoopOfConnections, BorrowedConnection, PooledContext, WithConnection, ConditionalDispose, ForgottenReader, ReadAllAsync, Provider, LocalFunction,
        BulkInsert, Overwritten, ContextTransactionAsync, ReaderToCaller, TwoContexts,
    ];

    /// <summary>The number of shapes.</summary>
    public static int Count => Templates.Length;

    public static string Next(Entity entity, Dice dice, int number) => dice.Pick(Templates)(entity, dice, number);

    private static string Table(Entity e) => e.Name.ToLowerInvariant() + "s";

    private static string UsingDeclaration(Entity e, Dice dice, int n) => $$"""
            public int Count{{n}}()
            {
                using var connection = new SqliteConnection(connectionString);
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "select count(*) from {{Table(e)}} where amount > {{dice.Between(1, 900)}}";
                return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
            }
        """;

    private static string NestedUsing(Entity e, Dice dice, int n) => $$"""
            public List<{{e.Name}}> Load{{n}}(int limit)
            {
                var items = new List<{{e.Name}}>();
                using (var connection = new SqliteConnection(connectionString))
                using (var command = new SqliteCommand("select id, name, amount from {{Table(e)}} limit $limit", connection))
                {
                    command.Parameters.AddWithValue("$limit", Math.Min(limit, {{dice.Between(10, 900)}}));
                    connection.Open();
                    using (var reader = command.ExecuteReader())
                    {
                        while (reader.Read())
                        {
                            items.Add(new {{e.Name}} { Id = reader.GetInt32(0), Name = reader.GetString(1), Amount = reader.GetDecimal(2) });
                        }
                    }
                }

                return items;
            }
        """;

    private static string TryFinally(Entity e, Dice dice, int n) => $$"""
            public string? Name{{n}}(int id)
            {
                var connection = new SqliteConnection(connectionString);
                try
                {
                    connection.Open();
                    var command = connection.CreateCommand();
                    command.CommandText = "select name from {{Table(e)}} where id = $id and quantity < {{dice.Between(1, 90)}}";
                    command.Parameters.AddWithValue("$id", id);
                    return command.ExecuteScalar() as string;
                }
                finally
                {
                    connection.Dispose();
                }
            }
        """;

    private static string ContextAdd(Entity e, Dice dice, int n) => $$"""
            public void Add{{n}}({{e.Name}} item)
            {
                using var context = new {{e.Area}}Context();
                if (context.Set<{{e.Name}}>().Any(x => x.Id == item.Id))
                {
                    throw new InvalidOperationException($"{item.Id} exists");
                }

                context.Add(item);
                item.Quantity += {{dice.Between(1, 9)}};
                context.SaveChanges();
            }
        """;

    private static string ContextQueryAsync(Entity e, Dice dice, int n) => $$"""
            public async Task<List<{{e.Name}}>> Query{{n}}Async(string prefix, CancellationToken cancellation)
            {
                await using var context = new {{e.Area}}Context();
                var query = context.Set<{{e.Name}}>().AsNoTracking().Where(x => x.Name.StartsWith(prefix));
                if (prefix.Length > {{dice.Between(1, 8)}})
                {
                    query = query.Where(x => x.Quantity > {{dice.Between(1, 50)}});
                }

                return await query.OrderBy(x => x.Id).ToListAsync(cancellation);
            }
        """;

    private static string Factory(Entity e, Dice dice, int n) => $$"""
            public long Measure{{n}}()
            {
                using var connection = Connect{{n}}();
                using var command = connection.CreateCommand();
                command.CommandText = "select sum(quantity) from {{Table(e)}}";
                return command.ExecuteScalar() is long sum ? sum : {{dice.Between(0, 9)}};
            }

            private SqliteConnection Connect{{n}}()
            {
                var connection = new SqliteConnection(connectionString);
                connection.Open();
                return connection;
            }
        """;

    private static string DapperQuery(Entity e, Dice dice, int n) => $$"""
            public IReadOnlyList<{{e.Name}}View> Views{{n}}(DateTime since)
            {
                using IDbConnection connection = new SqliteConnection(connectionString);
                var rows = connection.Query<{{e.Name}}>("select * from {{Table(e)}} where created_at > @since", new { since });
                return rows.Where(r => r.Amount > {{dice.Between(1, 99)}}).Select(r => new {{e.Name}}View(r.Id, r.Name)).ToList();
            }
        """;

    private static string Transaction(Entity e, Dice dice, int n) => $$"""
            public int Move{{n}}(int from, int to)
            {
                using var connection = new SqliteConnection(connectionString);
                connection.Open();
                using var transaction = connection.BeginTransaction();
                try
                {
                    var moved = connection.Execute("update {{Table(e)}} set parent_id = @to where parent_id = @from", new { from, to }, transaction);
                    if (moved > {{dice.Between(10, 500)}})
                    {
                        transaction.Rollback();
                        return 0;
                    }

                    transaction.Commit();
                    return moved;
                }
                catch (SqliteException problem)
                {
                    log.Add(problem.Message);
                    transaction.Rollback();
                    throw;
                }
            }
        """;

    private static string ForgottenConnection(Entity e, Dice dice, int n) => $$"""
            public bool Exists{{n}}(int id)
            {
                var connection = new SqliteConnection(connectionString);
                connection.Open();
                var found = connection.ExecuteScalar<int>("select count(*) from {{Table(e)}} where id = @id", new { id });
                return found > {{dice.Between(0, 2)}};
            }
        """;

    private static string EarlyReturn(Entity e, Dice dice, int n) => $$"""
            public decimal Total{{n}}(string name)
            {
                var connection = new SqliteConnection(connectionString);
                connection.Open();
                var command = connection.CreateCommand();
                command.CommandText = "select sum(amount) from {{Table(e)}} where name = $name";
                command.Parameters.AddWithValue("$name", name);
                var value = command.ExecuteScalar();
                if (value is null or DBNull)
                {
                    return {{dice.Between(0, 3)}};
                }

                connection.Close();
                return Convert.ToDecimal(value, CultureInfo.InvariantCulture);
            }
        """;

    private static string LoopOfConnections(Entity e, Dice dice, int n) => $$"""
            public int Sync{{n}}(IEnumerable<string> sources)
            {
                var count = 0;
                foreach (var source in sources)
                {
                    if (source.Length < {{dice.Between(2, 9)}})
                    {
                        continue;
                    }

                    using var connection = new SqliteConnection(source);
                    connection.Open();
                    count += connection.Query<int>("select id from {{Table(e)}}").Count();
                }

                return count;
            }
        """;

    private static string BorrowedConnection(Entity e, Dice dice, int n) => $$"""
            public int Clean{{n}}()
            {
                using var connection = new SqliteConnection(connectionString);
                connection.Open();
                var removed = Remove{{n}}(connection, {{dice.Between(10, 90)}});
                return removed + Remove{{n}}(connection, {{dice.Between(100, 900)}});
            }

            private static int Remove{{n}}(SqliteConnection connection, int age)
            {
                using var command = connection.CreateCommand();
                command.CommandText = "delete from {{Table(e)}} where age > $age";
                command.Parameters.AddWithValue("$age", age);
                return command.ExecuteNonQuery();
            }
        """;

    private static string PooledContext(Entity e, Dice dice, int n) => $$"""
            public async Task<int> Touch{{n}}Async(IDbContextFactory<{{e.Area}}Context> factory, CancellationToken cancellation)
            {
                var context = await factory.CreateDbContextAsync(cancellation);
                await using (context)
                {
                    foreach (var item in await context.Set<{{e.Name}}>().Where(x => x.Id > {{dice.Between(1, 99)}}).ToListAsync(cancellation))
                    {
                        item.Note = "touched";
                    }

                    return await context.SaveChangesAsync(cancellation);
                }
            }
        """;

    private static string WithConnection(Entity e, Dice dice, int n) => $$"""
            public int Average{{n}}() => With{{n}}(c => c.ExecuteScalar<int>("select avg(quantity) from {{Table(e)}} where id > {{dice.Between(1, 99)}}"));

            private T With{{n}}<T>(Func<SqliteConnection, T> work)
            {
                using var connection = new SqliteConnection(connectionString);
                connection.Open();
                return work(connection);
            }
        """;

    private static string ConditionalDispose(Entity e, Dice dice, int n) => $$"""
            public int Latest{{n}}(bool remote)
            {
                SqliteConnection? connection = null;
                try
                {
                    if (remote)
                    {
                        connection = new SqliteConnection(connectionString);
                        connection.Open();
                        return connection.ExecuteScalar<int>("select max(id) from {{Table(e)}}");
                    }

                    return {{dice.Between(1, 99)}};
                }
                catch (SqliteException)
                {
                    return -1;
                }
                finally
                {
                    connection?.Dispose();
                }
            }
        """;

    private static string ForgottenReader(Entity e, Dice dice, int n) => $$"""
            public string First{{n}}()
            {
                using var connection = new SqliteConnection(connectionString);
                connection.Open();
                using var command = new SqliteCommand("select name from {{Table(e)}} order by id desc", connection);
                var reader = command.ExecuteReader();
                return reader.Read() ? reader.GetString(0) : "none {{dice.Between(1, 9)}}";
            }
        """;

    private static string ReadAllAsync(Entity e, Dice dice, int n) => $$"""
            public async Task<Dictionary<int, string>> Names{{n}}Async(CancellationToken cancellation)
            {
                var names = new Dictionary<int, string>();
                await using var connection = new SqliteConnection(connectionString);
                await connection.OpenAsync(cancellation).ConfigureAwait(false);
                await using var command = connection.CreateCommand();
                command.CommandText = "select id, name from {{Table(e)}}";
                await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                {
                    if (!await reader.IsDBNullAsync(1, cancellation).ConfigureAwait(false) && names.Count < {{dice.Between(100, 900)}})
                    {
                        names[reader.GetInt32(0)] = reader.GetString(1);
                    }
                }

                return names;
            }
        """;

    private static string Provider(Entity e, Dice dice, int n) => $$"""
            public DbConnection Provide{{n}}(string kind)
            {
                DbConnection connection = kind switch
                {
                    "memory" => new SqliteConnection("Data Source=:memory:"),
                    "file" => new SqliteConnection("Data Source={{Table(e)}}{{dice.Between(1, 9)}}.db"),
                    _ => throw new NotSupportedException(kind),
                };
                connection.Open();
                return connection;
            }
        """;

    private static string LocalFunction(Entity e, Dice dice, int n) => $$"""
            public (int Small, int Large) Halves{{n}}()
            {
                using var connection = new SqliteConnection(connectionString);
                connection.Open();
                return (CountOf("<"), CountOf(">="));

                int CountOf(string comparison)
                {
                    using var command = connection.CreateCommand();
                    command.CommandText = "select count(*) from {{Table(e)}} where amount " + comparison + " {{dice.Between(10, 900)}}";
                    return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
                }
            }
        """;

    private static string BulkInsert(Entity e, Dice dice, int n) => $$"""
            public void Insert{{n}}(IReadOnlyList<{{e.Name}}> items)
            {
                using (var connection = new SqliteConnection(connectionString))
                {
                    connection.Open();
                    using (var transaction = connection.BeginTransaction())
                    {
                        for (var i = 0; i < items.Count; i++)
                        {
                            using var command = connection.CreateCommand();
                            command.Transaction = transaction;
                            command.CommandText = "insert into {{Table(e)}} (id, name) values ($id, $name)";
                            command.Parameters.AddWithValue("$id", items[i].Id + {{dice.Between(1, 99)}});
                            command.Parameters.AddWithValue("$name", items[i].Name);
                            command.ExecuteNonQuery();
                        }

                        transaction.Commit();
                    }
                }
            }
        """;

    private static string Overwritten(Entity e, Dice dice, int n) => $$"""
            public int Fallback{{n}}(string second)
            {
                var connection = new SqliteConnection(connectionString);
                if (second.Length > {{dice.Between(3, 30)}})
                {
                    connection = new SqliteConnection(second);
                }

                using (connection)
                {
                    return connection.QuerySingle<int>("select count(*) from {{Table(e)}}");
                }
            }
        """;

    private static string ContextTransactionAsync(Entity e, Dice dice, int n) => $$"""
            public async Task Close{{n}}Async(int id)
            {
                using var context = new {{e.Area}}Context();
                await using var transaction = await context.Database.BeginTransactionAsync();
                var item = await context.Set<{{e.Name}}>().SingleAsync(x => x.Id == id);
                item.Status = {{e.Name}}Status.Closed;
                await context.SaveChangesAsync();
                if (item.Quantity < {{dice.Between(1, 9)}})
                {
                    await transaction.RollbackAsync();
                    return;
                }

                await transaction.CommitAsync();
            }
        """;

    private static string ReaderToCaller(Entity e, Dice dice, int n) => $$"""
            public IEnumerable<string> Stream{{n}}()
            {
                using var reader = Open{{n}}();
                while (reader.Read())
                {
                    yield return reader.GetString({{dice.Between(0, 2)}});
                }
            }

            private DbDataReader Open{{n}}()
            {
                var connection = new SqliteConnection(connectionString);
                connection.Open();
                var command = connection.CreateCommand();
                command.CommandText = "select name, note, region from {{Table(e)}}";
                return command.ExecuteReader(CommandBehavior.CloseConnection);
            }
        """;

    private static string TwoContexts(Entity e, Dice dice, int n) => $$"""
            public int Copy{{n}}(int count)
            {
                using var source = new {{e.Area}}Context();
                using var target = new {{e.Area}}Context();
                foreach (var item in source.Set<{{e.Name}}>().OrderBy(x => x.Id).Take(Math.Min(count, {{dice.Between(10, 99)}})))
                {
                    target.Add(new {{e.Name}} { Name = item.Name, Amount = item.Amount });
                }

                return target.SaveChanges();
            }
        """;
}
