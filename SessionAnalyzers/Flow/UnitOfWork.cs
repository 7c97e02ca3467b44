using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// What a commit or flush finishes: the transaction, by the variable or member that holds it, and the connection or context below it,
/// where the body shows it.
/// </summary>
internal sealed class UnitOfWork
{
    private readonly SessionSymbols symbols;
    private readonly BodyFacts body;

    private UnitOfWork(SessionSymbols symbols, BodyFacts body, ISymbol? transaction, IInvocationOperation? begin, SessionRoot? session, bool endsWithFailure)
    {
        this.symbols = symbols;
        this.body = body;
        Transaction = transaction;
        Begin = begin;
        Session = session;
        EndsWithFailure = endsWithFailure;
    }

    public ISymbol? Transaction { get; }

    /// <summary>The call that begins the transaction, if it is the only one that the variable gets its value from.</summary>
    public IInvocationOperation? Begin { get; }

    public SessionRoot? Session { get; }

    public string Name => Transaction?.Name ?? Session!.Value.Name;

    /// <summary>A failed command leaves nothing to go on with: a transaction of PostgreSQL, a session of NHibernate.</summary>
    public bool EndsWithFailure { get; }

    public static UnitOfWork? Of(IInvocationOperation finish, SessionSymbols symbols)
    {
        if (finish.Instance is not { } instance)
        {
            return null;
        }

        var receiver = BodyFacts.Unwrap(instance);
        if (symbols.TypeOf(receiver.Type) is not { } type || BodyFacts.SymbolOf(receiver) is not { } symbol
            || receiver is IMemberReferenceOperation { Instance: not (null or IInstanceReferenceOperation) })
        {
            return null;
        }

        var body = BodyFacts.Of(finish, symbols);
        if (type.Kind == SessionKind.Context)
        {
            return SessionRoot.Of(finish, symbols) is { } context ? new(symbols, body, null, null, context, type.Has(Roles.FailureEnds)) : null;
        }

        if (type.Kind is not (SessionKind.Transaction or SessionKind.Ambient))
        {
            return null;
        }

        var value = symbol is ILocalSymbol local && body.OnlyValueOf(local, finish.SemanticModel) is { } only ? BodyFacts.Unwrap(only) : null;
        var begin = value as IInvocationOperation;
        var session = begin is null ? null : SessionRoot.Of(begin, symbols);
        var known = symbols.TypeOf(value?.Type) ?? type;
        return new(symbols, body, symbol, begin, session, known.Has(Roles.FailureEnds) && (session is not { Kind: SessionKind.Context } below || symbols.TypeOf(below.Type)?.Has(Roles.FailureEnds) == true));
    }

    /// <summary>True for a command, query or save that runs in it.</summary>
    public bool Runs(IInvocationOperation call)
    {
        if (symbols.FactsOf(call.TargetMethod)?.Has(Roles.Runs | Roles.Flushes) != true)
        {
            return false;
        }

        if (Session is { } session && SessionRoot.Of(call, symbols) is { } own)
        {
            return own.Is(session);
        }

        return Transaction is not null && (Mentions(call)
            || (call.Instance is { } instance && BodyFacts.Unwrap(instance) is ILocalReferenceOperation { Local: var command }
                && body.OnlyValueOf(command, call.SemanticModel) is { } value && Mentions(value)));
    }

    public bool Mentions(IOperation operation) =>
        operation.DescendantsAndSelf().Any(o => Is(o, Transaction) || (Session is { } session && Is(o, session.Symbol)));

    private static bool Is(IOperation operation, ISymbol? symbol) =>
        symbol is not null && operation is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation
        && SymbolEqualityComparer.Default.Equals(BodyFacts.SymbolOf(operation), symbol);
}
