using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Obtains a session from the approved source in place of another. Only where there is one such source at hand that gives the same type
/// without arguments, and where the arguments that go do nothing. A connection must come as it was, closed or open.
/// </summary>
internal static class ReplaceSource
{
    public static async Task<(Draft Draft, string Source)?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        if (draft.Acquisition is not { } acquisition
            || ArgumentsOf(acquisition) is not { } arguments
            || !arguments.Arguments.All(a => QuietExpression.Is(a.Expression, draft.Model) && !IsText(a.Expression, draft.Model, cancellation))
            || draft.Model.GetTypeInfo(acquisition, cancellation).Type is not { } given
            || SessionSymbols.Unwrap(given) is not INamedTypeSymbol type
            || draft.SessionTypeOf(type, cancellation) is not { } session
            || Choose(draft, acquisition, type, cancellation) is not var (source, member))
        {
            return null;
        }

        var isTask = DetachedTypes.IsTask(member.ReturnType);
        var wasTask = DetachedTypes.IsTask(given);
        var (replaced, text) = (acquisition, source + "()");
        if (isTask && !wasTask)
        {
            text = acquisition.Parent is MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax or ElementAccessExpressionSyntax ? $"(await {text})" : "await " + text;
        }
        else if (!isTask && wasTask)
        {
            if (acquisition.Parent is not AwaitExpressionSyntax awaited)
            {
                return null;
            }

            replaced = awaited;
        }

        var edit = draft.Edit();
        edit.Replace(replaced.Span, text);
        if (session.Kind == SessionKind.Connection && !KeepOpenState(edit, draft, acquisition, member, cancellation))
        {
            return null;
        }

        var scope = Members.Of(acquisition);
        var after = await draft.MarkedAt(scope.SpanStart).ApplyAsync(edit, cancellation).ConfigureAwait(false);
        return after is not null && Members.Of(after.Root.FindToken(after.Mark).Parent!) is var fixedScope && CompileCheck.Allows(draft, scope, after, fixedScope, cancellation)
            ? (after, source)
            : null;
    }

    /// <summary>A connection string that is written out names its database: the approved source may have another one.</summary>
    private static bool IsText(ExpressionSyntax argument, SemanticModel model, CancellationToken cancellation) =>
        model.GetConstantValue(argument, cancellation) is { HasValue: true, Value: string };

    private static ArgumentListSyntax? ArgumentsOf(ExpressionSyntax acquisition) => acquisition switch
    {
        BaseObjectCreationExpressionSyntax { Initializer: null } creation => creation.ArgumentList,
        InvocationExpressionSyntax invocation => invocation.ArgumentList,
        _ => null,
    };

    /// <summary>The only approved method that is at hand: a static one, or one of a field, property or parameter.</summary>
    private static (string Source, IMethodSymbol Member)? Choose(Draft draft, ExpressionSyntax acquisition, INamedTypeSymbol type, CancellationToken cancellation)
    {
        var position = acquisition.SpanStart;
        var found = new Dictionary<string, IMethodSymbol>(StringComparer.Ordinal);
        ISymbol[]? holders = null;
        foreach (var member in draft.Conventions.ApprovedSources?.MembersIn(draft.Model.Compilation) ?? [])
        {
            if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary, IsGenericMethod: false } method
                || !method.Parameters.All(static p => p.IsOptional)
                || !SymbolEqualityComparer.Default.Equals(SessionSymbols.Unwrap(method.ReturnType), type)
                || !draft.Model.IsAccessible(position, method))
            {
                continue;
            }

            if (method.IsStatic)
            {
                found[method.ContainingType.ToMinimalDisplayString(draft.Model, position) + "." + method.Name] = method;
                continue;
            }

            holders ??= [.. draft.Model.LookupSymbols(position).Where(static s => s is IFieldSymbol or IPropertySymbol { IsIndexer: false } or IParameterSymbol)];
            foreach (var holder in holders)
            {
                if (TypeOf(holder) is { } held && draft.Model.Compilation.HasImplicitConversion(held, method.ContainingType))
                {
                    found[holder.Name + "." + method.Name] = method;
                }
            }
        }

        // Of an asynchronous and a synchronous one the first, where it can be awaited.
        var canAwait = DisposalForms.CanAwait(acquisition, draft.Model);
        var fitting = found.Where(f => canAwait && DetachedTypes.IsTask(f.Value.ReturnType)).ToList();
        if (fitting.Count == 0)
        {
            fitting = [.. found.Where(static f => !DetachedTypes.IsTask(f.Value.ReturnType))];
        }

        return fitting.Count == 1 ? (fitting[0].Key, fitting[0].Value) : null;
    }

    private static ITypeSymbol? TypeOf(ISymbol holder) => holder switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };

    /// <summary>A source that gives an open connection takes the place of the call that opened it.</summary>
    private static bool KeepOpenState(SourceEdit edit, Draft draft, ExpressionSyntax acquisition, IMethodSymbol source, CancellationToken cancellation)
    {
        var comesOpen = acquisition is InvocationExpressionSyntax call && Opens(call);
        if (source.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } body)
        {
            return false;
        }

        var givesOpen = body.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(Opens);
        if (comesOpen || !givesOpen)
        {
            return comesOpen == givesOpen;
        }

        if (ConvertScope.Find(draft) is not { Declaration.Variables.Count: 1 } scope)
        {
            return false;
        }

        var following = scope.Statement is UsingStatementSyntax { Statement: BlockSyntax block } ? block.Statements
            : scope.Try is { } attempt ? attempt.Block.Statements
            : StatementList.Of(scope.Statement) is { } list ? list.Statements.Skip(list.IndexOf(scope.Statement) + 1)
            : [];
        if (following.FirstOrDefault(s => s.DescendantTokens().Any(t => t.ValueText == scope.Name)) is not ExpressionStatementSyntax { Expression: var expression } first)
        {
            return false;
        }

        expression = expression is AwaitExpressionSyntax { Expression: var awaited } ? awaited : expression;
        if (expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: var configured } })
        {
            expression = configured;
        }

        if (expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver } } opening
            || receiver.Identifier.ValueText != scope.Name
            || draft.Model.GetSymbolInfo(opening, cancellation).Symbol is not { } opened
            || draft.FactsOf(opened, cancellation) is not { } facts || !facts.Has(Roles.Opens))
        {
            return false;
        }

        edit.RemoveLines(first.Span);
        return true;
    }

    private static bool Opens(InvocationExpressionSyntax call) => (call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        _ => "",
    }).StartsWith("Open", StringComparison.Ordinal);
}
