using System.Collections.Concurrent;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Does a type ever end the session in one of its private fields? Every use of the field in the type is looked at: one that disposes,
/// or that may hand the session to somebody who does, is enough. Only a field that is nothing but used is certain to leak.
/// </summary>
internal sealed class FieldDisposal(Ownership ownership)
{
    private readonly ConcurrentDictionary<ISymbol, bool> answers = new(SymbolEqualityComparer.Default);

    /// <summary>True when the field may be disposed by its type, or cannot be seen whole.</summary>
    public bool MayEnd(ISymbol field) => answers.GetOrAdd(field, Find);

    private bool Find(ISymbol field)
    {
        if (field.DeclaredAccessibility != Accessibility.Private || field.IsStatic || field.ContainingType is not { TypeKind: TypeKind.Class } type)
        {
            return true;
        }

        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (!ownership.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
            {
                return true;
            }

            foreach (var node in reference.GetSyntax().DescendantNodes())
            {
                if (node is IdentifierNameSyntax name && name.Identifier.ValueText == field.Name && MayEnd(name, field))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool MayEnd(IdentifierNameSyntax name, ISymbol field)
    {
        ExpressionSyntax use = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } qualified && qualified.Name == name ? qualified : name;
        while (use.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
        {
            use = (ExpressionSyntax)use.Parent;
        }

        switch (use.Parent)
        {
            case MemberAccessExpressionSyntax access when access.Expression == use:
                return EndsBy(access.Name, access.Parent, field);
            case ConditionalAccessExpressionSyntax conditional when conditional.Expression == use:
                return conditional.WhenNotNull.DescendantNodesAndSelf().OfType<MemberBindingExpressionSyntax>().FirstOrDefault() is not { } binding
                    || EndsBy(binding.Name, binding.Parent, field);
            case AssignmentExpressionSyntax assignment when assignment.Left == use:
                return assignment.Parent is not (ExpressionStatementSyntax or ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax });
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression }:
            case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax { Pattern: ConstantPatternSyntax } }:
                return false;
            case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } }:
                return false;
            case ArgumentSyntax { RefKindKeyword.RawKind: 0, Parent.Parent: { } call } argument:
                return ownership.ModelOf(argument.SyntaxTree).GetOperation(argument) is not IArgumentOperation { Parameter: { } parameter, Parent: { } operation }
                    || call is not (InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax)
                    || ownership.EffectOf(operation, parameter) != ParameterEffect.Borrows;
            default:
                return true;
        }
    }

    private bool EndsBy(SimpleNameSyntax member, SyntaxNode? call, ISymbol field)
    {
        var name = member.Identifier.ValueText;
        if (name.Contains("Dispose") || name.Contains("Close"))
        {
            return true;
        }

        switch (ownership.ModelOf(member.SyntaxTree).GetSymbolInfo(member).Symbol)
        {
            case IMethodSymbol { ReducedFrom: { } extension } method:
                return call?.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } invocation
                    || ownership.ModelOf(member.SyntaxTree).GetOperation(invocation) is not IInvocationOperation { Arguments: { Length: > 0 } arguments } operation || arguments[0].Parameter is not { } first
                    || ownership.EffectOf(operation, first) != ParameterEffect.Borrows;
            case IMethodSymbol method:
                return ownership.Symbols.FactsOf(method) is { } facts
                    ? facts.Has(Roles.Closes | Roles.ReturnsReceiver) || (facts.Has(Roles.Commits | Roles.RollsBack) && !facts.Has(Roles.Flushes))
                    : SymbolEqualityComparer.Default.Equals(method.ReturnType, method.ContainingType);
            case IPropertySymbol or IFieldSymbol:
                return false;
            default:
                return true;
        }
    }
}
