using static SessionAnalyzers.Test.Rules.FlowRules;

namespace SessionAnalyzers.Test.Rules;

/// <summary>SES3003: contexts that are saved again after a failed save.</summary>
public sealed class SessionMustNotBeReusedAfterFailureTests
{
    [Fact]
    public Task Reports_loop_that_logs() => Reports("""
        void M(Db db, List<User> users)
        {
            foreach (var user in users)
            {
                try
                {
                    db.Users.Add(user);
                    {|SES3003:db.SaveChanges()|};
                }
                catch (Exception e)
                {
                    logger.LogError(e, "failed");
                }
            }
        }
        """);

    [Fact]
    public Task Reports_awaited() => Reports("async Task M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); await {|SES3003:db.SaveChangesAsync()|}; } catch (DbUpdateException) { Console.WriteLine(u.Id); } } }");

    [Fact]
    public Task Reports_field() => Reports("readonly Db db = null!; void M(List<User> users) { foreach (var u in users) { try { db.Add(u); {|SES3003:db.SaveChanges()|}; } catch { } } }");

    [Fact]
    public Task Reports_save_in_the_handler() => Reports("""
        void M(Db db, User user)
        {
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
    public Task Ignores_cleared_tracker() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { db.ChangeTracker.Clear(); } } }");

    [Fact]
    public Task Ignores_detached_entity() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { db.Entry(u).State = EntityState.Detached; } } }");

    [Fact]
    public Task Ignores_removed_entity() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { db.Users.Remove(u); } } }");

    [Fact]
    public Task Ignores_rethrown() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception e) { logger.LogError(e, \"failed\"); throw; } } }");

    [Fact]
    public Task Ignores_loop_that_is_left() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { break; } } }");

    [Fact]
    public Task Ignores_fresh_context() => Ignores("void M(List<User> users) { foreach (var u in users) { using var db = new Db(); try { db.Add(u); db.SaveChanges(); } catch (Exception) { Work(); } } }");

    [Fact]
    public Task Ignores_replaced_context() => Ignores("void M(Queue<Db> more, List<User> users) { var db = more.Dequeue(); foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { db = more.Dequeue(); } } }");

    [Fact]
    public Task Ignores_conflicts() => Ignores("void M(Db db) { for (var i = 0; i < 3; i++) { try { db.Add(new User()); db.SaveChanges(); } catch (DbUpdateConcurrencyException) { Work(); } } }");

    [Fact]
    public Task Ignores_helper_that_gets_the_context() => Ignores("static void Reset(Db db) { } void M(Db db, List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { Reset(db); } } }");

    [Fact]
    public Task Ignores_helper_of_the_class() => Ignores("readonly Db db = null!; void Reset() { } void M(List<User> users) { foreach (var u in users) { try { db.Add(u); db.SaveChanges(); } catch (Exception) { Reset(); } } }");

    [Fact]
    public Task Ignores_save_without_a_loop() => Ignores("void M(Db db, User u) { try { db.Add(u); db.SaveChanges(); } catch (Exception e) { logger.LogError(e, \"failed\"); } }");

    [Fact]
    public Task Ignores_save_of_another_context_in_the_handler() => Ignores("void M(Db db, Db log, User u) { try { db.Add(u); db.SaveChanges(); } catch (Exception e) { log.Add(new User { Name = e.Message }); log.SaveChanges(); } }");

    [Fact]
    public Task Ignores_save_in_the_handler_after_a_cleaning() => Ignores("void M(Db db, User u) { try { db.Add(u); db.SaveChanges(); } catch (Exception e) { db.ChangeTracker.Clear(); db.Add(new User { Name = e.Message }); db.SaveChanges(); } }");

    [Fact]
    public Task Ignores_loop_that_only_changes() => Ignores("void M(Db db, List<User> users) { foreach (var u in users) { try { u.Name = \"\"; db.SaveChanges(); } catch (Exception) { Console.WriteLine(u.Id); } } }");
}
