using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a call on a session, or a second disposal of it, that comes after its disposal on every path. Closing is not disposing: a
/// closed connection can be opened again. The disposal that a using adds at its end is nobody's mistake.
/// </summary>
internal sealed class DisposedSessionMustNotBeUsed() : FlowRule(SessionAnalyzers.Descriptors.DisposedSessionMustNotBeUsed)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var fault in flow.Faults)
        {
            if (fault.Kind is ExitKind.UsedDisposed or ExitKind.DisposedAgain)
            {
                var acquired = fault.Site.Operation.Syntax.GetLocation();
                report(fault.Site, fault.Create(
                    Descriptors[0], fault.At.GetLocation(), acquired, fault.Site.Variable?.Name ?? fault.Site.DeclaredType.Name, fault.Site.KindName(), fault.Site.SourceName(), LeakMessages.LineOf(acquired)));
            }
        }
    }
}
