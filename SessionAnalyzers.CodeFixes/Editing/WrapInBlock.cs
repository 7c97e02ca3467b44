using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Gives an embedded statement a block, so that another can stand before it.</summary>
internal static class WrapInBlock
{
    public static async Task<Draft?> TryAsync(Draft draft, StatementSyntax statement, CancellationToken cancellation)
    {
        if (statement.Parent is not (IfStatementSyntax or ElseClauseSyntax or UsingStatementSyntax or LockStatementSyntax)
            && !(statement.Parent is { } parent && StatementList.IsLoop(parent)))
        {
            return null;
        }

        var layout = draft.Layout;
        var previous = statement.GetFirstToken().GetPreviousToken();
        if (!layout.IsLastOnLine(statement.Span.End) || statement.Parent.ContainsDirectives)
        {
            return null;
        }

        // "if (x)" on a line of its own, or "if (x) Go();" on one.
        var indent = layout.IndentAt(statement.Parent.SpanStart);
        var edit = draft.Edit();
        if (layout.IsFirstOnLine(statement.SpanStart))
        {
            if (!layout.IsLastOnLine(previous.Span.End))
            {
                return null;
            }

            if (layout.BraceOnOwnLine)
            {
                edit.InsertLineAfter(previous.Span.End, indent + "{");
            }
            else
            {
                edit.Insert(previous.Span.End, " {");
            }

            if (layout.IndentAt(statement.SpanStart) == indent)
            {
                // One using above the other.
                edit.Indent(draft.Root, layout.LineOf(statement.SpanStart), layout.LineOf(statement.Span.End));
            }
        }
        else
        {
            var gap = TextSpan.FromBounds(previous.Span.End, statement.SpanStart);
            edit.Replace(gap, layout.Open(indent) + layout.NewLine + indent + layout.Unit);
            edit.Indent(draft.Root, layout.LineOf(statement.SpanStart) + 1, layout.LineOf(statement.Span.End));
        }

        edit.InsertLineAfter(statement.Span.End, indent + "}");
        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }
}
