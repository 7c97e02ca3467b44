using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports the assignment by which a variable loses a session that it still owns: a second acquisition, or the same one again in a
/// loop. A variable that others may change (captured, by reference) is not followed.
/// </summary>
internal sealed class SessionMustBeDisposedBeforeOverwrite() : FlowRule(SessionAnalyzers.Descriptors.SessionMustBeDisposedBeforeOverwrite)
{
    public override void Check(SessionFlow flow, Action<Site, Diagnostic> report)
    {
        // One assignment may lose the session of the last round as well as the one from before the loop: it is one mistake.
        SyntaxNode? last = null;
        foreach (var leak in flow.Leaks)
        {
            if (leak.Kind == ExitKind.Overwritten && !leak.Site.IsHelper() && leak.At != last)
            {
                last = leak.At;
                var acquired = leak.Site.Operation.Syntax.GetLocation();
                var assignment = leak.At is ExpressionStatementSyntax { Expression: var expression } ? expression : leak.At;
                report(leak.Site, leak.Create(
                    Descriptors[0], assignment.GetLocation(), acquired, leak.Site.Variable?.Name ?? leak.Site.KindName(), leak.Site.KindName(), leak.Site.SourceName(), LeakMessages.LineOf(acquired)));
            }
        }
    }
}
