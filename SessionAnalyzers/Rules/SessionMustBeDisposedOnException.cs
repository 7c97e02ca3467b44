using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a session that is disposed on every normal path, while something between its acquisition and its disposal can throw. Calls
/// that do not fail in practice (property accessors, logging, collections) do not count. Transactions that are committed belong to
/// <see cref="TransactionMustRollBackOnFailure"/>.
/// </summary>
internal sealed class SessionMustBeDisposedOnException() : FlowRule(SessionAnalyzers.Descriptors.SessionMustBeDisposedOnException)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var leak in flow.Leaks)
        {
            if (leak is { Kind: ExitKind.Exception, Site.HandedOn: HandOver.None } && !leak.Site.IsHelper() && !TransactionMustRollBackOnFailure.IsAbout(leak, flow))
            {
                report(leak.Site, leak.Create(
                    Descriptors[0], leak.Site.Operation.Syntax.GetLocation(), leak.At.GetLocation(), leak.Site.Variable?.Name ?? leak.Site.KindName(), leak.Site.KindName(), leak.Site.SourceName(), leak.ExitName()));
            }
        }
    }
}
