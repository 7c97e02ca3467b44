using SessionAnalyzers.Flow;
using SessionAnalyzers.Rules;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.CodeFixes;

public class TransactionMustRunUnderRetryingStrategyFixTests
{
    private const string Configuration = """
        public class Shop : DbContext
        {
            protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlite("", s => s.ExecutionStrategy(d => new Patient(d)));
        }

        public class Patient(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 3, TimeSpan.FromSeconds(1))
        {
            protected override bool ShouldRetryOn(Exception exception) => exception is TimeoutException;
        }
        """;

    private static Task Fixes(string members, string fixedMembers)
    {
        var test = new Verify<FlowRuleAnalyzer, TransactionMustRunUnderRetryingStrategyFix>.Test(Libraries.Common) { CodeActionEquivalenceKey = "SES3006.RunUnderStrategy" };
        test.TestState.Sources.Add("partial class C\n{\n" + members + "\n}\n");
        test.TestState.Sources.Add(FlowRules.Preamble);
        test.TestState.Sources.Add(Configuration);
        test.FixedState.Sources.Add("partial class C\n{\n" + fixedMembers + "\n}\n");
        test.FixedState.Sources.Add(FlowRules.Preamble);
        test.FixedState.Sources.Add(Configuration);
        return test.RunAsync();
    }

    private static Task Leaves(string members) => Fixes(members, members);

    [CSharpFact(12)]
    public Task Fixes_using_declaration() => Fixes(
        """
            async Task M(Shop db, User user, CancellationToken token)
            {
                db.Add(user);

                // together
                await using var tx = await {|SES3006:db.Database.BeginTransactionAsync(token)|};
                await db.SaveChangesAsync(token);

                // done
                await tx.CommitAsync(token);
            }
        """,
        """
            async Task M(Shop db, User user, CancellationToken token)
            {
                db.Add(user);

                // together
                var strategy = db.Database.CreateExecutionStrategy();
                await strategy.ExecuteAsync(async () =>
                {
                    await using var tx = await db.Database.BeginTransactionAsync(token);
                    await db.SaveChangesAsync(token);

                    // done
                    await tx.CommitAsync(token);
                });
            }
        """);

    [CSharpFact(12)]
    public Task FixesAll_results() => Fixes(
        """
            private Shop Store { get; } = null!;

            public User Insert(User user)
            {
                using (var tran = {|SES3006:Store.Database.BeginTransaction()|})
                {
                    var entry = Store.Add(user);
                    Store.SaveChanges();
                    tran.Commit();
                    return entry.Entity;
                }
            }

            public async Task<IReadOnlyList<User>> InsertAsync(User user)
            {
                if (user.Id == 0)
                {
                    await using var tran = await {|SES3006:this.Store.Database.BeginTransactionAsync().ConfigureAwait(false)|};
                    Store.Add(user);
                    await Store.SaveChangesAsync().ConfigureAwait(false);
                    await tran.CommitAsync().ConfigureAwait(false);
                    if (user.Name == "")
                    {
                        return Array.Empty<User>();
                    }

                    return new List<User> { user };
                }

                return Array.Empty<User>();
            }
        """.Replace("BeginTransactionAsync().ConfigureAwait(false)|}", "BeginTransactionAsync()|}.ConfigureAwait(false)"),
        """
            private Shop Store { get; } = null!;

            public User Insert(User user)
            {
                var strategy = Store.Database.CreateExecutionStrategy();
                return strategy.Execute(() =>
                {
                    using (var tran = Store.Database.BeginTransaction())
                    {
                        var entry = Store.Add(user);
                        Store.SaveChanges();
                        tran.Commit();
                        return entry.Entity;
                    }
                });
            }

            public async Task<IReadOnlyList<User>> InsertAsync(User user)
            {
                if (user.Id == 0)
                {
                    var strategy = this.Store.Database.CreateExecutionStrategy();
                    return await strategy.ExecuteAsync<IReadOnlyList<User>>(async () =>
                    {
                        await using var tran = await this.Store.Database.BeginTransactionAsync().ConfigureAwait(false);
                        Store.Add(user);
                        await Store.SaveChangesAsync().ConfigureAwait(false);
                        await tran.CommitAsync().ConfigureAwait(false);
                        if (user.Name == "")
                        {
                            return Array.Empty<User>();
                        }

                        return new List<User> { user };
                    }).ConfigureAwait(false);
                }

                return Array.Empty<User>();
            }
        """);

