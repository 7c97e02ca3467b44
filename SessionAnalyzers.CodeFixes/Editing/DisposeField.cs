using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>Disposes a field where its type disposes already: in Dispose and its asynchronous form, or in the tear-down of a test.</summary>
internal static class DisposeField
{
    private const string NUnit = "NUnit.Framework";
    private const string MSTest = "Microsoft.VisualStudio.TestTools.UnitTesting";

    /// <summary>True where the type has a place that disposes, or is to dispose; what does not fit there fits nowhere else.</summary>
    public static bool HasPlace(Draft draft, OwnedField field, CancellationToken cancellation) =>
        PlacesOf(draft, field, cancellation) is null or { Count: > 0 };

    public static async Task<(Draft Draft, string Places)?> TryAsync(Draft draft, OwnedField field, bool comesFirst, CancellationToken cancellation)
    {
        if (PlacesOf(draft, field, cancellation) is not { Count: > 0 } places)
        {
            return null;
        }

        // One after the other: each is looked up in what the one before has left.
        var result = draft;
        for (var i = 0; i < places.Count; i++)
        {
            if (OwnedPlaces(result) is not { } now || await AddAsync(result, field, now[i], comesFirst, cancellation).ConfigureAwait(false) is not { } next)
            {
                return null;
            }

            result = next;
        }

        return (result, string.Join(" and ", places.Select(static p => $"'{p.Name}'")));

        List<IMethodSymbol>? OwnedPlaces(Draft current) =>
            current.Acquisition?.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } syntax
            && current.Model.GetDeclaredSymbol(syntax, cancellation) is { } owner
            && PlacesOf(current, owner, cancellation) is { } found
            && found.Count == places.Count
                ? found
                : null;
    }

    private static List<IMethodSymbol>? PlacesOf(Draft draft, OwnedField field, CancellationToken cancellation) =>
        PlacesOf(draft, field.Owner, cancellation);

    /// <summary>The methods that must dispose; none where the type has none yet, null where it cannot be told.</summary>
    private static List<IMethodSymbol>? PlacesOf(Draft draft, INamedTypeSymbol owner, CancellationToken cancellation)
    {
        var methods = owner.GetMembers().OfType<IMethodSymbol>()
            .Where(static m => !m.IsStatic && m.MethodKind is MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation)
            .ToList();
        var setUp = draft.Acquisition?.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
            ? draft.Model.GetDeclaredSymbol(method, cancellation)
            : null;

        // What is made before each test must end after each test.
        if (Has(setUp, NUnit, "SetUpAttribute"))
        {
            return methods.Where(static m => Has(m, NUnit, "TearDownAttribute")).ToList() is { Count: 1 } only ? only : null;
        }

        if (methods.Where(m => (Has(m, NUnit, "OneTimeTearDownAttribute") && (setUp is null || Has(setUp, NUnit, "OneTimeSetUpAttribute")))
            || (Has(m, MSTest, "TestCleanupAttribute") && (setUp is null || Has(setUp, MSTest, "TestInitializeAttribute")))).ToList() is { Count: > 0 } ends)
        {
            return ends.Count == 1 ? ends : null;
        }

        var sync = Pick("Dispose", static m => m.ReturnsVoid && m.Parameters.Length == 1 && m.Parameters[0].Type.SpecialType == SpecialType.System_Boolean)
            ?? Pick("Dispose", static m => m.ReturnsVoid && m.Parameters.IsEmpty);
        var core = Pick("DisposeAsyncCore", static m => m.Parameters.IsEmpty);
        var entry = Pick("DisposeAsync", static m => m.Parameters.IsEmpty);
        if ((core ?? entry) is not { } later)
        {
            return sync is null ? [] : [sync];
        }

        if (sync is null || Calls(Pick("Dispose", static m => m.Parameters.IsEmpty) ?? sync, "DisposeAsync", "DisposeAsyncCore"))
        {
            return [later];
        }

        return Calls(entry ?? later, "Dispose") ? [sync] : [sync, later];

        IMethodSymbol? Pick(string name, Func<IMethodSymbol, bool> fits) => methods.FirstOrDefault(m =>
            (m.Name == name || m.ExplicitInterfaceImplementations.Any(i => i.Name == name)) && fits(m));

        bool Calls(IMethodSymbol caller, params string[] names) =>
            caller.DeclaringSyntaxReferences.Any(r => r.GetSyntax(cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i =>
                i.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }
                && i.ArgumentList.Arguments.All(static a => a.Expression.IsKind(SyntaxKind.TrueLiteralExpression))
                && names.Contains((i.Expression as IdentifierNameSyntax ?? ((MemberAccessExpressionSyntax)i.Expression).Name).Identifier.ValueText)));
    }

    private static bool Has(IMethodSymbol? method, string space, string attribute) =>
        method?.GetAttributes().Any(a => a.AttributeClass is { } type && type.Name == attribute && type.ContainingNamespace.ToDisplayString() == space) == true;

    private static async Task<Draft?> AddAsync(Draft draft, OwnedField field, IMethodSymbol place, bool comesFirst, CancellationToken cancellation)
    {
        if (place.DeclaringSyntaxReferences.Length != 1
            || place.DeclaringSyntaxReferences[0] is not { } reference
            || reference.SyntaxTree != draft.Root.SyntaxTree
            || reference.GetSyntax(cancellation) is not MethodDeclarationSyntax method
            || method.ContainsDirectives
            || method.DescendantNodes().Any(static n => n is LabeledStatementSyntax or GotoStatementSyntax or YieldStatementSyntax)
            || place.ReturnType.TypeKind == TypeKind.Error)
        {
            return null;
        }

        if (!place.ReturnsVoid && !place.IsAsync)
        {
            return await FillAsync(draft, field, method, cancellation).ConfigureAwait(false);
        }

        if (method.ExpressionBody is { Expression: var expression })
        {
            return await ExpandExpressionBody.TryAsync(draft, expression, cancellation).ConfigureAwait(false) is { } expanded
                && Again(expanded) is { } block
                ? await AddAsync(expanded, field, block, comesFirst, cancellation).ConfigureAwait(false)
                : null;
        }

        if (method.Body is not { } body)
        {
            return null;
        }

        if (place.Parameters.Length == 1)
        {
            var disposing = place.Parameters[0].Name;
            var guards = body.DescendantNodes().OfType<IfStatementSyntax>()
                .Where(i => i.Condition is IdentifierNameSyntax name && name.Identifier.ValueText == disposing)
                .ToList();
            if (guards.Count != 1 || guards[0] is not { Statement: var guarded } guard
                || guard.Ancestors().TakeWhile(a => a != body).Any(a =>
                    a is not (BlockSyntax or IfStatementSyntax) || (a is IfStatementSyntax outer && !QuietExpression.Is(outer.Condition, draft.Model))))
            {
                return null;
            }

            if (guarded is not BlockSyntax inner)
            {
                return await WrapInBlock.TryAsync(draft, guarded, cancellation).ConfigureAwait(false) is { } wrapped && Again(wrapped) is { } again
                    ? await AddAsync(wrapped, field, again, comesFirst, cancellation).ConfigureAwait(false)
                    : null;
            }

            // Whatever leaves before the guard leaves what is in it out as well, as it does today.
            body = inner;
        }

        var name = IsHidden(method, field.Name.TrimStart('@')) ? "this." + field.Name : field.Name;
        foreach (var isAsync in DisposalForms.For(field.Type, body, draft))
        {
            var edit = draft.Edit();
            var call = DisposalForms.Call(name, isAsync, field.MayBeNull, draft);
            if (Insert(edit, draft, body, call, comesFirst && !Mentions(method, field.Name)))
            {
                return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
            }
        }

        return null;

        IMethodSymbol? Again(Draft next) =>
            next.Acquisition?.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } syntax
            && next.Model.GetDeclaredSymbol(syntax, cancellation) is { } owner
                ? PlacesOf(next, owner, cancellation)?.FirstOrDefault(p => p.Name == place.Name)
                : null;
    }

    /// <summary>Makes an asynchronous disposal async that so far has nothing to do.</summary>
    private static async Task<Draft?> FillAsync(Draft draft, OwnedField field, MethodDeclarationSyntax method, CancellationToken cancellation)
    {
        var (layout, indent) = (draft.Layout, draft.Layout.IndentAt(method.SpanStart));
        if (draft.Language < LanguageVersion.CSharp8
            || !DetachedTypes.Implements(field.Type, "System.IAsyncDisposable")
            || method.Modifiers.Any(SyntaxKind.PartialKeyword)
            || method.Modifiers.Any(SyntaxKind.UnsafeKeyword))
        {
            return null;
        }

        var edit = draft.Edit();
        var lines = string.Join(layout.NewLine, DisposalForms.Call(field.Name, isAsync: true, field.MayBeNull, draft).Select(line => indent + layout.Unit + line));
        edit.Insert(method.ReturnType.SpanStart, "async ");
        switch (method)
        {
            case { ExpressionBody: { Expression: var nothing } arrow } when IsFinished(nothing):
                var start = arrow.ArrowToken.GetPreviousToken().Span.End;
                if (draft.Text.ToString(TextSpan.FromBounds(start, nothing.SpanStart)).Trim() != "=>" || nothing.Span.End != method.SemicolonToken.SpanStart)
                {
                    return null;
                }

                edit.Replace(
                    TextSpan.FromBounds(start, method.SemicolonToken.Span.End),
                    layout.Open(indent) + layout.NewLine + lines + layout.NewLine + indent + "}");
                break;
            case { Body.Statements: { Count: 1 } statements }
                when statements[0] is ReturnStatementSyntax { Expression: { } nothing } leaving && IsFinished(nothing)
                    && layout.IsFirstOnLine(leaving.SpanStart) && layout.IndentAt(leaving.SpanStart) == indent + layout.Unit:
                edit.Replace(leaving.Span, lines.TrimStart());
                break;
            default:
                return null;
        }

        return await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
    }

    private static bool IsFinished(ExpressionSyntax value) =>
        value is MemberAccessExpressionSyntax
        {
            Name.Identifier.ValueText: "CompletedTask",
            Expression: SimpleNameSyntax { Identifier.ValueText: "Task" or "ValueTask" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Task" or "ValueTask" },
        };

    private static bool Mentions(SyntaxNode node, string name) =>
        node.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.Text == name);

    /// <summary>True where a parameter or local of the method has the name of the field.</summary>
    private static bool IsHidden(MethodDeclarationSyntax method, string name) => method.DescendantNodes().Any(n => n switch
    {
        ParameterSyntax p => p.Identifier.ValueText == name,
        VariableDeclaratorSyntax v => v.Identifier.ValueText == name,
        SingleVariableDesignationSyntax d => d.Identifier.ValueText == name,
        CommonForEachStatementSyntax f => f is ForEachStatementSyntax each && each.Identifier.ValueText == name,
        _ => false,
    });

    /// <summary>
    /// At the end of a block, but before a call of the base and what only notes that all is done; or, if it comes first, at the start, but
    /// behind the guards that leave at once.
    /// </summary>
    private static bool Insert(SourceEdit edit, Draft draft, BlockSyntax body, string[] call, bool comesFirst)
    {
        var statements = body.Statements;
        var guards = statements.TakeWhile(s => IsGuard(s, draft.Model)).Count();
        var leaves = statements.Skip(guards).SelectMany(static s => s.DescendantNodesAndSelf(static n => !Members.IsFunction(n))).Any(static n => n is ReturnStatementSyntax);
        var tail = statements.Count;
        while (tail > guards && IsTail(statements[tail - 1]))
        {
            tail--;
        }

        if (leaves || (tail > 0 && statements[tail - 1] is ThrowStatementSyntax))
        {
            return false;
        }

        var layout = draft.Layout;
        if (layout.IsOnOneLine(body.Span))
        {
            return InsertOnLine(edit, draft, body, call, comesFirst ? guards : tail);
        }

        var at = comesFirst ? guards : tail;
        var previous = at == 0 ? body.OpenBraceToken.Span.End : statements[at - 1].Span.End;
        if (!layout.IsLastOnLine(previous) || !layout.IsFirstOnLine(body.CloseBraceToken.SpanStart))
        {
            return false;
        }

        var indent = statements.FirstOrDefault() is { } first && layout.IsFirstOnLine(first.SpanStart)
            ? layout.IndentAt(first.SpanStart)
            : layout.IndentAt(body.CloseBraceToken.SpanStart) + layout.Unit;
        edit.InsertLineAfter(previous, string.Join(layout.NewLine, call.Select(line => indent + line)));
        return true;
    }

    private static bool InsertOnLine(SourceEdit edit, Draft draft, BlockSyntax body, string[] call, int at)
    {
        if (call.Length > 1 || draft.Text[body.OpenBraceToken.Span.End] != ' ')
        {
            return false;
        }

        edit.Insert(at == 0 ? body.OpenBraceToken.Span.End : body.Statements[at - 1].Span.End, " " + call[0]);
        return true;
    }

    private static bool IsGuard(StatementSyntax statement, SemanticModel model) =>
        statement is IfStatementSyntax { Else: null } guard
        && QuietExpression.Is(guard.Condition, model)
        && guard.Statement is ReturnStatementSyntax or ThrowStatementSyntax or BlockSyntax { Statements.Count: 1 }
        && (guard.Statement is not BlockSyntax block || block.Statements[0] is ReturnStatementSyntax or ThrowStatementSyntax);

    private static bool IsTail(StatementSyntax statement) => statement is ExpressionStatementSyntax { Expression: var expression } && expression switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax } } => true,
        AwaitExpressionSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } } =>
            called.Expression is BaseExpressionSyntax or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax } },
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "SuppressFinalize" } } => true,
        AssignmentExpressionSyntax { Right: LiteralExpressionSyntax literal } => literal.Kind() is SyntaxKind.TrueLiteralExpression,
        _ => false,
    };
}
