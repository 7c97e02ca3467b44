using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>The calls that run a query: they need the context behind it, which they do not name.</summary>
internal sealed partial class SessionFlow
{
    /// <summary>Queries that are part of something else, which may be read without them.</summary>
    private readonly HashSet<Site> mixed = [];

    private bool IsQuery(int value) => value >= 0 && sites[value].Dependence == Dependence.Query;

    /// <summary>A variable that may hold a session on another path: on this one it holds what the flow does not follow.</summary>
    private bool IsSessionVariable(IOperation? operation) =>
        operation is not null && Unconverted(operation) is ILocalReferenceOperation or IParameterReferenceOperation or IFlowCaptureReferenceOperation
        && operation.Type is { SpecialType: SpecialType.None } type && symbols.TypeOf(type) is not null;

    /// <summary>Notes in which condition a path finds the context of a query that is run, or of a set that is changed.</summary>
    private void SeeQuery(IInvocationOperation invocation, MemberFacts? facts, int session, SessionState state)
    {
        var target = invocation.Instance ?? (invocation.TargetMethod.IsExtensionMethod ? invocation.Arguments[0].Value : null);
        if (target is null || !NeedsContext(invocation.TargetMethod, facts))
        {
            return;
        }

        if (!IsQuery(session))
        {
            if (session >= 0 ? invocation.Instance is null && sites[session] is { Kind: SessionKind.Context, Dependence: Dependence.None } && !MayDispose(target) : IsLazy(Unconverted(target).Type))
            {
                // context.Database.ExecuteSql(…), or a path on which the variable holds another sequence.
                See(invocation, session, state, isDisposal: false);
            }

            return;
        }

        var query = sites[session];
        var context = state.Parents.GetOr(session, SessionState.Unknown);
        if (uses.TryGetValue(query.Operation, out var made) && made.Dead)
        {
            // The call that made the query found the context disposed already.
            return;
        }

        See(invocation, IsOfContext(query) && !mixed.Contains(query) ? context : SessionState.Unknown, state, isDisposal: false);
    }

    /// <summary>A set of the library, such as a DbSet: a property or method of an interface's type may give anything.</summary>
    private static bool IsOfContext(Site query) =>
        query.Kind == SessionKind.Context && query.Operation.Type is INamedTypeSymbol { TypeKind: TypeKind.Class, DeclaringSyntaxReferences.IsEmpty: true } type
        && !SessionSymbols.IsIn(type.ContainingNamespace, "System.Linq");

    private static bool NeedsContext(IMethodSymbol method, MemberFacts? facts) =>
        facts is not null ? facts.Has(Roles.Runs | Roles.Stages)
        : method.Name is "GetEnumerator" or "GetAsyncEnumerator" ? !method.IsStatic
        : SessionSymbols.IsIn(method.ContainingNamespace, "System.Linq") && !IsLazy(method.ReturnType) && method.ContainingType.Name switch
        {
            "Queryable" or "Enumerable" => method.Name != "TryGetNonEnumeratedCount",
            "AsyncEnumerable" => method.Name.EndsWith("Async", StringComparison.Ordinal),
            _ => false,
        };
}
