using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a transaction that is committed when all goes well, while nothing rolls it back or disposes it when the work throws. Where the
/// connection or context that it was begun on is disposed here too, that ends it. One that is never committed belongs to
/// <see cref="TransactionMustBeCommitted"/>.
/// </summary>
internal sealed class TransactionMustRollBackOnFailure() : FlowRule(SessionAnalyzers.Descriptors.TransactionMustRollBackOnFailure)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var leak in flow.Leaks)
        {
            if (IsAbout(leak, flow))
            {
                report(leak.Site, leak.Create(
                    Descriptors[0], leak.Site.Operation.Syntax.GetLocation(), leak.At.GetLocation(), leak.Site.Variable?.Name ?? leak.Site.KindName(), leak.Site.KindName(), leak.Site.SourceName(), leak.ExitName()));
            }
        }
    }

    /// <summary>True for the leaks of this rule, which <see cref="SessionMustBeDisposedOnException"/> leaves to it.</summary>
    public static bool IsAbout(Leak leak, SessionFlow flow) =>
        leak is { Kind: ExitKind.Exception, Site: { HandedOn: HandOver.None, Kind: Catalogue.SessionKind.Transaction } } && flow.EndingOf(leak.Site) is { Committed: true };
}