    [CSharpFact(12)]
    public Task Fixes_return_of_nothing_and_loop() => Fixes(
        """
            void M(Shop db, User user)
            {
                using var tx = {|SES3006:db.Database.BeginTransaction()|};
                var found = false;
                foreach (var other in db.Set<User>())
                {
                    if (other.Id == user.Id)
                    {
                        found = true;
                        break;
                    }
                }

                if (found)
                {
                    return;
                }

                var text = @"a
            b";
                user.Name = text;
                db.SaveChanges();
                tx.Commit();
            }
        """,
        """
            void M(Shop db, User user)
            {
                var strategy = db.Database.CreateExecutionStrategy();
                strategy.Execute(() =>
                {
                    using var tx = db.Database.BeginTransaction();
                    var found = false;
                    foreach (var other in db.Set<User>())
                    {
                        if (other.Id == user.Id)
                        {
                            found = true;
                            break;
                        }
                    }

                    if (found)
                    {
                        return;
                    }

                    var text = @"a
            b";
                    user.Name = text;
                    db.SaveChanges();
                    tx.Commit();
                });
            }
        """);

    [CSharpFact(12)]
    public Task Leaves_jumps_and_results_in_variables() => Leaves(
        """
            void M(Shop db, List<User> users)
            {
                foreach (var user in users)
                {
                    using var tx = {|SES3006:db.Database.BeginTransaction()|};
                    db.Add(user);
                    db.SaveChanges();
                    if (user.Id == 0)
                    {
                        continue;
                    }

                    tx.Commit();
                }
            }

            int N(Shop db)
            {
                var count = 0;
                using (var tx = {|SES3006:db.Database.BeginTransaction()|})
                {
                    count = db.SaveChanges();
                    tx.Commit();
                }

                return count;
            }

            void O(Shop db, out int count)
            {
                using var tx = {|SES3006:db.Database.BeginTransaction()|};
                count = db.SaveChanges();
                tx.Commit();
            }

            void P(Shop db)
            {
                if (db.ChangeTracker.HasChanges())
                {
                    using var tx = {|SES3006:db.Database.BeginTransaction()|};
                    if (db.SaveChanges() == 0)
                    {
                        return;
                    }

                    tx.Commit();
                }

                Work();
            }

            IEnumerable<int> Q(Shop db)
            {
                using var tx = {|SES3006:db.Database.BeginTransaction()|};
                yield return db.SaveChanges();
                tx.Commit();
            }

            void R(Shop db)
            {
                var tx = {|SES3006:db.Database.BeginTransaction()|};
                try
                {
                    db.SaveChanges();
                    tx.Commit();
                }
                finally
                {
                    tx.Dispose();
                }
            }

            void S(Shop db)
            {
                using var scope = {|SES3006:new TransactionScope()|};
                db.SaveChanges();
                scope.Complete();
            }

            void T(Shop db)
            {
        #region Work
                db.Add(new User());
                using var tx = {|SES3006:db.Database.BeginTransaction()|};
                db.SaveChanges();
        #endregion
                tx.Commit();
            }
        """);

    [CSharpFact(12)]
    public Task Fixes_beside_a_name_and_with_an_await_foreach() => Fixes(
        """
            async ValueTask M(Shop strategy, CancellationToken token)
            {
                Work();
                using (var tx = {|SES3006:strategy.Database.BeginTransaction()|})
                {
                    await foreach (var user in strategy.Set<User>().AsAsyncEnumerable())
                    {
                        if (user.Id == 0)
                        {
                            continue;
                        }

                        user.Name = "x";
                    }

                    Func<Task<int>> save = async () => await strategy.SaveChangesAsync(token);
                    await save();
                    tx.Commit();
                }

                Work();
            }
        """,
        """
            async ValueTask M(Shop strategy, CancellationToken token)
            {
                Work();
                var strategy2 = strategy.Database.CreateExecutionStrategy();
                await strategy2.ExecuteAsync(async () =>
                {
                    using (var tx = strategy.Database.BeginTransaction())
                    {
                        await foreach (var user in strategy.Set<User>().AsAsyncEnumerable())
                        {
                            if (user.Id == 0)
                            {
                                continue;
                            }

                            user.Name = "x";
                        }

                        Func<Task<int>> save = async () => await strategy.SaveChangesAsync(token);
                        await save();
                        tx.Commit();
                    }
                });

                Work();
            }
        """);

    [CSharpFact(12)]
    public Task Leaves_embedded_statements_and_results_on_some_paths() => Leaves(
        """
            void M(Shop db, bool all)
            {
                if (all)
                    using (var tx = {|SES3006:db.Database.BeginTransaction()|})
                    {
                        db.SaveChanges();
                        tx.Commit();
                    }
            }

            int N(Shop db, bool all)
            {
                using (var tx = {|SES3006:db.Database.BeginTransaction()|})
                {
                    if (all)
                    {
                        return db.SaveChanges();
                    }

                    tx.Commit();
                }

                return 0;
            }

            void O(Shop db, int kind)
            {
                switch (kind)
                {
                    case 1:
                        using (var tx = {|SES3006:db.Database.BeginTransaction()|})
                        {
                            db.SaveChanges();
                            tx.Commit();
                        }

                        break;
                }
            }

            void P(Shop db)
            {
                using (var tx = {|SES3006:db.Database.BeginTransaction()|}) { db.SaveChanges(); tx.Commit(); } Work();
            }
        """);
}
