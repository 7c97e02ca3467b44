namespace SessionAnalyzers.Editing;

/// <summary>Tells whether operations that run at the same time can run one after the other as well: whether none waits for what a later one does.</summary>
internal static class TaskOrder
{
    /// <summary>Bodies that are looked at for one call; with more we cannot tell.</summary>
    private const int MaxMembers = 100;

    /// <summary>With these one piece of work tells another that it may go on.</summary>
    private static readonly string[] Signals =
    [
        "Channel", "TaskCompletionSource", "Semaphore", "ResetEvent", "Countdown", "Barrier", "BlockingCollection", "Monitor", "Pipe", "SetResult", "SetException", "SetCanceled", "WaitOne", "WaitAsync", "ReadAllAsync",
    ];

    /// <summary>True where a call that gives a task comes to its end whether or not anything is started after it.</summary>
    public static bool EndsAlone(ExpressionSyntax value, Draft draft, CancellationToken cancellation)
    {
        while (value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask", Expression: var inner } })
        {
            value = inner;
        }

        return value is InvocationExpressionSyntax call
            && !MentionsSignal(call)
            && call.ArgumentList.Arguments.All(a => draft.Model.GetTypeInfo(a.Expression, cancellation).Type is not { } type || !IsSignal(type.Name))
            && draft.Model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method
            && EndsAlone(method, draft, new(SymbolEqualityComparer.Default), cancellation);
    }

    public static bool MentionsSignal(SyntaxNode code) => code.DescendantTokens().Any(static t => t.IsKind(SyntaxKind.IdentifierToken) && IsSignal(t.ValueText));

    /// <summary>A handler for the failures of several operations at once would find one of them only.</summary>
    public static bool AreFailuresTogether(SyntaxNode place) =>
        place.Ancestors().OfType<TryStatementSyntax>().Any(t => t.Block.Span.Contains(place.Span) && t.Catches.Any(static c => c.DescendantTokens().Any(static n => n.ValueText == "AggregateException")));

    private static bool EndsAlone(IMethodSymbol method, Draft draft, HashSet<IMethodSymbol> seen, CancellationToken cancellation)
    {
        if (draft.FactsOf(method, cancellation) is not null || !seen.Add(method))
        {
            return true;
        }

        if (method.MethodKind == MethodKind.DelegateInvoke || seen.Count > MaxMembers)
        {
            return false;
        }

        var bodies = draft.BodiesOf(method, cancellation).Take(2).ToList();
        if (bodies.Count == 0)
        {
            return method.DeclaringSyntaxReferences.IsEmpty && method.ContainingNamespace?.ToDisplayString().StartsWith("System.Threading", StringComparison.Ordinal) != true;
        }

        foreach (var declaration in bodies.SelectMany(static b => b.DeclaringSyntaxReferences).Select(r => r.GetSyntax(cancellation)))
        {
            if (MentionsSignal(declaration))
            {
                return false;
            }

            // Only the source can hide a signal behind a call.
            var model = draft.Model.Compilation.GetSemanticModel(declaration.SyntaxTree);
            foreach (var call in declaration.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { DeclaringSyntaxReferences.IsEmpty: false } called && !EndsAlone(called, draft, seen, cancellation))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsSignal(string name) => Signals.Any(name.Contains);
}
