using System.Collections.Concurrent;
using Microsoft.CodeAnalysis.CSharp;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>What one operation, or all of a member, does as far as contexts are concerned.</summary>
[Flags]
internal enum Work
{
    /// <summary>Computes, reads, or queries.</summary>
    None = 0,

    /// <summary>Changes what a later save sends.</summary>
    Changes = 1,

    /// <summary>Saves a context that outlives the member.</summary>
    Saves = 2,

    /// <summary>Does something else, or something that is not understood: the author may want what was saved before it to stay.</summary>
    Acts = 4,
}

/// <summary>
/// What operations and members of this compilation do to the contexts that they are given, from the catalogue and from their bodies.
/// Answers are remembered; recursion and chains of calls that are too deep answer that the member acts.
/// </summary>
internal sealed class MemberWork(Ownership ownership)
{
    private const int MaxDepth = 4;

    private static readonly string[] Computing = ["System.Linq", "System.Collections", "System.Text", "System.Globalization", "System.Numerics", "System.Runtime.CompilerServices", "Microsoft.Extensions.Logging"];
    private static readonly string[] Reaching = ["Console", "Environment", "Activator", "AppDomain", "Progress", "IProgress", "IObserver", "IObservable"];

    private readonly SessionSymbols symbols = ownership.Symbols;
    private readonly ConcurrentDictionary<IMethodSymbol, Work> known = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, int> actsFrom = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, bool> maySave = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, bool> mentioning = new();

    /// <summary>True for a call that saves a context and does no more than that for it: by the catalogue, or a member that is seen to do so.</summary>
    public bool Saves(IInvocationOperation call, CancellationToken cancellation)
    {
        var method = call.TargetMethod;
        return IsSave(method)
            || (method.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension && ownership.Reach.Of(method) && MaySave(method, cancellation) && (Of(method, 0, cancellation) & (Work.Saves | Work.Acts)) == Work.Saves);
    }

    public bool IsSave(IMethodSymbol method) =>
        symbols.FactsOf(method) is { } facts && facts.Has(Roles.Flushes) && facts.Has(Roles.Commits) && symbols.TypeOf(method.ContainingType) is { Kind: SessionKind.Context };

    public Work Of(IOperation operation, CancellationToken cancellation) => Of(operation, 0, cancellation);

