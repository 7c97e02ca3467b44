using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a commit that tells of its failure by its result alone, where the result is dropped. A result that is discarded by '_ =' is
/// not reported: somebody has thought of it. Neither is a call that cannot fail so: a Redis transaction without conditions, a LiteDB
/// transaction that stays on its thread. A task that is dropped belongs to <see cref="CommitMustBeAwaited"/>.
/// </summary>
internal sealed class CommitResultMustBeChecked() : CallRule(Descriptors.CommitResultMustBeChecked)
{
    public override void Check(SessionCall call)
    {
        if (call.Facts?.Has(Roles.IgnoresFailure) != true || call.Operation is not IInvocationOperation { TargetMethod: var method } invocation
            || method.ReturnsVoid || !IsDropped(invocation) || HasHandler(invocation) || IsOnMock(invocation))
        {
            return;
        }

        var space = method.ContainingNamespace;
        if ((SessionSymbols.IsIn(space, "StackExchange.Redis") && !HasUnseenCondition(invocation))
            || (SessionSymbols.IsIn(space, "LiteDB") && !MayChangeThread(invocation)))
        {
            return;
        }

        call.Report(Diagnostic.Create(Descriptor, invocation.Syntax.GetLocation(), method.Name, CallSites.SessionName(invocation)));
    }

    /// <summary>The value is a statement of its own: the result itself, or what its task delivers once it was waited for.</summary>
    private static bool IsDropped(IInvocationOperation invocation)
    {
        var value = CallSites.Outermost(invocation);
        if (!CallSites.IsTask(invocation.Type))
        {
            return value.Parent is IExpressionStatementOperation;
        }

        return value.Parent switch
        {
            IAwaitOperation await => CallSites.Outermost(await).Parent is IExpressionStatementOperation,
            IInvocationOperation { TargetMethod.Name: "Wait", Parent: IExpressionStatementOperation } => true,
            IInvocationOperation { TargetMethod.Name: "GetAwaiter", Parent: IInvocationOperation { TargetMethod.Name: "GetResult", Parent: IExpressionStatementOperation } } => true,
            _ => false,
        };
    }

    /// <summary>A function that gets the exception: UseTran(work, error => …).</summary>
    private static bool HasHandler(IInvocationOperation invocation) => invocation.Arguments.Any(static a =>
        a.ArgumentKind == ArgumentKind.Explicit && a.Parameter?.Type is INamedTypeSymbol { Name: "Action", TypeArguments.Length: 1 } action && action.TypeArguments[0].Name == "Exception"
        && a.Value.ConstantValue is not { HasValue: true, Value: null });

    private static bool IsOnMock(IInvocationOperation invocation) =>
        invocation.Instance is IInvocationOperation { TargetMethod.Name: "Received" or "DidNotReceive" or "ReceivedWithAnyArgs" or "DidNotReceiveWithAnyArgs" };

    /// <summary>A condition was added, and nothing that the transaction gave back is kept: nobody can learn that the condition failed.</summary>
    private static bool HasUnseenCondition(IInvocationOperation execute)
    {
        if (execute.Instance is not ILocalReferenceOperation { Local: var transaction } || execute.Arguments.Any(static a => a.ArgumentKind == ArgumentKind.Explicit && a.Value.ConstantValue is not { HasValue: true, Value: 0 }))
        {
            return false;
        }

        var hasCondition = false;
        foreach (var node in Root(execute).Descendants())
        {
            if (node is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, transaction))
            {
                if (reference.Parent is not IInvocationOperation used || used.Instance != reference)
                {
                    return false;
                }

                if (used.TargetMethod.Name is not ("Execute" or "ExecuteAsync"))
                {
                    hasCondition |= used.TargetMethod.Name == "AddCondition";
                    if (used.Parent is not (IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation }))
                    {
                        return false;
                    }
                }
            }
        }

        return hasCondition;
    }

    /// <summary>The transaction is begun in this function, and an await stands between: the commit may find none on its thread.</summary>
    private static bool MayChangeThread(IInvocationOperation commit)
    {
        var begin = -1;
        var isAsync = false;
        foreach (var node in FunctionOf(commit).Descendants())
        {
            if (node.Syntax.SpanStart >= commit.Syntax.SpanStart)
            {
                continue;
            }

            if (node is IInvocationOperation { TargetMethod: { Name: "BeginTrans" } method } && SessionSymbols.IsIn(method.ContainingNamespace, "LiteDB"))
            {
                begin = node.Syntax.Span.End;
            }
            else if (node is IAwaitOperation && begin >= 0 && node.Syntax.SpanStart > begin)
            {
                isAsync = true;
            }
        }

        return isAsync;
    }

    private static IOperation FunctionOf(IOperation operation)
    {
        while (operation.Parent is { } parent && operation is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            operation = parent;
        }

        return operation;
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
