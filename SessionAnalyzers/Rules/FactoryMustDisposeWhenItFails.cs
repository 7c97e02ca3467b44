using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a session that is returned, stored or given to another owner when nothing throws, and lost when something does on the way
/// there. What counts is the session's own work on the way, and throw statements; that any call may fail in theory does not.
/// </summary>
internal sealed class FactoryMustDisposeWhenItFails() : FlowRule(SessionAnalyzers.Descriptors.FactoryMustDisposeWhenItFails)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var leak in flow.Failures)
        {
            if (leak.Site.HandedOn != HandOver.None && !leak.Site.IsHelper())
            {
                report(leak.Site, leak.Create(
                    Descriptors[0], leak.Site.Operation.Syntax.GetLocation(), leak.At.GetLocation(), leak.Site.Variable?.Name ?? leak.Site.DeclaredType.Name, leak.Site.KindName(), leak.Site.SourceName(), leak.ExitName()));
            }
        }
    }
}
