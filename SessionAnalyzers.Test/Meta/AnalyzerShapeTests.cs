using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SessionAnalyzers.Test.Meta;

public class AnalyzerShapeTests
{
    [Fact]
    public void Nothing_is_exported()
    {
        Assert.Empty(Product.Analyzers.GetExportedTypes());
        Assert.Empty(Product.Fixes.GetExportedTypes());
    }

    [Fact]
    public void Analyzers_and_fixes_are_sealed_and_hold_no_state()
    {
        foreach (var type in Product.AllAnalyzers.Select(static a => a.GetType()).Concat(Product.AllFixes.Select(static f => f.GetType())))
        {
            Assert.True(type.IsSealed, type.Name + " is not sealed");
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                // The descriptors that a property answers with.
                Assert.True(field.IsInitOnly, $"{type.Name}.{field.Name} can change");
            }
        }
    }

    [Fact]
    public void Static_fields_do_not_change()
    {
        foreach (var type in Product.Analyzers.GetTypes().Concat(Product.Fixes.GetTypes()).Where(static t => t.Namespace?.StartsWith("SessionAnalyzers", StringComparison.Ordinal) == true && !t.Name.Contains('<', StringComparison.Ordinal)))
        {
            foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                // The stack of summaries is a thread's own, and empty between questions.
                Assert.True(field.IsInitOnly || field.IsLiteral || field.GetCustomAttribute<ThreadStaticAttribute>() is not null || field.Name.StartsWith('<'), $"{type.Name}.{field.Name} can change");
            }
        }
    }

    [Fact]
    public void Assemblies_reference_no_more_than_the_floor()
    {
        foreach (var assembly in new[] { Product.Analyzers, Product.Fixes })
        {
            using var file = new PEReader(File.OpenRead(assembly.Location));
            var reader = file.GetMetadataReader();
            foreach (var reference in reader.AssemblyReferences.Select(reader.GetAssemblyReference))
            {
                var name = reader.GetString(reference.Name);
                Assert.DoesNotContain("Composition", name, StringComparison.Ordinal);
                Assert.False(assembly == Product.Analyzers && name.Contains("Workspaces", StringComparison.Ordinal), "analyzers run without Workspaces");
                Assert.True(!name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) || reference.Version <= new Version(4, 5, 0, 0), $"{name} {reference.Version} is above the floor");
            }
        }
    }
}
