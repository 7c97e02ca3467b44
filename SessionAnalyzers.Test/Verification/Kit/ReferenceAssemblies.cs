using System.Collections.Immutable;
using SessionAnalyzers.Test.Verification;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>
/// The references that all projects of a test share. Packages are not restored here: what a test needs beside
/// <see cref="Default"/> goes into <see cref="ProjectState.AdditionalReferences"/>.
/// </summary>
public sealed class ReferenceAssemblies(string targetFramework)
{
    private ImmutableArray<MetadataReference> references = [];

    /// <summary>The assemblies of the framework that runs the tests.</summary>
    public static ReferenceAssemblies Default { get; } =
        new($"net{Environment.Version.Major}.0") { references = References.Framework };

    public string TargetFramework { get; } = targetFramework;

    public Task<ImmutableArray<MetadataReference>> ResolveAsync(string? language, CancellationToken cancellationToken) =>
        Task.FromResult(references);
}
