using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Conventions;

/// <summary>
/// A local together with what disposes it, in one of three forms: a using declaration, a using statement with a variable, or a declaration
/// before a try whose finally does nothing but dispose the local.
/// </summary>
internal sealed class SessionScope
{
    private SessionScope(StatementSyntax statement, VariableDeclarationSyntax declaration, ScopeStyle style, bool isAsync, TryStatementSyntax? @try)
    {
        Statement = statement;
        Declaration = declaration;
        Style = style;
        IsAsync = isAsync;
        Try = @try;
    }

    /// <summary>The using declaration, the using statement, or the declaration before the try.</summary>
    public StatementSyntax Statement { get; }

    public VariableDeclarationSyntax Declaration { get; }

    public ScopeStyle Style { get; }

    /// <summary>Disposed asynchronously.</summary>
    public bool IsAsync { get; }

    public TryStatementSyntax? Try { get; }

    /// <summary>The value of the first variable: where a diagnostic about the scope stands.</summary>
    public ExpressionSyntax Value => Declaration.Variables[0].Initializer!.Value;

    public string Name => Declaration.Variables[0].Identifier.ValueText;

    /// <summary>The scope that a declaration or a using statement begins, or null.</summary>
    public static SessionScope? Of(SyntaxNode node)
    {
        var found = node switch
        {
            UsingStatementSyntax { Declaration: { } resources } scoped =>
                new SessionScope(scoped, resources, ScopeStyle.UsingStatement, scoped.AwaitKeyword.RawKind != 0, null),
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } declared =>
                new SessionScope(declared, declared.Declaration, ScopeStyle.UsingDeclaration, declared.AwaitKeyword.RawKind != 0, null),
            LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1, IsConst: false } declared when Next(declared) is TryStatementSyntax attempt =>
                OfTry(declared, attempt),
            _ => null,
        };
        return found is not null && found.Declaration.Variables.All(static v => v.Initializer is not null) && found.Declaration.Type is not RefTypeSyntax ? found : null;
    }

    /// <summary>True where the scope can be written in another form that disposes at the same place.</summary>
    public bool CanBecome(ScopeStyle style, SemanticModel model, CancellationToken cancellation)
    {
        if (style == Style
            || (style == ScopeStyle.UsingDeclaration || (style == ScopeStyle.UsingStatement && IsAsync)) && Language < LanguageVersion.CSharp8
            || (style == ScopeStyle.TryFinally && Declaration.Variables.Count > 1)
            || Statement.ContainsDiagnostics || Try?.ContainsDiagnostics == true
            || StatementList.Of(Statement) is var list && list is null && !(Style == ScopeStyle.UsingStatement && CanGetBlock(Statement)))
        {
            return false;
        }

        var text = Statement.SyntaxTree.GetText(cancellation);
        if (!IsFirstOnLine(text, Statement.SpanStart) || !IsTidy(text))
        {
            return false;
        }

        // The scope of names: the list that the statement stands in, of a switch all sections.
        SyntaxNode owner = list?.Owner switch { null => Statement, SwitchSectionSyntax { Parent: { } choice } => choice, var o => o };
        if (HasJumpsOrConditions(owner)
            || (style == ScopeStyle.TryFinally ? !CanCallDispose(model, cancellation) : !IsDisposable(model, cancellation)))
        {
            return false;
        }

        return Style switch
        {
            ScopeStyle.UsingDeclaration => CanBeClosed(list!, text),
            ScopeStyle.UsingStatement => style == ScopeStyle.TryFinally
                ? list is null || !MeetsOtherNames(owner, Statement.Span, [Name])
                : list is null || (CanBeOpened(list, list.IndexOf(Statement), ((UsingStatementSyntax)Statement).Statement, model) && list.Owner is not SwitchSectionSyntax),
            _ => !IsMentionedAfter(list!, Try!.Span.End) && !IsAssigned(model, cancellation) && !(IsClosed && IsPassedOn())
                && (style == ScopeStyle.UsingStatement
                    || (CanBeOpened(list!, list!.IndexOf(Try!), Try!.Catches.Count == 0 ? Try.Block : null, model) && list.Owner is not SwitchSectionSyntax)),
        };
    }

    private LanguageVersion Language => ((CSharpParseOptions)Statement.SyntaxTree.Options).LanguageVersion;

    private static SessionScope? OfTry(LocalDeclarationStatementSyntax declared, TryStatementSyntax attempt) =>
        attempt.Finally is { Block.Statements: { Count: 1 } ending } && IsDisposal(ending[0], declared.Declaration.Variables[0].Identifier.ValueText, out var isAsync)
            ? new(declared, declared.Declaration, ScopeStyle.TryFinally, isAsync, attempt)
            : null;

    /// <summary>A statement that disposes or closes a local, perhaps if it is not null.</summary>
    private static bool IsDisposal(StatementSyntax statement, string name, out bool isAsync)
    {
        isAsync = false;
        switch (statement)
        {
            case BlockSyntax { Statements: { Count: 1 } inner }:
                return IsDisposal(inner[0], name, out isAsync);
            case IfStatementSyntax { Else: null } guarded:
                return IsNullCheck(guarded.Condition, name) && IsDisposal(guarded.Statement, name, out isAsync);
            case ExpressionStatementSyntax { Expression: var expression }:
                if (expression is AwaitExpressionSyntax awaited)
                {
                    isAsync = true;
                    expression = awaited.Expression;
                }

                var (receiver, member) = expression switch
                {
                    InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax access } => (access.Expression, access.Name.Identifier.ValueText),
                    ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberBindingExpressionSyntax binding } } access =>
                        (access.Expression, binding.Name.Identifier.ValueText),
                    _ => (null, ""),
                };
                return receiver is IdentifierNameSyntax called && called.Identifier.ValueText == name
                    && (isAsync ? member is "DisposeAsync" or "CloseAsync" : member is "Dispose" or "Close");
            default:
                return false;
        }
    }

    private static bool IsNullCheck(ExpressionSyntax condition, string name) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression, Left: IdentifierNameSyntax left, Right.RawKind: (int)SyntaxKind.NullLiteralExpression } => left.Identifier.ValueText == name,
        IsPatternExpressionSyntax
        {
            Expression: IdentifierNameSyntax left,
            Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression.RawKind: (int)SyntaxKind.NullLiteralExpression } },
        } => left.Identifier.ValueText == name,
        _ => false,
    };

    private static bool CanGetBlock(StatementSyntax statement) =>
        statement.Parent is IfStatementSyntax or ElseClauseSyntax or UsingStatementSyntax or LockStatementSyntax || (statement.Parent is { } parent && StatementList.IsLoop(parent));

    /// <summary>The statements after a using declaration can get braces: there are some, and what they declare is not used outside.</summary>
    private bool CanBeClosed(StatementList list, SourceText text)
    {
        var rest = list.Statements.Skip(list.IndexOf(Statement) + 1).ToList();
        return rest.Count > 0
            && rest.All(s => s is not LocalFunctionStatementSyntax && !s.ContainsDiagnostics && IsFirstOnLine(text, s.SpanStart))
            && IsLastOnLine(text, rest[rest.Count - 1].Span.End)
            && (list.Owner is not BlockSyntax block || IsFirstOnLine(text, block.CloseBraceToken.SpanStart));
    }

    /// <summary>
    /// A body can lose its braces: what follows it in the list cannot tell whether the session is disposed before or after, and the names
    /// that it declares are free there.
    /// </summary>
    private bool CanBeOpened(StatementList list, int at, StatementSyntax? body, SemanticModel model)
    {
        foreach (var statement in list.Statements.Skip(at + 1))
        {
            if (!IsBlind(statement, model))
            {
                return false;
            }
        }

        var names = Declaration.Variables.Select(static v => v.Identifier.ValueText);
        if (body is BlockSyntax block)
        {
            names = names.Concat(block.DescendantNodes(static n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Select(static n => n switch
            {
                VariableDeclaratorSyntax v => v.Identifier.ValueText,
                SingleVariableDesignationSyntax d => d.Identifier.ValueText,
                LocalFunctionStatementSyntax f => f.Identifier.ValueText,
                _ => "",
            }));
        }

        return !MeetsOtherNames(list.Owner, TextSpan.FromBounds(Statement.SpanStart, list.Statements[at].Span.End), names);
    }

    private bool IsBlind(StatementSyntax statement, SemanticModel model) => statement switch
    {
        EmptyStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax => true,
        YieldStatementSyntax { Expression: null } => true,
        ReturnStatementSyntax { Expression: var value } => QuietExpression.Is(value, model) && value?.DescendantNodesAndSelf().Any(IsName) != true,
        _ => false,
    };

    private bool IsName(SyntaxNode node) => node is IdentifierNameSyntax { Identifier.ValueText: var text } && Declaration.Variables.Any(v => v.Identifier.ValueText == text);

    private static bool MeetsOtherNames(SyntaxNode owner, TextSpan own, IEnumerable<string> names)
    {
        var declared = new HashSet<string>(names, StringComparer.Ordinal);
        return owner.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && !own.Contains(t.Span) && declared.Contains(t.ValueText));
    }

    private bool IsMentionedAfter(StatementList list, int position) =>
        list.Owner.DescendantTokens().Any(t => t.SpanStart >= position && t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == Name);

    /// <summary>The variable of a using is read-only.</summary>
    private bool IsAssigned(SemanticModel model, CancellationToken cancellation)
    {
        var local = model.GetDeclaredSymbol(Declaration.Variables[0], cancellation);
        return local is null || Try!.DescendantNodes().Any(n => n is IdentifierNameSyntax { Identifier.ValueText: var text } && text == Name && n.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == n,
            ArgumentSyntax argument => argument.RefKindKeyword.RawKind != 0 || argument.Parent is TupleExpressionSyntax { Parent: AssignmentExpressionSyntax },
            RefExpressionSyntax => true,
            PrefixUnaryExpressionSyntax prefix => prefix.IsKind(SyntaxKind.AddressOfExpression),
            _ => false,
        });
    }

    /// <summary>The finally closes the session, which somebody else could open again; a using would dispose it.</summary>
    private bool IsClosed => Try!.Finally!.DescendantNodes().OfType<SimpleNameSyntax>().Any(static n => n.Identifier.ValueText is "Close" or "CloseAsync");

    /// <summary>Returned or stored inside the try.</summary>
    private bool IsPassedOn() => Try!.Block.DescendantNodes().Any(n => IsName(n) && n.Parent switch
    {
        ReturnStatementSyntax or YieldStatementSyntax or EqualsValueClauseSyntax or ArrowExpressionClauseSyntax => true,
        AssignmentExpressionSyntax { Parent: not InitializerExpressionSyntax } assignment => assignment.Right == n,
        _ => false,
    });

    /// <summary>Labels and conditional parts keep the text around them as it is.</summary>
    private static bool HasJumpsOrConditions(SyntaxNode owner) =>
        owner.DescendantNodes().Any(static n => n is LabeledStatementSyntax or GotoStatementSyntax)
        || (owner.ContainsDirectives && owner.DescendantTrivia().Any(static t => t.Kind() is SyntaxKind.IfDirectiveTrivia or SyntaxKind.ElifDirectiveTrivia or SyntaxKind.ElseDirectiveTrivia
            or SyntaxKind.EndIfDirectiveTrivia or SyntaxKind.RegionDirectiveTrivia or SyntaxKind.EndRegionDirectiveTrivia));

    private bool CanCallDispose(SemanticModel model, CancellationToken cancellation)
    {
        var name = IsAsync ? "DisposeAsync" : "Dispose";
        return model.GetDeclaredSymbol(Declaration.Variables[0], cancellation) is ILocalSymbol { Type: var type }
            && model.LookupSymbols(Statement.SpanStart, type, name).Any(static m => m is IMethodSymbol { Parameters.IsEmpty: true, IsStatic: false });
    }

    private bool IsDisposable(SemanticModel model, CancellationToken cancellation)
    {
        var name = IsAsync ? "IAsyncDisposable" : "IDisposable";
        return model.GetDeclaredSymbol(Declaration.Variables[0], cancellation) is ILocalSymbol { Type: var type }
            && (type.Name == name || type.AllInterfaces.Any(i => i.Name == name)
                || (type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(c => c.Name == name || c.AllInterfaces.Any(i => i.Name == name))));
    }

    /// <summary>Keywords and braces stand on lines as usual, with no comments between them that would have no place.</summary>
    private bool IsTidy(SourceText text)
    {
        switch (Statement)
        {
            case UsingStatementSyntax scoped:
                return IsBare(scoped.AwaitKeyword.TrailingTrivia) && IsBare(scoped.UsingKeyword.TrailingTrivia)
                    && IsBare(scoped.OpenParenToken.TrailingTrivia) && IsBare(scoped.CloseParenToken.LeadingTrivia)
                    && IsBare(Declaration.GetTrailingTrivia()) && HasRoom(scoped.Statement, text);
            case LocalDeclarationStatementSyntax declared:
                return IsBare(declared.AwaitKeyword.TrailingTrivia) && IsBare(declared.UsingKeyword.TrailingTrivia)
                    && IsBare(Declaration.GetTrailingTrivia()) && IsLastOnLine(text, declared.Span.End)
                    && (Try is not { Finally: { } ending } attempt
                        || (IsFirstOnLine(text, attempt.SpanStart) && IsBare(attempt.TryKeyword.TrailingTrivia) && IsBare(ending.FinallyKeyword.TrailingTrivia)
                            && IsBare(attempt.Block.OpenBraceToken.LeadingTrivia) && IsBare(ending.Block.OpenBraceToken.LeadingTrivia)
                            && HasRoom(attempt.Block, text) && IsLastOnLine(text, attempt.Span.End)));
            default:
                return false;
        }
    }

    private static bool HasRoom(StatementSyntax body, SourceText text) => body switch
    {
        BlockSyntax block => IsLastOnLine(text, block.OpenBraceToken.Span.End) && IsFirstOnLine(text, block.CloseBraceToken.SpanStart)
            && (block.Statements.Count == 0 || IsLastOnLine(text, block.Statements[block.Statements.Count - 1].Span.End)),
        _ => IsFirstOnLine(text, body.SpanStart) && IsLastOnLine(text, body.Span.End),
    };

    private static bool IsBare(SyntaxTriviaList trivia) => trivia.All(static t => t.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia);

    private static bool IsFirstOnLine(SourceText text, int position)
    {
        var line = text.Lines.GetLineFromPosition(position);
        return string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(line.Start, position)));
    }

    private static bool IsLastOnLine(SourceText text, int position)
    {
        var rest = text.ToString(TextSpan.FromBounds(position, text.Lines.GetLineFromPosition(position).End)).TrimStart();
        return rest.Length == 0 || rest.StartsWith("//", StringComparison.Ordinal);
    }

    private static StatementSyntax? Next(StatementSyntax statement) =>
        StatementList.Of(statement) is { } list && list.IndexOf(statement) + 1 is var next && next < list.Statements.Count ? list.Statements[next] : null;
}
