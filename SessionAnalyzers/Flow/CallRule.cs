using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>One call or creation of which the catalogue knows something, as the rules about single calls see it.</summary>
internal readonly struct SessionCall(OperationAnalysisContext context, IMethodSymbol method, MemberFacts? facts, Ownership ownership)
{
    public IOperation Operation => context.Operation;

    public ISymbol Member => context.ContainingSymbol;

    public IMethodSymbol Method { get; } = method;

    /// <summary>What the catalogue says of the method; null for a creation without a line of its own.</summary>
    public MemberFacts? Facts { get; } = facts;

    public Ownership Ownership { get; } = ownership;

    public CancellationToken Cancellation => context.CancellationToken;

    public void Report(Diagnostic diagnostic) => context.ReportDiagnostic(diagnostic);
}

/// <summary>
/// A rule that judges one call by itself and by the code around it, without a graph. It is asked about calls that the catalogue knows,
/// and about others only where it follows them; it keeps no state.
/// </summary>
internal abstract class CallRule(DiagnosticDescriptor descriptor)
{
    public DiagnosticDescriptor Descriptor { get; } = descriptor;

    public abstract void Check(SessionCall call);

    /// <summary>Whether the rule also wants calls of a method that the catalogue does not know.</summary>
    public virtual bool Follows(IMethodSymbol method) => false;

    /// <summary>Judges a call that the rule follows.</summary>
    public virtual void CheckFollowed(SessionCall call, IInvocationOperation invocation)
    {
    }
}
