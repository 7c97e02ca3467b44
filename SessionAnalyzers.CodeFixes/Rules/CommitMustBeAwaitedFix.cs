using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Awaits the dropped task, where the function around it is async already.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CommitMustBeAwaitedFix))]
internal sealed class CommitMustBeAwaitedFix() : SessionCodeFix(DiagnosticIds.CommitMustBeAwaited)
{
    public const string AwaitKey = "SES2004.Await";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        // 'await db?.SaveAsync()' would throw where there is no session.
        if (draft.Acquisition?.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { } statement
            || statement.DescendantNodes().Any(static n => n is ConditionalAccessExpressionSyntax)
            || !CanAwait(statement))
        {
            return null;
        }

        var edit = draft.Edit();
        edit.Insert(statement.Expression.SpanStart, "await ");
        var name = draft.Acquisition is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var called } } ? called : "the task";
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, $"Await '{name}'", AwaitKey)
            : null;
    }

    /// <summary>Inside an async function, and not where the language forbids to wait.</summary>
    private static bool CanAwait(SyntaxNode node)
    {
        for (var n = node.Parent; n is not null; n = n.Parent)
        {
            switch (n)
            {
                case LockStatementSyntax or UnsafeStatementSyntax or FixedStatementSyntax:
                    return false;
                case AnonymousFunctionExpressionSyntax function:
                    return !function.AsyncKeyword.Span.IsEmpty;
                case LocalFunctionStatementSyntax local:
                    return local.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case BaseMethodDeclarationSyntax method:
                    return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case GlobalStatementSyntax:
                    return true;
                case MemberDeclarationSyntax or AccessorDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }
}
