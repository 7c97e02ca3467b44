using System.Collections.Concurrent;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// What the functions that callers pass do with the session that a method lends them: WithConnection(c => c.Execute(sql)). Only the calls
/// of this compilation are known: where there is none, or one of them may keep the session, the answer is that it is not lent.
/// </summary>
internal sealed class LentSessions(Ownership ownership)
{
    private const int MaxDepth = 3;
    private const int MaxCalls = 40;
    private const int MaxMentions = 200;

    private readonly ConcurrentDictionary<(IParameterSymbol Function, int Ordinal), bool> known = new();

    /// <summary>True when each function that is passed for a parameter only works with what it gets at a position.</summary>
    public bool IsLent(IParameterSymbol function, int ordinal, CancellationToken cancellation)
    {
        var key = (function.OriginalDefinition, ordinal);
        return known.TryGetValue(key, out var lent) ? lent : known.GetOrAdd(key, Find(key.OriginalDefinition, ordinal, 0, cancellation));
    }

    private bool Find(IParameterSymbol function, int ordinal, int depth, CancellationToken cancellation)
    {
        if (depth > MaxDepth || function.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } method)
        {
            return false;
        }

        var (mentions, calls) = (0, 0);
        foreach (var (name, tree) in CallerNames.Mentions(ownership.Compilation, method.Name, cancellation))
        {
            if (++mentions > MaxMentions)
            {
                return false;
            }

            if (name.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } invocation || CallSites.CalledName(invocation.Expression) != name)
            {
                if (ownership.ModelOf(tree).GetSymbolInfo(name, cancellation).Symbol is IMethodSymbol group && IsSame(group, method))
                {
                    return false;
                }

                continue;
            }

            if (ownership.ModelOf(tree).GetOperation(invocation, cancellation) is not IInvocationOperation call || !IsSame(call.TargetMethod, method))
            {
                continue;
            }

            if (++calls > MaxCalls || call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == function.Ordinal) is not { } argument || !OnlyBorrows(argument.Value, ordinal, depth, cancellation))
            {
                return false;
            }
        }

        return calls > 0;
    }

    /// <summary>The method itself, or a member of a base type or interface behind which it may be.</summary>
    private static bool IsSame(IMethodSymbol called, IMethodSymbol method)
    {
        called = (called.ReducedFrom ?? called).OriginalDefinition;
        return SymbolEqualityComparer.Default.Equals(called, method)
            || (called.Name == method.Name && called.Parameters.Length == method.Parameters.Length
                && (called.ContainingType.TypeKind == TypeKind.Interface || called.IsVirtual || called.IsAbstract || called.IsOverride));
    }

    private bool OnlyBorrows(IOperation value, int ordinal, int depth, CancellationToken cancellation)
    {
        switch (BodyFacts.Unwrap(value))
        {
            case IDelegateCreationOperation { Target: IAnonymousFunctionOperation function }:
                return ordinal < function.Symbol.Parameters.Length && IsFree(function.Symbol.ReturnType) && OnlyBorrows(function, function.Symbol.Parameters[ordinal], depth, cancellation);
            case IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: { } method } }:
                return ordinal < method.Parameters.Length && IsFree(method.ReturnType) && ownership.EffectOf(value, method.Parameters[ordinal]) == ParameterEffect.Borrows;
            case IParameterReferenceOperation { Parameter: var passedOn }:
                return Find(passedOn.OriginalDefinition, ordinal, depth + 1, cancellation);
            default:
                return false;
        }
    }

    private bool OnlyBorrows(IAnonymousFunctionOperation function, IParameterSymbol session, int depth, CancellationToken cancellation)
    {
        foreach (var operation in function.Body.Descendants())
        {
            if (operation is IParameterReferenceOperation { Parameter: var parameter } && SymbolEqualityComparer.Default.Equals(parameter, session)
                && (CallSites.FunctionOf(operation.Syntax) != function.Syntax || !(ownership.IsBorrow(operation) || IsLentOn(operation))))
            {
                return false;
            }

            if (operation is IInvocationOperation call && ownership.Symbols.FactsOf(call.TargetMethod) is { } facts && Ownership.TakesReceiverConnection(facts, call.Arguments))
            {
                // A reader that closes the connection in its own time.
                return false;
            }
        }

        return true;

        // c => work(c)
        bool IsLentOn(IOperation reference) =>
            CallSites.Outermost(reference).Parent is IArgumentOperation { Parameter.Ordinal: var at, Parent: IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: IParameterReferenceOperation { Parameter: var inner } } }
            && Find(inner.OriginalDefinition, at, depth + 1, cancellation);
    }

    /// <summary>A result that cannot live on the session: no session itself, and no sequence or other interface behind which there may be one.</summary>
    private bool IsFree(ITypeSymbol type)
    {
        type = SessionSymbols.Unwrap(type);
        return type switch
        {
            { SpecialType: not (SpecialType.None or SpecialType.System_Object) } => type.TypeKind != TypeKind.Interface,
            IArrayTypeSymbol array => IsFree(array.ElementType),
            INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Enum } named => ownership.Symbols.TypeOf(named) is null && named.SpecialType == SpecialType.None && named.TypeArguments.All(IsFree),
            _ => false,
        };
    }
}
