using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a named session that this code owns and that reaches a normal exit neither disposed nor handed on. Sessions that only an
/// exception leaves behind belong to <see cref="SessionMustBeDisposedOnException"/>: teams weigh the two differently.
/// </summary>
internal sealed class SessionMustBeDisposed() : FlowRule(SessionAnalyzers.Descriptors.SessionMustBeDisposed)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        foreach (var leak in flow.Leaks)
        {
            if (leak.Kind is ExitKind.Return or ExitKind.Scope or ExitKind.LoopBack && !leak.Site.IsHelper())
            {
                report(leak.Site, leak.Create(
                    Descriptors[0], leak.Site.Operation.Syntax.GetLocation(), leak.At.GetLocation(), leak.Site.Variable?.Name ?? "?", leak.Site.KindName(), leak.Site.SourceName(), leak.ExitName()));
            }
        }
    }
}
