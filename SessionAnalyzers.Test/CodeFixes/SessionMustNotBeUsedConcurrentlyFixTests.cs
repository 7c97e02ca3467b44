using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustNotBeUsedConcurrentlyFixTests
{
    private static Task Awaits(string before, string after) => RealReports.Fixes<SessionMustNotBeUsedConcurrentlyFix>(before, after, SessionMustNotBeUsedConcurrentlyFix.AwaitInTurnKey);

    private static Task Loops(string before, string after) => RealReports.Fixes<SessionMustNotBeUsedConcurrentlyFix>(before, after, SessionMustNotBeUsedConcurrentlyFix.ForeachKey);

    private static Task Leaves(string members) => RealReports.OffersNothing<SessionMustNotBeUsedConcurrentlyFix>(members);

    [Fact]
    public Task Fixes_list_of_tasks() => Awaits(
        """
            async Task M(Db db)
            {
                // all of it
                await Task.WhenAll(db.Users.ToListAsync(), {|SES4003:db.Users.CountAsync()|}).ConfigureAwait(false); // done
            }
        """,
        """
            async Task M(Db db)
            {
                // all of it
                await db.Users.ToListAsync().ConfigureAwait(false);
                await db.Users.CountAsync().ConfigureAwait(false); // done
            }
        """);

    [Fact]
    public Task FixesAll_lists_of_tasks() => Awaits(
        """
            async Task M(Db db, SqlConnection c)
            {
                await Task.WhenAll(
                    db.Users
                        .Where(u => u.Id > 1)
                        .ToListAsync(), // the users
                    {|SES4003:db.Users.CountAsync()|},
                    {|SES4003:db.SaveChangesAsync()|});

                await Task.WhenAll(new Task[] { c.QueryAsync(sql), {|SES4003:c.ExecuteAsync(sql)|}, WorkAsync() });
            }
        """,
        """
            async Task M(Db db, SqlConnection c)
            {
                await db.Users
                    .Where(u => u.Id > 1)
                    .ToListAsync(); // the users
                await db.Users.CountAsync();
                await db.SaveChangesAsync();

                await c.QueryAsync(sql);
                await c.ExecuteAsync(sql);
                await WorkAsync();
            }
        """);

    [Fact]
    public Task Fixes_embedded_statement_and_expression_body() => Awaits(
        """
            async Task M(Db db, bool b)
            {
                if (b)
                    await Task.WhenAll(db.Users.ToListAsync(), {|SES4003:db.Users.CountAsync()|});
            }

            async Task N(Db db) => await Task.WhenAll(db.Users.ToListAsync(), {|SES4003:db.Users.CountAsync()|});
        """,
        """
            async Task M(Db db, bool b)
            {
                if (b)
                {
                    await db.Users.ToListAsync();
                    await db.Users.CountAsync();
                }
            }

            async Task N(Db db)
            {
                await db.Users.ToListAsync();
                await db.Users.CountAsync();
            }
        """);

    [Fact]
    public Task Fixes_list_with_results() => Awaits(
        """
            async Task<int> M(Db db)
            {
                var counts = await Task.WhenAll(db.Users.CountAsync(), {|SES4003:db.Users.CountAsync(u => u.Id > 1)|});
                return counts.Sum();
            }

            async Task<int[]> N(Db db) =>
                await Task.WhenAll(
                    db.Users.CountAsync(),
                    {|SES4003:db.Users.CountAsync(u => u.Id > 1)|});
        """,
        """
            async Task<int> M(Db db)
            {
                var counts = new[] { await db.Users.CountAsync(), await db.Users.CountAsync(u => u.Id > 1) };
                return counts.Sum();
            }

            async Task<int[]> N(Db db)
            {
                return new[]
                {
                    await db.Users.CountAsync(),
                    await db.Users.CountAsync(u => u.Id > 1)
                };
            }
        """);

    [Fact]
    public Task Fixes_started_task() => Awaits(
        """
            async Task<int> M(Db db)
            {
                var all = db.Users.ToListAsync(); // the users
                db.Users.Add(new User());
                var count = await {|SES4003:db.Users.CountAsync()|};
                return (await all).Count + count + all.Result.Count;
            }
        """,
        """
            async Task<int> M(Db db)
            {
                var all = await db.Users.ToListAsync(); // the users
                db.Users.Add(new User());
                var count = await db.Users.CountAsync();
                return all.Count + count + all.Count;
            }
        """);

    [Fact]
    public Task Fixes_started_task_without_a_result() => Awaits(
        """
            async Task M(SqlConnection c)
            {
                Task first = c.ExecuteAsync(sql);
                await {|SES4003:c.ExecuteAsync(sql)|};

                // both are done then
                await first.ConfigureAwait(false);
            }
        """,
        """
            async Task M(SqlConnection c)
            {
                await c.ExecuteAsync(sql).ConfigureAwait(false);
                await c.ExecuteAsync(sql);

                // both are done then
            }
        """);

    [Fact]
    public Task Fixes_declared_type() => Awaits(
        """
            async Task<int> M(Db db)
            {
                Task<List<User>> all = db.Users.ToListAsync();
                await {|SES4003:db.SaveChangesAsync()|};
                var users = await all.ConfigureAwait(false);
                return users.Count;
            }
        """,
        """
            async Task<int> M(Db db)
            {
                List<User> all = await db.Users.ToListAsync().ConfigureAwait(false);
                await db.SaveChangesAsync();
                var users = all;
                return users.Count;
            }
        """);

    [Fact]
    public Task FixesAll_started_tasks() => Awaits(
        """
            private readonly Db db = null!;
            async Task<int> M(int id)
            {
                var all = db.Users.Where(u => u.Id > 1).ToListAsync();
                var count = {|SES4003:db.Users.CountAsync()|};
                var other = {|SES4003:LoadAsync(id)|};
                await Task.WhenAll(all, count, other);
                return all.Result.Count + count.Result + other.Result.Id;
            }

            private async Task<User> LoadAsync(int id)
            {
                return await db.Users.FirstAsync(u => u.Id == id);
            }
        """,
        """
            private readonly Db db = null!;
            async Task<int> M(int id)
            {
                var all = await db.Users.Where(u => u.Id > 1).ToListAsync();
                var count = await db.Users.CountAsync();
                var other = LoadAsync(id);
                await other;
                return all.Count + count + other.Result.Id;
            }

            private async Task<User> LoadAsync(int id)
            {
                return await db.Users.FirstAsync(u => u.Id == id);
            }
        """);

    [Fact]
    public Task Fixes_task_and_call_in_one_list() => Awaits(
        """
            async Task M(Db db)
            {
                var all = db.Users.ToListAsync();
                await Task.WhenAll(all, {|SES4003:db.Users.CountAsync()|});
            }
        """,
        """
            async Task M(Db db)
            {
                await db.Users.ToListAsync();
                await db.Users.CountAsync();
            }
        """);

    [Fact]
    public Task Fixes_tasks_of_a_loop() => Awaits(
        """
            async Task M(Db db, List<int> ids)
            {
                var tasks = new List<Task>();
                foreach (var id in ids)
                {
                    // one by one
                    tasks.Add({|SES4003:db.Users.FirstAsync(u => u.Id == id)|});
                }

                await Task.WhenAll(tasks);
                Work();
            }
        """,
        """
            async Task M(Db db, List<int> ids)
            {
                foreach (var id in ids)
                {
                    // one by one
                    await db.Users.FirstAsync(u => u.Id == id);
                }

                Work();
            }
        """);

    [Fact]
    public Task Fixes_tasks_of_a_loop_among_others() => Awaits(
        """
            async Task M(Db db, List<int> ids)
            {
                var tasks = new List<Task>();
                tasks.Add(WorkAsync());
                for (var i = 0; i < ids.Count; i++)
                    tasks.Add({|SES4003:db.Users.FirstAsync(u => u.Id == i)|});
                await Task.WhenAll(tasks);
            }
        """,
        """
            async Task M(Db db, List<int> ids)
            {
                var tasks = new List<Task>();
                tasks.Add(WorkAsync());
                for (var i = 0; i < ids.Count; i++)
                    await db.Users.FirstAsync(u => u.Id == i);
                await Task.WhenAll(tasks);
            }
        """);

    [Fact]
    public Task FixesAll_items() => Loops(
        """
            private readonly Db db = null!;
            async Task M(List<int> ids)
            {
                await Task.WhenAll(ids.Select(async id =>
                {
                    if (id == 0)
                    {
                        return; // nothing
                    }

                    // loads it
                    await {|SES4003:db.Users.FindAsync(id)|};
                }));
                await Task.WhenAll(ids.Where(id => id > 1).Select(id => {|SES4003:db.Users.FirstAsync(u => u.Id == id)|}).ToList()).ConfigureAwait(false);
                await Task.WhenAll(ids.Select({|SES4003:FindAsync|}));
                var tasks = ids.Select(async id => await {|SES4003:FindAsync(id)|});
                await Task.WhenAll(tasks);
            }

            async Task<User> FindAsync(int id) { var user = await db.Users.FirstAsync(u => u.Id == id); return user; }
        """,
        """
            private readonly Db db = null!;
            async Task M(List<int> ids)
            {
                foreach (var id in ids)
                {
                    if (id == 0)
                    {
                        continue; // nothing
                    }

                    // loads it
                    await db.Users.FindAsync(id);
                }
                foreach (var id in ids.Where(id => id > 1))
                {
                    await db.Users.FirstAsync(u => u.Id == id).ConfigureAwait(false);
                }
                foreach (var item in ids)
                {
                    await FindAsync(item);
                }
                foreach (var id in ids)
                {
                    await FindAsync(id);
                }
            }

            async Task<User> FindAsync(int id) { var user = await db.Users.FirstAsync(u => u.Id == id); return user; }
        """);

    [Fact]
    public Task Fixes_items_with_results_that_nobody_wants() => Loops(
        """
            async Task M(Db db, int[] ids) {
                await Task.WhenAll(
                    ids.Select(async id => {
                        var user = await {|SES4003:db.Users.FindAsync(id)|};
                        user.Name = "x";
                        return user;
                    }));
            }
        """,
        """
            async Task M(Db db, int[] ids) {
                foreach (var id in ids) {
                    var user = await db.Users.FindAsync(id);
                    user.Name = "x";
                }
            }
        """);

    [Fact]
    public Task Fixes_iterator() => Loops(
        """
            async Task M(SqlConnection c, List<string> names) => await Task.WhenAll({|SES4003:CreateAll(names, c)|});

            IEnumerable<Task> CreateAll(List<string> names, SqlConnection connection)
            {
                foreach (var name in names)
                {
                    yield return CreateAsync(name, connection);
                }
            }

            async Task CreateAsync(string name, SqlConnection connection)
            {
                await connection.ExecuteAsync(name);
            }
        """,
        """
            async Task M(SqlConnection c, List<string> names)
            {
                foreach (var task in CreateAll(names, c))
                {
                    await task;
                }
            }

            IEnumerable<Task> CreateAll(List<string> names, SqlConnection connection)
            {
                foreach (var name in names)
                {
                    yield return CreateAsync(name, connection);
                }
            }

            async Task CreateAsync(string name, SqlConnection connection)
            {
                await connection.ExecuteAsync(name);
            }
        """);

    [Fact]
    public Task FixesAll_parallel_loops() => Loops(
        """
            async Task M(Db db, SqlConnection c, List<int> ids, CancellationToken token)
            {
                Parallel.ForEach(ids, id => { var user = {|SES4003:db.Users.Find(id)|}; });
                Parallel.For(0, ids.Count, i => {|SES4003:c.Execute(sql, new { id = ids[i] })|});
                await Parallel.ForEachAsync(ids, token, async (id, stop) =>
                {
                    await {|SES4003:db.Users.LoadAsync(stop)|};
                });
                ids.AsParallel().ForAll(id => {|SES4003:c.Execute(sql)|});
                Parallel.ForEach(ids, new ParallelOptions { MaxDegreeOfParallelism = 4 }, (int id) =>
                {
                    {|SES4003:db.Users.Load()|};
                });
            }
        """,
        """
            async Task M(Db db, SqlConnection c, List<int> ids, CancellationToken token)
            {
                foreach (var id in ids) { var user = db.Users.Find(id); }
                for (var i = 0; i < ids.Count; i++)
                {
                    c.Execute(sql, new { id = ids[i] });
                }
                foreach (var id in ids)
                {
                    await db.Users.LoadAsync(token);
                }
                foreach (var id in ids)
                {
                    c.Execute(sql);
                }
                foreach (int id in ids)
                {
                    db.Users.Load();
                }
            }
        """);

    [Fact]
    public Task Keeps_loops_that_are_stopped() => Leaves("""
        void M(Db db, List<int> ids)
        {
            Parallel.ForEach(ids, (id, state) => { {|SES4003:db.Users.Load()|}; state.Stop(); });
            var result = Parallel.ForEach(ids, id => {|SES4003:db.Users.Load()|});
            try { Parallel.ForEach(ids, id => {|SES4003:db.Users.Load()|}); } catch (AggregateException) { }
        }
        """);

    [Fact]
    public Task Keeps_items_that_may_change_or_be_read() => Leaves("""
        class Order { public List<User> Users { get; } = new(); }
        async Task M(Db db, Order order, List<User> users)
        {
            await Task.WhenAll(db.Users.AsEnumerable().Select(async u => await {|SES4003:db.Users.FindAsync(u.Id)|}));
            await Task.WhenAll(order.Users.Select(async u => await {|SES4003:db.Users.FindAsync(u.Id)|}));
            await Task.WhenAll(users.Select(async u => { await {|SES4003:db.Users.FindAsync(u.Id)|}; users.Remove(u); }));
            Parallel.ForEach(db.Users, u => {|SES4003:db.Users.Find(u.Id)|});
        }
        """);

    [Fact]
    public Task Keeps_results_of_items() => Leaves("""
        async Task<User[]> M(Db db, List<int> ids)
        {
            var users = await Task.WhenAll(ids.Select(id => {|SES4003:db.Users.FirstAsync(u => u.Id == id)|}));
            return users;
        }
        """);

    [Fact]
    public Task Keeps_work_that_waits_for_other_work() => Leaves("""
        private readonly System.Threading.Channels.Channel<User> users = System.Threading.Channels.Channel.CreateUnbounded<User>();
        async Task M(Db db)
        {
            await Task.WhenAll(ReadAsync(db), {|SES4003:WriteAsync(db)|});
            var read = ReadAsync(db);
            await {|SES4003:WriteAsync(db)|};
            await read;
        }

        async Task ReadAsync(Db db)
        {
            await foreach (var user in users.Reader.ReadAllAsync())
            {
                user.Name = "x";
            }

            await db.SaveChangesAsync();
        }

        async Task WriteAsync(Db db)
        {
            var all = await db.Users.ToListAsync();
            foreach (var user in all)
            {
                await users.Writer.WriteAsync(user);
            }

            users.Writer.Complete();
        }
        """);

    [Fact]
    public Task Keeps_work_of_which_nothing_is_known() => Leaves("""
        async Task M(Db db, Func<Task> other) => await Task.WhenAll(other(), db.Users.CountAsync(), {|SES4003:db.Users.ToListAsync()|});
        """);

    [Fact]
    public Task Keeps_tasks_that_are_handled_elsewhere() => Leaves("""
        async Task M(Db db, bool b, List<Task> tasks)
        {
            var a = db.Users.ToListAsync();
            db.Users.Add(new User());
            {|SES4003:db.SaveChanges()|};
            try { await a; } catch (DbUpdateException) { }

            var c = db.Users.ToListAsync();
            {|SES4003:db.SaveChanges()|};
            if (b) { await c; }

            var d = db.Users.ToListAsync();
            {|SES4003:db.SaveChanges()|};
            tasks.Add(d);
        }
        """);

    [Fact]
    public Task Keeps_members_that_cannot_wait() => Leaves("""
        Task M(Db db) => Task.WhenAll(db.Users.ToListAsync(), {|SES4003:db.Users.CountAsync()|});
        void N(Db db) => Task.WaitAll(db.Users.ToListAsync(), {|SES4003:db.Users.CountAsync()|});
        void O(Db db) { var all = db.Users.ToListAsync(); {|SES4003:db.SaveChanges()|}; all.Wait(); }
        """);

    [Fact]
    public Task Keeps_started_call_before_a_running_task() => Leaves("""
        async Task M(Db db, Task other)
        {
            await Task.WhenAll(db.Users.ToListAsync(), other, {|SES4003:db.Users.CountAsync()|});
        }
        """);

    [Fact]
    public Task Fixes_lists_in_odd_places() => Awaits(
        """
            async Task M(Db db, int i, List<Func<Task>> later)
            {
                switch (i)
                {
                    case 1: await Task.WhenAll(db.Users.ToListAsync(), {|SES4003:db.Users.CountAsync()|}); break;
                }

                try
                {
                    // the first two
                    await Task.WhenAll(
                        db.Users.CountAsync(), // first
                        {|SES4003:db.Users.CountAsync(u => u.Id > 1)|}
                    );
                }
                finally
                {
                    later.Add(async () => await Task.WhenAll(new[] { db.Users.CountAsync(), {|SES4003:db.Users.CountAsync()|} }));
                }
            }
        """,
        """
            async Task M(Db db, int i, List<Func<Task>> later)
            {
                switch (i)
                {
                    case 1: await db.Users.ToListAsync(); await db.Users.CountAsync(); break;
                }

                try
                {
                    // the first two
                    await db.Users.CountAsync(); // first
                    await db.Users.CountAsync(u => u.Id > 1);
                }
                finally
                {
                    later.Add(async () =>
                    {
                        await db.Users.CountAsync();
                        await db.Users.CountAsync();
                    });
                }
            }
        """);

    [Fact]
    public Task Keeps_directives_and_notes_between_tasks() => Leaves("""
        async Task M(Db db)
        {
            await Task.WhenAll(
                db.Users.CountAsync(),
        #if !OTHER
                {|SES4003:db.Users.ToListAsync()|}
        #else
                db.Users.LoadAsync()
        #endif
                );
            await Task.WhenAll(db.Users.CountAsync(), /* both */ {|SES4003:db.Users.ToListAsync()|});
            await Task.WhenAll(ids.Select(/* each */ id => {|SES4003:db.Users.FirstAsync(u => u.Id == id)|}));
        }
        private readonly List<int> ids = new();
        """);

    [Fact]
    public Task Keeps_returns_from_within_a_loop() => Leaves("""
        async Task M(Db db, List<int> ids)
        {
            await Task.WhenAll(ids.Select(async id =>
            {
                for (var i = 0; i < 3; i++)
                {
                    if (i == id) return;
                    await {|SES4003:db.Users.LoadAsync()|};
                }
            }));
        }
        """);

    [Fact]
    public Task Keeps_task_with_a_name_in_text_that_is_left_out() => Leaves("""
        async Task M(Db db)
        {
            var all = db.Users.ToListAsync();
            {|SES4003:db.SaveChanges()|};
        #if OTHER
            all.ContinueWith(_ => { });
        #endif
            await all;
        }
        """);

    [Fact]
    public Task Fixes_task_of_a_value() => Awaits(
        """
            async Task<string> M(Db db)
            {
                ValueTask<User> first = db.Users.FindAsync(1);
                var second = await {|SES4003:db.Users.FindAsync(2)|};
                return $"{(await first).Name} and {second?.Name}";
            }
        """,
        """
            async Task<string> M(Db db)
            {
                User first = await db.Users.FindAsync(1);
                var second = await db.Users.FindAsync(2);
                return $"{first.Name} and {second?.Name}";
            }
        """);
}
