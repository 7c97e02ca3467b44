using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Gives background work a context or scope of its own, from a factory that is at hand. Only where the work does not count on what the
/// session outside has seen: it gets nothing from outside but plain values, and saves only what it has put there itself.
/// </summary>
internal static class OwnSession
{
    public static async Task<(Draft Draft, string Source)?> TryAsync(Draft draft, CancellationToken cancellation)
    {
        var prepared = draft;
        while (draft.Language >= LanguageVersion.CSharp8 && prepared.Acquisition is IdentifierNameSyntax use
            && prepared.Model.GetSymbolInfo(use, cancellation).Symbol is { } session && TypeOf(session) is INamedTypeSymbol type
            && WorkOf(use) is { } work && Choose(prepared, session, type, work, cancellation) is { } source)
        {
            if (work.Block is { } block)
            {
                // The name that is reported goes.
                return Edit(prepared, use, session, type, work, block, source, cancellation) is { } edit
                    && await prepared.MarkedAt(Members.Of(use).SpanStart).ApplyAsync(edit, cancellation).ConfigureAwait(false) is { } own
                    && CompileCheck.Allows(draft, Members.Of(draft.Acquisition!), own, Members.Of(own.Root.FindToken(own.Mark).Parent!), cancellation)
                    ? (own, source.Holder)
                    : null;
            }

            if (!IsIndependent(prepared, session, type, work, cancellation) || await ExpandAsync(prepared, work, cancellation).ConfigureAwait(false) is not { } next)
            {
                return null;
            }

            prepared = next;
        }

        return null;
    }

