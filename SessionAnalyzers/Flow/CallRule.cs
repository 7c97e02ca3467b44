using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>One call, creation or using, as the rules about single operations see it.</summary>
internal readonly struct SessionCall(OperationAnalysisContext context, IMethodSymbol method, MemberFacts? facts, Ownership ownership)
{
    public IOperation Operation => context.Operation;

    public ISymbol Member => context.ContainingSymbol;

    /// <summary>What is called. For a using, the member around it.</summary>
    public IMethodSymbol Method { get; } = method;

    /// <summary>What the catalogue says of the method; null for a creation without a line of its own.</summary>
    public MemberFacts? Facts { get; } = facts;

    public Ownership Ownership { get; } = ownership;

    public CancellationToken Cancellation => context.CancellationToken;

    public ControlFlowGraph Graph() => context.GetControlFlowGraph();

    public void Report(Diagnostic diagnostic) => context.ReportDiagnostic(diagnostic);
}

/// <summary>
/// A rule that judges one call by itself and by the code around it. It is asked about calls that the catalogue knows, and about others
/// only where it follows them; it keeps no state.
/// </summary>
internal abstract class CallRule(DiagnosticDescriptor descriptor)
{
    public static readonly ImmutableArray<OperationKind> Kinds = ImmutableArray.Create(
        OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.Using, OperationKind.UsingDeclaration);

    public DiagnosticDescriptor Descriptor { get; } = descriptor;

    public abstract void Check(SessionCall call);

    /// <summary>Whether the rule also wants calls of a method that the catalogue does not know.</summary>
    public virtual bool Follows(IMethodSymbol method) => false;

    /// <summary>Judges a call that the rule follows.</summary>
    public virtual void CheckFollowed(SessionCall call)
    {
    }

    /// <summary>Judges a using statement or declaration.</summary>
    public virtual void CheckUsing(SessionCall call)
    {
    }

    /// <summary>Asks the rules about an operation: one look into the catalogue serves them all.</summary>
    public static void Check(OperationAnalysisContext context, Ownership ownership, ImmutableArray<CallRule> rules)
    {
        MemberFacts? facts = null;
        IMethodSymbol? method = null;
        var isKnown = false;
        switch (context.Operation)
        {
            case IInvocationOperation { TargetMethod: var called }:
                method = called;
                facts = ownership.Symbols.FactsOf(called);
                isKnown = facts is not null;
                break;
            case IObjectCreationOperation { Constructor: { } constructor }:
                method = constructor;
                isKnown = ownership.Symbols.TypeOf(constructor.ContainingType) is not null;
                facts = isKnown ? ownership.Symbols.FactsOf(constructor) : null;
                break;
            case IUsingOperation or IUsingDeclarationOperation:
                foreach (var rule in rules)
                {
                    rule.CheckUsing(new(context, null!, null, ownership));
                }

                return;
        }

        if (method is null)
        {
            return;
        }

        foreach (var rule in rules)
        {
            if (isKnown || (method.Name == "DisposeAsync" && context.Operation is IInvocationOperation))
            {
                rule.Check(new(context, method, facts, ownership));
            }
            else if (rule.Follows(method))
            {
                rule.CheckFollowed(new(context, method, null, ownership));
            }
        }
    }
}
