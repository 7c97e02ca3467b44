using System.Reflection;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>References of a project; an assembly or a path may be given for one.</summary>
public class MetadataReferenceCollection : List<MetadataReference>
{
    public void Add(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        Add(assembly.Location);
    }

    public void Add(string path) => Add(MetadataReference.CreateFromFile(path));
}
