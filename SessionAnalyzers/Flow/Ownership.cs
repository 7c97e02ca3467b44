using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>What becomes of a session that is passed as an argument.</summary>
internal enum ParameterEffect
{
    /// <summary>Stored, handed on, or we cannot tell: the caller's duty ends as far as we know.</summary>
    Keeps,
    Borrows,
    Disposes,
    Returns,
}

/// <summary>Who owns what a call yields.</summary>
internal enum Result
{
    Unknown,
    Borrowed,
    Owned,
}

/// <summary>The ownership of a result; for a tuple the elements that are owned.</summary>
internal sealed record Acquisition(Result Result, bool MayBeNull = false, ImmutableArray<int>? Elements = null, bool IsFresh = false)
{
    public static readonly Acquisition None = new(Flow.Result.Unknown);
}

/// <summary>
/// Who owns a session, in the order of evidence: the user's catalogue, attributes, the built-in catalogue, the bodies of this compilation,
/// and last the name of the member. One object per compilation; answers are remembered, recursion answers "cannot tell".
/// </summary>
internal sealed class Ownership(Compilation compilation, SessionSymbols symbols)
{
    /// <summary>Chains of callees deeper than this are followed in pieces.</summary>
    private const int MaxDepth = 48;

    private static readonly string[] CreationVerbs = ["Create", "Open", "New", "Begin", "Start", "Build", "Make"];

    private static readonly ConditionalWeakTable<SessionSymbols, Ownership> Known = new();

    [ThreadStatic]
    private static Question? question;

    [ThreadStatic]
    private static CancellationToken cancellationOfThread;

    private readonly ConcurrentDictionary<IMethodSymbol, MethodSummary> summaries = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, Acquisition> acquisitions = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> resources = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, ControlFlowGraph> graphs = new(SymbolEqualityComparer.Default);
    private FieldDisposal? fields;
    private MemberWork? work;
    private SessionWork? sessionWork;
    private BorrowedSessions? borrowed;
    private SessionReach? reach;
    private LentSessions? lent;
    private StoredFunctions? stored;
    private readonly Lazy<DeclaredTypes> declared = new(() => DeclaredTypes.Of(compilation));

    /// <summary>The one that all analyzers of a compilation share: a body is summarised once.</summary>
    public static Ownership Of(Compilation compilation, SessionSymbols symbols) => Known.GetValue(symbols, s => new(compilation, s));

    public Compilation Compilation => compilation;

    public SessionSymbols Symbols => symbols;

    /// <summary>What types do with the sessions in their fields.</summary>
    public FieldDisposal Fields => LazyInitializer.EnsureInitialized(ref fields, () => new FieldDisposal(this))!;

    /// <summary>What members do to the contexts that they are given.</summary>
    public MemberWork Work => LazyInitializer.EnsureInitialized(ref work, () => new MemberWork(this))!;

    /// <summary>What members do with the sessions of their callers.</summary>
    public SessionWork SessionWork => LazyInitializer.EnsureInitialized(ref sessionWork, () => new SessionWork(this))!;

    /// <summary>Which methods may keep the functions that they are passed.</summary>
    public StoredFunctions Stored => LazyInitializer.EnsureInitialized(ref stored, () => new StoredFunctions(this))!;

    /// <summary>Which members can lead to sessions at all.</summary>
    public SessionReach Reach => LazyInitializer.EnsureInitialized(ref reach, () => new SessionReach(this))!;

    /// <summary>The types of this compilation that derive from a type or implement it.</summary>
    public IReadOnlyList<INamedTypeSymbol> SubtypesOf(INamedTypeSymbol type) => declared.Value.SubtypesOf(type);

    /// <summary>The types of the static fields and properties of this compilation.</summary>
    public IReadOnlyCollection<ITypeSymbol> StaticTypes => declared.Value.StaticTypes;

    /// <summary>The methods of this compilation that have a name, unless very many have it: then it says nothing.</summary>
    public IReadOnlyList<IMethodSymbol> DeclaredMethods(string name) => declared.Value.MethodsOf(name);

    /// <summary>Whose the sessions are that code did not make.</summary>
    public BorrowedSessions Borrowed => LazyInitializer.EnsureInitialized(ref borrowed, () => new BorrowedSessions(this))!;

    public Registrations Registrations => Registrations.Of(compilation, default);

