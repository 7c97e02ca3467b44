using System.IO.Compression;

namespace SessionAnalyzers.Test.Meta;

/// <summary>Packs the package, looks into it, and installs it into a fresh project.</summary>
[Collection(Commands.Builds)]
public sealed class PackageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("session-analyzers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Package_holds_the_analyzers_and_warns_in_a_fresh_project()
    {
        var feed = Directory.CreateDirectory(Path.Combine(folder, "feed")).FullName;
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) || AppContext.BaseDirectory.Contains("\\Release\\", StringComparison.Ordinal) ? "Release" : "Debug";
        var (packed, output) = await Commands.DotnetAsync(
            Product.Root, "pack", "SessionAnalyzers.Package/SessionAnalyzers.Package.csproj", "-c", configuration, "-o", feed, "-p:Version=0.0.0-test", "-v", "q", "-nologo");
        Assert.True(packed == 0, output);

        var file = Assert.Single(Directory.GetFiles(feed, "*.nupkg"));
        using (var package = ZipFile.OpenRead(file))
        {
            Assert.Equal(
                ["LICENSE", "README.md", "SessionAnalyzers.nuspec", "analyzers/dotnet/cs/SessionAnalyzers.CodeFixes.dll", "analyzers/dotnet/cs/SessionAnalyzers.dll", "icon.png"],
                package.Entries.Select(static e => e.FullName)
                    .Where(static n => n is not "[Content_Types].xml" && !n.StartsWith("_rels/", StringComparison.Ordinal) && !n.StartsWith("package/", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal));
            using var reader = new StreamReader(package.GetEntry("SessionAnalyzers.nuspec")!.Open());
            var manifest = await reader.ReadToEndAsync();
            Assert.Contains("<developmentDependency>true</developmentDependency>", manifest, StringComparison.Ordinal);
            Assert.DoesNotContain("<dependencies", manifest, StringComparison.Ordinal);
            Assert.Contains("<license type=\"expression\">MIT</license>", manifest, StringComparison.Ordinal);
        }

        var project = Directory.CreateDirectory(Path.Combine(folder, "fresh")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{feed}" /></packageSources>
              <config><add key="globalPackagesFolder" value="{Path.Combine(folder, "packages")}" /></config>
            </configuration>
            """);
        await File.WriteAllTextAsync(Path.Combine(project, "Fresh.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <ItemGroup><PackageReference Include="SessionAnalyzers" Version="0.0.0-test" PrivateAssets="all" /></ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(project, "Code.cs"), """
            using System.Data.Common;

            public class Code
            {
                public void Leaks(DbProviderFactory factory)
                {
                    var connection = factory.CreateConnection();
                    connection.Open();
                }
            }
            """);
        var (built, log) = await Commands.DotnetAsync(project, "build", "-v", "m", "-nologo", "-tl:off", "-p:UseSharedCompilation=false");
        Assert.True(built == 0, log);
        Assert.Contains("warning SES1001: 'connection', the connection from 'CreateConnection', is not disposed", log, StringComparison.Ordinal);
    }
}
