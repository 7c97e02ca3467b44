using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports readers, grid readers and bulk writers that are not disposed, named or not, and as a suggestion the commands of providers
/// where an open one holds locks or cursors. A reader that only an exception leaves behind is fine where its connection ends with it.
/// </summary>
internal sealed class ReaderMustBeDisposed() : FlowRule(SessionAnalyzers.Descriptors.ReaderMustBeDisposed, SessionAnalyzers.Descriptors.CommandMustBeDisposed)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var leak in flow.Leaks)
        {
            if (leak.Site.IsHelper() && (leak.Kind != ExitKind.Exception || leak.Site is { Kind: not SessionKind.Command, HandedOn: HandOver.None }))
            {
                report(leak.Site, leak.Create(
                    Descriptors[leak.Site.Kind == SessionKind.Command ? 1 : 0], leak.Site.Operation.Syntax.GetLocation(), leak.At.GetLocation(), leak.Site.KindName(), leak.Site.SourceName(), leak.ExitName()));
            }
        }
    }
}
