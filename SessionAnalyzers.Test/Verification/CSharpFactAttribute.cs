using Microsoft.CodeAnalysis.CSharp;

namespace SessionAnalyzers.Test.Verification;

/// <summary>A test whose source needs a C# that an old host cannot read yet: skipped there, run everywhere else.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CSharpFactAttribute : FactAttribute
{
    public CSharpFactAttribute(int version)
    {
        if ((int)LanguageVersion.Latest.MapSpecifiedToEffectiveVersion() < version * 100)
        {
            Skip = $"The hosting compiler does not know C# {version}";
        }
    }
}
