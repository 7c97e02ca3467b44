using System.Collections.Concurrent;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>One operation that a member does on a session that its caller or its object holds.</summary>
/// <param name="Root">The session as the member names it: one of its parameters, or a field or property of its object.</param>
/// <param name="IsAlways">It is done on each run that ends without an exception.</param>
/// <param name="IsInFlight">It runs on while the task that the member gives back, or one of those that it yields, is not completed.</param>
/// <param name="IsRepeated">It is done in a loop.</param>
internal readonly record struct WorkDone(SessionRoot Root, Roles Roles, bool IsAlways, bool IsInFlight, bool IsRepeated, SyntaxNode At);

/// <summary>
/// What members of this compilation do on sessions that their callers know, for the rules that follow calls. Most members are ruled out
/// by the names in their bodies, found without binding; the operations of the others are looked at once.
/// </summary>
internal sealed class SessionWork(Ownership ownership)
{
    /// <summary>Calls are followed this far, and this many members are looked at for one call.</summary>
    private const int MaxDepth = 5;
    private const int MaxMembers = 400;

    /// <summary>What the names of members are searched for.</summary>
    private const Roles Followed = Roles.Work;

    private readonly ConcurrentDictionary<IMethodSymbol, Mentions> mentions = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Roles> named = new(SymbolEqualityComparer.Default);

    /// <summary>By the depth that is left, so that an answer does not depend on who asks first, recursion or not.</summary>
    private readonly ConcurrentDictionary<IMethodSymbol, IReadOnlyList<WorkDone>>[] known =
        Enumerable.Range(0, MaxDepth + 1).Select(static _ => new ConcurrentDictionary<IMethodSymbol, IReadOnlyList<WorkDone>>(SymbolEqualityComparer.Default)).ToArray();

    /// <summary>The operations of some roles that a call of a member of this compilation does, on sessions that the caller can name.</summary>
    public IReadOnlyList<WorkDone> Of(IInvocationOperation call, Roles roles, CancellationToken cancellation) =>
        Of(call.TargetMethod, call.Instance, call.Arguments, roles, cancellation);

    /// <summary>The same for a method group: of its parameters the caller knows nothing.</summary>
    public IReadOnlyList<WorkDone> Of(IMethodReferenceOperation method, Roles roles, CancellationToken cancellation) =>
        Of(method.Method, method.Instance, ImmutableArray<IArgumentOperation>.Empty, roles, cancellation);

    private List<WorkDone> Of(IMethodSymbol method, IOperation? instance, ImmutableArray<IArgumentOperation> arguments, Roles roles, CancellationToken cancellation) =>
        !ownership.Reach.Of(method) || (Named(Definition(method), cancellation) & roles) == 0 ? [] : Mapped(method, instance, arguments, 0, cancellation).FindAll(w => (w.Roles & roles) != 0);

    private static IMethodSymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

    /// <summary>
    /// What a member may do, by the names in it and in what it calls. Too much is possible, too little is not. What is known of a member
    /// on the way is not looked for again, so that all questions together cost about one look at each member.
    /// </summary>
    private Roles Named(IMethodSymbol method, CancellationToken cancellation)
    {
        if (named.TryGetValue(method, out var roles))
        {
            return roles;
        }

        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { method };
        var open = new Queue<IMethodSymbol>();
        open.Enqueue(method);
        while (open.Count > 0 && roles != Followed)
        {
            var next = open.Dequeue();
            if (named.TryGetValue(next, out var before))
            {
                roles |= before;
                continue;
            }

            if (!mentions.TryGetValue(next, out var inside))
            {
                inside = mentions.GetOrAdd(next, MentionsOf(next, cancellation));
            }

            roles |= inside.Roles;
            foreach (var called in inside.Called)
            {
                if (seen.Add(called))
                {
                    open.Enqueue(called);
                }
            }

            if (seen.Count > MaxMembers)
            {
                roles = Followed;
            }
        }

        if (roles == Roles.None)
        {
            foreach (var member in seen)
            {
                named.TryAdd(member, Roles.None);
            }
        }

        return named.GetOrAdd(method, roles);
    }

