using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class ChangesMustBeSavedFixTests
{
    private static Task Fixes(string before, string after) => RealReports.Fixes<ChangesMustBeSavedFix>(before, after, "SES2005.Save");

    private static Task Leaves(string members) => RealReports.OffersNothing<ChangesMustBeSavedFix>(members);

    [Fact]
    public Task Fixes_declaration() => Fixes(
        """
            void M(User u)
            {
                using var db = new Db();
                {|SES2005:db.Add(u)|}; // new
                // the end
            }
        """,
        """
            void M(User u)
            {
                using var db = new Db();
                db.Add(u); // new
                db.SaveChanges();
                // the end
            }
        """);

    [Fact]
    public Task Fixes_async_before_the_return() => Fixes(
        """
            async Task<int> M(User u, CancellationToken token)
            {
                await using (var db = await contexts.CreateDbContextAsync(token))
                {
                    if (u.Id > 0)
                    {
                        return 0;
                    }

                    foreach (var name in new[] { "a", "b" })
                    {
                        await {|SES2005:db.Users.AddAsync(new User { Name = name }, token)|};
                    }

                    // the key
                    return u.Id;
                }
            }
        """,
        """
            async Task<int> M(User u, CancellationToken token)
            {
                await using (var db = await contexts.CreateDbContextAsync(token))
                {
                    if (u.Id > 0)
                    {
                        return 0;
                    }

                    foreach (var name in new[] { "a", "b" })
                    {
                        await db.Users.AddAsync(new User { Name = name }, token);
                    }

                    await db.SaveChangesAsync(token);

                    // the key
                    return u.Id;
                }
            }
        """);

    [Fact]
    public Task Fixes_before_the_commit() => Fixes(
        """
            void M(User u)
            {
                using var db = new Db();
                using (var tx = db.Database.BeginTransaction())
                {
                    if (u.Id > 0)
                    {
                        {|SES2005:db.Users.Remove(u)|};
                    }

                    // done
                    tx.Commit();
                }
            }
        """,
        """
            void M(User u)
            {
                using var db = new Db();
                using (var tx = db.Database.BeginTransaction())
                {
                    if (u.Id > 0)
                    {
                        db.Users.Remove(u);
                    }

                    // done
                    db.SaveChanges();
                    tx.Commit();
                }
            }
        """);

    [Fact]
    public Task Fixes_in_a_try() => Fixes(
        """
            void M(User u)
            {
                var db = new Db();
                try
                {
                    {|SES2005:db.Update(u)|};
                }
                finally
                {
                    db.Dispose();
                }
            }
        """,
        """
            void M(User u)
            {
                var db = new Db();
                try
                {
                    db.Update(u);
                    db.SaveChanges();
                }
                finally
                {
                    db.Dispose();
                }
            }
        """);

    [Fact]
    public Task FixesAll_of_a_file() => Fixes(
        """
            void M(User u)
            {
                using var db = new Db();
                {|SES2005:db.Add(u)|};
                using (var other = new Db())
                {
                    {|SES2005:other.Add(u)|};
                }
            }

            async Task N(User u)
            {
                await using var db = new Db();
                {|SES2005:db.Add(u)|};
            }
        """,
        """
            void M(User u)
            {
                using var db = new Db();
                db.Add(u);
                using (var other = new Db())
                {
                    other.Add(u);
                    other.SaveChanges();
                }

                db.SaveChanges();
            }

            async Task N(User u)
            {
                await using var db = new Db();
                db.Add(u);
                await db.SaveChangesAsync();
            }
        """);

    [Fact]
    public Task Leaves_other_ways_out() => Leaves(
        """
            int M(User u)
            {
                using var db = new Db();
                {|SES2005:db.Add(u)|};
                if (u.Id > 5)
                {
                    return 1;
                }

                return 0;
            }
        """);

    [Fact]
    public Task Leaves_result_of_a_query() => Leaves(
        """
            int M(User u)
            {
                using var db = new Db();
                {|SES2005:db.Add(u)|};
                return db.Users.Count();
            }
        """);

    [Fact]
    public Task Leaves_failures_that_are_swallowed() => Leaves(
        """
            void M(User u)
            {
                using var db = new Db();
                try
                {
                    {|SES2005:db.Add(u)|};
                    Work();
                }
                catch (IOException)
                {
                }
            }

            void N(User u)
            {
                using var db = new Db();
                {|SES2005:db.Add(u)|};
                try
                {
                    Work();
                }
                catch (IOException)
                {
                }
            }
        """);

    [Fact]
    public Task Leaves_intentions_and_one_line() => Leaves(
        """
            void M(User u)
            {
                using var db = new Db();
                {|SES2005:db.Add(u)|}; // only a preview
            }

            void N(User u) { using var db = new Db(); {|SES2005:db.Add(u)|}; }
        """);
}