    /// <summary>Where a session comes from: the variable that holds the factory, and whether it makes scopes.</summary>
    private sealed record Source(string Holder, bool IsScopes, ISymbol Symbol);

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        _ => null,
    };

    /// <summary>The function that runs in the background; none that is nested in it.</summary>
    private static LambdaExpressionSyntax? WorkOf(SyntaxNode use)
    {
        LambdaExpressionSyntax? work = null;
        foreach (var node in use.Ancestors().TakeWhile(static a => a is not MemberDeclarationSyntax))
        {
            if (node is LocalFunctionStatementSyntax && work is null)
            {
                return null;
            }

            if (node is LambdaExpressionSyntax { Parent: ArgumentSyntax { Parent: ArgumentListSyntax { Parent: var call } arguments } argument } lambda && arguments.Arguments[0] == argument && IsStarter(call))
            {
                work ??= lambda;
            }
        }

        return work;
    }

    private static bool IsStarter(SyntaxNode? call) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" } } => true,
        BaseObjectCreationExpressionSyntax => true,
        _ => false,
    };

    private static Source? Choose(Draft draft, ISymbol session, INamedTypeSymbol type, LambdaExpressionSyntax work, CancellationToken cancellation)
    {
        var kind = draft.SessionTypeOf(type, cancellation)?.Kind;
        if (kind is not (SessionKind.Context or SessionKind.ServiceScope))
        {
            return null;
        }

        var holders = draft.Model.LookupSymbols(work.SpanStart).Where(static s => s is IFieldSymbol or IParameterSymbol or IPropertySymbol { IsIndexer: false })
            .Select(static s => (Symbol: s, Type: (s is IPropertySymbol property ? property.Type : TypeOf(s)) as INamedTypeSymbol)).ToList();
        var factories = holders.Where(h => kind == SessionKind.Context && h.Type is { Name: "IDbContextFactory", TypeArguments: { Length: 1 } made }
            && SessionSymbols.IsIn(h.Type.ContainingNamespace, "Microsoft.EntityFrameworkCore") && SymbolEqualityComparer.Default.Equals(made[0], type)).ToList();
        if (factories.Count == 1)
        {
            return new(factories[0].Symbol.Name, false, factories[0].Symbol);
        }

        // What the container has given it can give once more; a context that this code has made may not be registered.
        var scopes = holders.Where(static h => h.Type is { Name: "IServiceScopeFactory" } && SessionSymbols.IsIn(h.Type.ContainingNamespace, "Microsoft.Extensions.DependencyInjection")).ToList();
        return factories.Count == 0 && scopes.Count == 1 && (kind == SessionKind.ServiceScope || session is not ILocalSymbol) ? new(scopes[0].Symbol.Name, true, scopes[0].Symbol) : null;
    }

    /// <summary>The work does the same with another session.</summary>
    private static bool IsIndependent(Draft draft, ISymbol session, INamedTypeSymbol type, LambdaExpressionSyntax work, CancellationToken cancellation)
    {
        var stages = false;
        var saves = false;
        foreach (var node in work.DescendantNodes())
        {
            switch (node)
            {
                case InvocationExpressionSyntax call when draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method:
                    var facts = draft.FactsOf(method, cancellation);
                    stages |= facts?.Has(Roles.Stages) == true;
                    saves |= facts?.Has(Roles.Flushes) == true;

                    // A member of this object may work on the old session.
                    if (!method.DeclaringSyntaxReferences.IsEmpty && !method.IsStatic && method.MethodKind != MethodKind.ReducedExtension && SessionOf(call) is false)
                    {
                        return false;
                    }

                    break;
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } when SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(target, cancellation).Symbol, session):
                    return false;
                case ExpressionStatementSyntax { Expression: not AwaitExpressionSyntax and var dropped } when DetachedTypes.IsTask(draft.Model.GetTypeInfo(dropped, cancellation).Type):
                    return false;
                case IdentifierNameSyntax name when SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(name, cancellation).Symbol, session) && name.Ancestors().TakeWhile(a => a != work).Any(Members.IsFunction):
                    return false;
                case ThisExpressionSyntax { Parent: not MemberAccessExpressionSyntax }:
                    return false;
                case IdentifierNameSyntax name when draft.Model.GetSymbolInfo(name, cancellation).Symbol is { } symbol && !SymbolEqualityComparer.Default.Equals(symbol, session) && !IsPlain(symbol, name):
                    return false;
            }
        }

        // What was put into the context outside would not be saved any more.
        return !saves || (stages && !HasChanges(draft, work, cancellation));

        bool SessionOf(InvocationExpressionSyntax call) =>
            call.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && draft.Model.GetTypeInfo(receiver, cancellation).Type is { } t
            && (SymbolEqualityComparer.Default.Equals(t, type) || draft.SessionTypeOf(t, cancellation) is not null);

        bool IsPlain(ISymbol symbol, IdentifierNameSyntax name)
        {
            if (symbol is ILocalSymbol or IParameterSymbol && symbol.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == work.SyntaxTree && work.Span.Contains(r.Span)))
            {
                return true;
            }

            // A member or local function by its name may work on the old session.
            if (symbol is IMethodSymbol { IsStatic: false, DeclaringSyntaxReferences.IsEmpty: false } && name.Parent is not InvocationExpressionSyntax && name.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax })
            {
                return false;
            }

            var held = symbol is IPropertySymbol property ? property.Type : TypeOf(symbol);
            if (held is null)
            {
                return true;
            }

            // Members of other objects come with the variable of the object.
            var isOwn = symbol is ILocalSymbol or IParameterSymbol || (!symbol.IsStatic && !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name && access.Expression is not ThisExpressionSyntax)
                && name.Parent is not MemberBindingExpressionSyntax && !(name.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } set && set.Left == name));
            return !isOwn || IsValue(held);
        }
    }

    /// <summary>The code around the work changes something and does not save it: the work would have done so.</summary>
    private static bool HasChanges(Draft draft, LambdaExpressionSyntax work, CancellationToken cancellation)
    {
        var (changes, saves) = (false, false);
        foreach (var node in Members.Of(work).DescendantNodes(n => n != work))
        {
            switch (node)
            {
                case InvocationExpressionSyntax call when draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && draft.FactsOf(method, cancellation) is { } facts:
                    changes |= facts.Has(Roles.Stages);
                    saves |= facts.Has(Roles.Flushes);
                    break;
                case AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax } }:
                    changes = true;
                    break;
            }
        }

        return changes && !saves;
    }

    /// <summary>A value that nobody tracks, or a logger or clock.</summary>
    private static bool IsValue(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_String || (type.IsValueType && type.TypeKind is TypeKind.Enum) || (type.IsValueType && (type.SpecialType != SpecialType.None || type.Name is "Guid" or "DateTime" or "DateTimeOffset" or "TimeSpan" or "DateOnly" or "TimeOnly" or "CancellationToken"))
        || type is { Name: "ILogger" or "IDbContextFactory" or "IServiceScopeFactory" or "TimeProvider" }
        || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: var value } && IsValue(value[0]));

    /// <summary>The work with a block; one that gives back a task waits for it, so that the session lives as long.</summary>
    private static async Task<Draft?> ExpandAsync(Draft draft, LambdaExpressionSyntax work, CancellationToken cancellation)
    {
        if (work.ExpressionBody is not { } body)
        {
            return null;
        }

        if (work.AsyncKeyword.RawKind == 0 && DetachedTypes.IsTask(draft.Model.GetTypeInfo(body, cancellation).Type))
        {
            if (body is not InvocationExpressionSyntax)
            {
                return null;
            }

            var edit = draft.Edit();
            edit.Insert(work.SpanStart, "async ");
            edit.Insert(body.SpanStart, "await ");
            return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        }

        return await ExpandExpressionBody.TryAsync(draft, body, cancellation).ConfigureAwait(false);
    }

    private static SourceEdit? Edit(
        Draft draft, IdentifierNameSyntax use, ISymbol session, INamedTypeSymbol type, LambdaExpressionSyntax work, BlockSyntax block, Source source, CancellationToken cancellation)
    {
        var isAsync = work.AsyncKeyword.RawKind != 0;
        if (block.Statements.Count == 0 || !IsIndependent(draft, session, type, work, cancellation)
            || block.DescendantNodes().OfType<ReturnStatementSyntax>().Any(r => !isAsync && r.Expression is { } value && DetachedTypes.IsTask(draft.Model.GetTypeInfo(value, cancellation).Type)))
        {
            return null;
        }

        var isContext = draft.SessionTypeOf(type, cancellation)?.Kind == SessionKind.Context;
        var bare = session.Name.TrimStart('_');
        var name = IntroduceUsingVariable.UniqueName("own" + char.ToUpperInvariant(bare[0]) + bare.Substring(1), use);
        var first = block.Statements[0];
        var holder = source.Symbol is IParameterSymbol || draft.Model.LookupSymbols(first.SpanStart, name: source.Holder) is { Length: 1 } ? source.Holder : "this." + source.Holder;
        var lines = new List<string>();
        if (!source.IsScopes)
        {
            lines.Add(isAsync ? $"await using var {name} = await {holder}.CreateDbContextAsync();" : $"using var {name} = {holder}.CreateDbContext();");
        }
        else
        {
            var scope = isContext ? IntroduceUsingVariable.UniqueName("scope", use) : name;
            lines.Add(isAsync ? $"await using var {scope} = {holder}.CreateAsyncScope();" : $"using var {scope} = {holder}.CreateScope();");
            if (isContext)
            {
                lines.Add($"var {name} = {scope}.ServiceProvider.GetRequiredService<{type.ToMinimalDisplayString(draft.Model, first.SpanStart)}>();");
            }
        }

        var layout = draft.Layout;
        var edit = draft.Edit();
        if (layout.IsFirstOnLine(first.SpanStart) && layout.IsLastOnLine(block.OpenBraceToken.Span.End))
        {
            var indent = layout.IndentAt(first.SpanStart);
            edit.InsertLineAfter(block.OpenBraceToken.SpanStart, string.Join(layout.NewLine, lines.Select(l => indent + l)));
        }
        else
        {
            edit.Insert(first.SpanStart, string.Concat(lines.Select(static l => l + " ")));
        }

        foreach (var mention in block.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(n, cancellation).Symbol, session)))
        {
            edit.Replace(mention.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access && access.Name == mention ? access.Span : mention.Span, name);
        }

        return edit;
    }
}
