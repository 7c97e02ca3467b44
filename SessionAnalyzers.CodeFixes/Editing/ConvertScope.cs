using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Conventions;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Rewrites the scope of a session from one form into another: using declaration, using statement, try and finally. The session is
/// disposed at the same place as before.
/// </summary>
internal static class ConvertScope
{
    public static async Task<Draft?> TryAsync(Draft draft, ScopeStyle style, CancellationToken cancellation)
    {
        if (Find(draft) is not { } found || !found.CanBecome(style, draft.Model, cancellation))
        {
            return null;
        }

        var current = draft;
        if (StatementList.Of(found.Statement) is null)
        {
            // An embedded using statement becomes several statements.
            current = await WrapInBlock.TryAsync(draft, found.Statement, cancellation).ConfigureAwait(false);
        }

        if (current is null || Find(current) is not { } scope)
        {
            return null;
        }

        var edit = current.Edit();
        var rewrite = new Rewrite(current, edit, scope);
        var done = (scope.Style, style) switch
        {
            (ScopeStyle.UsingDeclaration, ScopeStyle.UsingStatement) => rewrite.CloseWithBraces(),
            (ScopeStyle.UsingDeclaration, _) => rewrite.CloseWithTry(),
            (ScopeStyle.UsingStatement, ScopeStyle.UsingDeclaration) => rewrite.OpenStatement(),
            (ScopeStyle.UsingStatement, _) => rewrite.StatementToTry(),
            (_, ScopeStyle.UsingDeclaration) => rewrite.OpenTry(),
            _ => rewrite.TryToStatement(),
        };
        return done ? CompileCheck.Accept(draft, await current.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) : null;
    }

    /// <summary>The scope of the session in hand, or null.</summary>
    public static SessionScope? Find(Draft draft)
    {
        var declaration = draft.Acquisition?.Ancestors().TakeWhile(static n => n is not StatementSyntax).OfType<VariableDeclarationSyntax>().FirstOrDefault();
        return declaration?.Parent is { } owner ? SessionScope.Of(owner) : null;
    }

    private sealed class Rewrite(Draft draft, SourceEdit edit, SessionScope scope)
    {
        private readonly Layout layout = draft.Layout;
        private readonly string indent = draft.Layout.IndentAt(scope.Statement.SpanStart);

        private string Keywords => scope.IsAsync ? "await using " : "using ";

        private SyntaxToken Semicolon => ((LocalDeclarationStatementSyntax)scope.Statement).SemicolonToken;

        public bool CloseWithBraces()
        {
            var list = StatementList.Of(scope.Statement)!;
            var rest = list.Statements.Skip(list.IndexOf(scope.Statement) + 1).ToList();
            edit.Insert(scope.Declaration.SpanStart, "(");
            var (start, end) = Region(list, rest);
            if (list.Owner is BlockSyntax { Parent: UsingStatementSyntax outer } body && body.Statements[0] == scope.Statement && CanStack(outer, body))
            {
                Stack(outer, body, start);
                return true;
            }

            RemoveBlankLines(start);
            if (rest.Count == 1 && rest[0] is UsingStatementSyntax only && layout.LineOf(only.SpanStart) == start && layout.LineOf(only.Span.End) == layout.LineOf(end)
                && layout.IndentAt(only.SpanStart) == indent)
            {
                // One above the other, as people write several.
                edit.Replace(Semicolon.Span, ")");
                return true;
            }

            edit.Replace(Semicolon.Span, layout.BraceOnOwnLine ? ")" : ") {");
            if (layout.BraceOnOwnLine)
            {
                edit.InsertLineAfter(scope.Statement.Span.End, indent + "{");
            }

            edit.Indent(draft.Root, start, layout.LineOf(end));
            edit.InsertLineAfter(end, indent + "}");
            return true;
        }

        /// <summary>The declaration follows the opening brace of another using at once.</summary>
        private bool CanStack(UsingStatementSyntax outer, BlockSyntax body) =>
            layout.LineOf(scope.Statement.SpanStart) == layout.LineOf(body.OpenBraceToken.SpanStart) + 1
            && layout.IndentAt(outer.SpanStart) == layout.IndentAt(body.CloseBraceToken.SpanStart)
            && draft.Text.ToString(TextSpan.FromBounds(outer.CloseParenToken.Span.End, scope.Statement.SpanStart)).Trim() == "{";

