using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports the return of a session that a using or finally of the same body disposes on the way out, its storing in a field, and the
/// return or storing of a service whose scope ends here. A disposal that only a failing path reaches is fine.
/// </summary>
internal sealed class ReturnedSessionMustBeAlive() : FlowRule(SessionAnalyzers.Descriptors.ReturnedSessionMustBeAlive)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var fault in flow.Faults)
        {
            if (fault.Kind is ExitKind.ReturnedDisposed or ExitKind.StoredDisposed || fault is { Kind: ExitKind.Outlived, Site.Dependence: Dependence.Service })
            {
                var acquired = fault.Site.Operation.Syntax.GetLocation();
                report(fault.Site.Dependence == Dependence.Service ? flow.SessionOf(fault) : fault.Site, fault.Create(
                    Descriptors[0], fault.At.GetLocation(), acquired, fault.Site.Variable?.Name ?? fault.Site.DeclaredType.Name, fault.Site.KindName(), fault.Site.SourceName(), LeakMessages.LineOf(acquired)));
            }
        }
    }
}
