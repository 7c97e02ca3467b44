using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a transaction that code begins for a context whose execution strategy retries, outside the delegate of a strategy: the first
/// query or save in it throws. Whatever a strategy may run is not reported: code in delegates and local functions, members that are
/// named where a strategy is used, and transactions that are handed on.
/// </summary>
internal sealed class TransactionMustRunUnderRetryingStrategy() : CallRule(Descriptors.TransactionMustRunUnderRetryingStrategy)
{
    public override void Check(SessionCall call)
    {
        var (context, name) = call.Operation switch
        {
            IInvocationOperation { TargetMethod.Name: "BeginTransaction" or "BeginTransactionAsync" } begin when call.Facts?.Has(Roles.Begins) == true => (ContextOf(begin), begin.TargetMethod.Name),
            IObjectCreationOperation { Type.Name: "TransactionScope" } creation when call.Ownership.Symbols.TypeOf(creation.Type) is { Kind: SessionKind.Ambient }
                && IsOfEntityFramework(call) && !Suppresses(creation) => (SavedIn(creation, call), "TransactionScope"),
            _ => (null, ""),
        };
        if (context?.Type is null || IsHandedOn(call.Operation) || IsRunByOthers(call.Operation) || !WorkFollows(call)
            || RetryingContexts.Of(call.Ownership, call.Cancellation) is not { } contexts || contexts.OptionOf(context.Type) is not { } option
            || (!option.InContext && HasOptionsOfItsOwn(context)) || KnowsStrategy(call) || contexts.RunsUnderStrategy(call.Member.Name, call.Cancellation))
        {
            return;
        }

        call.Report(Diagnostic.Create(
            Descriptor, call.Operation.Syntax.GetLocation(), [option.At], name, context.Type.Name, FileOf(option.At), LeakMessages.LineOf(option.At)));
    }

    private static string FileOf(Location location)
    {
        var path = location.GetLineSpan().Path;
        return path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
    }

    /// <summary>The context of context.Database.BeginTransaction().</summary>
    private static IOperation? ContextOf(IInvocationOperation begin)
    {
        var receiver = begin.Instance ?? (begin.Arguments.Length > 0 ? begin.Arguments[0].Value : null);
        return receiver is IPropertyReferenceOperation { Property: { Name: "Database", Type.Name: "DatabaseFacade" } property, Instance: { } context }
            && SessionSymbols.IsIn(property.ContainingNamespace, "Microsoft.EntityFrameworkCore")
                ? context
                : null;
    }

    private static bool IsOfEntityFramework(SessionCall call) => call.Ownership.Compilation.ReferencedAssemblyNames.Any(static a => a.Name == "Microsoft.EntityFrameworkCore.Relational");

    private static bool Suppresses(IObjectCreationOperation creation) =>
        creation.Arguments.Any(static a => a.Parameter?.Type.Name == "TransactionScopeOption" && a.Value.ConstantValue is not { HasValue: true, Value: 0 or 1 });

    /// <summary>The context that is saved while the scope lives.</summary>
    private static IOperation? SavedIn(IObjectCreationOperation creation, SessionCall call)
    {
        IOperation child = creation;
        for (var parent = creation.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            switch (parent)
            {
                case IUsingOperation statement when statement.Resources == child:
                    return Saved([statement.Body]);
                case IUsingDeclarationOperation { Parent: IBlockOperation block } declaration:
                    return Saved(block.Operations.SkipWhile(o => o != declaration).Skip(1));
                case IBlockOperation or IInvocationOperation or IAnonymousFunctionOperation:
                    return null;
            }
        }

        return null;

        IOperation? Saved(IEnumerable<IOperation> operations) =>
            operations.SelectMany(Own).OfType<IInvocationOperation>()
                .FirstOrDefault(i => i.TargetMethod.Name is "SaveChanges" or "SaveChangesAsync" && call.Ownership.Symbols.FactsOf(i.TargetMethod)?.Has(Roles.Flushes) == true)?.Instance;
    }

    /// <summary>An operation and what is in it, without nested functions.</summary>
    private static IEnumerable<IOperation> Own(IOperation operation)
    {
        var open = new Stack<IOperation>();
        open.Push(operation);
        while (open.Count > 0)
        {
            var next = open.Pop();
            if (next is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                continue;
            }

            yield return next;
            foreach (var child in next.ChildOperations)
            {
                open.Push(child);
            }
        }
    }

