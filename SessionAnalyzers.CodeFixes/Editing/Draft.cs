using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Conventions;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Editing;

/// <summary>
/// One version of a document on its way to the fixed one, and where the acquisitions that are still to be fixed stand in it. Every
/// rewrite takes a draft and gives the next, or null where it is not certain.
/// </summary>
internal sealed class Draft
{
    private readonly ImmutableArray<TextSpan?> targets;
    private readonly int current;
    private SessionSymbols? symbols;
    private bool hasSymbols;
    private Ownership? ownership;

    private Draft(
        Document document, SyntaxNode root, SemanticModel model, SourceText text, ImmutableArray<TextSpan?> targets, int current, int mark)
    {
        Mark = mark;
        Document = document;
        Root = root;
        Model = model;
        Text = text;
        Layout = new(root, text);
        this.targets = targets;
        this.current = current;
        Acquisition = Find(current);
    }

    public Document Document { get; }

    public SyntaxNode Root { get; }

    public SemanticModel Model { get; }

    public SourceText Text { get; }

    public Layout Layout { get; }

    /// <summary>The expression that the diagnostic in hand points to.</summary>
    public ExpressionSyntax? Acquisition { get; }

    /// <summary>A position to be found again after the next rewrites.</summary>
    public int Mark { get; }

    /// <summary>What the team has settled for this file.</summary>
    public TeamConventions Conventions => new(Document.Project.AnalyzerOptions, Root.SyntaxTree);

    public LanguageVersion Language => ((CSharpParseOptions)Root.SyntaxTree.Options).LanguageVersion;

    public static async Task<Draft?> CreateAsync(Document document, ImmutableArray<TextSpan?> targets, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        return root is null || model is null ? null : new(document, root, model, text, targets, current: 0, mark: 0);
    }

    /// <summary>The same text, with another target in hand.</summary>
    public Draft At(int target) => new(Document, Root, Model, Text, targets, target, Mark);

    public Draft MarkedAt(int position) => new(Document, Root, Model, Text, targets, current, position);

    /// <summary>The same text, with another expression in hand for a while.</summary>
    public Draft Aside(TextSpan span) => new(Document, Root, Model, Text, targets.Add(span), targets.Length, Mark);

    /// <summary>The targets of a draft again, after a rewrite that had another expression in hand.</summary>
    public Draft Back(Draft before) => new(Document, Root, Model, Text, targets.RemoveRange(before.targets.Length, targets.Length - before.targets.Length), before.current, Mark);

    public SourceEdit Edit() => new(Text, Layout);

    public async Task<Draft?> ApplyAsync(SourceEdit edit, CancellationToken cancellation)
    {
        if (edit.Build() is not { } changes)
        {
            return null;
        }

        var moved = targets.Select(t => t is { } span ? edit.Map(span, changes) : null).ToImmutableArray();
        var next = await CreateAsync(Document.WithText(Text.WithChanges(changes)), moved, cancellation).ConfigureAwait(false);
        return next?.At(current).MarkedAt(SourceEdit.Map(Mark, changes));
    }

    /// <summary>True where an expression yields a session that is this code's to dispose, or none.</summary>
    public bool IsOwned(ExpressionSyntax expression, CancellationToken cancellation)
    {
        switch (expression)
        {
            case ParenthesizedExpressionSyntax p:
                return IsOwned(p.Expression, cancellation);
            case CastExpressionSyntax c:
                return IsOwned(c.Expression, cancellation);
            case AwaitExpressionSyntax a:
                return IsOwned(a.Expression, cancellation);
            case PostfixUnaryExpressionSyntax u:
                return IsOwned(u.Operand, cancellation);
            case ConditionalExpressionSyntax c:
                return IsOwned(c.WhenTrue, cancellation) && IsOwned(c.WhenFalse, cancellation);
            case BinaryExpressionSyntax b when b.IsKind(SyntaxKind.CoalesceExpression):
                return IsOwned(b.Left, cancellation) && IsOwned(b.Right, cancellation);
            case SwitchExpressionSyntax s:
                return s.Arms.All(arm => IsOwned(arm.Expression, cancellation));
            case BaseObjectCreationExpressionSyntax or ThrowExpressionSyntax or DefaultExpressionSyntax:
                return true;
            case LiteralExpressionSyntax:
                return expression.IsKind(SyntaxKind.NullLiteralExpression) || expression.IsKind(SyntaxKind.DefaultLiteralExpression);
            default:
                return expression == Acquisition
                    || (Model.GetSymbolInfo(expression, cancellation).Symbol is { } member
                        && Symbols(cancellation)?.FactsOf(member)?.Has(Roles.ReturnsOwned) == true);
        }
    }

