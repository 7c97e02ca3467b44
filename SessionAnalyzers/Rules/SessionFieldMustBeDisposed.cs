using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a session that a type makes or obtains and keeps in a private field that none of its code disposes, closes or hands on. A
/// field that others can reach, or that any use may end, is left alone.
/// </summary>
internal sealed class SessionFieldMustBeDisposed() : FlowRule(SessionAnalyzers.Descriptors.SessionFieldMustBeDisposed)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var site in flow.Sites)
        {
            if (site is { StoredIn: { } field, HandedOn: HandOver.Stored, Dependence: Dependence.None, Parameter: null } && !site.Type.Has(Roles.Optional)
                && !flow.Faults.Any(f => f.Site == site) && !flow.Ownership.Fields.MayEnd(field))
            {
                var properties = ImmutableDictionary<string, string?>.Empty.Add(LeakMessages.Kind, site.KindName()).Add(LeakMessages.Variable, field.Name);
                report(site, Diagnostic.Create(
                    Descriptors[0], site.Operation.Syntax.GetLocation(), field.Locations.Take(1), properties, field.Name, site.KindName(), site.SourceName(), field.ContainingType.Name));
            }
        }
    }
}
