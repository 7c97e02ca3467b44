namespace SessionAnalyzers.Test.Verification;

/// <summary>A test of what the hosting compiler does since a version: skipped on an older one, run everywhere else.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RoslynFactAttribute : FactAttribute
{
    public RoslynFactAttribute(string version)
    {
        if (typeof(Compilation).Assembly.GetName().Version < Version.Parse(version))
        {
            Skip = $"The hosting compiler does not do this before {version}";
        }
    }
}
