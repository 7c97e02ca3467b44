using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a call that opens a connection which lives on, where the same code closes it on one path and leaves it open on another. Code
/// that never closes it, or only under some condition, may have been made to open it and is left alone. Connections that this code owns
/// are the affair of the rules about disposal.
/// </summary>
internal sealed class OpenedConnectionMustBeClosed() : CallRule(Descriptors.OpenedConnectionMustBeClosed)
{
    private const Roles Work = Roles.Runs | Roles.Commits | Roles.Flushes | Roles.Begins | Roles.RunsInTransaction | Roles.OpensAndCloses;

    private static readonly ImmutableArray<string> OpeningVerbs = ImmutableArray.Create("Open", "Ensure", "Connect", "Reconnect", "TryOpen", "TryConnect", "Begin", "Start", "Init");

    public override void Check(SessionCall call)
    {
        var ownership = call.Ownership;
        if (call.Facts?.Has(Roles.Opens) != true || call.Operation is not IInvocationOperation { TargetMethod.Name: "Open" or "OpenAsync" or "OpenConnection" or "OpenConnectionAsync" } opening
            || BodyFacts.IsMadeHere(opening.Instance) || !IsUnconditional(opening) || IsOpener(call.Member, ownership.Symbols))
        {
            return;
        }

        var search = new Search(ownership, BodyFacts.Of(opening, ownership.Symbols), call.Cancellation);
        if (search.KeyOf(opening) is not { } key || !search.LivesOn(key, opening) || search.FindClosings(opening, key) is not { } closings)
        {
            return;
        }

        var paths = new OpenConnection(call.Graph(), closings, search.AsksConnection, i => search.Works(i, key));
        paths.Follow(opening.Syntax);

        // The caller of a method with a connection parameter, or of a helper with a context, mostly disposes it when something throws, and so
        // does a type that disposes its own field.
        var exit = paths.NormalExit ?? (EndsWithItsOwner(key, call.Member) ? null : paths.Thrower);
        if (exit is null)
        {
            return;
        }

        var line = LeakMessages.LineOf(exit.GetLocation());
        var when = exit != paths.NormalExit
            ? LeakMessages.Thrower(exit) is { } thrower ? $"'{thrower}' throws (line {line})" : $"an exception is thrown (line {line})"
            : exit.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax ? $"the method returns (line {line})" : $"the method ends (line {line})";
        call.Report(Diagnostic.Create(Descriptor, opening.Syntax.GetLocation(), [exit.GetLocation()], key.Holder.Name, when));
    }

    /// <summary>Straight in the body: no condition decides whether the connection is opened, and no other function is around.</summary>
    private static bool IsUnconditional(IOperation opening)
    {
        for (var operation = opening; operation.Parent is { } parent; operation = parent)
        {
            if (parent is not (IBlockOperation or IExpressionStatementOperation or IAwaitOperation or IMethodBodyOperation or IUsingOperation or ILoopOperation or ITryOperation or ILockOperation
                or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "GetResult" or "Wait" }))
            {
                return false;
            }

            if (parent is ITryOperation @try && @try.Body != operation)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A member whose job is to open: by its name, by what it gives back, or because the object that it makes lives on open.</summary>
    private static bool IsOpener(ISymbol member, SessionSymbols symbols) =>
        member is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } method
        || method.Name is "Main" or "<Main>$" || symbols.ResultOf(method.ReturnType) is not null
        || method.Parameters.Any(static p => p.RefKind is RefKind.Out or RefKind.Ref)
        || OpeningVerbs.Any(v => method.Name.StartsWith(v, StringComparison.Ordinal) && (method.Name.Length == v.Length || v == "Init" || !char.IsLower(method.Name[v.Length])));

    private static bool EndsWithItsOwner(ConnectionKey key, ISymbol member) =>
        (key.Holder is IParameterSymbol && !IsCaptured(key.Holder, member) && (!key.IsOfContext || member.DeclaredAccessibility == Accessibility.Private))
        || BodyFacts.IsTest(member)
        || ((key.Holder is IFieldSymbol or IPropertySymbol || IsCaptured(key.Holder, member)) && key.Holder.ContainingType.GetMembers().Any(m => m.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Finalize"
            && m.DeclaringSyntaxReferences.Any(r => r.GetSyntax().DescendantTokens().Any(t => t.ValueText == key.Holder.Name))));

