using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Registers a session for each scope in place of once for all. Only where the container makes it, and where nothing in this compilation
/// that lives longer than a scope asks for it.
/// </summary>
internal static class RegisterScoped
{
    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } } registration
            || draft.Model.GetOperation(registration, cancellation) is not IInvocationOperation call)
        {
            return null;
        }

        var types = call.TargetMethod.TypeArguments.IsEmpty
            ? call.Arguments.Select(static a => a.Value).OfType<ITypeOfOperation>().Select(static t => t.TypeOperand).ToImmutableArray()
            : call.TargetMethod.TypeArguments;
        var edit = draft.Edit();
        if (types.IsEmpty
            || !(name.Identifier.ValueText == "AddDbContext" ? ChangeLifetime(edit, draft, call, cancellation) : ChangeMethod(edit, draft, name, registration, cancellation))
            || ServiceConsumers.MayOutliveScopes(draft.Model.Compilation, types, cancellation))
        {
            return null;
        }

        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation);
    }

    private static bool ChangeMethod(SourceEdit edit, Draft draft, SimpleNameSyntax name, InvocationExpressionSyntax registration, CancellationToken cancellation)
    {
        edit.Replace(name.Identifier.Span, name.Identifier.ValueText.Replace("Singleton", "Scoped"));
        return registration.ArgumentList.Arguments.All(a => a.Expression is TypeOfExpressionSyntax || (a.Expression is LambdaExpressionSyntax function && Makes(function, draft, cancellation)));
    }

    /// <summary>The function gives a session of its own to each caller, one that may be disposed at the end of a scope.</summary>
    private static bool Makes(LambdaExpressionSyntax function, Draft draft, CancellationToken cancellation)
    {
        if (function.ExpressionBody is { } body)
        {
            return IsMade(body);
        }

        var returned = function.Block!.DescendantNodes(static n => !Members.IsFunction(n)).OfType<ReturnStatementSyntax>().ToList();
        return returned.Count > 0 && returned.All(r => r.Expression is { } value && IsMade(value));

        bool IsMade(ExpressionSyntax value)
        {
            if (value is not IdentifierNameSyntax)
            {
                return draft.Acquires(value, cancellation);
            }

            return draft.Model.GetSymbolInfo(value, cancellation).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } declarations }
                && function.Span.Contains(declarations[0].Span)
                && declarations[0].GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: var initial, Identifier.ValueText: var local }
                && draft.Acquires(initial, cancellation)
                && !function.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } && target.Identifier.ValueText == local);
        }
    }

    private static bool ChangeLifetime(SourceEdit edit, Draft draft, IInvocationOperation call, CancellationToken cancellation)
    {
        if (call.Arguments.FirstOrDefault(static a => a.Parameter?.Name == "contextLifetime")?.Syntax is not ArgumentSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name: { } lifetime }, Parent: ArgumentListSyntax list,
            } argument)
        {
            return false;
        }

        var hasOptions = call.Arguments.Any(static a => a is { Parameter.Name: "optionsLifetime", IsImplicit: false, ArgumentKind: ArgumentKind.Explicit });

        // The options become scoped with the context; a factory of contexts, which lives as long as the application, needs them for longer.
        if (!hasOptions && draft.Model.Compilation.SyntaxTrees.Any(t => t.GetText(cancellation).ToString() is var text && (text.Contains("AddDbContextFactory") || text.Contains("AddPooledDbContextFactory"))))
        {
            return false;
        }

        var index = list.Arguments.IndexOf(argument);
        var start = index > 0 ? list.Arguments.GetSeparator(index - 1).SpanStart : argument.SpanStart;
        var removed = TextSpan.FromBounds(start, argument.Span.End);
        if (index < list.Arguments.Count - 1 || list.DescendantTrivia(removed).Any(static t => !t.IsKind(SyntaxKind.WhitespaceTrivia) && !t.IsKind(SyntaxKind.EndOfLineTrivia)))
        {
            edit.Replace(lifetime.Span, "Scoped");
        }
        else
        {
            edit.Remove(removed);
        }

        return true;
    }
}
