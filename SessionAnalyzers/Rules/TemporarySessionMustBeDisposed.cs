using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports an owned session that is used as a receiver or an argument, or dropped, without ever having a name. A transaction that its
/// context keeps as the current one, and connections that a mapper opens and closes by itself, are fine.
/// </summary>
internal sealed class TemporarySessionMustBeDisposed() : FlowRule(SessionAnalyzers.Descriptors.TemporarySessionMustBeDisposed)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var leak in flow.Leaks)
        {
            if (leak.Kind == ExitKind.Dropped && !leak.Site.IsHelper())
            {
                report(leak.Site, leak.Create(Descriptors[0], leak.Site.Operation.Syntax.GetLocation(), leak.At.GetLocation(), leak.Site.KindName(), leak.Site.SourceName()));
            }
        }
    }
}
