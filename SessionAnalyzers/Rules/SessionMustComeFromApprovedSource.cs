using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Conventions;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a context, connection or client session that is made or obtained elsewhere than by the members that the team has approved. A
/// call of a member whose body is in this project is not reported: what that body obtains is. Approved members, tests and design-time
/// factories may obtain sessions as they like.
/// </summary>
internal sealed class SessionMustComeFromApprovedSource() : ConventionRule(Descriptors.SessionMustComeFromApprovedSource)
{
    public override void Check(SessionFlow flow, TeamConventions conventions, Action<Site, Diagnostic> report)
    {
        if (!flow.Sites.Any(IsGoverned) || conventions.ApprovedSources is not { } approved || IsFree(flow.Owner, approved))
        {
            return;
        }

        foreach (var site in flow.Sites)
        {
            if (IsGoverned(site) && SourceOf(site.Operation) is { } source && !approved.Contains(source)
                && (source is IMethodSymbol { MethodKind: MethodKind.Constructor } || !flow.Ownership.HasBody(source)))
            {
                report(site, Diagnostic.Create(Descriptor, site.Operation.Syntax.GetLocation(), site.KindName(), site.SourceName()));
            }
        }
    }

    /// <summary>A transaction or reader comes from the session that it belongs to.</summary>
    private static bool IsGoverned(Site site) =>
        site is { Parameter: null, Dependence: Dependence.None, Kind: SessionKind.Context or SessionKind.Connection or SessionKind.ClientSession };

    private static ISymbol? SourceOf(IOperation operation) => operation switch
    {
        IObjectCreationOperation { Constructor: { } constructor } => constructor,

        // Whoever made the delegate has obtained the session.
        IInvocationOperation { TargetMethod: { MethodKind: not MethodKind.DelegateInvoke } method } => method,
        IPropertyReferenceOperation { Property: var property } => property,
        _ => null,
    };

    private static bool IsFree(ISymbol owner, ApprovedSources approved)
    {
        for (var member = owner; member is not null and not INamespaceSymbol; member = member.ContainingSymbol)
        {
            if (member is IMethodSymbol { AssociatedSymbol: { } property } && approved.Contains(property) || approved.Contains(member))
            {
                return true;
            }
        }

        return SharedSessions.IsTest(owner)
            || owner.ContainingType?.AllInterfaces.Any(static i => i.Name == "IDesignTimeDbContextFactory") == true;
    }
}
