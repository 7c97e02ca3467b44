using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Gives a session that has no name a using variable, where the rest of its statement runs as before.</summary>
internal static class IntroduceUsingVariable
{
    private static readonly string[] Suffixes =
    [
        "Connection", "Context", "Transaction", "Command", "Reader", "Scope", "Session", "Writer", "Importer", "Batch",
    ];

    public static async Task<(Draft Draft, string Name)?> TryAsync(Draft draft, string? kind, CancellationToken cancellation)
    {
        var prepared = draft;
        while (true)
        {
            if (prepared.Acquisition is not { } acquisition || Value(prepared, acquisition, cancellation) is not { } value)
            {
                return null;
            }

            Draft? next = null;
            switch (Anchor(value, prepared.Model))
            {
                case StatementSyntax statement when StatementList.Of(statement) is not null:
                    return await IntroduceAsync(draft, prepared, value, statement, kind, cancellation).ConfigureAwait(false);
                case StatementSyntax embedded:
                    next = await WrapInBlock.TryAsync(prepared, embedded, cancellation).ConfigureAwait(false);
                    break;
                case ExpressionSyntax body:
                    next = await ExpandExpressionBody.TryAsync(prepared, body, cancellation).ConfigureAwait(false);
                    break;
            }

            if (next is null)
            {
                return null;
            }

            prepared = next;
        }
    }

    private static async Task<(Draft Draft, string Name)?> IntroduceAsync(
        Draft original, Draft draft, ExpressionSyntax value, StatementSyntax statement, string? kind, CancellationToken cancellation)
    {
        if (IsDropped(value)
            || draft.Model.GetTypeInfo(value, cancellation).Type is not { TypeKind: not (TypeKind.Error or TypeKind.Dynamic) } type
            || statement.Parent is LabeledStatementSyntax)
        {
            return null;
        }

        var name = UniqueName(NameFor(type, kind), statement);
        var typeText = value is ImplicitObjectCreationExpressionSyntax
            ? type.ToMinimalDisplayString(draft.Model, statement.SpanStart)
            : "var";
        var layout = draft.Layout;
        var separator = layout.IsFirstOnLine(statement.SpanStart) ? layout.NewLine + layout.IndentAt(statement.SpanStart) : " ";
        var edit = draft.Edit();
        edit.InsertCopy(statement.SpanStart, $"{typeText} {name} = ", value.Span, ";" + separator);
        var place = value;
        while (place.Parent is ParenthesizedExpressionSyntax parenthesized)
        {
            place = parenthesized;
        }

        edit.Replace(place.Span, name);
        var named = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        var result = named is null ? null : await DisposeWithUsing.TryAsync(named, false, cancellation).ConfigureAwait(false);
        return CompileCheck.Accept(original, result, cancellation) is { } accepted ? (accepted, name) : null;
    }

    /// <summary>The acquisition as far as the session itself: awaited if it is, cast if only the cast can be disposed.</summary>
    private static ExpressionSyntax? Value(Draft draft, ExpressionSyntax acquisition, CancellationToken cancellation)
    {
        var value = acquisition;
        while (DetachedTypes.IsTask(draft.Model.GetTypeInfo(value, cancellation).Type) || !CanBeDisposed(value))
        {
            switch (value.Parent)
            {
                case AwaitExpressionSyntax or CastExpressionSyntax or ParenthesizedExpressionSyntax:
                    value = (ExpressionSyntax)value.Parent;
                    break;
                case MemberAccessExpressionSyntax member when member.Expression == value && Members.OfTask(member) is { } onward:
                    value = onward;
                    break;
                default:
                    return null;
            }
        }

        return value;

        bool CanBeDisposed(ExpressionSyntax expression) =>
            draft.Model.GetTypeInfo(expression, cancellation).Type is { } type
            && (DetachedTypes.Implements(type, "System.IDisposable") || DetachedTypes.Implements(type, "System.IAsyncDisposable"));
    }

    /// <summary>
    /// The statement before which the session can be acquired, or the expression body that has to become a block first; null where the
    /// session is acquired on a condition, more than once, or after something that acts.
    /// </summary>
    private static SyntaxNode? Anchor(ExpressionSyntax value, SemanticModel model)
    {
        for (SyntaxNode node = value; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case ArrowExpressionClauseSyntax:
                case LambdaExpressionSyntax lambda when lambda.ExpressionBody == node:
                    return node;
                case var _ when !EvaluationOrder.IsFirstToAct(parent, node, model):
                    return null;
                case StatementSyntax:
                    return parent;
            }
        }

        return null;
    }

    /// <summary>True where nothing but the session itself is wanted: who drops it, or names it, has something else in mind.</summary>
    private static bool IsDropped(ExpressionSyntax value)
    {
        SyntaxNode node = value;
        while (node.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax or AwaitExpressionSyntax)
        {
            node = node.Parent;
        }

        return node.Parent is ExpressionStatementSyntax or EqualsValueClauseSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax
            || (node.Parent is AssignmentExpressionSyntax assignment && assignment.Right == node);
    }

    public static string NameFor(ITypeSymbol type, string? kind)
    {
        var name = type.Name;
        if (kind is "connection" or "transaction" or "command" or "reader")
        {
            return kind;
        }

        foreach (var suffix in Suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return suffix.ToLowerInvariant();
            }
        }

        return kind == "context" || name.EndsWith("Db", StringComparison.Ordinal) ? "db" : "session";
    }

    /// <summary>A name that stands nowhere in the member or accessor yet.</summary>
    public static string UniqueName(string name, SyntaxNode place)
    {
        var body = place.FirstAncestorOrSelf<AccessorDeclarationSyntax>() ?? Members.Of(place);
        var tokens = body.DescendantTokens().Where(static t => t.IsKind(SyntaxKind.IdentifierToken));
        var taken = new HashSet<string>(tokens.Select(static t => t.ValueText), StringComparer.Ordinal);
        var unique = name;
        for (var number = 2; taken.Contains(unique); number++)
        {
            unique = name + number;
        }

        return unique;
    }
}
