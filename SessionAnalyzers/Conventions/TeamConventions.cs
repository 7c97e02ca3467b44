namespace SessionAnalyzers.Conventions;

/// <summary>The ways to see to it that a session is disposed at the end of its scope.</summary>
internal enum ScopeStyle
{
    UsingDeclaration,
    UsingStatement,
    TryFinally,
}

/// <summary>
/// What a team has settled for a file in its .editorconfig. Read when it is asked for. What is not set, or set to a value that is not known,
/// is not settled.
/// </summary>
internal readonly struct TeamConventions(AnalyzerOptions options, SyntaxTree tree)
{
    public const string ScopeStyleKey = "session_analyzers.scope_style";
    public const string RollbackStyleKey = "session_analyzers.rollback_style";
    public const string ApprovedSourcesKey = "session_analyzers.approved_sources";

    public ScopeStyle? ScopeStyle => Value(ScopeStyleKey)?.ToLowerInvariant() switch
    {
        "using_declaration" => Conventions.ScopeStyle.UsingDeclaration,
        "using_statement" => Conventions.ScopeStyle.UsingStatement,
        "try_finally" => Conventions.ScopeStyle.TryFinally,
        _ => null,
    };

    /// <summary>Transactions are rolled back by a call, not by their disposal alone.</summary>
    public bool RequiresExplicitRollback => string.Equals(Value(RollbackStyleKey), "explicit", StringComparison.OrdinalIgnoreCase);

    /// <summary>The members that sessions may come from, or null where any may give one.</summary>
    public ApprovedSources? ApprovedSources => Value(ApprovedSourcesKey) is { } text ? ApprovedSources.Parse(text) : null;

    public static string NameOf(ScopeStyle style) => style switch
    {
        Conventions.ScopeStyle.UsingDeclaration => "a using declaration",
        Conventions.ScopeStyle.UsingStatement => "a using statement",
        _ => "try/finally",
    };

    private string? Value(string key) => options.AnalyzerConfigOptionsProvider.GetOptions(tree).TryGetValue(key, out var value) ? value.Trim() : null;
}