    /// <summary>A cheap test: may this operation yield a session that somebody must dispose?</summary>
    public bool IsCandidate(IOperation operation)
    {
        switch (operation)
        {
            case IObjectCreationOperation { Type: { } type }:
                return IsTracked(symbols.TypeOf(type)) && Acquires(operation).Result == Result.Owned;
            case ITypeParameterObjectCreationOperation { Type: { } type }:
                return IsTracked(symbols.TypeOf(type)) && Acquires(operation).Result == Result.Owned;
            case IInvocationOperation invocation:
                return (invocation.Type is { SpecialType: SpecialType.None } result && MayHoldSession(result) && Acquires(invocation) is var acquired
                        && (acquired.Result == Result.Owned || acquired.Elements is not null || invocation.TargetMethod.MethodKind == MethodKind.DelegateInvoke))
                    || GivesSessionOut(invocation.TargetMethod);
            case IPropertyReferenceOperation { Type: { } type } property when (property.Parent as ISimpleAssignmentOperation)?.Target != property:
                return IsTracked(symbols.TypeOf(type)) && !property.Property.DeclaringSyntaxReferences.IsEmpty && Acquires(property).Result == Result.Owned;
            default:
                return false;
        }
    }

    /// <summary>Does the operation yield an owned session?</summary>
    public Acquisition Acquires(IOperation operation)
    {
        switch (operation)
        {
            case IObjectCreationOperation { Type: INamedTypeSymbol type, Constructor: { } constructor }:
                return symbols.TypeOf(type) is { Kind: not SessionKind.Source } session && IsResource(type, session) && Annotation(constructor) != false
                    ? new(Result.Owned)
                    : Acquisition.None;
            case ITypeParameterObjectCreationOperation { Type: { } made }:
                return symbols.TypeOf(made) is { Kind: SessionKind.Context or SessionKind.Connection or SessionKind.ServiceScope } ? new(Result.Owned) : Acquisition.None;
            case IInvocationOperation { TargetMethod: var method }:
                return method.MethodKind == MethodKind.DelegateInvoke || !MayHoldSession(method.ReturnType) ? Acquisition.None : Remembered(method.ReducedFrom ?? method);
            case IPropertyReferenceOperation { Property: { GetMethod: not null } property }:
                return symbols.TypeOf(property.Type) is { Kind: not SessionKind.Source } ? Remembered(property) : Acquisition.None;
            default:
                return Acquisition.None;
        }
    }

    /// <summary>Answers found inside a chain of summaries may rest on its depth limit: only those asked from outside are kept.</summary>
    private Acquisition Remembered(ISymbol member) => question is not null ? Find(member) : acquisitions.GetOrAdd(member, Find);

    public ParameterEffect EffectOf(IOperation call, IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol method)
        {
            return ParameterEffect.Keeps;
        }


        var arguments = call switch
        {
            IInvocationOperation invocation => invocation.Arguments,
            IObjectCreationOperation creation => creation.Arguments,
            _ => ImmutableArray<IArgumentOperation>.Empty,
        };
        var facts = symbols.FactsOf(method);
        if (facts is not { IsUsers: true } && Has(parameter.GetAttributes(), "HandlesResourceDisposalAttribute"))
        {
            return ParameterEffect.Keeps;
        }

        if (facts is not null)
        {
            foreach (var transfer in facts.Transfers)
            {
                if (transfer.Parameter == parameter.Name && MayHold(transfer, arguments))
                {
                    return ParameterEffect.Keeps;
                }
            }

            if (facts.BorrowedParameters.Contains(parameter.Name))
            {
                return ParameterEffect.Borrows;
            }

            if (facts.Has(Roles.ReturnsReceiver) && parameter.Ordinal == 0)
            {
                return ParameterEffect.Returns;
            }
        }

        if (method.Parameters.Length > 1 && parameter.Ordinal > 0 && method.Parameters[0].Type.Name.EndsWith("OptionsBuilder", StringComparison.Ordinal))
        {
            // UseSqlite(connection): the options may live longer than this method.
            return ParameterEffect.Keeps;
        }

        if (facts is not null || symbols.Borrows(method) || IsMonitor(method) || UnknownCalls.Extends(method, parameter, symbols))
        {
            // What takes any type at all is a container: InterceptionResult<T>.SuppressWithResult(reader).
            return parameter.OriginalDefinition.Type is ITypeParameterSymbol open && symbols.TypeOf(open) is null && method.ReturnType.SpecialType != SpecialType.System_Void
                ? ParameterEffect.Keeps
                : ParameterEffect.Borrows;
        }

