using System.Collections.Concurrent;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SessionAnalyzers.Test.Meta;
using SessionAnalyzers.Test.Rules;
using SessionAnalyzers.Test.Verification;

namespace SessionAnalyzers.Test.Flow;

/// <summary>Code that is broken, half typed, huge or recursive: the analyzer neither throws nor hangs, whatever it reports.</summary>
public sealed class RobustnessTests
{
    private static readonly Lazy<SyntaxTree> Preamble = new(static () => CSharpSyntaxTree.ParseText(FlowRules.Preamble, path: "Test1.cs"));

    private const string Method = """
        using System.Linq;

        partial class Orders(IDbContextFactory<Db> factory, string cs)
        {
            private SqlConnection field;

            public async Task<int> RunAsync(int[] ids, SqlConnection existing, CancellationToken token)
            {
                var own = existing is null;
                var c = existing ?? new SqlConnection(cs);
                (Db db, int n) pair = (factory.CreateDbContext(), 1);
                Func<SqlConnection> make = () => new SqlConnection($"{cs};x={pair.n}");
                try
                {
                    await c.OpenAsync(token).ConfigureAwait(false);
                    await using var tx = await c.BeginTransactionAsync(token);
                    foreach (var id in ids[1..^1])
                    {
                        using var command = new SqlCommand("x", c) { CommandTimeout = id, Transaction = (SqlTransaction)tx };
                        await using (var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, token))
                        {
                            while (await reader.ReadAsync(token))
                            {
                                if (reader.GetInt32(0) is > 0 and < 10 or 42)
                                {
                                    continue;
                                }

                                goto done;
                            }
                        }

                        switch (id)
                        {
                            case 1 when own: field = make(); break;
                            case 2: using (_ = new TransactionScope(TransactionScopeOption.Suppress)) { Local(id); } break;
                            default: break;
                        }
                    }

                done:
                    await tx.CommitAsync(token);
                    var result = ids switch { [] => 0, [var one] => one, [_, .. var rest] => rest.Length };
                    return result + await Async(pair.db);
                }
                catch (SqlException e) when (e.Number == 1205)
                {
                    field ??= make();
                    throw;
                }
                finally
                {
                    if (own) { await c.DisposeAsync(); }
                    pair.db?.Dispose();
                }

                void Local(int i) { using var scope = new Db(); scope.Users.Where(u => u.Id == i).ToList(); }
                static async Task<int> Async(Db db) { await Task.Yield(); return db.SaveChanges(); }
            }
        }
        """;

    private const string Borrowing = """
        partial class OrderService
        {
            private readonly SqlConnection kept;
            private readonly Db db;

            public async Task<int> RunAsync(SqlCommand command, IServiceProvider services)
            {
                using var c = db.Database.GetDbConnection();
                await using (c.ConfigureAwait(false)) { c?.Dispose(); }
                using (var tx = db.Database.CurrentTransaction ?? db.Database.BeginTransaction()) { command.Connection?.Dispose(); }
                await using var source = NpgsqlDataSource.Create("x");
                kept.Open();
                try { if (kept.State != ConnectionState.Open) { return 0; } command.ExecuteNonQuery(); kept.Close(); }
                catch (SqlException) when (kept is { } k) { throw; }
                finally { (services.GetService(typeof(Db)) as Db)?.Dispose(); }
                await db.Database.OpenConnectionAsync();
                await db.Database.CloseConnectionAsync();
                return 1;
            }
        }
        """;

    [Fact]
    public async Task Survives_half_typed_borrowing()
    {
        for (var length = 0; length < Borrowing.Length; length += 9)
        {
            await Survives(Borrowing[..length]);
        }
    }

    [CSharpFact(12)]
    public Task Ignores_the_whole_method() => FlowRules.IgnoresFile(Method);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Survives_half_typed_code(int part)
    {
        for (var length = part * 7; length < Method.Length; length += 28)
        {
            await Survives(Method[..length]);
        }
    }

    [Fact]
    public async Task Survives_missing_lines()
    {
        var lines = Method.Split('\n');
        for (var missing = 3; missing < lines.Length; missing++)
        {
            await Survives(string.Join('\n', lines.Where((_, i) => i != missing)));
        }
    }

