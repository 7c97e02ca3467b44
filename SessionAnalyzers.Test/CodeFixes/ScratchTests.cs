using SessionAnalyzers.Rules;
namespace SessionAnalyzers.Test.CodeFixes;
public class ScratchTests
{
    [Fact]
    public Task X() => new FixVerifier(new TemporarySessionMustBeDisposedFix()).OffersNothingAsync("""
        using Microsoft.Extensions.Logging;
        using Serilog;
        public interface ILogger {}
        public interface ILoggerFactory {}
        public class LF : ILoggerFactory, System.IDisposable { public void Dispose() {} }
        public interface IUpgradeLog {}
        public class MicrosoftUpgradeLog : IUpgradeLog
        {
            public MicrosoftUpgradeLog(ILoggerFactory loggerFactory) { }
            public MicrosoftUpgradeLog(ILogger logger) { _logger = logger; }
            readonly ILogger _logger;
        }
        class Test { IUpgradeLog Create() => new MicrosoftUpgradeLog([|new LF()|].AddSerilog(
                new LoggerConfiguration()
                    .WriteTo.Console()
                    .CreateLogger()
            )); }
        """);
}