        var definition = method.OriginalDefinition;
        if (parameter.Ordinal >= definition.Parameters.Length)
        {
            return ParameterEffect.Keeps;
        }

        if (definition.IsAbstract || definition.IsVirtual || definition.IsOverride)
        {
            return EffectOfAll(definition, parameter.Ordinal);
        }

        return IsSource(definition) ? SummaryOf(definition).EffectOf(parameter.Ordinal) : ParameterEffect.Keeps;
    }

    /// <summary>True where code reads a variable only to work with the session in it, or to look at it.</summary>
    public bool IsBorrow(IOperation reference)
    {
        var use = reference;
        while (use.Parent is IConversionOperation { OperatorMethod: null })
        {
            use = use.Parent;
        }

        switch (use.Parent)
        {
            case IInvocationOperation invocation when invocation.Instance == use:
                return !SessionFlow.IsDisposal(invocation.TargetMethod) && symbols.FactsOf(invocation.TargetMethod) is var facts
                    && (facts is null || !facts.Has(Roles.Closes | Roles.ReturnsReceiver | Roles.Commits | Roles.RollsBack));
            case IPropertyReferenceOperation property:
                return property.Instance == use;
            case IArgumentOperation { Parameter: { } parameter, Parent: { } call }:
                return EffectOf(call, parameter) == ParameterEffect.Borrows;
            case IInvalidOperation invalid:
                return UnknownCalls.ReceiverOf(invalid, symbols) == use.Syntax;
            case IIsNullOperation:
            case IBinaryOperation:
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// True when the functions that callers pass for a parameter are all seen to leave to this method the session that it lends them. Not
    /// asked inside a summary, where the callers' own summaries may be waiting.
    /// </summary>
    public bool IsLent(IParameterSymbol function, int ordinal, CancellationToken cancellation) =>
        question is null && LazyInitializer.EnsureInitialized(ref lent, () => new LentSessions(this))!.IsLent(function, ordinal, cancellation);

    /// <summary>The parameter whose value a method of this compilation always gives back, or null.</summary>
    public int? ReturnedParameter(IMethodSymbol method) =>
        method.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension && IsSource(method) && !method.IsVirtual && !method.IsAbstract && !method.IsOverride
        && symbols.ResultOf(method.ReturnType) is not null && method.Parameters.Any(p => symbols.TypeOf(p.Type) is not null)
            ? SummaryOf(method.OriginalDefinition).ReturnedParameter
            : null;

    /// <summary>True when a method of this compilation leaves an owned session in an out parameter.</summary>
    public bool GivesOut(IOperation call, IParameterSymbol parameter) =>
        call is IInvocationOperation { TargetMethod: { IsVirtual: false, IsAbstract: false } method } && IsSource(method)
        && SummaryOf(method.OriginalDefinition).OwnedOut.Contains(parameter.Ordinal);

    /// <summary>True for a method or property of this compilation whose body always gives its caller a session of its own.</summary>
    public bool GivesOwned(ISymbol member, CancellationToken cancellation)
    {
        var outer = cancellationOfThread;
        cancellationOfThread = cancellation;
        try
        {
            return Remembered(member).Result == Result.Owned;
        }
        finally
        {
            cancellationOfThread = outer;
        }
    }

    /// <summary>True for a member of which there is a body in this compilation: its own, or of an implementation.</summary>
    public bool HasBody(ISymbol member) =>
        ((member as IPropertySymbol)?.GetMethod ?? member as IMethodSymbol)?.OriginalDefinition is { } method
        && (method.IsAbstract ? BodiesOf(method).Any() : IsSource(method));

    /// <summary>The ownership of what a lambda or local function gives back.</summary>
    public Acquisition ResultOf(IMethodSymbol function, ControlFlowGraph graph, CancellationToken cancellation) =>
        Guarded(function, () => Summarise(function, graph, cancellation)).Returns;

    /// <summary>A delegate whose name says that it creates: sessionFactory(), _openConnection().</summary>
    public bool IsFactoryDelegate(IOperation called)
    {
        var (symbol, type) = called switch
        {
            IParameterReferenceOperation parameter => ((ISymbol)parameter.Parameter, parameter.Type),
            IMemberReferenceOperation member => (member.Member, member.Type),
            ILocalReferenceOperation local => (local.Local, local.Type),
            _ => (null!, null),
        };
        if (symbol is null || type is not INamedTypeSymbol { DelegateInvokeMethod.ReturnType: { } result }
            || symbols.ResultOf(result)?.Kind is not (SessionKind.Connection or SessionKind.Context or SessionKind.ServiceScope or SessionKind.ClientSession))
        {
            return false;
        }

        var name = symbol.Name.TrimStart('_');
        return name.EndsWith("Factory", StringComparison.OrdinalIgnoreCase) || CreationVerbs.Any(v => name.StartsWith(v, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>ExecuteReader(CommandBehavior.CloseConnection) and its like: the connection goes with the reader.</summary>
    public static bool TakesReceiverConnection(MemberFacts facts, ImmutableArray<IArgumentOperation> arguments) =>
        facts.Transfers.Any(t => t.Parameter == Transfer.ReceiverConnection && MayHold(t, arguments));

    /// <summary>The result is computed when it is enumerated, and that is certain.</summary>
    public static bool ReturnsDeferred(MemberFacts facts, ImmutableArray<IArgumentOperation> arguments) =>
        facts.Has(Roles.ReturnsDeferred) && (facts.Deferral is null || Holds(facts.Deferral, arguments) == true);

    public static bool HasCreationName(string name) =>
        CreationVerbs.Any(v => name.StartsWith(v, StringComparison.Ordinal) && (name.Length == v.Length || !char.IsLower(name[v.Length])));

    private static bool IsTracked(SessionType? type) => type is not null && type.Kind != SessionKind.Source && !type.Has(Roles.Optional);

    private bool MayHoldSession(ITypeSymbol type)
    {
        type = SessionSymbols.Unwrap(type);
        return type is INamedTypeSymbol { IsTupleType: true } tuple
            ? tuple.TupleElements.Any(e => IsTracked(symbols.TypeOf(e.Type)))
            : symbols.TypeOf(type) is { Kind: not SessionKind.Source };
    }

    private bool GivesSessionOut(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind == RefKind.Out && IsTracked(symbols.TypeOf(parameter.Type)) && IsSource(method))
            {
                return true;
            }
        }

        return false;
    }

    private Acquisition Find(ISymbol member)
    {
        var method = member as IMethodSymbol;
        var type = method?.ReturnType ?? ((IPropertySymbol)member).Type;
        var facts = symbols.FactsOf(member);
        if (facts is not { IsUsers: true } && Annotation(member) is { } annotated)
        {
            return new(annotated ? Result.Owned : Result.Borrowed, true);
        }

        if (facts is not null && facts.Has(Roles.ReturnsOwned | Roles.ReturnsBorrowed | Roles.ReturnsReceiver | Roles.Resolves))
        {
            return new(facts.Has(Roles.ReturnsOwned) ? Result.Owned : Result.Borrowed, true);
        }

        var body = method ?? ((IPropertySymbol)member).GetMethod!;
        var definition = body.OriginalDefinition;
        var kind = symbols.ResultOf(type)?.Kind ?? SessionKind.None;
        if (definition.IsAbstract || definition.IsVirtual || definition.IsOverride)
        {
            var known = ResultOfAll(definition);
            return known.Result != Result.Unknown || method is null || !definition.IsAbstract ? known : ByName(method, kind);
        }

        if (IsSource(definition))
        {
            var returns = SummaryOf(definition).Returns;
            // A command that a method makes is tracked only for the connection it lives on.
            return returns;
        }

        return method is null ? Acquisition.None : ByName(method, kind);
    }

    /// <summary>The last evidence: a member without a body in sight whose name says that it creates.</summary>
    private static Acquisition ByName(IMethodSymbol method, SessionKind kind) =>
        kind is SessionKind.Connection or SessionKind.Context or SessionKind.ServiceScope or SessionKind.ClientSession or SessionKind.Reader
        && method.OriginalDefinition.ReturnType is not ITypeParameterSymbol
        && SessionSymbols.Unwrap(method.OriginalDefinition.ReturnType) is not ITypeParameterSymbol { DeclaringMethod: not null }
        && (HasCreationName(method.Name) || (kind == SessionKind.Reader && method.Name.StartsWith("ExecuteReader", StringComparison.Ordinal)))
            ? new(Result.Owned, true)
            : Acquisition.None;

    /// <summary>JetBrains' [MustDisposeResource]: true, false, or absent.</summary>
    private static bool? Annotation(ISymbol member)
    {
        foreach (var attribute in member is IMethodSymbol method ? member.GetAttributes().AddRange(method.GetReturnTypeAttributes()) : member.GetAttributes())
        {
            if (attribute.AttributeClass?.Name == "MustDisposeResourceAttribute")
            {
                return !(attribute.ConstructorArguments.Length > 0 && attribute.ConstructorArguments[0].Value is false);
            }
        }

        return null;
    }

    private static bool Has(ImmutableArray<AttributeData> attributes, string name) => attributes.Any(a => a.AttributeClass?.Name == name);

    /// <summary>
    /// Is a new instance of this type a resource? Readers and transactions are wrappers when user code makes them; a connection that the
    /// user derives from the bare base class is one only when its disposal does something, or it is a test double.
    /// </summary>
    private bool IsResource(INamedTypeSymbol type, SessionType session)
    {
        switch (session.Kind)
        {
            case SessionKind.Context or SessionKind.Ambient or SessionKind.ServiceScope or SessionKind.Bulk:
                return true;
            case SessionKind.Reader:
                return false;
            default:
                return resources.GetOrAdd(type.OriginalDefinition, FindResource);
        }
    }

    private bool FindResource(INamedTypeSymbol type)
    {
        for (var t = type; t is not null && t.SpecialType == SpecialType.None; t = t.BaseType)
        {
            if (!IsInCompilation(t))
            {
                return !t.IsAbstract;
            }

            foreach (var member in t.GetMembers())
            {
                if (member is IMethodSymbol { Name: "Dispose" or "Close" or "DisposeAsync" } disposal
                    && disposal.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax
                    && syntax.DescendantNodes().Any(static n => n is InvocationExpressionSyntax))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private ParameterEffect EffectOfAll(IMethodSymbol method, int ordinal)
    {
        var effect = ParameterEffect.Keeps;
        var any = false;
        foreach (var implementation in BodiesOf(method))
        {
            var one = SummaryOf(implementation).EffectOf(ordinal);
            if (any && one != effect)
            {
                return ParameterEffect.Keeps;
            }

            effect = one;
            any = true;
        }

        return effect;
    }

    /// <summary>
    /// What all bodies behind a virtual member give back. A decorator asks the same question again inside: it is taken to agree, and
    /// found out when it does not.
    /// </summary>
    private Acquisition ResultOfAll(IMethodSymbol method)
    {
        var current = question;
        if (current is not null && current.IsOpen(method))
        {
            return new(Result.Owned, true);
        }

        Acquisition? all = null;
        current?.Open(method);
        try
        {
            foreach (var implementation in BodiesOf(method))
            {
                if (current is not null && current.IsAsking(implementation))
                {
                    continue;
                }

                var before = current?.Assumptions ?? 0;
                var one = SummaryOf(implementation).Returns;
                var agrees = current is not null && current.Assumptions != before;
                if (agrees ? one.Result == Result.Owned && one.Elements is null : all is null)
                {
                    all ??= agrees ? null : one;
                    continue;
                }

                if (agrees || one.Result != all!.Result || !Equals(one.Elements, all.Elements))
                {
                    current?.Incomplete.Clear();
                    return new(Result.Borrowed);
                }
            }
        }
        finally
        {
            current?.Close(method);
        }

        if (all is not { Result: Result.Owned })
        {
            current?.Incomplete.Clear();
        }

        return all is null ? Acquisition.None : all.Result == Result.Unknown ? new(Result.Borrowed) : all;
    }

    /// <summary>The bodies that a call of this method may reach, as far as this compilation shows: its own, overrides, implementations.</summary>
    public IEnumerable<IMethodSymbol> BodiesOf(IMethodSymbol method)
    {
        if (!method.IsAbstract && IsSource(method))
        {
            yield return method;
        }

        foreach (var type in SubtypesOf(method.ContainingType))
        {
            if (ImplementationIn(type, method) is { IsAbstract: false } implementation && IsSource(implementation.OriginalDefinition))
            {
                yield return implementation.OriginalDefinition;
            }
        }
    }

    private static IMethodSymbol? ImplementationIn(INamedTypeSymbol type, IMethodSymbol method)
    {
        if (method.ContainingType.TypeKind == TypeKind.Interface)
        {
            foreach (var candidate in type.AllInterfaces)
            {
                if (SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, method.ContainingType.OriginalDefinition))
                {
                    foreach (var member in candidate.GetMembers(method.Name))
                    {
                        if (SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method.OriginalDefinition)
                            && type.FindImplementationForInterfaceMember(member) is IMethodSymbol found)
                        {
                            return found;
                        }
                    }

                    // Accessors are found by their property.
                    if (method.AssociatedSymbol is { } property)
                    {
                        foreach (var member in candidate.GetMembers(property.Name))
                        {
                            if (type.FindImplementationForInterfaceMember(member) is IPropertySymbol { GetMethod: { } getter })
                            {
                                return getter;
                            }
                        }
                    }
                }
            }

            return null;
        }

        foreach (var member in type.GetMembers(method.Name))
        {
            for (var overridden = (member as IMethodSymbol)?.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
            {
                if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, method.OriginalDefinition))
                {
                    return (IMethodSymbol)member;
                }
            }
        }

        return null;
    }

    private bool IsSource(IMethodSymbol method) =>
        method.MethodKind != MethodKind.DelegateInvoke && method is { IsExtern: false, IsAbstract: false } && IsInCompilation(method);

    private bool IsInCompilation(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly);

    /// <summary>Taken where that is not known: then somebody else may dispose it.</summary>
    private static bool MayHold(Transfer transfer, ImmutableArray<IArgumentOperation> arguments) => transfer.Condition is null || Holds(transfer.Condition, arguments) != false;

    /// <summary>Null where the value of the argument is not known.</summary>
    private static bool? Holds(Condition condition, ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.Name == condition.Parameter)
            {
                return (argument.Value.ConstantValue.HasValue ? argument.Value.ConstantValue.Value : null) switch
                {
                    bool value => value == (condition.Value == "true"),
                    // An enum: the named flag among its fields.
                    int value => argument.Parameter.Type.GetMembers(condition.Value).FirstOrDefault() is IFieldSymbol { ConstantValue: int flag } && (value & flag) == flag,
                    _ => null,
                };
            }
        }

        return false;
    }

    private static bool IsMonitor(IMethodSymbol method) => method.ContainingType is { Name: "Monitor" or "Interlocked" } type && method.Name is "Enter" or "Exit" or "TryEnter"
        && SessionSymbols.IsIn(type.ContainingNamespace, "System.Threading");

    private MethodSummary SummaryOf(IMethodSymbol method)
    {
        method = method.PartialImplementationPart ?? method;
        return Guarded(method, () => GraphOf(method) is { } graph ? Summarise(method, graph, question?.Cancellation ?? default) : MethodSummary.Unknown);
    }

    /// <summary>
    /// Remembers a summary and answers recursion: every method on a cycle of calls is unknown, whichever of them is asked first, so that
    /// the answers do not depend on the order of questions. A chain that is too deep for the stack is taken up again from where it was
    /// left: the method at the limit is asked first, on a fresh stack, and then the question anew.
    /// </summary>
    private MethodSummary Guarded(IMethodSymbol method, Func<MethodSummary> compute)
    {
        if (summaries.TryGetValue(method, out var known))
        {
            return known;
        }

        if (question is { } current && current.Ownership == this)
        {
            return current.Known(method) ?? Compute(current, method, compute);
        }

        var outer = question;
        question = new Question(this, cancellationOfThread);
        try
        {
            var asked = new Stack<(IMethodSymbol Method, Func<MethodSummary> Compute)>();
            asked.Push((method, compute));
            while (true)
            {
                question.Cancellation.ThrowIfCancellationRequested();
                question.StartOver();
                var (next, body) = asked.Peek();
                var summary = summaries.TryGetValue(next, out known) ? known : Compute(question, next, body);
                if (question.Deferred is { } deferred && !summaries.ContainsKey(next))
                {
                    if (asked.Any(a => SymbolEqualityComparer.Default.Equals(a.Method, deferred.Method)))
                    {
                        // A cycle that is longer than the limit.
                        summaries.TryAdd(deferred.Method, MethodSummary.Unknown);
                    }
                    else
                    {
                        asked.Push(deferred);
                    }

                    continue;
                }

                asked.Pop();
                if (asked.Count == 0)
                {
                    return summary;
                }
            }
        }
        finally
        {
            question = outer;
        }
    }

    private MethodSummary Compute(Question question, IMethodSymbol method, Func<MethodSummary> compute)
    {
        var frames = question.Frames;
        for (var i = frames.Count - 1; i >= 0; i--)
        {
            if (SymbolEqualityComparer.Default.Equals(frames[i].Method, method))
            {
                frames[frames.Count - 1].Low = Math.Min(frames[frames.Count - 1].Low, i);
                return MethodSummary.Unknown;
            }
        }

        if (frames.Count >= MaxDepth)
        {
            question.Deferred ??= (method, compute);
            foreach (var open in frames)
            {
                open.Incomplete = true;
            }

            return MethodSummary.Unknown;
        }

        var depth = frames.Count;
        var frame = new Frame(method);
        frames.Add(frame);
        MethodSummary summary;
        try
        {
            summary = compute();
        }
        finally
        {
            frames.RemoveRange(depth, frames.Count - depth);
        }

        if (frame.Low <= depth)
        {
            summary = MethodSummary.Unknown;
            if (depth > 0)
            {
                frames[depth - 1].Low = Math.Min(frames[depth - 1].Low, frame.Low);
            }
        }

        if (!frame.Incomplete)
        {
            return summaries.GetOrAdd(method, summary);
        }

        // Good for the rest of this attempt only: it rests on an answer that is still to come.
        question.Incomplete[method] = summary;
        return summary;
    }

    /// <summary>Ties the work that follows on this thread to a cancellation.</summary>
    internal static CancellationToken CancellationOfThread
    {
        get => cancellationOfThread;
        set => cancellationOfThread = value;
    }

    private MethodSummary Summarise(IMethodSymbol method, ControlFlowGraph graph, CancellationToken cancellation)
    {
        var flow = SessionFlow.WithParameters(graph, method, this, cancellation);
        return flow.GaveUp ? MethodSummary.Unknown : MethodSummary.Of(method, flow.Results);
    }

    /// <summary>The model of any file of the compilation.</summary>
    internal SemanticModel ModelOf(SyntaxTree tree)
    {
#pragma warning disable RS1030 // Bodies of other files: the driver's own models are shared by the provider behind this call.
        return compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
    }

    /// <summary>The graph of a body, made once for its summary and its own report.</summary>
    public ControlFlowGraph GraphOf(ISymbol owner, Func<ControlFlowGraph> make) =>
        owner is not IMethodSymbol method ? make()
            : graphs.TryGetValue(method, out var graph) ? graph
            : MayBeSummarised(method) ? graphs.GetOrAdd(method, _ => make())
            : make();

    /// <summary>The graph of a member of this compilation, or null where it has no body.</summary>
    public ControlFlowGraph? BodyOf(IMethodSymbol method) => GraphOf(method.PartialImplementationPart ?? method);

    private bool MayBeSummarised(IMethodSymbol method) => MayHoldSession(method.ReturnType) || method.Parameters.Any(p => symbols.ResultOf(p.Type) is not null);

    private ControlFlowGraph? GraphOf(IMethodSymbol method)
    {
        if (graphs.TryGetValue(method, out var known))
        {
            return known;
        }

        return Build(method) is { } graph ? graphs.GetOrAdd(method, graph) : null;
    }

    private ControlFlowGraph? Build(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            return method.ContainingSymbol is IMethodSymbol outer && GraphOf(outer) is { } around
                ? around.LocalFunctions.Contains(method, SymbolEqualityComparer.Default) ? around.GetLocalFunctionControlFlowGraph(method) : null
                : null;
        }

        return OperationOf(method, CancellationToken.None) switch
        {
            IMethodBodyOperation body => ControlFlowGraph.Create(body),
            IConstructorBodyOperation body => ControlFlowGraph.Create(body),
            IBlockOperation block => ControlFlowGraph.Create(block),
            _ => null,
        };
    }

    /// <summary>The body of a member of this compilation as operations, or null where it has none.</summary>
    public IOperation? OperationOf(IMethodSymbol method, CancellationToken cancellation)
    {
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax(cancellation);
            if (compilation.ContainsSyntaxTree(reference.SyntaxTree) && syntax is not (TypeDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)
                && ModelOf(reference.SyntaxTree).GetOperation(syntax, cancellation) is { Kind: OperationKind.MethodBody or OperationKind.ConstructorBody or OperationKind.Block, Parent: null } body)
            {
                return body;
            }
        }

        return null;
    }

    /// <summary>One question from outside and all that it takes to answer it.</summary>
    private sealed class Question(Ownership ownership, CancellationToken cancellation)
    {
        public Ownership Ownership { get; } = ownership;

        public CancellationToken Cancellation { get; } = cancellation;

        public List<Frame> Frames { get; } = [];

        public Dictionary<IMethodSymbol, MethodSummary> Incomplete { get; } = new(SymbolEqualityComparer.Default);

        /// <summary>The first method that was too deep.</summary>
        public (IMethodSymbol Method, Func<MethodSummary> Compute)? Deferred { get; set; }

        /// <summary>How often an answer was taken for granted because its question is still open.</summary>
        public int Assumptions { get; private set; }

        /// <summary>Virtual members whose bodies are being asked, with the depth at which that began.</summary>
        private readonly Dictionary<IMethodSymbol, int> open = new(SymbolEqualityComparer.Default);

        public void Open(IMethodSymbol method) => open[method] = Frames.Count;

        public void Close(IMethodSymbol method) => open.Remove(method);

        /// <summary>True inside one of its bodies: whatever rests on the answer is good for this attempt only.</summary>
        public bool IsOpen(IMethodSymbol method)
        {
            if (!open.TryGetValue(method, out var start))
            {
                return false;
            }

            Assumptions++;
            for (var i = start; i < Frames.Count; i++)
            {
                Frames[i].Incomplete = true;
            }

            return true;
        }

        public bool IsAsking(IMethodSymbol method) => Frames.Exists(f => SymbolEqualityComparer.Default.Equals(f.Method, method));

        public MethodSummary? Known(IMethodSymbol method) => Incomplete.TryGetValue(method, out var summary) ? summary : null;

        public void StartOver()
        {
            Incomplete.Clear();
            Deferred = null;
        }
    }

    private sealed class Frame(IMethodSymbol method)
    {
        public IMethodSymbol Method { get; } = method;

        /// <summary>The outermost frame that this method's callees reach again.</summary>
        public int Low { get; set; } = int.MaxValue;

        /// <summary>The depth limit was met below: the answer holds only for this attempt.</summary>
        public bool Incomplete { get; set; }
    }
}

