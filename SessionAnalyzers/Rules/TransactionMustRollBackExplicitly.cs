using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Conventions;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a transaction that is committed here and disposed, and that no catch or finally rolls back by a call, where the team wants such
/// a call. Not reported: what has no rollback to call, as a TransactionScope, what other code can finish, and what is not disposed when it
/// fails, which <see cref="TransactionMustRollBackOnFailure"/> reports.
/// </summary>
internal sealed class TransactionMustRollBackExplicitly() : ConventionRule(Descriptors.TransactionMustRollBackExplicitly)
{
    public override void Check(SessionFlow flow, TeamConventions conventions, Action<Site, Diagnostic> report)
    {
        if (!flow.Sites.Any(static s => s is { Kind: SessionKind.Transaction, Parameter: null }) || !conventions.RequiresExplicitRollback)
        {
            return;
        }

        var leaking = new HashSet<Site>(flow.Leaks.Select(static l => l.Site));
        foreach (var (site, ending) in flow.Endings)
        {
            if (ending is { Committed: true, RolledBackOnFailure: false, Passed: false } && site is { Kind: SessionKind.Transaction, HandedOn: HandOver.None, Parameter: null, Variable: { } variable }
                && !leaking.Contains(site)
                && (Rollbacks.Of(site.DeclaredType, isAsync: false, flow.Ownership.Symbols) ?? Rollbacks.Of(site.DeclaredType, isAsync: true, flow.Ownership.Symbols)) is { } rollback)
            {
                report(site, Diagnostic.Create(
                    Descriptor, site.Operation.Syntax.GetLocation(), [], ImmutableDictionary<string, string?>.Empty.Add(LeakMessages.Variable, variable.Name),
                    variable.Name, site.KindName(), site.SourceName(), rollback.Name));
            }
        }
    }
}
