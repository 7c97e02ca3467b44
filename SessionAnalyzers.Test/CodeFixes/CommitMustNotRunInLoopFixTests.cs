using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Test.CodeFixes;

public class CommitMustNotRunInLoopFixTests
{
    private static Task Fixes(string before, string after, string key) => RealReports.Fixes<CommitMustNotRunInLoopFix>(before, after, key);

    private static Task Leaves(string members) => RealReports.OffersNothing<CommitMustNotRunInLoopFix>(members);

    [Fact]
    public Task Fixes_loop_that_only_adds() => Fixes(
        """
            void M(Db db, List<User> users)
            {
                foreach (var user in users)
                {
                    user.Name = user.Name.Trim(); // as typed
                    db.Users.Add(user);
                    {|SES2001:db.SaveChanges()|};
                }

                Work();
            }
        """,
        """
            void M(Db db, List<User> users)
            {
                foreach (var user in users)
                {
                    user.Name = user.Name.Trim(); // as typed
                    db.Users.Add(user);
                }

                db.SaveChanges();

                Work();
            }
        """,
        "SES2001.MoveAfterLoop");

    [Fact]
    public Task Fixes_awaited_save() => Fixes(
        """
            async Task M(Db db, List<User> users, CancellationToken token)
            {
                foreach (var user in users)
                {
                    await db.AddAsync(user, token);

                    await {|SES2001:db.SaveChangesAsync(token)|}.ConfigureAwait(false);
                }
            }
        """,
        """
            async Task M(Db db, List<User> users, CancellationToken token)
            {
                foreach (var user in users)
                {
                    await db.AddAsync(user, token);
                }

                await db.SaveChangesAsync(token).ConfigureAwait(false);
            }
        """,
        "SES2001.MoveAfterLoop");

    [Fact]
    public Task Fixes_loop_that_uses_generated_keys() => Fixes(
        """
            void M(Db db, List<User> users, List<int> ids)
            {
                foreach (var user in users)
                {
                    db.Users.Add(user);
                    {|SES2001:db.SaveChanges()|};
                    ids.Add(user.Id);
                }
            }
        """,
        """
            void M(Db db, List<User> users, List<int> ids)
            {
                using var transaction = db.Database.BeginTransaction();
                foreach (var user in users)
                {
                    db.Users.Add(user);
                    db.SaveChanges();
                    ids.Add(user.Id);
                }

                transaction.Commit();
            }
        """,
        "SES2001.Transaction");

    [Fact]
    public Task Fixes_loop_that_queries() => Fixes(
        """
            async Task M(Db db, List<User> users, CancellationToken token, string transaction)
            {
                // all of them
                foreach (var user in users)
                {
                    if (await db.Users.AnyAsync(u => u.Name == user.Name, token))
                    {
                        continue;
                    }

                    db.Users.Add(user);
                    await {|SES2001:db.SaveChangesAsync(token)|};
                }
            }
        """,
        """
            async Task M(Db db, List<User> users, CancellationToken token, string transaction)
            {
                // all of them
                await using var transaction2 = await db.Database.BeginTransactionAsync(token);
                foreach (var user in users)
                {
                    if (await db.Users.AnyAsync(u => u.Name == user.Name, token))
                    {
                        continue;
                    }

                    db.Users.Add(user);
                    await db.SaveChangesAsync(token);
                }

                await transaction2.CommitAsync(token);
            }
        """,
        "SES2001.Transaction");

    [Fact]
    public Task FixesAll_loops() => Fixes(
        """
            void M(Db db, List<User> users)
            {
                foreach (var user in users)
                {
                    db.Add(user);
                    {|SES2001:db.SaveChanges()|};
                }
            }

            void N(Db db, User[] users)
            {
                for (var i = 0; i < users.Length; i++)
                {
                    db.Add(users[i]);
                    {|SES2001:db.SaveChanges()|};
                }
            }
        """,
        """
            void M(Db db, List<User> users)
            {
                foreach (var user in users)
                {
                    db.Add(user);
                }

                db.SaveChanges();
            }

            void N(Db db, User[] users)
            {
                for (var i = 0; i < users.Length; i++)
                {
                    db.Add(users[i]);
                }

                db.SaveChanges();
            }
        """,
        "SES2001.MoveAfterLoop");

    [Fact]
    public Task Leaves_loop_that_returns() => Leaves("""
        int M(Db db, List<User> users)
        {
            foreach (var user in users)
            {
                if (user.Id == 0)
                {
                    return 1;
                }

                db.Add(user);
                {|SES2001:db.SaveChanges()|};
            }

            return 0;
        }
        """);

    [Fact]
    public Task Leaves_lambda_of_ForEach() => Leaves("void M(Db db, List<User> users) => users.ForEach(u => { db.Add(u); {|SES2001:db.SaveChanges()|}; });");

    [Fact]
    public Task Leaves_loop_on_one_line_with_others() => Leaves("void M(Db db, List<User> users) { Work(); foreach (var u in users) { db.Add(u); {|SES2001:db.SaveChanges()|}; } }");

    [Fact]
    public Task Leaves_program_with_a_retrying_strategy() => Leaves("""
        string strategy = "EnableRetryOnFailure";
        void M(Db db, List<User> users)
        {
            foreach (var user in users)
            {
                db.Add(user);
                {|SES2001:db.SaveChanges()|};
                Work();
            }
        }
        """);

    [Fact]
    public Task Leaves_loop_without_braces_around() => Leaves("""
        void M(Db db, List<User> users)
        {
            if (Flag())
                foreach (var user in users)
                {
                    db.Add(user);
                    {|SES2001:db.SaveChanges()|};
                }
        }
        """);
}
