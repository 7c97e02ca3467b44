using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports the second of several saves that always follow one another in a member, without a transaction: what the first has saved stays
/// when the second fails. Only where nothing but reads, queries and changes lies between them: whoever calls something else there may
/// want the first save to stay. Saves on conditions, in loops and handlers, in tests and programs, and with a transaction anywhere in
/// sight are not reported.
/// </summary>
internal sealed class WorkMustBeCommittedAtOnce() : CallRule(Descriptors.WorkMustBeCommittedAtOnce)
{
    /// <summary>Each save of a body asks: the body is looked through once.</summary>
    private static readonly ConditionalWeakTable<IOperation, Pieces> Known = new();

    private static readonly string[] WithoutTransactions = ["Microsoft.EntityFrameworkCore.Cosmos", "MongoDB.EntityFrameworkCore"];

    public override void Check(SessionCall call)
    {
        if (call.Operation is IInvocationOperation save && call.Facts?.Has(Roles.Commits) == true && call.Ownership.Work.IsSave(save.TargetMethod))
        {
            CheckSave(call, save);
        }
    }

    public override bool Follows(IMethodSymbol method) => method.ContainingAssembly is ISourceAssemblySymbol;

    public override void CheckFollowed(SessionCall call)
    {
        if (call.Operation is IInvocationOperation save && call.Ownership.Symbols.SavingNames.Count > 0 && call.Ownership.Work.Saves(save, call.Cancellation))
        {
            CheckSave(call, save);
        }
    }

    private void CheckSave(SessionCall call, IInvocationOperation save)
    {
        if (call.Member is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.Constructor or MethodKind.ExplicitInterfaceImplementation } member)
        {
            return;
        }

        var root = save.Parent!;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        if (!Known.TryGetValue(root, out var pieces))
        {
            pieces = Pieces.Of(root, call.Ownership.Work, call.Cancellation);
            pieces = Known.GetValue(root, _ => pieces);
        }

        if (pieces.RunOf(save) is not { Length: > 1 } run || run[1].Syntax != save.Syntax || IsProgram(member)
            || CallSites.IsTest(member) || BodyFacts.IsTest(member)
            || call.Ownership.Compilation.ReferencedAssemblyNames.Any(static n => Array.IndexOf(WithoutTransactions, n.Name) >= 0)
            || TransactionsInSight.In(member, save.Syntax, call.Ownership.Symbols, call.Cancellation) || TransactionsInSight.Around(member, call.Ownership.Compilation, call.Cancellation))
        {
            return;
        }

