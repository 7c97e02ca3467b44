namespace Microsoft.CodeAnalysis.CSharp.Testing;

/// <summary>
/// The options of a project that says nothing, in the language version that is newest to the hosting compiler. Many tests run at
/// a time, so each compiles on one thread.
/// </summary>
internal static class CSharpDefaults
{
    public static CSharpCompilationOptions CompilationOptions { get; } =
        new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, concurrentBuild: false);

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Default, DocumentationMode.Diagnose);
}
