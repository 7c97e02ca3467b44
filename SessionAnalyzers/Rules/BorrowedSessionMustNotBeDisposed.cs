using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports the disposal of a session that a context, a command, a transaction or the container lends. A session whose owner the same body
/// ends as well, one that may have been handed over, and what a type disposes when it is disposed itself are left alone: nobody is left
/// who could miss them.
/// </summary>
internal sealed class BorrowedSessionMustNotBeDisposed() : CallRule(Descriptors.BorrowedSessionMustNotBeDisposed)
{
    /// <summary>The property of a diagnostic that may be fixed by dropping the disposal: the owner disposes in time.</summary>
    public const string CanDrop = "drop";

    private static readonly ImmutableArray<string> EndingVerbs = ImmutableArray.Create(
        "Dispose", "Close", "End", "Release", "Clean", "Cleanup", "TearDown", "Teardown", "Stop", "Shutdown", "Destroy", "Free", "Finalize", "Finish", "Reset", "Kill", "Abort");

    public override void Check(SessionCall call)
    {
        if (BodyFacts.IsDisposal(call.Method))
        {
            CheckFollowed(call);
        }
    }

    public override bool Follows(IMethodSymbol method) => BodyFacts.IsDisposal(method);

    public override void CheckFollowed(SessionCall call)
    {
        if (call.Operation is IInvocationOperation { Instance: { } instance } invocation)
        {
            Check(call, instance, WholeCall(invocation));
        }
    }

    public override void CheckUsing(SessionCall call)
    {
        foreach (var resource in BodyFacts.ResourcesOf(call.Operation))
        {
            // 'using (c = x)' and 'using (c)' alike.
            Check(call, resource is ISimpleAssignmentOperation assignment ? assignment.Value : resource, null);
        }
    }

    private void Check(SessionCall at, IOperation disposed, IOperation? call)
    {
        var value = BodyFacts.Unwrap(disposed);
        if (!MayBeBorrowed(value, at.Ownership.Symbols) || KindOf(value, disposed, at.Ownership.Symbols) is not { } kind || IsEnding(at.Member, call is not null))
        {
            return;
        }

        var body = BodyFacts.Of(at.Operation, at.Ownership.Symbols);
        if (at.Ownership.Borrowed.Find(value, body, at.Cancellation) is not { } borrowed
            || (kind == SessionKind.Transaction && EndsTransactions(borrowed, body, at.Member))
            || (kind == SessionKind.Context && borrowed.SourceName == "GetCurrentSession" && call is not null)
            || (borrowed.Owner == "the container" && BodyFacts.IsTest(at.Member))
            || (call is not null && (IsConditional(call, value) || IsInEndingFunction(call))))
        {
            return;
        }

        var place = (call ?? disposed).Syntax;
        var source = borrowed.Source.Syntax;
        var name = BodyFacts.SymbolOf(value)?.Name ?? (at.Operation is IUsingDeclarationOperation or IUsingOperation && place.Parent?.Parent is VariableDeclaratorSyntax declarator
            ? declarator.Identifier.ValueText
            : (KindOf(value, disposed, at.Ownership.Symbols) is not null ? TypeOf(value, disposed)?.Name : null) ?? "session");

        // Where the code opens the connection and leaves the closing to the disposal, there is more to do than to drop it.
        var canDrop = borrowed.OutlivesBody && (kind != SessionKind.Connection || (body.Calls & Roles.Opens) == 0 || body.ClosesConnection);
        var properties = canDrop ? ImmutableDictionary<string, string?>.Empty.Add(CanDrop, "") : ImmutableDictionary<string, string?>.Empty;
        at.Report(Diagnostic.Create(
            Descriptor, place.GetLocation(), [source.GetLocation()], properties, name, BorrowedSessions.KindName(kind), borrowed.SourceName, borrowed.Owner));
    }