        /// <summary>Puts the using above the brace, as people write several; the statements below stay where they are.</summary>
        private void Stack(UsingStatementSyntax outer, BlockSyntax body, int start)
        {
            var outside = layout.IndentAt(outer.SpanStart);
            RemoveBlankLines(start);
            edit.Remove(TextSpan.FromBounds(outer.CloseParenToken.Span.End, body.OpenBraceToken.Span.End));
            edit.Indent(draft.Root, layout.LineOf(scope.Statement.SpanStart), layout.LineOf(scope.Statement.Span.End), outwards: true);
            edit.Replace(Semicolon.Span, layout.BraceOnOwnLine ? ")" : ") {");
            if (layout.BraceOnOwnLine)
            {
                edit.InsertLineAfter(scope.Statement.Span.End, outside + "{");
            }
        }

        public bool CloseWithTry()
        {
            var list = StatementList.Of(scope.Statement)!;
            var rest = list.Statements.Skip(list.IndexOf(scope.Statement) + 1).ToList();
            var (start, end) = Region(list, rest);
            edit.Remove(TextSpan.FromBounds(scope.Statement.SpanStart, scope.Declaration.SpanStart));
            edit.Insert(draft.Text.Lines[start].Start, indent + "try" + layout.Open(indent) + layout.NewLine);
            edit.Indent(draft.Root, start, layout.LineOf(end));
            edit.InsertLineAfter(end, indent + "}" + Finally());
            return true;
        }

        public bool OpenStatement()
        {
            var statement = (UsingStatementSyntax)scope.Statement;
            edit.Replace(TextSpan.FromBounds(statement.UsingKeyword.Span.End, scope.Declaration.SpanStart), " ");
            if (statement.Statement is BlockSyntax block)
            {
                Unbrace(block, statement.CloseParenToken, ";");
                return true;
            }

            edit.Replace(statement.CloseParenToken.Span, ";");
            if (layout.IndentAt(statement.Statement.SpanStart) != indent)
            {
                edit.Indent(draft.Root, layout.LineOf(statement.Statement.SpanStart), layout.LineOf(statement.Statement.Span.End), outwards: true);
            }

            return true;
        }

        public bool StatementToTry()
        {
            var statement = (UsingStatementSyntax)scope.Statement;
            edit.Remove(TextSpan.FromBounds(statement.SpanStart, scope.Declaration.SpanStart));
            edit.Replace(statement.CloseParenToken.Span, ";" + layout.NewLine + indent + "try" + (statement.Statement is BlockSyntax ? "" : layout.Open(indent)));
            if (statement.Statement is BlockSyntax)
            {
                edit.Insert(statement.Span.End, Finally());
                return true;
            }

            if (layout.IndentAt(statement.Statement.SpanStart) == indent)
            {
                edit.Indent(draft.Root, layout.LineOf(statement.Statement.SpanStart), layout.LineOf(statement.Statement.Span.End));
            }

            edit.InsertLineAfter(statement.Statement.Span.End, indent + "}" + Finally());
            return true;
        }

        public bool OpenTry()
        {
            var attempt = scope.Try!;
            edit.Insert(scope.Declaration.SpanStart, Keywords);
            if (attempt.Catches.Count > 0)
            {
                RemoveFinally(attempt.Catches.Last().Span.End, indent);
                return true;
            }

            edit.RemoveLines(TextSpan.FromBounds(attempt.SpanStart, attempt.Block.OpenBraceToken.Span.End));
            IndentBody(attempt.Block, outwards: true);
            var comments = Comments(attempt.Finally!.Span, indent);
            if (comments.Length > 0)
            {
                edit.Insert(draft.Text.Lines[layout.LineOf(attempt.Block.CloseBraceToken.SpanStart)].Start, comments);
            }

            edit.RemoveLines(TextSpan.FromBounds(attempt.Block.CloseBraceToken.SpanStart, attempt.Span.End));
            return true;
        }

        public bool TryToStatement()
        {
            var attempt = scope.Try!;
            edit.Insert(scope.Declaration.SpanStart, Keywords + "(");
            if (attempt.Catches.Count > 0)
            {
                RemoveBlankLines(layout.LineOf(scope.Statement.Span.End) + BlankLinesAfter(layout.LineOf(scope.Statement.Span.End)) + 1);
                edit.Replace(Semicolon.Span, layout.BraceOnOwnLine ? ")" : ") {");
                if (layout.BraceOnOwnLine)
                {
                    edit.InsertLineAfter(scope.Statement.Span.End, indent + "{");
                }

                var end = attempt.Catches.Last().Span.End;
                edit.Indent(draft.Root, layout.LineOf(scope.Statement.Span.End) + 1, layout.LineOf(end));
                RemoveFinally(end, indent + layout.Unit);
                edit.Insert(attempt.Span.End, layout.NewLine + indent + "}");
                return true;
            }

            // What was said between the declaration and the try is said inside.
            var between = TextSpan.FromBounds(Semicolon.Span.End, attempt.Block.OpenBraceToken.SpanStart);
            var comments = Comments(between, indent + layout.Unit);
            edit.Replace(TextSpan.FromBounds(Semicolon.SpanStart, between.End), layout.BraceOnOwnLine ? ")" + layout.NewLine + indent : ") ");
            if (comments.Length > 0)
            {
                edit.Insert(draft.Text.Lines[layout.LineOf(attempt.Block.OpenBraceToken.SpanStart)].EndIncludingLineBreak, comments);
            }

            var last = Comments(attempt.Finally!.Span, indent + layout.Unit);
            if (last.Length > 0)
            {
                edit.Insert(draft.Text.Lines[layout.LineOf(attempt.Block.CloseBraceToken.SpanStart)].Start, last);
            }

            edit.Remove(TextSpan.FromBounds(attempt.Block.CloseBraceToken.Span.End, attempt.Span.End));
            return true;
        }

