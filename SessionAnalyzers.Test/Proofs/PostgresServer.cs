using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace SessionAnalyzers.Test.Proofs;

/// <summary>
/// A PostgreSQL server of a test class: data in a temporary folder, one free port of the loopback interface, an unprivileged user when
/// the tests run as root. A shell watches its standard input; when this process ends, however it ends, the shell stops the server and
/// removes the folder.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>The variable that makes a missing server a failure.</summary>
    public const string Required = "SESSION_ANALYZERS_REQUIRE_POSTGRESQL";

    private const string Script = """
        set -e
        cd "$1"
        trap '' INT
        trap 'cd /; rm -rf "$1"' EXIT
        "$2/initdb" -D data -U proofs -A scram-sha-256 --pwfile=password -E UTF8 --no-locale --no-sync >initdb.log 2>&1
        "$2/postgres" -D data -c port="$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c autovacuum=off -c logging_collector=off >server.log 2>&1 &
        server=$!
        cat >/dev/null
        kill -INT $server
        wait $server || true
        """;

    private static readonly Lazy<string?> LazyBinaries = new(FindBinaries);

    private readonly Lazy<Task> started;
    private readonly string password = Guid.NewGuid().ToString("N");
    private string? folder;
    private Process? shell;
    private int port;
    private int databases;

    public PostgresServer() => started = new(StartAsync);

    /// <summary>Why there is no server, or null where there is one.</summary>
    internal static string? Missing =>
        OperatingSystem.IsWindows() ? "The proofs on PostgreSQL start their server with a shell"
        : LazyBinaries.Value is null ? "There is no PostgreSQL server: neither initdb nor postgres in PATH or /usr/lib/postgresql"
        : Environment.IsPrivilegedProcess && Unprivileged is null ? "PostgreSQL does not run as root, and there is no runuser"
        : null;

    private static string? Unprivileged => File.Exists("/usr/sbin/runuser") ? "/usr/sbin/runuser" : File.Exists("/sbin/runuser") ? "/sbin/runuser" : null;

    /// <summary>The first database starts the server: there may be none, where all tests are skipped.</summary>
    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (shell is not null)
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
            shell.Dispose();
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A database of its own for a run.</summary>
    internal Database NewDatabase() => new PostgresDatabase(this, "proof" + Interlocked.Increment(ref databases).ToString(CultureInfo.InvariantCulture));

    private async Task StartAsync()
    {
        if (Missing is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        folder = Directory.CreateTempSubdirectory("session-analyzers-postgresql-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "password"), password);
        port = FreePort();
        List<string> command = ["/bin/sh", "-c", Script, "sh", folder, LazyBinaries.Value!, port.ToString(CultureInfo.InvariantCulture)];
        if (Environment.IsPrivilegedProcess)
        {
            var user = (await File.ReadAllLinesAsync("/etc/passwd")).Any(static line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
            using var owner = Process.Start("chown", ["-R", user, folder])!;
            await owner.WaitForExitAsync();
            command = [Unprivileged!, "-u", user, "--", .. command];
        }

        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, WorkingDirectory = "/" };
        command.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        shell = Process.Start(start)!;
        await WaitUntilReadyAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? FindBinaries()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderByDescending(static path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0).Select(static path => Path.Combine(path, "bin"))
            : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(installed)
            .FirstOrDefault(static path => path.Length > 0 && File.Exists(Path.Combine(path, "initdb")) && File.Exists(Path.Combine(path, "postgres")));
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port};Username=proofs;Password={password};Database={database}";

    private async Task WaitUntilReadyAsync()
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=False;Timeout=5");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException e)
            {
                if (waited.Elapsed > TimeSpan.FromSeconds(60) || shell!.HasExited)
                {
                    var log = Path.Combine(folder!, "server.log");
                    throw new InvalidOperationException("PostgreSQL does not start. " + (File.Exists(log) ? await File.ReadAllTextAsync(log) : ""), e);
                }

                await Task.Delay(100);
            }
        }
    }

    /// <summary>Whoever waits for one of the two connections of the program's pool gives up after two seconds.</summary>
    private sealed class PostgresDatabase(PostgresServer server, string name) : Database
    {
        private bool isCreated;

        public override string ConnectionString => server.ConnectionString(name) + ";Maximum Pool Size=2;Timeout=2;Application Name=Program";

        protected override string Key => "integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY";

        public override async ValueTask DisposeAsync()
        {
            if (!isCreated)
            {
                return;
            }

            await using (var connection = new NpgsqlConnection(ConnectionString))
            {
                NpgsqlConnection.ClearPool(connection);
            }

            await AdministerAsync($"DROP DATABASE {name} WITH (FORCE)");
        }

        internal override async Task CreateAsync()
        {
            await server.started.Value;
            await AdministerAsync($"CREATE DATABASE {name}");
            isCreated = true;
            await base.CreateAsync();
        }

        protected override Task<DbConnection> OpenAsync() => OpenAsync(name);

        private async Task<DbConnection> OpenAsync(string database)
        {
            var connection = new NpgsqlConnection(server.ConnectionString(database) + ";Pooling=False;Application Name=Observer");
            await connection.OpenAsync();
            return connection;
        }

        private async Task AdministerAsync(string sql)
        {
            await using var connection = await OpenAsync("postgres");
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
