using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Lets the strategy of the context run the whole transaction: a using statement, or a using declaration with the rest of its block. Only
/// where the statements can be a delegate, and where a delegate that runs again finds no variable that it has changed.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TransactionMustRunUnderRetryingStrategyFix))]
internal sealed class TransactionMustRunUnderRetryingStrategyFix() : SessionCodeFix(DiagnosticIds.TransactionMustRunUnderRetryingStrategy)
{
    public const string RunUnderStrategyKey = "SES3006.RunUnderStrategy";

    public override bool FixesFromStart => true;

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var database } } begin
            || !IsStable(draft, database, cancellation)
            || begin.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement)
        {
            return null;
        }

        var first = block.Statements.IndexOf(statement);
        var last = statement switch
        {
            UsingStatementSyntax holder when !holder.Statement.Span.Contains(begin.Span) => first,
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } => block.Statements.Count - 1,
            _ => -1,
        };
        return last >= 0 && await WrapInStrategy.TryAsync(draft, database.ToString(), block, first, last, cancellation).ConfigureAwait(false) is { } done
            ? new(done, "Run the transaction under the execution strategy", RunUnderStrategyKey)
            : null;
    }

    /// <summary>The Database of a variable, a field or this, which is the same before the delegate and in it.</summary>
    private static bool IsStable(Draft draft, ExpressionSyntax database, CancellationToken cancellation) => database switch
    {
        IdentifierNameSyntax => draft.Model.GetSymbolInfo(database, cancellation).Symbol is IPropertySymbol { Name: "Database" },
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Database", Expression: ThisExpressionSyntax or BaseExpressionSyntax or IdentifierNameSyntax } => true,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Database", Expression: MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } => true,
        _ => false,
    };
}
