using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// A call in a try whose failure a handler swallows, so that control comes to a commit that stands after the try. Handlers that may end
/// the transaction, throw, or call what may do so do not count, nor does a commit that the way from the try may pass by.
/// </summary>
internal sealed record SwallowedFailure(IInvocationOperation Work, CatchClauseSyntax Handler)
{
    private const Roles Ending = Roles.RollsBack | Roles.RollsBackToSavepoint | Roles.Closes | Roles.Begins;

    /// <summary>Parts of the names of methods after which the transaction may have ended, or that do not come back.</summary>
    private static readonly string[] Ends = ["throw", "fail", "exit", "abort", "cancel", "roll", "handle", "raise", "clean", "reset", "close", "dispose"];

    /// <summary>The failure that has ended the transaction or session of a commit or flush.</summary>
    public static SwallowedFailure? OfEnded(IInvocationOperation finish, UnitOfWork unit, SessionCall call)
    {
        if (StatementsBefore(finish) is not { } before || MentionsSavepoints(finish, call))
        {
            return null;
        }

        for (var i = before.Length - 1; i >= 0; i--)
        {
            foreach (var attempt in Tries(before[i]))
            {
                if (Of(attempt, finish, unit, call) is { } found && !Leaves(attempt.Block) && LeadsTo(finish, attempt, before.Skip(i), unit, call))
                {
                    return found;
                }
            }

            // Whatever has failed before an earlier commit belongs to that one.
            if (Own(before[i]).OfType<InvocationExpressionSyntax>().Any(c => FactsOf(c, finish, call)?.Has(Roles.Commits | Ending) == true))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The failure of a try with all the writes of a transaction that was begun here and lives on.</summary>
    public static SwallowedFailure? OfHalf(IInvocationOperation finish, SessionCall call)
    {
        if (StatementsBefore(finish) is not { Length: > 0 } before || before.LastOrDefault(static s => s is not LocalFunctionStatementSyntax) is not TryStatementSyntax { Catches.Count: > 0, Finally: null } attempt
            || UnitOfWork.Of(finish, call.Ownership.Symbols) is not { EndsWithFailure: false, Transaction: ILocalSymbol local } unit
            || Of(attempt, finish, unit, call) is not { } found || found.Handler.Filter is not null
            || Own(found.Handler.Block).Any(static n => n is AssignmentExpressionSyntax or PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax)
            || Leaves(attempt.Block) || local.DeclaringSyntaxReferences is not { Length: 1 } references || references[0].GetSyntax(call.Cancellation) is not { } declaration
            || attempt.Span.Contains(declaration.Span) || MentionsSavepoints(finish, call))
        {
            return null;
        }

        var inside = 0;
        foreach (var node in Own(CallSites.FunctionOf(finish.Syntax) ?? finish.Syntax.SyntaxTree.GetRoot(call.Cancellation)))
        {
            if (node.SpanStart < declaration.SpanStart || node.SpanStart >= finish.Syntax.SpanStart || node is not InvocationExpressionSyntax invocation
                || OperationOf(invocation, finish, call) is not { } write || call.Ownership.Symbols.FactsOf(write.TargetMethod)?.Has(Roles.Runs | Roles.Flushes) != true)
            {
                continue;
            }

            // Work outside makes the try a part that may fail.
            if (!attempt.Block.Span.Contains(node.Span))
            {
                return null;
            }

            if (Writes(write) && unit.Runs(write))
            {
                inside += node.Ancestors().TakeWhile(a => a != attempt).Any(IsLoop) ? 2 : 1;
            }
        }

        return inside > 1 ? found : null;
    }

    /// <summary>The failure of a commit in a handler that tells nobody: what the transaction holds stays open.</summary>
    public static CatchClauseSyntax? HandlerOfFinish(IInvocationOperation finish, SessionCall call)
    {
        SyntaxNode child = finish.Syntax;
        for (var n = child.Parent; n is not null; child = n, n = n.Parent)
        {
            switch (n)
            {
                case TryStatementSyntax attempt when attempt.Block == child:
                    return attempt.Catches.Count > 0 && HandlerOf(attempt, finish, call) is { Filter: null } handler && IsQuiet(handler, finish, call, null) && !Own(handler.Block).Any(static n => n is AssignmentExpressionSyntax) ? handler : null;
                case MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or CatchClauseSyntax or FinallyClauseSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The first handler that a failed command of the library leads to.</summary>
    public static CatchClauseSyntax? HandlerOf(TryStatementSyntax attempt, IInvocationOperation work, SessionCall call)
    {
        foreach (var handler in attempt.Catches)
        {
            if (handler.Declaration is not { Type: var syntax })
            {
                return handler;
            }

            if (work.SemanticModel?.GetTypeInfo(syntax, call.Cancellation).Type is not { } type || IsOfFailure(type, work))
            {
                return handler;
            }
        }

        return null;
    }

    /// <summary>What is in a node, without the functions in it.</summary>
    public static IEnumerable<SyntaxNode> Own(SyntaxNode node) =>
        node.DescendantNodesAndSelf(n => n == node || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));

    private static SwallowedFailure? Of(TryStatementSyntax attempt, IInvocationOperation finish, UnitOfWork unit, SessionCall call)
    {
        if (unit.Begin is { } begin && (begin.Syntax.SpanStart > attempt.SpanStart || attempt.Span.Contains(begin.Syntax.Span)))
        {
            return null;
        }

        foreach (var node in Own(attempt.Block).OfType<InvocationExpressionSyntax>())
        {
            if (OperationOf(node, finish, call) is { } work && unit.Runs(work)
                && !node.Ancestors().TakeWhile(a => a != attempt).Any(static a => a is TryStatementSyntax { Catches.Count: > 0 } or CatchClauseSyntax))
            {
                return HandlerOf(attempt, work, call) is { } handler && IsQuiet(handler, finish, call, unit) ? new(work, handler) : null;
            }
        }

        return null;
    }

    /// <summary>
    /// Goes on as if nothing had happened: no throw, no return, nothing done to the transaction. A call of one's own type, of a delegate or
    /// of something that sounds like an end may do any of it.
    /// </summary>
    private static bool IsQuiet(CatchClauseSyntax handler, IInvocationOperation finish, SessionCall call, UnitOfWork? unit)
    {
        foreach (var node in Own(handler.Block))
        {
            switch (node)
            {
                case ThrowStatementSyntax or ThrowExpressionSyntax or ReturnStatementSyntax or GotoStatementSyntax or YieldStatementSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax:
                    return false;
                case InvocationExpressionSyntax invocation:
                    if (OperationOf(invocation, finish, call) is not { } called)
                    {
                        // nameof(x) is no call.
                        if (finish.SemanticModel?.GetConstantValue(invocation, call.Cancellation).HasValue != true)
                        {
                            return false;
                        }

                        break;
                    }

                    var method = called.TargetMethod;
                    if (called.Instance is IInstanceReferenceOperation || method.MethodKind is MethodKind.LocalFunction or MethodKind.DelegateInvoke
                        || SymbolEqualityComparer.Default.Equals(method.ContainingType, call.Member.ContainingType)
                        || call.Ownership.Symbols.FactsOf(method) is not null || BodyFacts.IsDisposal(method) || MayThrow(method)
                        || unit?.Mentions(called) == true)
                    {
                        return false;
                    }

                    break;
                case IdentifierNameSyntax { Parent: AssignmentExpressionSyntax assignment } name when assignment.Left == name && unit?.Name == name.Identifier.ValueText:
                    return false;
            }
        }

        return true;
    }

    private static bool MayThrow(IMethodSymbol method) =>
        method.GetAttributes().Any(static a => a.AttributeClass?.Name is "DoesNotReturnAttribute")
        || Ends.Any(e => method.Name.IndexOf(e, StringComparison.OrdinalIgnoreCase) >= 0);

    /// <summary>From the end of the try, control comes to the commit: no jump, and nothing that ends the transaction or begins another.</summary>
    private static bool LeadsTo(IInvocationOperation finish, TryStatementSyntax attempt, IEnumerable<StatementSyntax> statements, UnitOfWork unit, SessionCall call)
    {
        foreach (var node in statements.SelectMany(Own).Where(n => n.SpanStart >= attempt.Span.End))
        {
            switch (node)
            {
                case ReturnStatementSyntax or ThrowStatementSyntax or ThrowExpressionSyntax or GotoStatementSyntax or YieldStatementSyntax:
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } when target.Identifier.ValueText == unit.Name:
                case InvocationExpressionSyntax invocation when FactsOf(invocation, finish, call)?.Has(Ending) == true:
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" } }:
                    return false;
            }
        }

        // In the finally of the same try.
        return attempt.Finally is null || !Own(attempt.Finally).Any(n => n is InvocationExpressionSyntax invocation && FactsOf(invocation, finish, call)?.Has(Ending) == true);
    }

    /// <summary>A retry that ends on success, or another way out of the try than its end.</summary>
    private static bool Leaves(BlockSyntax block) => Own(block).Any(static n => n is BreakStatementSyntax { Parent: not SwitchSectionSyntax } or ReturnStatementSyntax or GotoStatementSyntax);

    private static bool MentionsSavepoints(IInvocationOperation finish, SessionCall call) =>
        (CallSites.FunctionOf(finish.Syntax) ?? finish.Syntax.SyntaxTree.GetRoot(call.Cancellation)).DescendantTokens().Any(static t =>
            t.ValueText.IndexOf("savepoint", StringComparison.OrdinalIgnoreCase) >= 0)
        || (finish.Instance is { } instance && BodyFacts.Unwrap(instance).Syntax.ToString() is var name
            && Own(CallSites.FunctionOf(finish.Syntax) ?? finish.Syntax).Any(n => n is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Save" or "SaveAsync" or "Release" } access
                && access.Expression.ToString() == name && call.Ownership.Symbols.TypeOf(instance.Type)?.Kind == SessionKind.Transaction));

    /// <summary>The statements in front of the one that commits, in its list.</summary>
    private static StatementSyntax[]? StatementsBefore(IInvocationOperation finish)
    {
        if (finish.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not ExpressionStatementSyntax statement)
        {
            return null;
        }

        IEnumerable<StatementSyntax>? list = statement.Parent switch
        {
            BlockSyntax block => block.Statements,
            SwitchSectionSyntax section => section.Statements,
            GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } => unit.Members.OfType<GlobalStatementSyntax>().Select(static g => g.Statement),
            _ => null,
        };
        return list?.TakeWhile(s => s != statement).ToArray();
    }

    private static IEnumerable<TryStatementSyntax> Tries(StatementSyntax statement) => Own(statement).OfType<TryStatementSyntax>().Where(static t => t.Catches.Count > 0).Reverse();

    private static bool IsOfFailure(ITypeSymbol type, IInvocationOperation work)
    {
        if (type.Name is "Exception" or "SystemException" && SessionSymbols.IsIn(type.ContainingNamespace, "System"))
        {
            return true;
        }

        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.Name is "DbException" && SessionSymbols.IsIn(t.ContainingNamespace, "System.Data.Common"))
            {
                return true;
            }
        }

        return type.ContainingAssembly is { } assembly && SymbolEqualityComparer.Default.Equals(assembly, work.TargetMethod.ContainingAssembly);
    }

    private static bool Writes(IInvocationOperation call) => call.TargetMethod.Name is var name
        && (name.StartsWith("SaveChanges", StringComparison.Ordinal) || name.StartsWith("ExecuteNonQuery", StringComparison.Ordinal) || name is "Execute" or "ExecuteAsync" || name.StartsWith("ExecuteSql", StringComparison.Ordinal)
            || name.StartsWith("ExecuteUpdate", StringComparison.Ordinal) || name.StartsWith("ExecuteDelete", StringComparison.Ordinal));

    private static bool IsLoop(SyntaxNode node) => node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax;

    private static IInvocationOperation? OperationOf(InvocationExpressionSyntax node, IInvocationOperation finish, SessionCall call) =>
        finish.SemanticModel?.GetOperation(node, call.Cancellation) as IInvocationOperation;

    private static MemberFacts? FactsOf(InvocationExpressionSyntax node, IInvocationOperation finish, SessionCall call) =>
        OperationOf(node, finish, call) is { } operation ? call.Ownership.Symbols.FactsOf(operation.TargetMethod) : null;
}
