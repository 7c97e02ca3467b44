using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Conventions;

/// <summary>A rule over the flow of one body that holds where the team has settled so: the first thing it asks is whether it has.</summary>
internal abstract class ConventionRule(DiagnosticDescriptor descriptor)
{
    public DiagnosticDescriptor Descriptor { get; } = descriptor;

    public abstract void Check(SessionFlow flow, TeamConventions conventions, Action<Site, Diagnostic> report);
}
