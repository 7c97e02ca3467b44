using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a save of a context on each iteration of a loop that the context outlives: when an item fails, those before it stay. Whatever
/// shows that the pieces are meant is not reported: chunks, pages and thresholds, retries, pumps, items isolated by a try with a catch,
/// a transaction in the member, a context or tracker that starts afresh for each item.
/// </summary>
internal sealed class CommitMustNotRunInLoop() : CallRule(Descriptors.CommitMustNotRunInLoop)
{
    /// <summary>The property of a diagnostic whose commit is inside the method that the loop calls.</summary>
    public const string FollowedProperty = "Followed";

    private static readonly string[] Pieces = ["batch", "chunk", "page", "buffer", "bucket", "partition", "window", "segment", "slice", "attempt", "retry", "retries", "tries", "iteration"];
    private static readonly string[] Pauses = ["Skip", "Take", "Clear", "Sleep", "Delay", "Chunk", "Detach", "Reload"];

    public override void Check(SessionCall call)
    {
        if (call.Operation is not IInvocationOperation invocation || call.Facts is not { } facts || !facts.Has(Roles.Commits)
            || call.Ownership.Symbols.TypeOf(invocation.TargetMethod.ContainingType) is not { Kind: SessionKind.Context }
            || LoopAround(invocation, call.Ownership.Symbols) is not { } loop || !Outlives(invocation.Instance, loop.Syntax, call.Ownership)
            || IsPiecewise(loop, call.Ownership.Symbols) || LeavesAfter(invocation.Syntax, loop.Syntax) || TransactionsInSight.In(call.Member, loop.Syntax, call.Ownership.Symbols, call.Cancellation) || CallSites.IsTest(call.Member))
        {
            return;
        }

        var at = loop.Syntax.GetFirstToken().GetLocation();
        call.Report(Diagnostic.Create(Descriptor, invocation.Syntax.GetLocation(), [at], call.Method.Name, CallSites.SessionName(invocation), LeakMessages.LineOf(at)));
    }

    public override bool Follows(IMethodSymbol method) => method.ContainingAssembly is ISourceAssemblySymbol;

    /// <summary>A method of this compilation that commits on each of its runs, and whose only other work is with the session.</summary>
    public override void CheckFollowed(SessionCall call)
    {
        if (call.Operation is not IInvocationOperation invocation || LoopAround(invocation, call.Ownership.Symbols) is not { } loop)
        {
            return;
        }

        foreach (var work in call.Ownership.SessionWork.Of(invocation, Roles.Commits, call.Cancellation))
        {
            if (work is { IsAlways: true, Root.Kind: SessionKind.Context } && work.Root.IsOutside(loop.Syntax) && !work.Root.IsAssignedIn(loop)
                && !IsPiecewise(loop, call.Ownership.Symbols) && !LeavesAfter(invocation.Syntax, loop.Syntax) && !TransactionsInSight.In(call.Member, loop.Syntax, call.Ownership.Symbols, call.Cancellation)
                && !DoesMore(loop.Syntax, invocation.Syntax, call.Ownership.Symbols) && !IsUnit(work.At, call.Ownership.Symbols)
                && !invocation.TargetMethod.DeclaringSyntaxReferences.Any(r => IsUnit(r.GetSyntax(call.Cancellation), call.Ownership.Symbols)) && !CallSites.IsTest(call.Member))
            {
                var at = loop.Syntax.GetFirstToken().GetLocation();
                call.Report(Diagnostic.Create(
                    Descriptor, invocation.Syntax.GetLocation(), [at, work.At.GetLocation()], ImmutableDictionary<string, string?>.Empty.Add(FollowedProperty, ""),
                    call.Method.Name, work.Root.Name, LeakMessages.LineOf(at)));
                return;
            }
        }
    }

    /// <summary>The member around the commit is a piece of work of its own: it begins a transaction, starts afresh, or awaits other things.</summary>
    private static bool IsUnit(SyntaxNode node, SessionSymbols symbols)
    {
        var member = node as MemberDeclarationSyntax ?? CallSites.FunctionOf(node);
        return member is null || DoesMore(member, null, symbols)
            || TransactionsInSight.Mentions(member) || member.DescendantTokens().Any(static t => t.IsKind(SyntaxKind.IdentifierToken) && Array.IndexOf(Pauses, t.ValueText) >= 0);
    }

    /// <summary>Something else is awaited between the commits: they may be meant to follow it step by step.</summary>
    private static bool DoesMore(SyntaxNode code, SyntaxNode? known, SessionSymbols symbols) =>
        code.DescendantNodes().Any(n => n is AwaitExpressionSyntax { Expression: var awaited } && (known is null || !awaited.Span.Contains(known.Span))
            && !awaited.DescendantNodesAndSelf().Any(c => c is InvocationExpressionSyntax { Expression: var called } && NameOf(called) is { } name && symbols.RolesOfName(name) != Roles.None));