    private Mentions MentionsOf(IMethodSymbol method, CancellationToken cancellation)
    {
        var roles = Roles.None;
        var found = new List<IMethodSymbol>();
        foreach (var body in ownership.BodiesOf(method))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var reference in body.DeclaringSyntaxReferences)
            {
                foreach (var node in reference.GetSyntax(cancellation).DescendantNodes())
                {
                    if (node is InvocationExpressionSyntax { Expression: var expression } && CallSites.CalledName(expression)?.Identifier.ValueText is { Length: > 0 } name)
                    {
                        roles |= ownership.Symbols.RolesOfName(name) & Followed;
                        foreach (var candidate in Candidates(expression, name, body))
                        {
                            if (ownership.Reach.Of(candidate))
                            {
                                found.Add(candidate);
                            }
                        }
                    }
                }
            }
        }

        return new(roles, found);
    }

    /// <summary>The methods of this compilation that a call may mean: of the own type, of the type of a field, property or parameter, else all of the name.</summary>
    private IEnumerable<IMethodSymbol> Candidates(ExpressionSyntax expression, string name, IMethodSymbol body)
    {
        var receiver = expression is MemberAccessExpressionSyntax { Expression: var inner } ? inner : null;
        var types = receiver switch
        {
            null or ThisExpressionSyntax or BaseExpressionSyntax => [body.ContainingType],
            IdentifierNameSyntax { Identifier.ValueText: var variable } => TypesOf(variable, body),
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var member } => TypesOf(member, body),
            _ => [],
        };
        var any = false;
        foreach (var type in types)
        {
            any = true;
            for (var t = type; t is not null && t.SpecialType == SpecialType.None; t = t.BaseType)
            {
                foreach (var member in t.GetMembers(name))
                {
                    if (member is IMethodSymbol { DeclaringSyntaxReferences.IsEmpty: false } method)
                    {
                        yield return method.OriginalDefinition;
                    }
                }
            }
        }

        if (!any)
        {
            foreach (var method in ownership.DeclaredMethods(name))
            {
                yield return method;
            }
        }
    }

    private static IEnumerable<INamedTypeSymbol> TypesOf(string name, IMethodSymbol body)
    {
        foreach (var parameter in body.Parameters)
        {
            if (parameter.Name == name && parameter.Type is INamedTypeSymbol type)
            {
                return [type];
            }
        }

        for (var t = body.ContainingType; t is not null; t = t.BaseType)
        {
            foreach (var member in t.GetMembers(name))
            {
                if (((member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type) is INamedTypeSymbol type)
                {
                    return [type];
                }
            }
        }

        return [];
    }

    /// <summary>What the one body behind a call does, each operation with the caller's name of its session.</summary>
    private List<WorkDone> Mapped(IMethodSymbol method, IOperation? instance, ImmutableArray<IArgumentOperation> arguments, int depth, CancellationToken cancellation)
    {
        var bodies = ownership.BodiesOf(Definition(method)).Take(2).ToList();
        if (bodies.Count != 1)
        {
            return [];
        }

        var mapped = new List<WorkDone>();
        foreach (var done in WorkOf(bodies[0], depth, cancellation))
        {
            if (done.Root.SeenFrom(instance, arguments, ownership.Symbols) is { } root)
            {
                mapped.Add(done with { Root = root });
            }
        }

        return mapped;
    }

    private IReadOnlyList<WorkDone> WorkOf(IMethodSymbol method, int depth, CancellationToken cancellation) =>
        depth > MaxDepth ? []
            : known[depth].TryGetValue(method, out var work) ? work
            : known[depth].GetOrAdd(method, Find(method, depth, cancellation));

    private List<WorkDone> Find(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        if (ownership.OperationOf(method, cancellation) is not { } root)
        {
            return [];
        }

        var found = new List<WorkDone>();
        foreach (var operation in root.Descendants())
        {
            if (operation is not IInvocationOperation call || CallSites.FunctionOf(call.Syntax) is not BaseMethodDeclarationSyntax)
            {
                continue;
            }

            if (ownership.Symbols.FactsOf(call.TargetMethod) is { } facts)
            {
                if (facts.Has(Roles.Work) && SessionRoot.Of(call, ownership.Symbols) is { } session && IsCallers(session, method, root))
                {
                    found.Add(new(session, facts.Roles, IsAlways(call, root), GoesOn(call, method) && !session.EndsAtOnce(call), IsRepeated(call), call.Syntax));
                }
            }
            else if (Named(Definition(call.TargetMethod), cancellation) != Roles.None)
            {
                foreach (var done in Mapped(call.TargetMethod, call.Instance, call.Arguments, depth + 1, cancellation))
                {
                    if (IsCallers(done.Root, method, root))
                    {
                        found.Add(done with
                        {
                            IsAlways = done.IsAlways && IsAlways(call, root),
                            IsInFlight = done.IsInFlight && GoesOn(call, method),
                            IsRepeated = done.IsRepeated || IsRepeated(call),
                        });
                    }
                }
            }
        }

        return found;
    }

    /// <summary>The operation lasts until the member's own task is completed; without a guard that keeps others out meanwhile.</summary>
    private static bool GoesOn(IInvocationOperation call, IMethodSymbol method) =>
        CallSites.IsTask(call.Type)
        && (CallSites.Outermost(call).Parent switch
        {
            IAwaitOperation => CallSites.IsTask(method.ReturnType),
            IReturnOperation { Kind: OperationKind.YieldReturn } => method.ReturnType is INamedTypeSymbol { Arity: 1 } sequence && CallSites.IsTask(sequence.TypeArguments[0]),
            IReturnOperation => CallSites.IsTask(method.ReturnType),
            _ => false,
        })
        && !CallSites.HasGuard(CallSites.FunctionOf(call.Syntax)!);

    private static bool IsRepeated(IOperation call)
    {
        for (var outer = call.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ILoopOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The session is one and the same for the whole run, and not made by it.</summary>
    private static bool IsCallers(SessionRoot session, IMethodSymbol method, IOperation body) =>
        session.Head is not ILocalSymbol && !session.IsAssignedIn(body)
        && (session.Head is not IParameterSymbol parameter || SessionRoot.IsCaptured(parameter) || SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method));

    /// <summary>Done whenever the member runs to its end: under no condition, in no loop or handled try, after no early return.</summary>
    private static bool IsAlways(IOperation call, IOperation body)
    {
        IOperation child = call;
        for (var parent = call.Parent; parent is not null && child != body; child = parent, parent = parent.Parent)
        {
            switch (parent)
            {
                case IConditionalOperation condition when condition.Condition != child:
                case ILoopOperation or ISwitchOperation or ISwitchExpressionArmOperation or ICatchClauseOperation or IConditionalAccessOperation:
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } binary when binary.RightOperand == child:
                case ICoalesceOperation coalesce when coalesce.WhenNull == child:
                case ITryOperation { Catches.IsEmpty: false } attempt when attempt.Body == child:
                    return false;
            }
        }

        return !body.Descendants().Any(o => o is IReturnOperation or IBranchOperation { BranchKind: BranchKind.GoTo } && o.Syntax.SpanStart < call.Syntax.SpanStart && !o.Syntax.Span.Contains(call.Syntax.Span) && !o.IsImplicit);
    }

    /// <summary>What the names in a member's bodies tell, and the members of this compilation that they may call.</summary>
    private sealed record Mentions(Roles Roles, IReadOnlyList<IMethodSymbol> Called);
}
