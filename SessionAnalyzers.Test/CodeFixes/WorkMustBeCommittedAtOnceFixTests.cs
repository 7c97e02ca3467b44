using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

public class WorkMustBeCommittedAtOnceFixTests
{
    private const string Transaction = "SES2003.Transaction";
    private const string DropFirst = "SES2003.DropFirst";

    private static Task Fixes(string before, string after, string? key)
    {
        var test = new Verify<Only<WorkMustBeCommittedAtOnce>, WorkMustBeCommittedAtOnceFix>.Test(Libraries.Common) { CodeActionEquivalenceKey = key };
        test.TestState.Sources.Add(InClass(before));
        test.TestState.Sources.Add(FlowRules.Preamble);
        test.FixedState.Sources.Add(InClass(after));
        test.FixedState.Sources.Add(FlowRules.Preamble);
        return test.RunAsync();
    }

    private static Task Leaves(string members) => Fixes(members, members, null);

    private static string InClass(string members) => "partial class C\n{\n    private readonly Db db = new();\n" + members + "\n}\n";

    [Fact]
    public Task Fixes_with_a_transaction() => Fixes(
        """
            async Task M(string name, CancellationToken token)
            {
                var user = new User { Name = name };
                db.Add(user);

                // the key
                await db.SaveChangesAsync(token);
                user.Name += user.Id;
                await {|SES2003:db.SaveChangesAsync(token)|}; // the name

                logger.LogInformation("done");
            }
        """,
        """
            async Task M(string name, CancellationToken token)
            {
                var user = new User { Name = name };
                db.Add(user);

                // the key
                await using var transaction = await db.Database.BeginTransactionAsync(token);
                await db.SaveChangesAsync(token);
                user.Name += user.Id;
                await db.SaveChangesAsync(token); // the name
                await transaction.CommitAsync(token);

                logger.LogInformation("done");
            }
        """, Transaction);

    [Fact]
    public Task Fixes_three_saves() => Fixes(
        """
            void M(User a, User b)
            {
                try
                {
                    db.Add(a);
                    db.SaveChanges();
                    db.Update(b);
                    {|SES2003:db.SaveChanges()|};
                    using (logger.BeginScope("last"))
                    {
                        db.Remove(a);
                        db.SaveChanges();
                    }
                }
                finally
                {
                    Work();
                }
            }
        """,
        """
            void M(User a, User b)
            {
                try
                {
                    db.Add(a);
                    using var transaction = db.Database.BeginTransaction();
                    db.SaveChanges();
                    db.Update(b);
                    db.SaveChanges();
                    using (logger.BeginScope("last"))
                    {
                        db.Remove(a);
                        db.SaveChanges();
                    }

                    transaction.Commit();
                }
                finally
                {
                    Work();
                }
            }
        """, Transaction);

    [Fact]
    public Task Fixes_by_dropping_the_first() => Fixes(
        """
            async Task<int> M(string name, User other)
            {
                db.Add(other);
                await db.SaveChangesAsync();

                var user = new User { Name = name };
                db.Users.Add(user);
                db.Add(new User { Name = "x" });
                await {|SES2003:db.SaveChangesAsync()|}.ConfigureAwait(false);
                return user.Id;
            }
        """,
        """
            async Task<int> M(string name, User other)
            {
                db.Add(other);

                var user = new User { Name = name };
                db.Users.Add(user);
                db.Add(new User { Name = "x" });
                await db.SaveChangesAsync().ConfigureAwait(false);
                return user.Id;
            }
        """, DropFirst);

    [Fact]
    public Task Fixes_entity_that_may_be_the_same_with_a_transaction() => Fixes(
        """
            void M(User a, User b)
            {
                db.Add(a);
                db.SaveChanges();
                db.Add(b);
                {|SES2003:db.SaveChanges()|};
            }
        """,
        """
            void M(User a, User b)
            {
                db.Add(a);
                using var transaction = db.Database.BeginTransaction();
                db.SaveChanges();
                db.Add(b);
                db.SaveChanges();
                transaction.Commit();
            }
        """, Transaction);

    [Fact]
    public Task FixesAll_of_a_file() => Fixes(
        """
            void M(User a)
            {
                db.Add(a);
                db.SaveChanges();
                a.Name = "x";
                {|SES2003:db.SaveChanges()|};
            }

            void N(User a)
            {
                if (a.Id > 0)
                {
                    db.Add(a);
                    db.SaveChanges();
                    a.Name = "x";
                    {|SES2003:db.SaveChanges()|};
                }
            }

            void O(User a)
            {
                db.SaveChanges();
                db.Update(a);
                {|SES2003:db.SaveChanges()|};
            }
        """,
        """
            void M(User a)
            {
                db.Add(a);
                using var transaction = db.Database.BeginTransaction();
                db.SaveChanges();
                a.Name = "x";
                db.SaveChanges();
                transaction.Commit();
            }

            void N(User a)
            {
                if (a.Id > 0)
                {
                    db.Add(a);
                    using var transaction = db.Database.BeginTransaction();
                    db.SaveChanges();
                    a.Name = "x";
                    db.SaveChanges();
                    transaction.Commit();
                }
            }

            void O(User a)
            {
                using var transaction = db.Database.BeginTransaction();
                db.SaveChanges();
                db.Update(a);
                db.SaveChanges();
                transaction.Commit();
            }
        """, Transaction);

    [Fact]
    public Task Leaves_save_in_a_return() => Leaves(
        """
            int M(User a)
            {
                db.Add(a);
                db.SaveChanges();
                a.Name = "x";
                return {|SES2003:db.SaveChanges()|};
            }
        """);

    [Fact]
    public Task Leaves_saves_of_others() => Leaves(
        """
            private void Save() => db.SaveChanges();

            void M(User a, Db other)
            {
                db.Add(a);
                Save();
                a.Name = "x";
                {|SES2003:Save()|};
            }

            void N(User a, Db other)
            {
                db.Add(a);
                db.SaveChanges();
                other.Add(a);
                {|SES2003:other.SaveChanges()|};
            }
        """);

    [Fact]
    public Task Leaves_retrying_strategies() => Leaves(
        """
            void Options(DbContextOptionsBuilder builder) => builder.UseSqlite("", o => o.ExecutionStrategy(null!));

            void M(User a)
            {
                db.Add(a);
                db.SaveChanges();
                a.Name = "x";
                {|SES2003:db.SaveChanges()|};
            }
        """);
}
