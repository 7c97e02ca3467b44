using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SessionAnalyzers;

/// <summary>Knows the expressions that may run a little earlier or later without a difference: they neither act nor reach out.</summary>
internal static class QuietExpression
{
    public static bool Is(ExpressionSyntax? expression, SemanticModel model)
    {
        switch (expression)
        {
            case null or LiteralExpressionSyntax or InstanceExpressionSyntax or TypeOfExpressionSyntax or DefaultExpressionSyntax:
            case AnonymousFunctionExpressionSyntax:
            case TypeSyntax and not NameSyntax:
                return true;
            case NameSyntax:
                return IsQuiet(model.GetSymbolInfo(expression).Symbol);
            case MemberAccessExpressionSyntax m:
                return IsQuiet(model.GetSymbolInfo(m).Symbol) && Is(m.Expression, model);
            case ParenthesizedExpressionSyntax p:
                return Is(p.Expression, model);
            case CastExpressionSyntax c:
                return IsPredefined(c, model) && Is(c.Expression, model);
            case PostfixUnaryExpressionSyntax u:
                return u.IsKind(SyntaxKind.SuppressNullableWarningExpression) && Is(u.Operand, model);
            case PrefixUnaryExpressionSyntax u:
                return u.Kind() is SyntaxKind.LogicalNotExpression or SyntaxKind.UnaryMinusExpression
                    && IsPredefined(u, model)
                    && Is(u.Operand, model);
            case BinaryExpressionSyntax b:
                return IsPredefined(b, model) && Is(b.Left, model) && (b.Right is TypeSyntax || Is(b.Right, model));
            case ConditionalExpressionSyntax c:
                return Is(c.Condition, model) && Is(c.WhenTrue, model) && Is(c.WhenFalse, model);
            case IsPatternExpressionSyntax p:
                return Is(p.Expression, model);
            case TupleExpressionSyntax t:
                return t.Arguments.All(a => Is(a.Expression, model));
            case ElementAccessExpressionSyntax e:
                return model.GetTypeInfo(e.Expression).Type is IArrayTypeSymbol
                    && Is(e.Expression, model)
                    && e.ArgumentList.Arguments.All(a => Is(a.Expression, model));
            case InterpolatedStringExpressionSyntax s:
                return s.Contents.OfType<InterpolationSyntax>().All(i => Is(i.Expression, model));
            case InvocationExpressionSyntax i:
                return model.GetSymbolInfo(i).Symbol is var method
                    && (IsQuietMethod(method) || i.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" })
                    && (i.Expression is not MemberAccessExpressionSyntax receiver || Is(receiver.Expression, model))
                    && i.ArgumentList.Arguments.All(a => Is(a.Expression, model));
            default:
                return false;
        }
    }

    private static bool IsQuiet(ISymbol? symbol) => symbol switch
    {
        ILocalSymbol or IParameterSymbol or IFieldSymbol or IRangeVariableSymbol or INamespaceOrTypeSymbol or IMethodSymbol => true,
        IPropertySymbol property => IsAutomatic(property) || IsOfSystem(property.ContainingNamespace),
        _ => false,
    };

    /// <summary>Neither accessor has a body, so the property only reads its field.</summary>
    private static bool IsAutomatic(IPropertySymbol property) =>
        !property.IsAbstract
        && !property.DeclaringSyntaxReferences.IsEmpty
        && property.DeclaringSyntaxReferences.All(static r => r.GetSyntax() switch
        {
            PropertyDeclarationSyntax { AccessorList.Accessors: var accessors } =>
                accessors.All(static a => a.Body is null && a.ExpressionBody is null),
            ParameterSyntax => true,
            _ => false,
        });

    private static bool IsQuietMethod(ISymbol? symbol) => symbol is IMethodSymbol { ContainingType: { } type } method
        && (method.Name == "ToString" && method.Parameters.IsEmpty
            || type.SpecialType == SpecialType.System_String
            || IsOfSystem(type.ContainingNamespace) && type.Name is "Convert" or "Math"
            || IsTaskFactory(method)
            || type.Name == "Enumerable" && method.Name is "ToList" or "ToArray");

    /// <summary>A method that wraps a value into a finished task.</summary>
    public static bool IsTaskFactory(IMethodSymbol method) =>
        method is { IsStatic: true, Name: "FromResult", ContainingType: { Name: "Task" or "ValueTask" } };

    private static bool IsOfSystem(INamespaceSymbol? space) => space is { Name: "System", ContainingNamespace.IsGlobalNamespace: true };

    private static bool IsPredefined(ExpressionSyntax expression, SemanticModel model) =>
        model.GetSymbolInfo(expression).Symbol is not IMethodSymbol method
        || method.MethodKind is not (MethodKind.UserDefinedOperator or MethodKind.Conversion)
        || method.ContainingType.SpecialType != SpecialType.None
        || IsOfSystem(method.ContainingNamespace);
}