        /// <summary>From the first line after the declaration that says something to the end of the list, comments included.</summary>
        private (int Start, int End) Region(StatementList list, List<StatementSyntax> rest)
        {
            var line = layout.LineOf(scope.Statement.Span.End);
            var start = line + 1 + BlankLinesAfter(line);
            var end = rest[rest.Count - 1].Span.End;
            if (list.Owner is BlockSyntax block)
            {
                for (var last = layout.LineOf(block.CloseBraceToken.SpanStart) - 1; last > layout.LineOf(end); last--)
                {
                    if (!IsBlank(last))
                    {
                        end = draft.Text.Lines[last].End;
                        break;
                    }
                }
            }

            return (start, end);
        }

        private int BlankLinesAfter(int line)
        {
            var count = 0;
            while (line + count + 1 < draft.Text.Lines.Count && IsBlank(line + count + 1))
            {
                count++;
            }

            return count;
        }

        private bool IsBlank(int line) => draft.Text.Lines[line].ToString().Trim().Length == 0;

        /// <summary>Takes out the blank lines between the declaration and what follows.</summary>
        private void RemoveBlankLines(int next)
        {
            var from = draft.Text.Lines[layout.LineOf(scope.Statement.Span.End)].EndIncludingLineBreak;
            var to = draft.Text.Lines[next].Start;
            if (from < to)
            {
                edit.Replace(TextSpan.FromBounds(from, to), "");
            }
        }

        private void Unbrace(BlockSyntax block, SyntaxToken header, string end)
        {
            if (layout.IsFirstOnLine(block.OpenBraceToken.SpanStart))
            {
                edit.Replace(header.Span, end);
                edit.RemoveLines(block.OpenBraceToken.Span);
            }
            else
            {
                edit.Replace(TextSpan.FromBounds(header.SpanStart, block.OpenBraceToken.Span.End), end);
            }

            IndentBody(block, outwards: true);
            edit.RemoveLines(block.CloseBraceToken.Span);
        }

        private void IndentBody(BlockSyntax block, bool outwards) =>
            edit.Indent(draft.Root, layout.LineOf(block.OpenBraceToken.SpanStart) + 1, layout.LineOf(block.CloseBraceToken.SpanStart) - 1, outwards);

        private void RemoveFinally(int from, string commentIndent)
        {
            var ending = scope.Try!.Finally!;
            var comments = Comments(ending.Span, commentIndent);
            edit.Replace(TextSpan.FromBounds(from, ending.Span.End), comments.Length == 0 ? "" : layout.NewLine + comments.TrimEnd('\r', '\n'));
        }

        private string Comments(TextSpan span, string at) => string.Concat(draft.Root.DescendantTrivia(span)
            .Where(t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia && span.Contains(t.Span))
            .Select(t => at + t + layout.NewLine));

        private string Finally() => layout.Continue(indent) + AddFinally.FinallyClause(layout, indent, DisposalForms.Call(scope.Name, scope.IsAsync, MayBeNull(), draft));

        /// <summary>What a using asks before it disposes, unless it is plain that the value is there.</summary>
        private bool MayBeNull()
        {
            var value = scope.Value;
            while (value is ParenthesizedExpressionSyntax or AwaitExpressionSyntax)
            {
                value = value is AwaitExpressionSyntax awaited ? awaited.Expression : ((ParenthesizedExpressionSyntax)value).Expression;
            }

            return value is not BaseObjectCreationExpressionSyntax
                && draft.Model.GetTypeInfo(scope.Value) is { Type.IsValueType: not true } type
                && !(draft.Model.GetNullableContext(scope.Value.SpanStart).AnnotationsEnabled() && type.Nullability.FlowState == NullableFlowState.NotNull);
        }
    }
}