/// <summary>What a method does with the sessions it is passed and what it gives back. Unknown in doubt, and then the rules are silent.</summary>
internal sealed class MethodSummary
{
    public static readonly MethodSummary Unknown = new([], Acquisition.None, [], null);

    private readonly Dictionary<int, ParameterEffect> effects;

    private MethodSummary(Dictionary<int, ParameterEffect> effects, Acquisition returns, HashSet<int> ownedOut, int? returnedParameter)
    {
        this.effects = effects;
        Returns = returns;
        OwnedOut = ownedOut;
        ReturnedParameter = returnedParameter;
    }

    public Acquisition Returns { get; }

    public HashSet<int> OwnedOut { get; }

    public int? ReturnedParameter { get; }

    public ParameterEffect EffectOf(int ordinal) => effects.TryGetValue(ordinal, out var effect) ? effect : ParameterEffect.Keeps;

    public static MethodSummary Of(IMethodSymbol method, FlowResults results)
    {
        var effects = new Dictionary<int, ParameterEffect>();
        foreach (var pair in results.ParameterStatuses)
        {
            // Where the argument was null nothing was left to do.
            const int Ended = (1 << (int)Status.Closed) | (1 << (int)Status.Disposed);
            effects[pair.Key] = (pair.Value & ~(1 << (int)Status.Absent)) switch
            {
                1 << (int)Status.Open => ParameterEffect.Borrows,
                > 0 and var ended when (ended & ~Ended) == 0 => ParameterEffect.Disposes,
                _ => ParameterEffect.Keeps,
            };
        }

        var returned = results.Returned.TryGetValue(-1, out var value) ? value : ReturnedValue.None;
        int? parameter = returned == ReturnedValue.Parameter && results.ReturnedParameter >= 0 ? results.ReturnedParameter : null;
        if (parameter is { } passedOn && method.Parameters.Length > passedOn)
        {
            effects[passedOn] = ParameterEffect.Returns;
        }

        var result = (returned & ~(ReturnedValue.Null | ReturnedValue.Opened)) switch
        {
            ReturnedValue.Owned => Result.Owned,
            ReturnedValue.None => Result.Unknown,
            _ => Result.Borrowed,
        };
        var elements = results.Returned.Where(static r => r.Key >= 0 && (r.Value & ~(ReturnedValue.Null | ReturnedValue.Opened)) == ReturnedValue.Owned).Select(static r => r.Key).OrderBy(static k => k).ToImmutableArray();
        return new(effects, new(result, true, elements.IsEmpty ? null : elements, (returned & ReturnedValue.Opened) == 0), results.OwnedOut, parameter);
    }
}
