using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports work that is started in the background and that nobody waits for, where it captures a session that ends without it: one of a
/// using around the start, or one that the container gave to an object of a request. Work that is awaited, joined, kept, returned or
/// signalled back is not reported, and neither are programs that end with the scope, and sessions made inside the work.
/// </summary>
internal sealed class SessionMustNotEscapeToBackground() : CallRule(Descriptors.SessionMustNotEscapeToBackground)
{
    /// <summary>Calls after the start that may wait for the work.</summary>
    private static readonly string[] Waits =
    [
        "Wait", "WaitAsync", "WaitOne", "WaitAny", "WaitAll", "WhenAll", "WhenAny", "Join", "Sleep", "Delay", "SpinUntil", "ReadLine", "ReadKey", "Read", "Run", "RunAsync", "StopAsync",
        "WaitForShutdown", "WaitForShutdownAsync", "SignalAndWait", "GetResult", "Task", "Completion", "Take", "GetConsumingEnumerable", "ReadAllAsync",
    ];

    private static readonly string[] Signals = ["TaskCompletionSource", "Event", "Semaphore", "Countdown", "Barrier", "Channel", "BlockingCollection", "CancellationToken", "Monitor", "Subject"];

    public override void Check(SessionCall call)
    {
        if (Follows(call.Method))
        {
            CheckFollowed(call);
        }
    }

    public override bool Follows(IMethodSymbol method) =>
        method is { Name: "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" } or { MethodKind: MethodKind.Constructor, ContainingType.Name: "Thread" or "Timer" };

    public override void CheckFollowed(SessionCall call)
    {
        if (StarterOf(call.Operation) is not { } starter || WorkOf(call.Operation) is not { } work || !IsLeftAlone(call.Operation, starter) || SharedSessions.IsTest(call.Member))
        {
            return;
        }

        BodyFacts? body = null;
        foreach (var node in work.Descendants())
        {
            if (node is not (ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation) || KindOf(node.Type, call.Ownership.Symbols) is not { } kind)
            {
                continue;
            }

            SyntaxNode? end;
            if (node is ILocalReferenceOperation { Local: var local })
            {
                end = ScopeOf(local, call.Operation, work);
            }
            else
            {
                end = kind is SessionKind.Context or SessionKind.Connection && IsOfRequest(node, call, body ??= BodyFacts.Of(call.Operation, call.Ownership.Symbols)) ? MemberOf(call.Operation) : null;
            }

            if (end is null || MayWait(end, call.Operation, work))
            {
                continue;
            }

            var name = BodyFacts.SymbolOf(node)!.Name;
            call.Report(Diagnostic.Create(
                Descriptor, node.Syntax.GetLocation(), [call.Operation.Syntax.GetLocation()], starter, name,
                BorrowedSessions.KindName(kind), node is ILocalReferenceOperation ? "its using ends" : "the container ends"));
            return;
        }
    }

    /// <summary>How messages call a call that starts work in the background, or null for any other.</summary>
    private static string? StarterOf(IOperation operation)
    {
        switch (operation)
        {
            case IInvocationOperation { TargetMethod: { Name: "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem", ContainingType: { } type } method }:
                return (method.Name, type.Name) is ("Run", "Task") or ("StartNew", "TaskFactory") or ("QueueUserWorkItem" or "UnsafeQueueUserWorkItem", "ThreadPool") && IsThreading(type)
                    ? $"{type.Name}.{method.Name}"
                    : null;
            case IObjectCreationOperation { Type: INamedTypeSymbol { Name: "Thread" or "Timer" } made } when SessionSymbols.IsIn(made.ContainingNamespace, "System.Threading"):
                return made.Name;
            default:
                return null;
        }
    }

    private static bool IsThreading(INamedTypeSymbol type) =>
        SessionSymbols.IsIn(type.ContainingNamespace, "System.Threading.Tasks") || SessionSymbols.IsIn(type.ContainingNamespace, "System.Threading");