    /// <summary>The cheap look: only these can lead to a lender.</summary>
    private static bool MayBeBorrowed(IOperation value, SessionSymbols symbols) => value switch
    {
        IInvocationOperation { TargetMethod: var method } => IsLender(method, symbols),
        IPropertyReferenceOperation { Property: var property } => IsLender(property, symbols),
        IConditionalAccessOperation { WhenNotNull: var then } => MayBeBorrowed(BodyFacts.Unwrap(then), symbols),
        ICoalesceOperation { Value: var first } => MayBeBorrowed(BodyFacts.Unwrap(first), symbols),
        ILocalReferenceOperation => !BodyFacts.IsMadeHere(value),
        // Injected: contexts, and what an attribute says.
        IParameterReferenceOperation { Parameter: var parameter } => symbols.TypeOf(parameter.Type)?.Kind == SessionKind.Context || !parameter.GetAttributes().IsEmpty,
        IFieldReferenceOperation { Field.Type: var type } => symbols.TypeOf(type)?.Kind == SessionKind.Context,
        _ => false,
    };

    private static bool IsLender(ISymbol member, SessionSymbols symbols) => symbols.FactsOf(member)?.Has(Roles.Resolves | Roles.ReturnsBorrowed) == true;

    private static ITypeSymbol? TypeOf(IOperation value, IOperation disposed) =>
        value.Type is { SpecialType: SpecialType.System_Object } or null ? disposed.Type : SessionSymbols.Unwrap(value.Type);

    private static SessionKind? KindOf(IOperation value, IOperation disposed, SessionSymbols symbols) =>
        symbols.TypeOf(TypeOf(value, disposed)) is { Kind: SessionKind.Context or SessionKind.Connection or SessionKind.Transaction or SessionKind.ClientSession or SessionKind.Source } session
        && !SessionSymbols.IsIn(TypeOf(value, disposed)!.ContainingNamespace, "System.Transactions")
            ? session.Kind
            : null;

    /// <summary>
    /// Who commits or rolls back a transaction that it did not begin ends it on purpose, and so does a type that begins one elsewhere. It is
    /// different where the body begins one itself unless there is one already: the other one is not its to end.
    /// </summary>
    private static bool EndsTransactions(BorrowedSession borrowed, BodyFacts body, ISymbol member)
    {
        if (!borrowed.OutlivesBody)
        {
            return false;
        }

        return (body.Calls & (Roles.Commits | Roles.RollsBack | Roles.Begins)) != 0
            || member.ContainingType is not { } type
            || type.DeclaringSyntaxReferences.Any(static r => r.GetSyntax().DescendantTokens().Any(static t => t.ValueText is "BeginTransaction" or "BeginTransactionAsync" or "UseTransaction" or "UseTransactionAsync"));
    }

    /// <summary>Code that ends an object. There a call to Dispose may be the owner's; a using needs a clearer name.</summary>
    private static bool IsEnding(ISymbol member, bool isCall) =>
        member is IMethodSymbol { MethodKind: MethodKind.Destructor } || (isCall ? HasEndingName(NameOf(member)) : NameOf(member).StartsWith("Dispose", StringComparison.Ordinal)) || member.GetAttributes().Any(static a => a.AttributeClass?.Name is { } name
            && (name.StartsWith("TearDown", StringComparison.Ordinal) || name.StartsWith("OneTimeTearDown", StringComparison.Ordinal) || name.EndsWith("CleanupAttribute", StringComparison.Ordinal)));

    private static bool HasEndingName(string name) =>
        name.Contains("Dispose") || EndingVerbs.Any(v => name.StartsWith(v, StringComparison.Ordinal) && (name.Length == v.Length || !char.IsLower(name[v.Length])));

    /// <summary>The simple name, also of an explicit implementation.</summary>
    private static string NameOf(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);

    private static bool IsInEndingFunction(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ILocalFunctionOperation { Symbol.Name: var name } && HasEndingName(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Under a condition that is more than a question about the session itself: somebody decides whose it is.</summary>
    private static bool IsConditional(IOperation call, IOperation value)
    {
        var symbol = BodyFacts.SymbolOf(value);
        for (IOperation? operation = call; operation?.Parent is { } parent; operation = parent)
        {
            switch (parent)
            {
                case IConditionalOperation conditional when conditional.Condition != operation
                        && (symbol is null || !conditional.Condition.DescendantsAndSelf().Any(c => SymbolEqualityComparer.Default.Equals(BodyFacts.SymbolOf(c), symbol))):
                case ISwitchCaseOperation or ICatchClauseOperation:
                    return true;
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    return false;
            }
        }

        return false;
    }

    private static IOperation WholeCall(IInvocationOperation call)
    {
        IOperation whole = call;
        while (whole.Parent is IConditionalAccessOperation or IAwaitOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            whole = whole.Parent;
        }

        return whole;
    }
}
