using Microsoft.CodeAnalysis.Operations;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Resolves a session from a scope of its own in place of the root provider. Only where nothing that needs the session leaves the code
/// around it, and where no other service of the provider is used there that may share the session.
/// </summary>
internal static class CreateScope
{
    private static readonly string[] Unrelated = ["Logging", "Configuration", "Options", "Hosting"];

    public static async Task<Draft?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        var prepared = draft;
        while (prepared.Acquisition is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var provider } } resolution)
        {
            Draft? next;
            switch (Anchor(resolution))
            {
                case StatementSyntax statement when StatementList.Of(statement) is { } list:
                    return IsAlone(prepared, resolution, provider, list, cancellation)
                        ? await TryAsync(draft, prepared, provider, statement, list, cancellation).ConfigureAwait(false)
                        : null;
                case StatementSyntax embedded:
                    next = await WrapInBlock.TryAsync(prepared, embedded, cancellation).ConfigureAwait(false);
                    break;
                case ExpressionSyntax body:
                    next = await ExpandExpressionBody.TryAsync(prepared, body, cancellation).ConfigureAwait(false);
                    break;
                default:
                    return null;
            }

            if (next is null)
            {
                return null;
            }

            prepared = next;
        }

        return null;
    }

    /// <summary>The statement before which the scope can be created, or the expression body that has to become a block first.</summary>
    private static SyntaxNode? Anchor(SyntaxNode resolution)
    {
        for (var node = resolution; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case ArrowExpressionClauseSyntax:
                case LambdaExpressionSyntax lambda when lambda.ExpressionBody == node:
                    return node;
                case LocalDeclarationStatementSyntax or ExpressionStatementSyntax or ReturnStatementSyntax or ForEachStatementSyntax:
                    return parent;
                case StatementSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax or ConstructorInitializerSyntax or CatchFilterClauseSyntax:
                    return null;
            }
        }

        return null;
    }

    private static async Task<Draft?> TryAsync(Draft original, Draft draft, ExpressionSyntax provider, StatementSyntax statement, StatementList list, CancellationToken cancellation)
    {
        var name = IntroduceUsingVariable.UniqueName("scope", statement);
        var layout = draft.Layout;
        var separator = layout.IsFirstOnLine(statement.SpanStart) ? layout.NewLine + layout.IndentAt(statement.SpanStart) : " ";
        foreach (var method in DisposalForms.CanAwait(statement, draft.Model) ? ["CreateAsyncScope", "CreateScope"] : new[] { "CreateScope" })
        {
            var edit = draft.Edit();
            var head = $"var {name} = ";
            var value = $"{provider}.{method}()";
            edit.Insert(statement.SpanStart, $"{head}{value};{separator}");
            edit.Replace(provider.Span, name + ".ServiceProvider");
            if (await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false) is not { } made)
            {
                return null;
            }

            var held = made.Aside(new(statement.SpanStart + head.Length, value.Length));
            if (HeldSession.Find(held, cancellation) is { } scope && !scope.Uses.Leaves(session: true, dependents: true)
                && await DisposeAsync(held, list, cancellation).ConfigureAwait(false) is { } disposed
                && CompileCheck.Accept(original, disposed.Back(made), cancellation) is { } accepted)
            {
                return accepted;
            }
        }

        return null;
    }

    /// <summary>A scope of a program must not last as long as the program runs.</summary>
    private static async Task<Draft?> DisposeAsync(Draft held, StatementList before, CancellationToken cancellation) =>
        MayLast(before) ? await WrapInUsingStatement.TryAsync(held, disposedAlready: false, cancellation).ConfigureAwait(false)
            : await DisposeWithUsing.TryAsync(held, mayBeDisposed: false, cancellation).ConfigureAwait(false);

    private static bool MayLast(StatementList list) =>
        list.Owner is CompilationUnitSyntax
        || list.Owner.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText == "Main"
        || list.Statements.Any(static s => s is WhileStatementSyntax or DoStatementSyntax || s.DescendantTokens().Any(static t => t.ValueText is "Run" or "RunAsync" or "Start" or "StartAsync" or "WaitForShutdown" or "WaitForShutdownAsync" or "Delay"));

    /// <summary>
    /// The root provider gives one and the same session to everybody: nothing else in the function may count on that, and the session is
    /// not used for as long as a loop runs.
    /// </summary>
    private static bool IsAlone(Draft draft, InvocationExpressionSyntax resolution, ExpressionSyntax provider, StatementList list, CancellationToken cancellation)
    {
        // The function of a registration gives what it makes to the container.
        if (draft.Model.GetSymbolInfo(provider, cancellation).Symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } })
        {
            return false;
        }

        var function = resolution.Ancestors().FirstOrDefault(static a => Members.IsFunction(a) || (a is MemberDeclarationSyntax and not GlobalStatementSyntax)) ?? draft.Root;
        if (resolution.Ancestors().TakeWhile(a => a != function).Any(static a => StatementList.IsLoop(a) && a is not CommonForEachStatementSyntax) || CountsOnOthers(draft, function, cancellation))
        {
            return false;
        }

        // The provider itself, and what a local has it from.
        var origin = draft.Model.GetSymbolInfo(provider, cancellation).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } declarations }
            && declarations[0].GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: var initial } ? initial : null;
        foreach (var other in function.DescendantNodes().OfType<ExpressionSyntax>())
        {
            if (other == provider || other == origin || other is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax
                || (other.Parent is MemberAccessExpressionSyntax outer && outer.Name == other)
                || (Bare(other) is var text && text != Bare(provider) && (origin is null || text != Bare(origin))))
            {
                continue;
            }

            if (other.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Parent: InvocationExpressionSyntax call } access || access.Expression != other
                || (name is not ("CreateScope" or "CreateAsyncScope") && !IsUnrelated(draft, call, resolution, cancellation)))
            {
                return false;
            }
        }

        var session = resolution.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } ? declarator.Identifier.ValueText : null;
        return session is null || !list.Statements.Any(s => s is WhileStatementSyntax or DoStatementSyntax && s.DescendantTokens().Any(t => t.ValueText == session));
    }

    private static string Bare(ExpressionSyntax provider) => provider is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var name } ? name.ToString() : provider.ToString();

    /// <summary>Changes that another function saves, or a save of what another has changed: both meet in the one session of the root provider.</summary>
    private static bool CountsOnOthers(Draft draft, SyntaxNode function, CancellationToken cancellation)
    {
        var (stages, saves, reads) = (false, false, false);
        foreach (var node in function.DescendantNodes())
        {
            switch (node)
            {
                case ArgumentSyntax { Expression: var passed } when draft.Model.GetTypeInfo(passed, cancellation).Type is { } type && draft.SessionTypeOf(type, cancellation)?.Kind == SessionKind.Context:
                    return false;
                case InvocationExpressionSyntax call when draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && draft.FactsOf(method, cancellation) is { } facts:
                    stages |= facts.Has(Roles.Stages);
                    saves |= facts.Has(Roles.Flushes) || facts.Has(Roles.Commits);
                    break;
                case MemberAccessExpressionSyntax or IdentifierNameSyntax:
                    reads |= !reads && draft.Model.GetTypeInfo(node, cancellation).Type is { } read && DetachedTypes.Implements(read, "System.Linq.IQueryable");
                    break;
            }
        }

        return stages ? !saves : saves && !reads;
    }

    private static bool IsUnrelated(Draft draft, InvocationExpressionSyntax call, InvocationExpressionSyntax resolution, CancellationToken cancellation)
    {
        if (Resolved(draft, call, cancellation) is not { } type || Resolved(draft, resolution, cancellation) is not { } own)
        {
            return false;
        }

        var space = type.ContainingNamespace?.ToDisplayString() ?? "";
        return type.Name is "IDbContextFactory" or "IServiceScopeFactory"
            || Unrelated.Any(u => space.StartsWith("Microsoft.Extensions." + u, StringComparison.Ordinal))

            // Another context; of connections and transactions several types may stand for one.
            || (draft.SessionTypeOf(type, cancellation)?.Kind == SessionKind.Context && draft.SessionTypeOf(own, cancellation)?.Kind == SessionKind.Context
                && !draft.Model.Compilation.ClassifyCommonConversion(type, own).Exists && !draft.Model.Compilation.ClassifyCommonConversion(own, type).Exists);
    }

    private static ITypeSymbol? Resolved(Draft draft, InvocationExpressionSyntax call, CancellationToken cancellation) =>
        draft.Model.GetOperation(call, cancellation) is not IInvocationOperation invocation ? null
            : invocation.TargetMethod.TypeArguments.Length == 1 ? invocation.TargetMethod.TypeArguments[0]
            : call.ArgumentList.Arguments.Select(a => a.Expression).OfType<TypeOfExpressionSyntax>().Select(t => draft.Model.GetTypeInfo(t.Type, cancellation).Type).FirstOrDefault();
}
