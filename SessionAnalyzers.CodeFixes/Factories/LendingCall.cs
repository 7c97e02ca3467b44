using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Factories;

/// <summary>
/// A using of what a factory made, which can become a call of the member that lends it: the statements in its scope become the work. Null
/// where they do anything that a lambda can't, or would do differently.
/// </summary>
internal sealed class LendingCall
{
    private readonly Draft draft;
    private readonly StatementSyntax statement;
    private readonly TextSpan header;
    private readonly IReadOnlyList<StatementSyntax> body;
    private readonly string start;
    private readonly string end;

    private LendingCall(
        Draft draft, StatementSyntax statement, TextSpan header, IReadOnlyList<StatementSyntax> body, LendingForms form, string start, string end)
    {
        this.draft = draft;
        this.statement = statement;
        this.header = header;
        this.body = body;
        this.start = start;
        this.end = end;
        Form = form;
    }

    public LendingForms Form { get; }

    /// <summary>The call for the acquisition that a draft has in hand.</summary>
    public static LendingCall? Find(Draft draft, LendingMember member, CancellationToken cancellation)
    {
        var value = member.IsTask ? draft.Acquisition?.Parent as AwaitExpressionSyntax : draft.Acquisition;
        if (draft.Acquisition is not { } acquisition
            || value?.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } variables } declarator }
            || draft.Model.GetDeclaredSymbol(declarator, cancellation) is not ILocalSymbol local
            || !SymbolEqualityComparer.Default.Equals(local.Type, draft.Model.GetTypeInfo(value, cancellation).Type))
        {
            return null;
        }

        // What the session's scope is.
        StatementSyntax statement;
        TextSpan header;
        IReadOnlyList<StatementSyntax> body;
        bool isAwait;
        ControlFlowAnalysis? control;
        switch (variables.Parent)
        {
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Parent: BlockSyntax block } declaration:
                statement = declaration;
                header = declaration.Span;
                isAwait = !declaration.AwaitKeyword.IsKind(SyntaxKind.None);
                body = [.. block.Statements.Skip(block.Statements.IndexOf(declaration) + 1)];
                control = body.Count == 0 ? null : draft.Model.AnalyzeControlFlow(body[0], body[body.Count - 1]);
                break;
            case UsingStatementSyntax { Parent: not GlobalStatementSyntax } @using:
                statement = @using;
                header = TextSpan.FromBounds(@using.SpanStart, @using.CloseParenToken.Span.End);
                isAwait = !@using.AwaitKeyword.IsKind(SyntaxKind.None);
                body = @using.Statement is BlockSyntax inner ? [.. inner.Statements] : [@using.Statement];
                control = body.Count == 0 ? null : draft.Model.AnalyzeControlFlow(@using.Statement);
                break;
            default:
                return null;
        }

        if (control is not { Succeeded: true }
            || control.ExitPoints.Any(static e => e is not ReturnStatementSyntax)
            || draft.Model.GetEnclosingSymbol(statement.SpanStart, cancellation) is not IMethodSymbol { ReturnsByRef: false, ReturnsByRefReadonly: false } owner
            || Members.HasLabels(statement)
            || !IsPlain(statement, header, body)
            || Arguments(draft, acquisition, cancellation) is not var (callee, before, after))
        {
            return null;
        }

        var nodes = body.SelectMany(static s => s.DescendantNodesAndSelf(static n => !Members.IsFunction(n))).ToList();
        var waits = nodes.Any(static n => n is AwaitExpressionSyntax
            or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 }
            or UsingStatementSyntax { AwaitKeyword.RawKind: not 0 }
            or LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: not 0 });
        if (nodes.Any(static n => n is YieldStatementSyntax)
            || (!waits && (member.IsTask || isAwait))
            || (waits && nodes.Any(static n => n is IdentifierNameSyntax { Identifier.ValueText: "ConfigureAwait" })))
        {
            // ConfigureAwait decides where the code behind goes on, and that would be another place then.
            return null;
        }

        if (Result(draft, member, owner, statement, control, cancellation) is not { } result)
        {
            return null;
        }

        var form = (waits, result.HasValue) switch
        {
            (false, false) => LendingForms.Action,
            (false, true) => LendingForms.Function,
            (true, false) => LendingForms.AsyncAction,
            (true, true) => LendingForms.AsyncFunction,
        };
        var start = (result.HasValue ? "return " : "") + (waits ? "await " : "")
            + $"{callee}{member.NameOf(form)}{result.TypeArgument}({before}{(waits ? "async " : "")}{declarator.Identifier.Text} =>";
        return new(draft, statement, header, body, form, start, after + ")");
    }

    /// <summary>The statement as a call.</summary>
    public SourceEdit? Rewrite()
    {
        var layout = draft.Layout;
        var edit = draft.Edit();
        if (statement is UsingStatementSyntax { Statement: BlockSyntax block })
        {
            edit.Replace(header, start);
            edit.Insert(block.Span.End, end + ";");
            return edit;
        }

        var last = body[body.Count - 1].Span.End;
        if (statement is LocalDeclarationStatementSyntax
            && body.Count == 1
            && body[0] is ReturnStatementSyntax { Expression: { } only } leaving
            && layout.IsOnOneLine(only.Span)
            && draft.Text.ToString(TextSpan.FromBounds(header.End, only.SpanStart)).Trim() == "return"
            && leaving.SemicolonToken.SpanStart == only.Span.End)
        {
            edit.Replace(TextSpan.FromBounds(header.Start, only.SpanStart), start + " ");
            edit.Insert(only.Span.End, end);
            return edit;
        }

        if (layout.IsOnOneLine(TextSpan.FromBounds(header.Start, last)))
        {
            edit.Replace(header, start + " {");
            edit.Insert(last, " }" + end + ";");
            return edit;
        }

        if (!layout.IsFirstOnLine(header.Start)
            || !layout.IsLastOnLine(header.End)
            || !layout.IsLastOnLine(last)
            || !RegionEdit.AreDirectivesBalanced(statement.Parent!, TextSpan.FromBounds(header.End, last)))
        {
            return null;
        }

        var indent = layout.IndentAt(header.Start);
        edit.Replace(header, layout.BraceOnOwnLine ? start : start + " {");
        if (layout.BraceOnOwnLine)
        {
            edit.InsertLineAfter(header.End, indent + "{");
        }

        edit.Indent(draft.Root, layout.LineOf(header.End) + 1, layout.LineOf(last));
        edit.InsertLineAfter(last, indent + "}" + end + ";");
        return edit;
    }

    /// <summary>A header on one line without comments, and a body without code that another configuration compiles.</summary>
    private static bool IsPlain(StatementSyntax statement, TextSpan header, IReadOnlyList<StatementSyntax> body)
    {
        var around = TextSpan.FromBounds(header.Start, body[body.Count - 1].Span.End);
        return statement.Parent is { } parent
            && !parent.DescendantTrivia(around).Any(t => around.Contains(t.Span) && t.IsKind(SyntaxKind.DisabledTextTrivia))
            && !parent.DescendantTrivia(header).Any(t => header.Contains(t.Span) && !t.IsKind(SyntaxKind.WhitespaceTrivia));
    }

    /// <summary>What stands before the name of the factory, and its arguments: those before the work, and those with a default value.</summary>
    private static (string Callee, string Before, string After)? Arguments(Draft draft, ExpressionSyntax acquisition, CancellationToken cancellation)
    {
        var call = acquisition as InvocationExpressionSyntax;
        var callee = (call?.Expression ?? acquisition) switch
        {
            IdentifierNameSyntax => "",
            MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression } member =>
                draft.Text.ToString(TextSpan.FromBounds(member.SpanStart, member.Name.SpanStart)),
            _ => null,
        };
        if (callee is null)
        {
            return null;
        }

        if (call is null)
        {
            return (callee, "", "");
        }

        if (draft.Model.GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol method
            || call.ArgumentList.Arguments.Any(static a => a.NameColon is not null || a.RefKindKeyword.RawKind != 0))
        {
            return null;
        }

        var required = method.Parameters.Count(static p => !p.IsOptional);
        var texts = call.ArgumentList.Arguments.Select(static a => a.ToString()).ToList();
        return (callee, string.Concat(texts.Take(required).Select(static t => t + ", ")), string.Concat(texts.Skip(required).Select(static t => ", " + t)));
    }

    /// <summary>Whether the work has a result that the caller returns; null where it sometimes has, or returns to go on.</summary>
    private static (bool HasValue, string TypeArgument)? Result(
        Draft draft, LendingMember member, IMethodSymbol owner, StatementSyntax statement, ControlFlowAnalysis control, CancellationToken cancellation)
    {
        var returns = control.ReturnStatements.OfType<ReturnStatementSyntax>().ToList();
        if (returns.Count == 0)
        {
            return (false, "");
        }

        var type = owner.IsAsync ? (owner.ReturnType as INamedTypeSymbol)?.TypeArguments.SingleOrDefault() : owner.ReturnsVoid ? null : owner.ReturnType;
        if (type is null)
        {
            return IsLastOfFunction(statement) ? (false, "") : null;
        }

        // A task would still need the session.
        if (control.EndPointIsReachable || DetachedTypes.IsTask(type) || returns.Any(static r => r.Expression is null))
        {
            return null;
        }

        // The compiler must find the caller's own type: with another one, values are converted in another place.
        var found = returns.ConvertAll(r => IsLent(r.Expression!, member) ? type : draft.Model.GetTypeInfo(r.Expression!, cancellation).Type);
        var isInferred = found.All(t => t is null || SymbolEqualityComparer.Default.Equals(t, type)) && found.Any(static t => t is not null);
        return (true, isInferred ? "" : $"<{type.ToMinimalDisplayString(draft.Model, statement.SpanStart)}>");
    }

    /// <summary>True for a call in the work that is rewritten already, of a member that is still to be declared: it has the same result.</summary>
    private static bool IsLent(ExpressionSyntax value, LendingMember member)
    {
        var call = (value is AwaitExpressionSyntax { Expression: var task } ? task : value) as InvocationExpressionSyntax;
        var name = call?.Expression is MemberAccessExpressionSyntax access ? access.Name : call?.Expression as SimpleNameSyntax;
        return name?.Identifier.ValueText is { } text && (text == member.NameOf(LendingForms.Function) || text == member.NameOf(LendingForms.AsyncFunction));
    }

    private static bool IsLastOfFunction(StatementSyntax statement) =>
        statement.Parent is BlockSyntax { Parent: BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax } block
        && (statement is LocalDeclarationStatementSyntax || block.Statements.Last() == statement);
}
