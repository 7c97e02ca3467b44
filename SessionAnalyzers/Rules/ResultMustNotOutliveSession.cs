using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a query, a reader, a function or an unfinished task that is returned while the session it works on is disposed on the way
/// out. What is materialised, awaited or never touched the session is free to leave.
/// </summary>
internal sealed class ResultMustNotOutliveSession() : FlowRule(SessionAnalyzers.Descriptors.ResultMustNotOutliveSession)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var fault in flow.Faults)
        {
            if (fault.Kind == ExitKind.Outlived && fault.Site.Dependence != Dependence.Service)
            {
                var session = flow.SessionOf(fault);
                var acquired = session.Operation.Syntax.GetLocation();
                report(session, fault.Create(
                    Descriptors[0], fault.At.GetLocation(), acquired, fault.Site.ResultName(), session.KindName(), session.SourceName(), LeakMessages.LineOf(acquired)));
            }
        }
    }
}
