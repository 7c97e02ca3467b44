using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a commit or rollback of a transaction that every path to it has committed or rolled back already: it throws. A rollback in a
/// catch is not reported, since the commit may be what failed.
/// </summary>
internal sealed class FinishedTransactionMustNotBeUsed() : FlowRule(SessionAnalyzers.Descriptors.FinishedTransactionMustNotBeUsed)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var (site, at, before) in flow.Refinished)
        {
            report(site, Diagnostic.Create(
                Descriptors[0], at.Syntax.GetLocation(), [site.Operation.Syntax.GetLocation()], site.Variable?.Name ?? site.KindName(), site.SourceName(),
                LeakMessages.LineOf(site.Operation.Syntax.GetLocation()), before == Outcome.Committed ? "committed" : "rolled back"));
        }
    }
}
