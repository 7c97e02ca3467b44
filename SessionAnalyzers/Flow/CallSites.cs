using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>Questions about a call's surroundings that several rules ask.</summary>
internal static class CallSites
{
    private static readonly string[] Guards = ["Wait", "WaitAsync", "WaitOne", "Enter", "TryEnter", "Lock", "LockAsync", "Acquire", "AcquireAsync"];

    public static bool IsTask(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Task" or "ValueTask" } named && SessionSymbols.IsIn(named.ContainingNamespace, "System.Threading.Tasks");

    /// <summary>The operation whose value the call is, seen through what only passes a task on.</summary>
    public static IOperation Outermost(IOperation call)
    {
        while (call.Parent is { } parent && (parent is IConversionOperation or IParenthesizedOperation
            || (parent is IConditionalAccessOperation access && access.WhenNotNull == call)
            || (parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" } plumbing && plumbing.Instance == call)))
        {
            call = parent;
        }

        return call;
    }

    /// <summary>The name in a called expression, or null where it is no name.</summary>
    public static SimpleNameSyntax? CalledName(ExpressionSyntax called) => called switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => null,
    };

    /// <summary>The function around an operation, as syntax: a lambda, a local function or a member.</summary>
    public static SyntaxNode? FunctionOf(SyntaxNode node)
    {
        for (var n = node.Parent; n is not null; n = n.Parent)
        {
            if (n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax || (n is AccessorDeclarationSyntax))
            {
                return n;
            }
        }

        return null;
    }

    /// <summary>Something in the code lets one caller in at a time.</summary>
    public static bool HasGuard(SyntaxNode code) =>
        code.DescendantNodes().Any(static n => n is LockStatementSyntax || (n is SimpleNameSyntax { Identifier.ValueText: var name } && Array.IndexOf(Guards, name) >= 0));

    /// <summary>A short name of the session on which a method is called: the expression where it is a name, else its type.</summary>
    public static string SessionName(IInvocationOperation invocation)
    {
        var receiver = invocation.Instance ?? (invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);
        while (receiver is IConversionOperation conversion)
        {
            receiver = conversion.Operand;
        }

        return receiver switch
        {
            ILocalReferenceOperation or IParameterReferenceOperation => receiver.Syntax.ToString(),
            IMemberReferenceOperation member => member.Member.Name,
            _ => receiver?.Type?.Name ?? invocation.TargetMethod.ContainingType.Name,
        };
    }

    /// <summary>True inside a method that a test framework runs, or in a class with such methods.</summary>
    public static bool IsTest(ISymbol member)
    {
        for (var type = member.ContainingType; type is not null; type = type.ContainingType)
        {
            foreach (var method in type.GetMembers())
            {
                if (method is IMethodSymbol { MethodKind: MethodKind.Ordinary } && method.GetAttributes().Any(static a => IsTestAttribute(a.AttributeClass)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsTestAttribute(INamedTypeSymbol? type)
    {
        for (; type is not null && type.SpecialType == SpecialType.None; type = type.BaseType)
        {
            if (type.Name is "FactAttribute" or "TheoryAttribute" or "TestAttribute" or "TestCaseAttribute" or "TestMethodAttribute" or "BenchmarkAttribute")
            {
                return true;
            }
        }

        return false;
    }
}
