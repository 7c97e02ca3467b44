using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Editing;

/// <summary>
/// Writes a rollback for a handler. Where the provider's rollback throws on a transaction that has ended it goes into a try of its own,
/// whose handler does nothing: the error that was caught goes on.
/// </summary>
internal static class GuardedRollback
{
    /// <summary>The lines of the rollback, each with its end; a blank line follows a guard.</summary>
    public static string Lines(string call, ITypeSymbol transaction, string indent, Draft draft, CancellationToken cancellation)
    {
        var line = draft.Layout.NewLine;
        return MayThrow(transaction, draft, cancellation)
            ? indent + Before(indent, draft.Layout) + call + line + After(indent, draft.Layout) + line + line
            : indent + call + line;
    }

    /// <summary>What comes before a statement that is guarded, from its own indent on.</summary>
    public static string Before(string indent, Layout layout) => "try" + layout.Open(indent) + layout.NewLine + indent + layout.Unit;

    /// <summary>The lines that come after a statement that is guarded.</summary>
    public static string After(string indent, Layout layout) =>
        indent + "}" + layout.Continue(indent) + "catch" + layout.Open(indent) + layout.NewLine
        + indent + layout.Unit + "// The error that was caught says what happened." + layout.NewLine + indent + "}";

    /// <summary>Behind the base types of ADO.NET there may be any provider.</summary>
    private static bool MayThrow(ITypeSymbol transaction, Draft draft, CancellationToken cancellation) =>
        draft.SessionTypeOf(transaction, cancellation)?.Has(Roles.RollbackThrows) == true
        || SessionSymbols.IsIn(transaction.ContainingNamespace, "System.Data") || SessionSymbols.IsIn(transaction.ContainingNamespace, "System.Data.Common");
}
