using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports an entity that is added, updated or removed in a context that this code creates and disposes, where no save can come after it.
/// Contexts that other code gets, whose tracker or entries are looked at, or whose type does something of its own when it is disposed, and
/// tests are not reported: there the change may be saved, or may be made to be looked at.
/// </summary>
internal sealed class ChangesMustBeSaved() : FlowRule(SessionAnalyzers.Descriptors.ChangesMustBeSaved)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var (site, pending) in flow.Unsaved)
        {
            if (site is { HandedOn: HandOver.None, Variable: ILocalSymbol variable } && !HasDisposal(site.DeclaredType, flow.Ownership.Symbols)
                && !CallSites.IsTest(flow.Owner) && !BodyFacts.IsTest(flow.Owner))
            {
                var (change, from) = (pending.Change!, site.Operation.Syntax.GetLocation());
                report(site, Diagnostic.Create(
                    Descriptors[0], change.Syntax.GetLocation(), [from, pending.DisposedAt!.GetLocation()], ImmutableDictionary<string, string?>.Empty.Add(LeakMessages.Variable, variable.Name),
                    change.TargetMethod.Name, variable.Name, site.SourceName(), LeakMessages.LineOf(from)));
            }
        }
    }

    /// <summary>A context of the user with a disposal of its own, which may save.</summary>
    private static bool HasDisposal(ITypeSymbol type, SessionSymbols symbols)
    {
        for (var t = type; t is not null && t.SpecialType == SpecialType.None; t = t.BaseType)
        {
            foreach (var member in t.GetMembers())
            {
                if (member is IMethodSymbol { Name: "Dispose" or "DisposeAsync" or "System.IDisposable.Dispose" or "System.IAsyncDisposable.DisposeAsync" } && !symbols.Borrows(member))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
