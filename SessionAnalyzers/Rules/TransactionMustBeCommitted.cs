using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a transaction, TransactionScope or bulk import that is disposed unfinished although something was written, in a member where no
/// path commits it or rolls it back outside of a handler: whoever rolls back when something fails wants the rest to stay. A path that
/// leaves early beside one that commits is not reported: it may have seen a failure. Nor is one that other code can finish, nor a test,
/// which may roll back on purpose.
/// </summary>
internal sealed class TransactionMustBeCommitted() : FlowRule(SessionAnalyzers.Descriptors.TransactionMustBeCommitted)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var (site, ending) in flow.Endings)
        {
            if (ending is { Committed: false, RolledBackOnPurpose: false, Passed: false, Unfinished: { } at } && site is { HandedOn: HandOver.None, Parameter: null }
                && (ending.Worked || site.Kind is SessionKind.Bulk or SessionKind.Ambient) && !site.Type.Has(Roles.DisposeCommits)
                && IsBegun(site, flow) && !IsSuppressing(site) && !MayBeCommittedByName(flow.Owner) && !CallSites.IsTest(flow.Owner))
            {
                report(site, Diagnostic.Create(
                    Descriptors[0], site.Operation.Syntax.GetLocation(), [at.GetLocation()], ImmutableDictionary<string, string?>.Empty.Add(LeakMessages.Variable, site.Variable?.Name),
                    site.Variable?.Name ?? site.KindName(), site.KindName(), site.SourceName()));
            }
        }
    }

    private static bool IsBegun(Site site, SessionFlow flow) =>
        site.Operation is IObjectCreationOperation || site.Kind == SessionKind.Bulk
        || (site.Operation is IInvocationOperation { TargetMethod: var method } && flow.Ownership.Symbols.FactsOf(method) is { } facts && facts.Has(Roles.Begins));

    /// <summary>Another member of the type commits the current transaction of some context.</summary>
    private static bool MayBeCommittedByName(ISymbol member) =>
        member.ContainingType is { } type && type.DeclaringSyntaxReferences.Any(static r => r.GetSyntax().DescendantTokens().Any(static t => t.ValueText is "CommitTransaction" or "CommitTransactionAsync"));

    /// <summary>A scope that suppresses the ambient transaction has nothing to complete.</summary>
    private static bool IsSuppressing(Site site) =>
        site.Operation is IObjectCreationOperation creation
        && creation.Arguments.Any(static a => a.Parameter?.Type.Name == "TransactionScopeOption" && a.Value.ConstantValue is { HasValue: true, Value: not 0 and not 1 });
}
