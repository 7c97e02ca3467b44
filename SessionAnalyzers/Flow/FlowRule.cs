namespace SessionAnalyzers.Flow;

/// <summary>
/// A rule over the flow of one body: it asks the result one question and makes diagnostics of the answer, each about one site. It keeps no state and walks no
/// syntax to find out what the flow knows.
/// </summary>
internal abstract class FlowRule(params DiagnosticDescriptor[] descriptors)
{
    public ImmutableArray<DiagnosticDescriptor> Descriptors { get; } = ImmutableArray.Create(descriptors);

    public abstract void Check(SessionFlow flow, Action<Site, Diagnostic> report);
}