    /// <summary>The parameter of a primary constructor is a field to all other members.</summary>
    private static bool IsCaptured(ISymbol holder, ISymbol member) =>
        holder is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } constructor } && !SymbolEqualityComparer.Default.Equals(constructor, member);

    /// <summary>What one body does with one connection.</summary>
    private sealed class Search(Ownership ownership, BodyFacts body, CancellationToken cancellation)
    {
        private SessionSymbols Symbols => ownership.Symbols;

        public ConnectionKey? KeyOf(IInvocationOperation call)
        {
            var receiver = call.Instance ?? (call.Arguments.Length > 0 ? call.Arguments[0].Value : null);
            if (receiver is null)
            {
                return null;
            }

            return call.TargetMethod.ContainingType.Name == "RelationalDatabaseFacadeExtensions"
                ? ContextOf(receiver) is { } context ? new(context, true, true) : null
                : Symbols.TypeOf(BodyFacts.Unwrap(receiver).Type)?.Kind == SessionKind.Connection ? ConnectionOf(receiver, 0) : null;
        }

        /// <summary>The holder was there before this body and is there after it.</summary>
        public bool LivesOn(ConnectionKey key, IInvocationOperation opening)
        {
            if (body.Disposes(key.Holder) || body.Assigns(key.Holder))
            {
                return false;
            }

            switch (key.Holder)
            {
                case IParameterSymbol { RefKind: RefKind.None, ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } }:
                case IFieldSymbol:
                case INamedTypeSymbol:
                    return true;
                case IPropertySymbol property:
                    return property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is PropertyDeclarationSyntax { AccessorList: { } accessors } && accessors.Accessors.All(static a => a.Body is null && a.ExpressionBody is null);
                case ILocalSymbol local:
                    return body.OnlyValueOf(local, opening.SemanticModel) is { } value && ownership.Borrowed.Find(value, body, cancellation) is not null;
                default:
                    return false;
            }
        }

        /// <summary>
        /// The calls that close the connection, or may; null where nothing certainly closes it, or where something else decides: a closing in
        /// another function, under a condition of its own, by a reader, or by somebody to whom the connection is given.
        /// </summary>
        public HashSet<SyntaxNode>? FindClosings(IInvocationOperation opening, ConnectionKey key)
        {
            IOperation root = opening;
            while (root.Parent is { } parent)
            {
                root = parent;
            }

            var found = new HashSet<SyntaxNode>();
            var certain = false;
            foreach (var operation in root.DescendantsAndSelf())
            {
                cancellation.ThrowIfCancellationRequested();
                if (operation is IArgumentOperation { Parameter: { } parameter, Parent: { } call } argument && IsConnection(argument.Value, key)
                    && ownership.EffectOf(call, parameter) != ParameterEffect.Borrows && !(call is IInvocationOperation known && Symbols.FactsOf(known.TargetMethod) is not null))
                {
                    return null;
                }

                if (operation is IReturnOperation { Kind: OperationKind.YieldReturn } || BodyFacts.ResourcesOf(operation).Any(r => IsConnection(r, key)))
                {
                    return null;
                }

                if (operation is ISimpleAssignmentOperation { Target: not (ILocalReferenceOperation or IPropertyReferenceOperation) } stored && IsConnection(stored.Value, key))
                {
                    return null;
                }

                if (operation is not IInvocationOperation invocation)
                {
                    continue;
                }

                var facts = Symbols.FactsOf(invocation.TargetMethod);
                if (facts is not null && Ownership.TakesReceiverConnection(facts, invocation.Arguments))
                {
                    return null;
                }

                if (facts is not null && facts.Has(Roles.Closes))
                {
                    if (!IsOfConnection(invocation))
                    {
                        continue;
                    }

                    var other = KeyOf(invocation);
                    if (other is null || (!key.IsSameAs(other) && SymbolEqualityComparer.Default.Equals(key.Holder, other.Holder)))
                    {
                        return null;
                    }

                    if (!key.IsSameAs(other))
                    {
                        continue;
                    }

                    if (Placement(invocation) is not { } regular)
                    {
                        return null;
                    }

                    found.Add(invocation.Syntax);
                    certain |= regular && invocation.Syntax.SpanStart > opening.Syntax.SpanStart;
                }
                else if (facts is null && MayClose(invocation))
                {
                    found.Add(invocation.Syntax);
                }
            }

            return certain ? found : null;
        }

        /// <summary>A question about a connection: whether it is there, or open.</summary>
        public bool AsksConnection(IOperation condition) =>
            condition.DescendantsAndSelf().Any(o => Symbols.TypeOf(o.Type)?.Kind == SessionKind.Connection || o.Type is { Name: "ConnectionState", TypeKind: TypeKind.Enum });

        /// <summary>The calls that fail in practice: those that reach the database, and helpers that are given the connection.</summary>
        public bool Works(IInvocationOperation call, ConnectionKey key) =>
            Symbols.FactsOf(call.TargetMethod) is { } facts ? facts.Has(Work) : call.Arguments.Any(a => IsConnection(a.Value, key));

        private bool IsOfConnection(IInvocationOperation closing) =>
            closing.TargetMethod.ContainingType.Name == "RelationalDatabaseFacadeExtensions"
            || Symbols.TypeOf(closing.Instance is null ? null : BodyFacts.Unwrap(closing.Instance).Type)?.Kind == SessionKind.Connection;

        /// <summary>Whatever says that it closes or disposes something, apart from readers, commands and transactions.</summary>
        private bool MayClose(IInvocationOperation call) =>
            call.TargetMethod.Name is var name && (name.Contains("Close") || name.Contains("Dispose") || name.Contains("Disconnect") || name.Contains("Release"))
            && Symbols.TypeOf(call.Instance?.Type)?.Kind is null or SessionKind.Connection or SessionKind.Context;

        private bool IsConnection(IOperation value, ConnectionKey key)
        {
            value = BodyFacts.Unwrap(value);
            return Symbols.TypeOf(value.Type)?.Kind == SessionKind.Connection && ConnectionOf(value, 0) is { } other
                && (key.IsSameAs(other) || (key.IsOfContext && other.IsOfContext && SymbolEqualityComparer.Default.Equals(key.Holder, other.Holder)));
        }

        private ConnectionKey? ConnectionOf(IOperation connection, int depth)
        {
            connection = BodyFacts.Unwrap(connection);
            switch (connection)
            {
                case ILocalReferenceOperation { Local: var local } when depth < 4:
                    return body.OnlyValueOf(local, connection.SemanticModel) is { } value ? ConnectionOf(value, depth + 1) ?? new(local, false, false) : null;
                case IParameterReferenceOperation { Parameter: var parameter }:
                    return new(parameter, false, false);
                case IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field:
                    return new(field.Field, false, false);
                case IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } property when Symbols.FactsOf(property.Property) is null:
                    return new(property.Property, false, false);
                case IPropertyReferenceOperation { Property.Name: "Connection", Instance: { } database } property when Symbols.FactsOf(property.Property)?.Has(Roles.ReturnsBorrowed) == true && BodyFacts.Unwrap(database).Type?.Name == "Database":
                    return ContextOf(database) is { } old ? new(old, true, false) : null;
                case IInvocationOperation { TargetMethod.Name: "GetDbConnection", Arguments: { Length: > 0 } arguments }:
                    return ContextOf(arguments[0].Value) is { } context ? new(context, true, false) : null;
                default:
                    return null;
            }
        }

        /// <summary>The variable or field of the context behind 'context.Database'; inside a context, its type.</summary>
        private ISymbol? ContextOf(IOperation database)
        {
            database = BodyFacts.Unwrap(database);
            if (database is ILocalReferenceOperation { Local: var local } && body.OnlyValueOf(local, database.SemanticModel) is { } value)
            {
                database = BodyFacts.Unwrap(value);
            }

            return database is IPropertyReferenceOperation { Property.Name: "Database", Instance: { } context }
                ? BodyFacts.Unwrap(context) switch
                {
                    IInstanceReferenceOperation instance => instance.Type,
                    IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation, Member: var member } => member,
                    ILocalReferenceOperation { Local: var variable } => variable,
                    IParameterReferenceOperation { Parameter: var parameter } => parameter,
                    _ => null,
                }
                : null;
        }

        /// <summary>True for a closing on the normal way or in a finally, false for one in a catch, null where something else decides about it.</summary>
        private bool? Placement(IInvocationOperation closing)
        {
            var regular = true;
            for (IOperation operation = closing; operation.Parent is { } parent; operation = parent)
            {
                switch (parent)
                {
                    case IAnonymousFunctionOperation or ILocalFunctionOperation:
                        return null;
                    case ICatchClauseOperation:
                        regular = false;
                        break;
                    case IConditionalOperation conditional when conditional.Condition != operation && !AsksConnection(conditional.Condition) && !Jumps(operation):
                    case ISwitchCaseOperation or ISwitchExpressionOperation:
                        return null;
                }
            }

            return regular;
        }

        /// <summary>A branch that leaves after its closing is a path of its own.</summary>
        private static bool Jumps(IOperation branch) =>
            branch is IBlockOperation { Operations: var operations } && operations.LastOrDefault() is IReturnOperation or IThrowOperation or IBranchOperation or IExpressionStatementOperation { Operation: IThrowOperation };
    }
}