    [Fact]
    public async Task Survives_missing_references()
    {
        await Survives(Method, Libraries.Compilation.WithReferences(References.Framework));
        await Survives(Method, Libraries.Compilation.WithReferences());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\0")]
    [InlineData("// System.Data.Connection")]
    [InlineData("#if System.Data\nclass C { }\n#endif")]
    [InlineData("class C { void M( }")]
    [InlineData("class C { void M() { var c = new SqlConnection( } }")]
    [InlineData("class C { void M() { var c = new Missing.SqlConnection(); c.Open(); } }")]
    [InlineData("class C { Missing<Db> M() => new Missing<Db>(new Db()); }")]
    [InlineData("class C { void M() { using var c = ; using (; ) { } } }")]
    [InlineData("class C { void M() { var (a, b) = new Db(); var (c, d, e) = (new Db(), 1); } }")]
    [InlineData("class C { void M() { new SqlConnection().Nothing().Open(); new Db()..Users; new Db()?.; } }")]
    [InlineData("class C { void M() { foreach (var x in new Db()) { } await new Db(); yield return new Db(); } }")]
    [InlineData("class C { void M() { goto nowhere; var c = new SqlConnection(); break; continue; return c; } }")]
    [InlineData("class C { int M() { try { var c = new SqlConnection(); } } }")]
    [InlineData("class C : C { SqlConnection M() => new SqlConnection(); void N() { var c = M(); } }")]
    [InlineData("class A : B { } class B : A { void M(A a) { var db = new Db(); } } class Db2 : Db2 { void M() { var c = new Db2(); } }")]
    [InlineData("class C { void M() { C c = new SqlConnection(); Db d = c; string s = new Db(); } }")]
    [InlineData("class C { void M() { Local(); SqlConnection Local() => Local2(); SqlConnection Local2() => Local(); } }")]
    [InlineData("class C { void M() { var c = c; var d = new SqlConnection(d); c = M(); } }")]
    [InlineData("class C { void M(out SqlConnection c, ref Db d, in Db e, params Db[] f) { M(out new SqlConnection(), ref null, new Db(), new Db()); } }")]
    [InlineData("class C { SqlConnection P { get; set => field = value; } SqlConnection Q => field ??= new SqlConnection(); }")]
    [InlineData("class C { static SqlConnection operator +(C a, C b) => new(); static implicit operator SqlConnection(C c) => new(); void M(C a) { var c = a + a; SqlConnection d = a; } }")]
    [InlineData("class C { void M(dynamic d) { var c = new SqlConnection(d); d.Use(c); d(c); d[c] = c; var e = d.Create(c); } }")]
    [InlineData("class C { void M() { var x = new { C = new SqlConnection() }; var y = x with { C = null }; } }")]
    [InlineData("class C { unsafe void M() { SqlConnection c = new(); SqlConnection* p = &c; p->Open(); delegate*<SqlConnection> f = &N; f().Open(); } static SqlConnection N() => new(); }")]
    [InlineData("class C { void M() { ref var c = ref N(); c = new SqlConnection(); } static SqlConnection f; ref SqlConnection N() => ref f; }")]
    [InlineData("class C { void M(Db db) { var c = c; var d = d ?? db.Database.GetDbConnection(); c.Dispose(); using (d) using (c = d) { d = c; } db?.Database?.GetDbConnection()?.Dispose(); } }")]
    [InlineData("class C { SqlConnection f = f; void M() { f.Open(); var g = g; g.Open(); g.Close(); this.f.Close(); base.Open(); Open(); .Dispose(); } }")]
    [InlineData("class XService { void M() { new NpgsqlDataSource(); var s = NpgsqlDataSource.Create(); s = s; using (NpgsqlDataSource.Create(s)) } NpgsqlDataSource f = NpgsqlDataSource.Create(\"\"); }")]
    [InlineData("var c = new SqlConnection(); c.Open(); partial class Program { } return;")]
    [InlineData("extension(SqlConnection c) { } class C { extension(string s) { SqlConnection Make() => new(s); } void M() { var c = \"\".Make(); } }")]
    [InlineData("static class C { extension(string s) { public SqlConnection Make() => new(s); } static void M() { var c = \"\".Make(); c.Dispose(); } }")]
    public Task Survives_broken_code(string source) => Survives(source);

    [Fact]
    public Task Survives_a_thousand_nested_ifs()
    {
        var source = new StringBuilder("partial class C { void M() { var c = new SqlConnection(cs);");
        source.Insert(source.Length, "if (Flag()) { ", 1000).Append("c.Open();").Insert(source.Length, " }", 1000).Append("c.Dispose(); } }");
        return Survives(source.ToString());
    }

    [Fact]
    public Task Survives_a_thousand_ifs_in_a_row() => Survives(
        $"partial class C {{ void M() {{ var c = new SqlConnection(cs); {Repeat(1000, static i => $"if (Flag()) {{ c.Execute(\"{i}\"); }}")} c.Dispose(); }} }}");

    [Fact]
    public Task Survives_many_flags() => Survives(
        $"partial class C {{ void M() {{ var c = new SqlConnection(cs); {Repeat(200, static i => $"var f{i} = Flag();")} {Repeat(200, static i => $"if (f{i}) {{ c.Execute(\"x\"); }}")} c.Dispose(); }} }}");

    [Fact]
    public Task Survives_a_concatenation_of_three_thousand_terms() => Survives(
        $"partial class C {{ void M(string s) {{ var c = new SqlConnection(s{Repeat(3000, static i => $" + s")}); c.Open(); var t = cs{Repeat(3000, static i => " + c.Database")}; }} }}");

    [Fact]
    public Task Survives_a_chain_of_a_thousand_calls() => Survives(
        $"partial class C {{ void M() {{ var s = new Db().Users.AsQueryable(){Repeat(1000, static i => ".Where(u => u.Id > 1)")}.ToList(); }} }}");

    [Fact]
    public Task Survives_five_hundred_usings_in_a_row() => Survives(
        $"partial class C {{ void M() {{ {Repeat(500, static i => $"using var c{i} = new SqlConnection(cs); c{i}.Open();")} }} }}");

    [Fact]
    public Task Survives_five_hundred_using_statements() => Survives(
        $"partial class C {{ void M() {{ {Repeat(500, static i => $"using (var c{i} = new SqlConnection(cs)) {{ c{i}.Open(); }}")} }} }}");

    [Fact]
    public Task Survives_a_hundred_nested_tries() => Survives(
        $"partial class C {{ void M() {{ var c = new SqlConnection(cs); {Repeat(100, static i => "try { c.Open(); ")} c.Execute(sql); {Repeat(100, static i => "} catch (SqlException) { Work(); } finally { c.Close(); }")} }} }}");

    [Fact]
    public Task Survives_a_hundred_nested_lambdas() => Survives(
        $"partial class C {{ void M() {{ {Repeat(60, static i => $"Action a{i} = () => {{ var c{i} = new SqlConnection(cs);")} {Repeat(60, static i => "};")} }} }}");

    [Fact]
    public Task Survives_a_huge_switch() => Survives(
        $"partial class C {{ void M(int n) {{ var c = new SqlConnection(cs); switch (n) {{ {Repeat(2000, static i => $"case {i}: c.Execute(\"{i}\"); break;")} }} c.Dispose(); }} }}");

    [Fact]
    public Task Survives_a_huge_switch_expression() => Survives(
        $"partial class C {{ void M(int n) {{ var c = n switch {{ {Repeat(1000, static i => $"{i} => new SqlConnection(\"{i}\"),")} _ => null }}; c?.Dispose(); }} }}");

    [Fact]
    public Task Survives_a_huge_collection() => Survives(
        $"partial class C {{ readonly SqlConnection[] all = [{Repeat(2000, static i => "new SqlConnection(\"x\"),")}]; }}");

    [Fact]
    public Task Survives_a_long_chain_of_factories() => Survives(
        $"partial class C {{ {Repeat(500, static i => $"SqlConnection F{i}() => F{i + 1}();")} SqlConnection F500() => new SqlConnection(cs); void M() {{ var c = F0(); c.Open(); }} }}");

    [Fact]
    public Task Survives_recursion() => Survives("""
        partial class C
        {
            SqlConnection Direct(int n) { var c = n == 0 ? new SqlConnection(cs) : Direct(n - 1); c.Open(); return c; }
            SqlConnection A(int n) => n == 0 ? new SqlConnection(cs) : B(n - 1);
            SqlConnection B(int n) => A(n);
            T Generic<T>(T x) where T : DbContext => Generic(x);
            T Wider<T>(T x) where T : class { Wider(new List<T> { x }); return x; }
            SqlConnection P { get => Q; set => Q = value; }
            SqlConnection Q { get => P; set => P = value; }
            void Take(SqlConnection c) { Give(c); c.Dispose(); }
            void Give(SqlConnection c) => Take(c);
            IEnumerable<SqlConnection> Walk(int n) { foreach (var c in Walk(n - 1)) { yield return c; } yield return new SqlConnection(cs); }
            void M() { var c = Direct(3); c = A(1); Generic(new Db()); Wider(new Db()); P = c; Take(new SqlConnection(cs)); Local(1); SqlConnection Local(int n) => Local2(n); SqlConnection Local2(int n) => Local(n); }
            C() : this(new SqlConnection("")) { }
            C(SqlConnection c) : this() { }
        }
        """);

    [Fact]
    public Task Survives_mutual_recursion_of_three_hundred() => Survives(
        $"partial class C {{ {Repeat(300, static i => $"SqlConnection F{i}(SqlConnection c) {{ F{(i + 1) % 300}(c); return F{(i + 7) % 300}(c); }}")} void M() {{ var c = F0(new SqlConnection(cs)); c.Open(); }} }}");

    private static string Repeat(int count, Func<int, string> text) => string.Concat(Enumerable.Range(0, count).Select(text));

    private static Task Survives(string source) => Survives(source, Libraries.Compilation);

    /// <summary>What is reported does not matter: no exception, and an end within a minute.</summary>
    private static async Task Survives(string source, CSharpCompilation against)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var tree = CSharpSyntaxTree.ParseText(source, path: "Test0.cs", cancellationToken: patience.Token);
        var compilation = against.AddSyntaxTrees(tree, Preamble.Value);
        var crashes = new ConcurrentQueue<Exception>();
        var analysis = compilation.WithAnalyzers(
            [.. Product.AllAnalyzers],
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (crash, _, _) => crashes.Enqueue(crash), concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        var found = await analysis.GetAnalyzerDiagnosticsAsync(patience.Token);
        Assert.True(crashes.IsEmpty, $"{crashes.FirstOrDefault()}\n\n{source}");
        Assert.DoesNotContain(found, static each => each.Id == "AD0001");
    }
}