    public MemberFacts? FactsOf(ISymbol member, CancellationToken cancellation) => Symbols(cancellation)?.FactsOf(member);

    public SessionType? SessionTypeOf(ITypeSymbol type, CancellationToken cancellation) => Symbols(cancellation)?.TypeOf(type);

    /// <summary>The bodies that a call of a member may run, as far as this compilation has them.</summary>
    public IEnumerable<IMethodSymbol> BodiesOf(IMethodSymbol method, CancellationToken cancellation) =>
        OwnershipOf(cancellation)?.BodiesOf((method.ReducedFrom ?? method).OriginalDefinition) ?? [];

    /// <summary>The method that rolls a transaction of a type back, or null.</summary>
    public IMethodSymbol? RollbackOf(ITypeSymbol type, bool isAsync, CancellationToken cancellation) =>
        Symbols(cancellation) is { } known ? Rollbacks.Of(type, isAsync, known) : null;

    /// <summary>True where a call only uses what it gets by an argument, or gives it back.</summary>
    public bool IsBorrowed(IArgumentOperation argument, CancellationToken cancellation) =>
        argument is { Parameter: { RefKind: RefKind.None or RefKind.In } parameter, Parent: { } call }
        && OwnershipOf(cancellation)?.EffectOf(call, parameter) is ParameterEffect.Borrows or ParameterEffect.Returns;

    /// <summary>True where a call disposes what it gets by an argument.</summary>
    public bool IsDisposedByCall(ArgumentSyntax argument, CancellationToken cancellation) =>
        Model.GetOperation(argument, cancellation) is IArgumentOperation { Parameter: { } parameter, Parent: { } call }
        && OwnershipOf(cancellation)?.EffectOf(call, parameter) == ParameterEffect.Disposes;

    /// <summary>True where the type of a field or property ends, or may end, the session in it.</summary>
    public bool MayEnd(ISymbol member, CancellationToken cancellation) => OwnershipOf(cancellation)?.Fields.MayEnd(member) != false;

    /// <summary>True where an expression yields a session that nobody else owns, by all that is known of what it calls.</summary>
    public bool Acquires(ExpressionSyntax expression, CancellationToken cancellation)
    {
        var operation = Model.GetOperation(expression, cancellation);
        while (operation is IConversionOperation or IAwaitOperation or IParenthesizedOperation)
        {
            operation = operation.ChildOperations.First();
        }

        return operation is not null && OwnershipOf(cancellation)?.Acquires(operation).Result == Result.Owned;
    }

    private Ownership? OwnershipOf(CancellationToken cancellation) =>
        ownership ??= Symbols(cancellation) is { } known ? Ownership.Of(Model.Compilation, known) : null;

    private SessionSymbols? Symbols(CancellationToken cancellation)
    {
        if (!hasSymbols)
        {
            symbols = SessionSymbols.Create(Model.Compilation, Document.Project.AnalyzerOptions, cancellation);
            hasSymbols = true;
        }

        return symbols;
    }

    private ExpressionSyntax? Find(int target)
    {
        if (target >= targets.Length || targets[target] is not { } span || span.End > Text.Length)
        {
            return null;
        }

        // An assignment may have become a declaration meanwhile.
        var node = Root.FindNode(span, getInnermostNodeForTie: true);
        var expression = node is VariableDeclaratorSyntax { Initializer: { } initializer }
            ? initializer.Value
            : node.FirstAncestorOrSelf<ExpressionSyntax>();
        return node.Span == span ? expression : null;
    }
}