    /// <summary>The transaction is given to somebody else: this code is a helper, perhaps of what a strategy runs.</summary>
    private static bool IsHandedOn(IOperation operation)
    {
        var value = operation;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IAwaitOperation or IConditionalAccessOperation
            || value.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } || value.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } })
        {
            value = value.Parent!;
        }

        return value.Parent switch
        {
            IUsingOperation or IExpressionStatementOperation => false,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => IsReturned(declarator.Symbol),
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when assignment.Value == value => IsReturned(target.Local),
            _ => true,
        };

        bool IsReturned(ILocalSymbol local) => Root(operation).Descendants().Any(o => o is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local)
            && Holder(reference) is IReturnOperation or IArgumentOperation or IObjectCreationOperation or ITupleOperation or ISimpleAssignmentOperation { Target: IMemberReferenceOperation });
    }

    private static IOperation? Holder(IOperation operation)
    {
        while (operation.Parent is IConversionOperation or IParenthesizedOperation)
        {
            operation = operation.Parent;
        }

        return operation.Parent;
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    /// <summary>In a delegate or local function that a strategy may run. The handler of an endpoint is run by the server.</summary>
    private static bool IsRunByOthers(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ILocalFunctionOperation || (outer is IAnonymousFunctionOperation && !IsEndpoint(outer)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEndpoint(IOperation function)
    {
        var around = function.Parent;
        while (around is IConversionOperation or IDelegateCreationOperation)
        {
            around = around.Parent;
        }

        return around is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ContainingType.Name: "EndpointRouteBuilderExtensions" } map } }
            && map.Name.StartsWith("Map", StringComparison.Ordinal);
    }

    /// <summary>
    /// A helper that only begins is used by others; beginning alone does not throw. Neither do SQL statements: EF Core and others send
    /// them without a strategy.
    /// </summary>
    private static bool WorkFollows(SessionCall call)
    {
        var end = call.Operation.Syntax.Span.End;
        var finishes = false;
        var sends = false;
        foreach (var operation in Own(FunctionOf(call.Operation)).Where(o => o.Syntax.Span.End > end))
        {
            if (operation is IForEachLoopOperation loop && IsQuery(loop.Collection))
            {
                return true;
            }

            if (operation is not IInvocationOperation invocation || operation.Syntax.SpanStart < end)
            {
                continue;
            }

            var facts = call.Ownership.Symbols.FactsOf(invocation.TargetMethod);
            if (facts?.Has(Roles.Flushes) == true || IsRunByStrategy(invocation, facts?.Has(Roles.Runs) == true))
            {
                return true;
            }

            sends |= facts?.Has(Roles.Runs) == true;
            finishes |= facts?.Has(Roles.Commits | Roles.RollsBack) == true;
        }

        return finishes && !sends;
    }

    private static bool IsRunByStrategy(IInvocationOperation invocation, bool runs) =>
        (runs && SessionSymbols.IsIn(invocation.TargetMethod.ContainingNamespace, "Microsoft.EntityFrameworkCore")
            && !invocation.TargetMethod.Name.StartsWith("ExecuteSql", StringComparison.Ordinal))
        || (!IsQueryable(invocation.Type) && invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0 && IsQuery(invocation.Arguments[0].Value));

    private static bool IsQuery(IOperation value) => IsQueryable(BodyFacts.Unwrap(value).Type);

    private static bool IsQueryable(ITypeSymbol? type) =>
        type is not null && (type.Name == "IQueryable" || type.AllInterfaces.Any(static i => i.Name == "IQueryable" && SessionSymbols.IsIn(i.ContainingNamespace, "System.Linq")));

    private static IOperation FunctionOf(IOperation operation)
    {
        while (operation.Parent is { } parent && parent is not IAnonymousFunctionOperation)
        {
            operation = parent;
        }

        return operation;
    }

    /// <summary>Options that are passed here may be others than those of the registration.</summary>
    private static bool HasOptionsOfItsOwn(IOperation context) => context is ILocalReferenceOperation { Local: var local }
        && Root(context).Descendants().Any(o => o is IVariableDeclaratorOperation declarator && SymbolEqualityComparer.Default.Equals(declarator.Symbol, local)
            && declarator.GetVariableInitializer()?.Value is IObjectCreationOperation);

    private static bool KnowsStrategy(SessionCall call) =>
        (call.Operation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member and not GlobalStatementSyntax ? member : call.Operation.Syntax.SyntaxTree.GetRoot(call.Cancellation))
            .DescendantTokens().Any(static t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText is "CreateExecutionStrategy" or "RetriesOnFailure" or "IExecutionStrategy");
}
