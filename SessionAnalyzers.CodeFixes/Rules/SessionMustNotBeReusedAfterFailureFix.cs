using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Clears the tracker of a context of EF Core in the handler, so that the next item starts afresh. Only where nothing else can be tracked
/// that is still needed: the context is made in this member, which only adds plain rows to it in the try and saves them.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SessionMustNotBeReusedAfterFailureFix))]
internal sealed class SessionMustNotBeReusedAfterFailureFix() : SessionCodeFix(DiagnosticIds.SessionMustNotBeReusedAfterFailure)
{
    public const string ClearTrackerKey = "SES3003.ClearTracker";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax receiver } } save
            || Commits.StatementOf(save) is not { Parent: BlockSyntax { Parent: TryStatementSyntax attempt } } statement
            || HandlerOf(attempt, diagnostic) is not { Block: var block }
            || draft.Model.GetSymbolInfo(receiver, cancellation).Symbol is not ILocalSymbol { RefKind: RefKind.None } local
            || !Commits.IsContextOfEfCore(local.Type)
            || !OnlyAddsRows(draft, local, attempt, statement, cancellation))
        {
            return null;
        }

        var layout = draft.Layout;
        var open = block.OpenBraceToken;
        if (block.ContainsDirectives || !layout.IsLastOnLine(open.Span.End) || !layout.IsFirstOnLine(block.CloseBraceToken.SpanStart))
        {
            return null;
        }

        var edit = draft.Edit();
        edit.InsertLineAfter(open.Span.End, layout.IndentAt(open.SpanStart) + layout.Unit + $"{local.Name}.ChangeTracker.Clear();");
        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, $"Clear the tracker of '{local.Name}' after the failure", ClearTrackerKey)
            : null;
    }

    /// <summary>The handler that the diagnostic names. Of one that a fix of another has moved nothing is known, unless it is the only one.</summary>
    private static CatchClauseSyntax? HandlerOf(TryStatementSyntax attempt, Diagnostic diagnostic) =>
        attempt.Catches.Count == 1 ? attempt.Catches[0]
        : diagnostic.AdditionalLocations.Count > 0 ? attempt.Catches.FirstOrDefault(c => c.CatchKeyword.Span == diagnostic.AdditionalLocations[0].SourceSpan)
        : null;

    /// <summary>
    /// All that the member does with the context: it makes it, adds to it in the try, saves it there once, disposes it. So nothing was
    /// loaded into it, and nobody else has put anything there.
    /// </summary>
    private static bool OnlyAddsRows(Draft draft, ILocalSymbol local, TryStatementSyntax attempt, StatementSyntax save, CancellationToken cancellation)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: var value }
            || !draft.IsOwned(value, cancellation)
            || Members.HasLabels(attempt) || Members.IsMentionedInDisabledText(Members.Of(attempt), local.Name))
        {
            return false;
        }

        var saves = 0;
        foreach (var name in Members.Of(attempt).DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == local.Name))
        {
            if (!SymbolEqualityComparer.Default.Equals(draft.Model.GetSymbolInfo(name, cancellation).Symbol, local))
            {
                continue;
            }

            if (save.Span.Contains(name.Span))
            {
                saves++;
            }
            else if (attempt.Block.Span.Contains(name.Span) && name.SpanStart < save.SpanStart ? !IsAddOfRow(draft, name, cancellation) : !IsDisposal(name))
            {
                return false;
            }
        }

        return saves == 1;
    }

    private static bool IsDisposal(IdentifierNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync", Parent: InvocationExpressionSyntax } access && access.Expression == name;

    /// <summary>db.Add(row), db.Rows.Add(row), db.Set&lt;Row&gt;().AddRange(rows)</summary>
    private static bool IsAddOfRow(Draft draft, IdentifierNameSyntax context, CancellationToken cancellation)
    {
        if (context.Ancestors().Any(n => Members.IsFunction(n) && n.Span.Contains(context.Span) && !draft.Acquisition!.Ancestors().Contains(n))
            || context.Parent is not MemberAccessExpressionSyntax first || first.Expression != context)
        {
            return false;
        }

        var access = first;
        if (access.Parent is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Parent: MemberAccessExpressionSyntax ofSet } set && access.Name.Identifier.ValueText == "Set"
            && Commits.IsSetOfEfCore(draft.Model.GetTypeInfo(set, cancellation).Type))
        {
            access = ofSet;
        }
        else if (access.Parent is MemberAccessExpressionSyntax ofProperty && Commits.IsSetOfEfCore(draft.Model.GetTypeInfo(access, cancellation).Type))
        {
            access = ofProperty;
        }

        return access is { Name.Identifier.ValueText: "Add" or "AddAsync" or "AddRange" or "AddRangeAsync", Parent: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } call }
            && IsDropped(call)
            && draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method
            && (Commits.IsContextOfEfCore(method.ContainingType) || Commits.IsSetOfEfCore(method.ContainingType))
            && arguments.All(a => draft.Model.GetTypeInfo(a.Expression, cancellation).Type is { } type
                && (type.Name == "CancellationToken" || IsRow(ElementOf(type)) || IsRowByItself(draft, a.Expression, cancellation)));
    }

    /// <summary>Who keeps the entry that an Add returns can change the entity by it later.</summary>
    private static bool IsDropped(InvocationExpressionSyntax call) => Commits.StatementOf(call) is not null;

    private static ITypeSymbol ElementOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1 } sequence when DetachedTypes.IsFrameworkCollection(sequence) => sequence.TypeArguments[0],
        _ => type,
    };

    /// <summary>
    /// A class of plain columns. One that refers to other entities may share them with an item that is saved already; the context would
    /// take those for new ones once it has forgotten them.
    /// </summary>
    private static bool IsRow(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: false, SpecialType: SpecialType.None })
        {
            return false;
        }

        for (var t = type; t is { SpecialType: not SpecialType.System_Object }; t = t.BaseType)
        {
            if (t.DeclaringSyntaxReferences.IsEmpty
                || !t.GetMembers().OfType<IPropertySymbol>().Where(static p => !p.IsStatic).All(static p => IsColumn(p.Type)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A row that is made in the call, with values of columns only.</summary>
    private static bool IsRowByItself(Draft draft, ExpressionSyntax expression, CancellationToken cancellation) =>
        expression is ObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 }, Initializer.Expressions: var values }
        && values.All(v => v is AssignmentExpressionSyntax { Right: var right } && draft.Model.GetTypeInfo(right, cancellation).Type is { } type && IsColumn(type));

    private static bool IsColumn(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_String
        || (type.IsValueType && type is INamedTypeSymbol named && (named.SpecialType != SpecialType.None || named.TypeKind == TypeKind.Enum || IsOfSystem(named)))
        || type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte };

    private static bool IsOfSystem(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true } && type.TypeArguments.All(IsColumn);
}