    /// <summary>The loop that runs the call on each of its iterations, or null: conditions, catches and inner loops in between tell otherwise.</summary>
    private static IOperation? LoopAround(IInvocationOperation invocation, SessionSymbols symbols)
    {
        IOperation child = invocation;
        for (var parent = invocation.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            switch (parent)
            {
                case IConditionalOperation condition when condition.Condition != child:
                case ISwitchCaseOperation or ISwitchExpressionArmOperation or ICatchClauseOperation or IReturnOperation or ILocalFunctionOperation:
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } binary when binary.RightOperand == child:
                case ICoalesceOperation coalesce when coalesce.WhenNull == child:
                case ITryOperation { Catches.IsEmpty: false } attempt when attempt.Body == child:
                    return null;
                case IForEachLoopOperation loop:
                    return loop.Body == child ? loop : null;
                case IForLoopOperation loop:
                    return loop.Body == child ? loop : null;
                case IWhileLoopOperation loop:
                    return loop.Body == child && ReadsRows(loop.Condition, symbols) ? loop : null;
                case IAnonymousFunctionOperation function:
                    return function.Parent?.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "ForEach" or "ForEachAsync", ContainingType.Name: "List" or "Array" or "Parallel" } } each }
                        ? each
                        : null;
            }
        }

        return null;
    }

    private static bool ReadsRows(IOperation? condition, SessionSymbols symbols)
    {
        while (condition is IAwaitOperation await)
        {
            condition = await.Operation;
        }

        return condition is IInvocationOperation { TargetMethod: { Name: "Read" or "ReadAsync" } read } && symbols.TypeOf(read.ContainingType) is { Kind: SessionKind.Reader };
    }

    /// <summary>The context was there before the loop and stays the same in it.</summary>
    private static bool Outlives(IOperation? receiver, SyntaxNode loop, Ownership ownership)
    {
        while (receiver is IConversionOperation conversion)
        {
            receiver = conversion.Operand;
        }

        ISymbol symbol;
        switch (receiver)
        {
            case IInstanceReferenceOperation:
                return true;
            case ILocalReferenceOperation { Local: var local }:
                if (local.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span)))
                {
                    return false;
                }

                symbol = local;
                break;
            case IParameterReferenceOperation { Parameter: var parameter }:
                if (parameter.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span)))
                {
                    return false;
                }

                symbol = parameter;
                break;
            case IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: var field }:
                symbol = field;
                break;
            case IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property: var property }:
                if (ownership.Acquires(receiver).Result == Result.Owned)
                {
                    return false;
                }

                symbol = property;
                break;
            default:
                return false;
        }

        return !loop.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => NameOf(a.Left) == symbol.Name);
    }

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The loop takes its items in pieces, again and again, or as they come.</summary>
    private static bool IsPiecewise(IOperation loop, SessionSymbols symbols)
    {
        switch (loop)
        {
            case IForEachLoopOperation each:
                var type = each.LoopControlVariable is IVariableDeclaratorOperation variable ? variable.Symbol.Type : null;
                if ((type is not null && type.SpecialType != SpecialType.System_String && IsSequence(type) && symbols.TypeOf(type) is not { Kind: SessionKind.Reader }) || (each.IsAsynchronous && !ComesFromQuery(each.Collection, symbols)))
                {
                    return true;
                }

                break;
            case IForLoopOperation { AtLoopBottom: { Length: 1 } bottom } when bottom[0] is IExpressionStatementOperation { Operation: IIncrementOrDecrementOperation }:
                break;
            case IForLoopOperation:
                return true;
        }

        var body = loop is ILoopOperation { Body: { } inner } ? inner.Syntax : loop.Syntax;
        var head = loop.Syntax.DescendantTokens(n => n != body || loop is IInvocationOperation);
        return head.Any(static t => t.IsKind(SyntaxKind.IdentifierToken) && Pieces.Any(p => t.ValueText.IndexOf(p, StringComparison.OrdinalIgnoreCase) >= 0))
            || head.Any(static t => t.ValueText is "ReadAllAsync" or "GetConsumingEnumerable" or "Consume")
            || body.DescendantNodes().Any(static n => n is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax
                || (n is SimpleNameSyntax { Identifier.ValueText: var name } && Array.IndexOf(Pauses, name) >= 0 && n.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax }));
    }

    private static bool IsSequence(ITypeSymbol type) => type is IArrayTypeSymbol || type.SpecialType == SpecialType.System_Collections_IEnumerable
        || type.AllInterfaces.Any(static i => i.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static bool ComesFromQuery(IOperation collection, SessionSymbols symbols)
    {
        foreach (var operation in collection.DescendantsAndSelf())
        {
            if (operation is IMemberReferenceOperation or ILocalReferenceOperation or IParameterReferenceOperation or IInvocationOperation
                && (symbols.TypeOf(operation.Type) is { Kind: SessionKind.Context } || operation.Type is { Name: "IQueryable" or "DbSet" }))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A loop that is left once the save has succeeded tries again; it does not go on with the next item.</summary>
    private static bool LeavesAfter(SyntaxNode call, SyntaxNode loop)
    {
        for (var node = call.FirstAncestorOrSelf<StatementSyntax>(); node is not null && node != loop; node = node.Parent?.FirstAncestorOrSelf<StatementSyntax>())
        {
            if (node is ReturnStatementSyntax
                || (node.Parent is BlockSyntax block && block.Statements.SkipWhile(s => s != node).Skip(1).Any(static s => s is ReturnStatementSyntax or BreakStatementSyntax or ThrowStatementSyntax or GotoStatementSyntax)))
            {
                return true;
            }
        }

        return false;
    }
}