    private Work Of(IOperation operation, int depth, CancellationToken cancellation)
    {
        switch (operation)
        {
            case IInvocationOperation { TargetMethod: var method }:
                return OfCall(method, depth, cancellation);
            case IDynamicInvocationOperation or IEventAssignmentOperation or ILockOperation or IInvalidOperation:
                return Work.Acts;
            case IAssignmentOperation { Target: IPropertyReferenceOperation { Instance: { } instance } } when instance is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }:
            case IIncrementOrDecrementOperation { Target: IPropertyReferenceOperation }:
                return Work.Changes;
            default:
                return Work.None;
        }
    }

    private Work OfCall(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        if (method.MethodKind is MethodKind.DelegateInvoke or MethodKind.FunctionPointerSignature)
        {
            return Work.Acts;
        }

        if (IsSave(method))
        {
            return Work.Saves;
        }

        if (symbols.FactsOf(method) is { } facts && (facts.IsUsers || method.DeclaringSyntaxReferences.IsEmpty))
        {
            return facts.Has(Roles.Stages) ? Work.Changes
                : facts.Has(Roles.Clears | Roles.Begins | Roles.RollsBack | Roles.Commits | Roles.Concurrent | Roles.Retries | Roles.RunsInTransaction) ? Work.Acts
                : Work.None;
        }

        if (method.Name is "ConfigureAwait" or "FromResult" && SessionSymbols.IsIn(method.ContainingNamespace, "System.Threading.Tasks"))
        {
            return Work.None;
        }

        if (IsFramework(method.ContainingType) is { } computes)
        {
            return computes ? Work.None : Work.Acts;
        }

        return symbols.Borrows(method) ? Work.None : Of(method, depth + 1, cancellation);
    }

    /// <summary>True for a type of the framework that touches nothing outside, false for one that may; null for a type of others.</summary>
    private static bool? IsFramework(INamedTypeSymbol? type)
    {
        if (type is not { DeclaringSyntaxReferences.IsEmpty: true, ContainingNamespace: { } space })
        {
            return null;
        }

        if (SessionSymbols.IsIn(space, "System"))
        {
            return Array.IndexOf(Reaching, type.Name) < 0;
        }

        for (; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (Array.Exists(Computing, name => SessionSymbols.IsIn(space, name)))
            {
                return true;
            }
        }

        return null;
    }

    private Work Of(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        if (known.TryGetValue(method, out var work))
        {
            return work;
        }

        if (depth > MaxDepth || (actsFrom.TryGetValue(method, out var acts) && depth >= acts))
        {
            return Work.Acts;
        }

        var any = false;
        var saves = true;
        foreach (var body in ownership.BodiesOf(method))
        {
            cancellation.ThrowIfCancellationRequested();
            var one = OfBody(body, depth, cancellation);
            any = true;
            saves &= (one & Work.Saves) != 0;
            work |= one;
        }

        if (!any || (!saves && (work & Work.Saves) != 0))
        {
            work = Work.Acts;
        }

        if (work == Work.Acts)
        {
            // The limit may have cut this short: those who ask with more room ask again.
            actsFrom.AddOrUpdate(method, depth, (_, other) => Math.Min(other, depth));
            return work;
        }

        return known.GetOrAdd(method, work);
    }

    private Work OfBody(IMethodSymbol body, int depth, CancellationToken cancellation)
    {
        body = body.PartialImplementationPart ?? body;
        if (body.DeclaringSyntaxReferences.Length != 1 || body.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is not { } syntax
            || ownership.ModelOf(syntax.SyntaxTree).GetOperation(syntax, cancellation) is not { } root)
        {
            return Work.Acts;
        }

        var work = Work.None;
        foreach (var operation in root.Descendants())
        {
            var one = Of(operation, depth, cancellation);
            if ((one & Work.Saves) != 0 && operation is IInvocationOperation save && (!Straight.IsIn(save, root) || !Outlives(save)))
            {
                // Saved on a condition, or a context that begins and ends here.
                return Work.Acts;
            }

            work |= one;
            if ((work & Work.Acts) != 0)
            {
                return Work.Acts;
            }
        }

        return (work & Work.Saves) != 0 && TransactionsInSight.In(body, syntax, symbols, cancellation) ? Work.Acts : work;
    }

    /// <summary>The variable or member whose context a call saves, or whose method saves its own; null where that is neither.</summary>
    public ISymbol? SavedBy(IInvocationOperation save)
    {
        foreach (var argument in save.Arguments)
        {
            if (symbols.TypeOf(BodyFacts.Unwrap(argument.Value).Type) is { Kind: SessionKind.Context })
            {
                return BodyFacts.SymbolOf(argument.Value);
            }
        }

        return save.Instance is null ? save.TargetMethod.ContainingType
            : BodyFacts.Unwrap(save.Instance) switch
            {
                IInstanceReferenceOperation instance => instance.Type,
                IMemberReferenceOperation { Instance: not (null or IInstanceReferenceOperation) } => null,
                var value => BodyFacts.SymbolOf(value),
            };
    }

    private bool Outlives(IInvocationOperation save) => SavedBy(save) is not (null or ILocalSymbol);

    /// <summary>A cheap test: the body, or one behind an interface, has the name of a saving member in it.</summary>
    private bool MaySave(IMethodSymbol method, CancellationToken cancellation)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, ownership.Compilation.Assembly))
        {
            return false;
        }

        return maySave.TryGetValue(method, out var answer) ? answer : maySave.GetOrAdd(method, ownership.BodiesOf(method).Any(Mentions));

        bool Mentions(IMethodSymbol body) => body.DeclaringSyntaxReferences.Any(r =>
            mentioning.GetOrAdd(r.SyntaxTree, tree => SourceTexts.Contains(tree.GetText(cancellation), symbols.SavingNames.ToArray()))
            && r.GetSyntax(cancellation).DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && symbols.SavingNames.Contains(t.ValueText)));
    }
}
