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

        // A connection that only calls use which open and close it by themselves holds nothing.
        var needsDisposal = ownership.Symbols.TypeOf((field as IFieldSymbol)?.Type ?? ((IPropertySymbol)field).Type) is not { } session || !session.Has(Roles.StartsClosed);
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (!ownership.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
            {
                return true;
            }

            foreach (var node in reference.GetSyntax().DescendantNodes())
            {
                if (node is not IdentifierNameSyntax name || name.Identifier.ValueText != field.Name)
                {
                    continue;
                }

                switch (UseOf(name))
                {
                    case FieldUse.MayEnd:
                        return true;
                    case FieldUse.Work:
                        needsDisposal = true;
                        break;
                }
            }
        }

        return !needsDisposal;
    }

    private FieldUse UseOf(IdentifierNameSyntax name)
    {
        ExpressionSyntax use = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } qualified && qualified.Name == name ? qualified : name;
        while (use.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
        {
            use = (ExpressionSyntax)use.Parent;
        }

        switch (use.Parent)
        {
            case MemberAccessExpressionSyntax access when access.Expression == use:
                return UseBy(access.Name, access.Parent);
            case ConditionalAccessExpressionSyntax conditional when conditional.Expression == use:
                return conditional.WhenNotNull.DescendantNodesAndSelf().OfType<MemberBindingExpressionSyntax>().FirstOrDefault() is { } binding
                    ? UseBy(binding.Name, binding.Parent)
                    : FieldUse.MayEnd;
            case AssignmentExpressionSyntax assignment when assignment.Left == use:
                return assignment.Parent is ExpressionStatementSyntax or ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax } ? FieldUse.None : FieldUse.MayEnd;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression }:
            case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax { Pattern: ConstantPatternSyntax } }:
                return FieldUse.None;
            case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } }:
                return FieldUse.None;
            case ArgumentSyntax { RefKindKeyword.RawKind: 0, Parent.Parent: { } call } argument:
                return ownership.ModelOf(argument.SyntaxTree).GetOperation(argument) is IArgumentOperation { Parameter: { } parameter, Parent: { } operation }
                    && call is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax
                    && ownership.EffectOf(operation, parameter) == ParameterEffect.Borrows
                    ? FieldUse.Work
                    : FieldUse.MayEnd;
            default:
                return FieldUse.MayEnd;
        }
    }

    private FieldUse UseBy(SimpleNameSyntax member, SyntaxNode? call)
    {
        var name = member.Identifier.ValueText;
        if (name.Contains("Dispose") || name.Contains("Close"))
        {
            return FieldUse.MayEnd;
        }

        switch (ownership.ModelOf(member.SyntaxTree).GetSymbolInfo(member).Symbol)
        {
            case IMethodSymbol { ReducedFrom: not null } extension:
                if (ownership.Symbols.FactsOf(extension) is { } known && known.Has(Roles.OpensAndCloses))
                {
                    return FieldUse.None;
                }

                return call?.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } invocation
                    && ownership.ModelOf(member.SyntaxTree).GetOperation(invocation) is IInvocationOperation { Arguments: { Length: > 0 } arguments } operation
                    && arguments[0].Parameter is { } first && ownership.EffectOf(operation, first) == ParameterEffect.Borrows
                    ? FieldUse.Work
                    : FieldUse.MayEnd;
            case IMethodSymbol method:
                var ends = ownership.Symbols.FactsOf(method) is { } facts
                    ? facts.Has(Roles.Closes | Roles.ReturnsReceiver) || (facts.Has(Roles.Commits | Roles.RollsBack) && !facts.Has(Roles.Flushes))
                    : SymbolEqualityComparer.Default.Equals(method.ReturnType, method.ContainingType);
                return ends ? FieldUse.MayEnd : FieldUse.Work;
            case IPropertySymbol or IFieldSymbol:
                return FieldUse.Work;
            default:
                return FieldUse.MayEnd;
        }
    }

    private enum FieldUse
    {
        /// <summary>Neither keeps the session busy nor ends it.</summary>
        None,

        /// <summary>Works with the session, which then needs an end.</summary>
        Work,

        /// <summary>Ends the session, or gives it to somebody who may.</summary>
        MayEnd,
    }
}
