using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class SessionMustNotBeReusedAfterFailureFixTests
{
    private const string Entities = """
            class Order { public int Id { get; set; } public User? Buyer { get; set; } public DateTime? Paid { get; set; } }

        """;

    private static Task Fixes(string before, string after) => RealReports.Fixes<SessionMustNotBeReusedAfterFailureFix>(before, after, "SES3003.ClearTracker");

    private static Task Leaves(string members) => RealReports.OffersNothing<SessionMustNotBeReusedAfterFailureFix>(members);

    [Fact]
    public Task Fixes_loop_that_logs() => Fixes(
        """
            void M(List<User> users)
            {
                using var db = contexts.CreateDbContext();
                foreach (var user in users)
                {
                    try
                    {
                        db.Users.Add(user);
                        {|SES3003:db.SaveChanges()|};
                    }
                    catch (DbUpdateException e)
                    {
                        // the next may do better
                        logger.LogError(e, "failed");
                    }
                }
            }
        """,
        """
            void M(List<User> users)
            {
                using var db = contexts.CreateDbContext();
                foreach (var user in users)
                {
                    try
                    {
                        db.Users.Add(user);
                        db.SaveChanges();
                    }
                    catch (DbUpdateException e)
                    {
                        db.ChangeTracker.Clear();
                        // the next may do better
                        logger.LogError(e, "failed");
                    }
                }
            }
        """);

    [Fact]
    public Task Fixes_awaited_rows_of_their_own() => Fixes(
        Entities + """
            async Task M(List<string> lines, CancellationToken token)
            {
                await using var db = new Db();
                foreach (var line in lines) {
                    try {
                        await db.AddAsync(new Order { Id = line.Length, Paid = DateTime.UtcNow }, token);
                        db.Set<User>().Add(new User { Name = line });
                        await {|SES3003:db.SaveChangesAsync(token)|}.ConfigureAwait(false);
                    } catch {
                    }
                }
            }
        """,
        Entities + """
            async Task M(List<string> lines, CancellationToken token)
            {
                await using var db = new Db();
                foreach (var line in lines) {
                    try {
                        await db.AddAsync(new Order { Id = line.Length, Paid = DateTime.UtcNow }, token);
                        db.Set<User>().Add(new User { Name = line });
                        await db.SaveChangesAsync(token).ConfigureAwait(false);
                    } catch {
                        db.ChangeTracker.Clear();
                    }
                }
            }
        """);

    [Fact]
    public Task FixesAll_loops() => Fixes(
        """
            void M(List<User> users)
            {
                using (var db = new Db())
                {
                    for (var i = 0; i < users.Count; i++)
                    {
                        try
                        {
                            db.Add(users[i]);
                            {|SES3003:db.SaveChanges()|};
                        }
                        catch (Exception)
                        {
                            Console.WriteLine("failed");
                        }
                    }
                }
            }

            void N(List<List<User>> groups)
            {
                var db = contexts.CreateDbContext();
                try
                {
                    foreach (var users in groups)
                    {
                        try
                        {
                            db.AddRange(users);
                            {|SES3003:db.SaveChanges()|};
                        }
                        catch (Exception)
                        {
                            Console.WriteLine("failed");
                        }
                    }
                }
                finally
                {
                    db.Dispose();
                }
            }
        """,
        """
            void M(List<User> users)
            {
                using (var db = new Db())
                {
                    for (var i = 0; i < users.Count; i++)
                    {
                        try
                        {
                            db.Add(users[i]);
                            db.SaveChanges();
                        }
                        catch (Exception)
                        {
                            db.ChangeTracker.Clear();
                            Console.WriteLine("failed");
                        }
                    }
                }
            }

            void N(List<List<User>> groups)
            {
                var db = contexts.CreateDbContext();
                try
                {
                    foreach (var users in groups)
                    {
                        try
                        {
                            db.AddRange(users);
                            db.SaveChanges();
                        }
                        catch (Exception)
                        {
                            db.ChangeTracker.Clear();
                            Console.WriteLine("failed");
                        }
                    }
                }
                finally
                {
                    db.Dispose();
                }
            }
        """);

    [Fact]
    public Task Leaves_context_of_the_caller() => Leaves("""
        void M(Db db, List<User> users)
        {
            foreach (var user in users)
            {
                try
                {
                    db.Add(user);
                    {|SES3003:db.SaveChanges()|};
                }
                catch (Exception)
                {
                    Console.WriteLine("failed");
                }
            }
        }
        """);

    [Fact]
    public Task Leaves_entities_of_the_context() => Leaves("""
        void M()
        {
            using var db = new Db();
            var users = db.Users.ToList();
            foreach (var user in users)
            {
                try
                {
                    db.Add(new User { Name = user.Name });
                    {|SES3003:db.SaveChanges()|};
                }
                catch (Exception)
                {
                    Console.WriteLine("failed");
                }
            }
        }
        """);

    [Fact]
    public Task Leaves_entities_that_may_share_others() => Leaves(Entities + """
        void M(List<Order> orders)
        {
            using var db = new Db();
            foreach (var order in orders)
            {
                try
                {
                    db.Add(order);
                    {|SES3003:db.SaveChanges()|};
                }
                catch (Exception)
                {
                    Console.WriteLine("failed");
                }
            }
        }
        """);

    [Fact]
    public Task Leaves_work_of_the_loop_outside_the_try() => Leaves("""
        void M(List<User> users)
        {
            using var db = new Db();
            foreach (var user in users)
            {
                db.Add(new User());
                try
                {
                    db.Add(user);
                    {|SES3003:db.SaveChanges()|};
                }
                catch (Exception)
                {
                    Console.WriteLine("failed");
                }
            }
        }
        """);

    [Fact]
    public Task Leaves_save_of_several_items() => Leaves("""
        void M(List<User> users)
        {
            using var db = new Db();
            foreach (var user in users)
            {
                try
                {
                    db.Add(user);
                    if (user.Id % 100 == 0)
                    {
                        {|SES3003:db.SaveChanges()|};
                    }
                }
                catch (Exception)
                {
                    Console.WriteLine("failed");
                }
            }
        }
        """);

    [Fact]
    public Task Leaves_context_that_is_used_later() => Leaves("""
        void M(List<User> users)
        {
            using var db = new Db();
            foreach (var user in users)
            {
                try
                {
                    db.Add(user);
                    {|SES3003:db.SaveChanges()|};
                }
                catch (Exception)
                {
                    Console.WriteLine("failed");
                }
            }

            users[0].Name = "first";
            db.SaveChanges();
        }
        """);

    [Fact]
    public Task Leaves_save_in_the_handler() => Leaves("""
        void M(User user)
        {
            using var db = new Db();
            try
            {
                db.Add(user);
                db.SaveChanges();
            }
            catch (Exception e)
            {
                db.Add(new User { Name = e.Message });
                {|SES3003:db.SaveChanges()|};
            }
        }
        """);

    [Fact]
    public Task Leaves_handler_on_one_line() => Leaves("""
        void M(List<User> users)
        {
            using var db = new Db();
            foreach (var user in users)
            {
                try
                {
                    db.Add(user);
                    {|SES3003:db.SaveChanges()|};
                }
                catch (Exception) { }
            }
        }
        """);
}