    private static IAnonymousFunctionOperation? WorkOf(IOperation operation)
    {
        var arguments = operation is IInvocationOperation invocation ? invocation.Arguments : ((IObjectCreationOperation)operation).Arguments;
        if (arguments.IsEmpty)
        {
            return null;
        }

        var value = arguments[0].Value;
        while (value is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
        {
            value = value.ChildOperations.First();
        }

        return value as IAnonymousFunctionOperation;
    }

    /// <summary>Nothing holds what would tell when the work has ended.</summary>
    private static bool IsLeftAlone(IOperation start, string starter)
    {
        switch (starter)
        {
            case "Timer":
                // One in a local may be disposed here, or be collected.
                return start.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation };
            case "Thread":
                if (start.Parent is IInvocationOperation { TargetMethod.Name: "Start", Parent: IExpressionStatementOperation })
                {
                    return true;
                }

                return start.Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var thread } } && UsesOf(thread, start).All(static u =>
                    u.Parent is IInvocationOperation { TargetMethod.Name: "Start" } or IPropertyReferenceOperation { Property.Name: "IsBackground" or "Name" or "Priority" });
            default:
                return start.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation, Parent: IExpressionStatementOperation };
        }
    }

    private static IEnumerable<IOperation> UsesOf(ILocalSymbol local, IOperation inside) =>
        Root(inside).Descendants().Where(o => o is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local));

    private static SessionKind? KindOf(ITypeSymbol? type, SessionSymbols symbols) =>
        symbols.TypeOf(type) is { Kind: SessionKind.Context or SessionKind.Connection or SessionKind.Transaction or SessionKind.ServiceScope } session
        && !SessionSymbols.IsIn(type!.ContainingNamespace, "System.Transactions") ? session.Kind : null;

    /// <summary>The code that runs until the using of a local ends, if the work was started inside it and captured the local.</summary>
    private static SyntaxNode? ScopeOf(ILocalSymbol local, IOperation start, IAnonymousFunctionOperation work)
    {
        if (local.DeclaringSyntaxReferences.Length != 1 || local.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax { Parent.Parent: var declaration } declarator
            || work.Syntax.Span.Contains(declarator.Span))
        {
            return null;
        }

        var scope = declaration switch
        {
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Parent: BlockSyntax block } => block,
            UsingStatementSyntax statement => statement,
            _ => (SyntaxNode?)null,
        };

        // A scope inside a function that runs elsewhere is another's business; one of a program ends with the process.
        return scope is not null && scope.Span.Contains(start.Syntax.Span) && CallSites.FunctionOf(start.Syntax) is { } function && CallSites.FunctionOf(declarator) == function
            && function is not MethodDeclarationSyntax { Identifier.ValueText: "Main" } ? scope : null;
    }

    /// <summary>
    /// A session that a constructor or an endpoint gets from the container, in an object that lives for one request. Programs without
    /// requests often have one scope, which ends with them.
    /// </summary>
    private static bool IsOfRequest(IOperation reference, SessionCall call, BodyFacts body) =>
        call.Member.ContainingType is { } type
        && call.Ownership.Compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Http.HttpContext") is not null
        && call.Ownership.Borrowed.Find(reference, body, call.Cancellation) is { Owner: "the container" }
        && !call.Ownership.Registrations.IsSingleton(type)
        && !type.AllInterfaces.Any(static i => i.Name == "IHostedService");

    private static SyntaxNode? MemberOf(IOperation operation) => CallSites.FunctionOf(operation.Syntax);

    /// <summary>Code after the start may wait for the work, the start is repeated, or the work runs until it is told to stop, or gives a sign when it has ended.</summary>
    private static bool MayWait(SyntaxNode scope, IOperation start, IAnonymousFunctionOperation work)
    {
        foreach (var node in scope.DescendantNodes(n => n != work.Syntax))
        {
            if (node.SpanStart > start.Syntax.SpanStart && node is SimpleNameSyntax { Identifier.ValueText: var name } member && !start.Syntax.Span.Contains(node.Span) && Array.IndexOf(Waits, name) >= 0
                && (member.Parent is InvocationExpressionSyntax || (member.Parent is MemberAccessExpressionSyntax access && access.Name == member && !(name == "Run" && access.Expression is SimpleNameSyntax { Identifier.ValueText: "Task" }))))
            {
                return true;
            }

            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax && (node.SpanStart > start.Syntax.SpanStart || node.Span.Contains(start.Syntax.Span)))
            {
                return true;
            }
        }

        return work.Descendants().Any(static o => o is IWhileLoopOperation or IForLoopOperation) || work.Descendants().Any(static o => o is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation
            && o.Type?.Name is { } type && Signals.Any(s => type.Contains(s)));
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
