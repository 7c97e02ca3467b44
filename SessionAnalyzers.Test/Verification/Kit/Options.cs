namespace Microsoft.CodeAnalysis.Testing;

/// <summary>The least severity at which what the compiler itself reports must be expected by the test.</summary>
public enum CompilerDiagnostics
{
    None,
    Errors,
    Warnings,
    Suggestions,
    All,
}

/// <summary>The unasked passes that a test of an analyzer leaves out.</summary>
[Flags]
public enum TestBehaviors
{
    None = 0,
    SkipGeneratedCodeCheck = 1,
    SkipSuppressionCheck = 2,
    SkipGeneratedSourcesCheck = 4,
}

/// <summary>The unasked passes that a test of a code fix leaves out.</summary>
[Flags]
public enum CodeFixTestBehaviors
{
    None = 0,
    SkipFixAllInDocumentCheck = 1,
    SkipFixAllInProjectCheck = 2,
    SkipFixAllInSolutionCheck = 4,
    SkipFixAllCheck = SkipFixAllInDocumentCheck | SkipFixAllInProjectCheck | SkipFixAllInSolutionCheck,
    FixOne = 8,
    SkipLocalDiagnosticCheck = 16,
}

/// <summary>How closely the tree that an action makes must resemble the one that parsing its text makes.</summary>
public enum CodeActionValidationMode
{
    None,
    SemanticStructure,
    Full,
}

/// <summary>What becomes of the markup in the sources of a state.</summary>
public enum MarkupMode
{
    /// <summary>It is left in the text, as code.</summary>
    None,

    /// <summary>It is taken out and means nothing, but for the numbered places.</summary>
    Ignore,

    /// <summary>It is taken out; what a fix could remove is not expected.</summary>
    IgnoreFixable,

    /// <summary>It is taken out, and each named span is an expected diagnostic.</summary>
    Allow,
}

/// <summary>How the markup is read.</summary>
[Flags]
public enum MarkupOptions
{
    None = 0,
    UseFirstDescriptor = 1,
    TreatPositionIndicatorsAsCode = 2,
}

/// <summary>What a state takes over from the one before it.</summary>
public enum StateInheritanceMode
{
    /// <summary>All that it does not set itself, but not the expected diagnostics that a fix removes.</summary>
    AutoInherit,

    /// <summary>Nothing.</summary>
    Explicit,

    /// <summary>All that it does not set itself.</summary>
    AutoInheritAll,
}

/// <summary>What of an expected diagnostic is not compared.</summary>
[Flags]
public enum DiagnosticOptions
{
    None = 0,
    IgnoreAdditionalLocations = 1,
    IgnoreSeverity = 2,
}

/// <summary>How an expected location is read.</summary>
[Flags]
public enum DiagnosticLocationOptions
{
    None = 0,
    IgnoreLength = 1,
    InterpretAsMarkupKey = 2,
}
