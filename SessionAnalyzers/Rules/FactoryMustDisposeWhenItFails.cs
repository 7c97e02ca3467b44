using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a session that is returned, or stored by a constructor, when nothing throws, and lost when something does on the way there.
/// What counts is the session's own work on the way, and throw statements; that any call may fail in theory does not. A method that
/// passes its session to another owner has done its part and is left alone.
/// </summary>
internal sealed class FactoryMustDisposeWhenItFails() : FlowRule(SessionAnalyzers.Descriptors.FactoryMustDisposeWhenItFails)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var leak in flow.Failures)
        {
            if ((leak.Site.HandedOn & (HandOver.Returned | HandOver.Stored)) != 0 && !leak.Site.IsHelper())
            {
                report(leak.Site, leak.Create(
                    Descriptors[0], leak.Site.Operation.Syntax.GetLocation(), leak.At.GetLocation(), leak.Site.Variable?.Name ?? leak.Site.DeclaredType.Name, leak.Site.KindName(), leak.Site.SourceName(), leak.ExitName()));
            }
        }
    }
}
