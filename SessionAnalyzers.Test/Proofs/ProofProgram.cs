using System.Reflection;
using System.Runtime.Loader;

namespace SessionAnalyzers.Test.Proofs;

/// <summary>A compiled program. Each run is one of a process that has just begun: with statics and a database of its own.</summary>
internal sealed class ProofProgram(byte[] assembly)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>What the method <c>Good</c> or <c>Fault</c> of the program has observed.</summary>
    public async Task<string> RunAsync(string method, Database database)
    {
        var context = new Context();
        try
        {
            await using (database)
            {
                await database.CreateAsync();
                using var stream = new MemoryStream(assembly);
                var program = context.LoadFromStream(stream).GetType("Program");
                var run = program?.GetMethod(method) ?? throw new InvalidOperationException($"There is no method {method} in a class Program.");
                return await Task.Run(() => (Task<string>)run.Invoke(null, [database])!).WaitAsync(Longest);
            }
        }
        finally
        {
            context.Unload();
        }
    }

    // What the tests themselves do not reference, such as EF Core for PostgreSQL, is among the libraries that they compile against.
    private sealed class Context() : AssemblyLoadContext("Proof", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name is not ("Npgsql.EntityFrameworkCore.PostgreSQL" or "LiteDB"))
            {
                return null;
            }

            var path = Libraries.Downloaded(assemblyName.Name.ToLowerInvariant()).Select(static r => r.Display!).First(p => Path.GetFileNameWithoutExtension(p) == assemblyName.Name);
            return Default.LoadFromAssemblyPath(path);
        }
    }
}