        var others = run.Where(s => s != run[1]).Select(static s => s.Syntax.GetLocation()).ToArray();
        var properties = ImmutableDictionary<string, string?>.Empty
            .Add(LeakMessages.First, Distance(run[0], save))
            .Add(LeakMessages.Last, Distance(run[run.Length - 1], save));
        call.Report(Diagnostic.Create(
            Descriptor, save.Syntax.GetLocation(), others, properties, save.TargetMethod.Name, CallSites.SessionName(save), LeakMessages.LineOf(others[0])));
    }

    private static string Distance(IInvocationOperation other, IInvocationOperation save) =>
        (other.Syntax.SpanStart - save.Syntax.SpanStart).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Programs show and try things out, one after another.</summary>
    private static bool IsProgram(IMethodSymbol member) => member.IsStatic && member.Name is "Main" or "<Main>$";

    /// <summary>The saves of one body, in runs in which each follows the one before without a condition.</summary>
    private sealed class Pieces
    {
        private readonly List<IInvocationOperation[]> runs = [];

        public static Pieces Of(IOperation root, MemberWork work, CancellationToken cancellation)
        {
            var pieces = new Pieces();
            var operations = root.Descendants().ToArray();
            var saves = operations.OfType<IInvocationOperation>().Where(i => work.Saves(i, cancellation)).OrderBy(static i => i.Syntax.SpanStart).ToArray();
            if (saves.Length < 2)
            {
                return pieces;
            }

            var run = new List<IInvocationOperation> { saves[0] };
            foreach (var save in saves.Skip(1))
            {
                if (!Follows(run[run.Count - 1], save, operations, work, cancellation))
                {
                    pieces.Close(run);
                }

                run.Add(save);
            }

            pieces.Close(run);
            return pieces;
        }

        public IInvocationOperation[]? RunOf(IInvocationOperation save) => runs.Find(r => Array.Exists(r, s => s.Syntax == save.Syntax));

        private void Close(List<IInvocationOperation> run)
        {
            if (run.Count > 1)
            {
                runs.Add([.. run]);
            }

            run.Clear();
        }

        private static bool Follows(IInvocationOperation first, IInvocationOperation second, IOperation[] operations, MemberWork work, CancellationToken cancellation)
        {
            if (BlockOf(first, second) is not { } block || !Straight.IsIn(first, block) || !Straight.IsIn(second, block) || !IsReachedOnce(block)
                || CallSites.Outermost(first) is not { Parent: var use } || (use is IAwaitOperation ? use.Parent : use) is not IExpressionStatementOperation
                || work.SavedBy(first) is not { } saved || work.SavedBy(second) is not { } next)
            {
                return false;
            }

            var (start, end) = (first.Syntax.Span.End, second.Syntax.SpanStart);
            var changes = (work.Of(second, cancellation) & Work.Changes) != 0;
            foreach (var operation in operations)
            {
                var at = operation.Syntax.SpanStart;
                if (operation is ILocalFunctionOperation || at < start || at >= end || operation.Syntax.Span.Contains(second.Syntax.Span))
                {
                    continue;
                }

                if (operation is IReturnOperation && !IsInFunction(operation, block)
                    || operation is IBranchOperation { BranchKind: BranchKind.GoTo }
                    || operation is IAssignmentOperation assignment && BodyFacts.SymbolOf(assignment.Target) is { } target && (SymbolEqualityComparer.Default.Equals(target, saved) || SymbolEqualityComparer.Default.Equals(target, next)))
                {
                    return false;
                }

                var done = work.Of(operation, cancellation);
                if ((done & (Work.Acts | Work.Saves)) != 0)
                {
                    return false;
                }

                changes |= (done & Work.Changes) != 0;
            }

            return changes && (SymbolEqualityComparer.Default.Equals(saved, next) || IsThereBefore(next, first) && IsThereBefore(saved, second));
        }

        /// <summary>The innermost block or switch section around both calls.</summary>
        private static IOperation? BlockOf(IOperation first, IOperation second)
        {
            for (var operation = first.Parent; operation is not null; operation = operation.Parent)
            {
                if (operation is IBlockOperation or ISwitchCaseOperation && operation.Syntax.Span.Contains(second.Syntax.Span))
                {
                    return operation;
                }
            }

            return null;
        }

        /// <summary>No loop, handler or nested function, which something else may call in a transaction, is around the block.</summary>
        private static bool IsReachedOnce(IOperation block)
        {
            for (IOperation child = block; child.Parent is { } parent; child = parent)
            {
                if (parent is ILoopOperation or ICatchClauseOperation or IAnonymousFunctionOperation or ILocalFunctionOperation or ILockOperation
                    || (parent is ITryOperation attempt && attempt.Finally == child))
                {
                    return false;
                }
            }

            return true;
        }

        private static bool IsInFunction(IOperation operation, IOperation block)
        {
            for (var parent = operation.Parent; parent is not null && parent != block; parent = parent.Parent)
            {
                if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>Contexts that live side by side. One that is made after the other was saved, or is gone before, belongs to work of its own.</summary>
        private static bool IsThereBefore(ISymbol context, IOperation save) =>
            context is not ILocalSymbol local
            || (local.DeclaringSyntaxReferences is { Length: 1 } references && references[0].GetSyntax() is VariableDeclaratorSyntax declarator
                && declarator.Span.End <= save.Syntax.SpanStart && ScopeOf(declarator)?.Span.Contains(save.Syntax.Span) == true);

        private static SyntaxNode? ScopeOf(VariableDeclaratorSyntax declarator) =>
            declarator.Parent?.Parent is LocalDeclarationStatementSyntax { Parent: var around } ? around : declarator.Parent?.Parent;
    }
}
