namespace SessionAnalyzers.Flow;

/// <summary>Tells whether an operation runs exactly once whenever the code around it runs to its end.</summary>
internal static class Straight
{
    /// <summary>No condition, loop, handler or function stands between an operation and one around it.</summary>
    public static bool IsIn(IOperation operation, IOperation around)
    {
        for (var child = operation; child != around; child = child.Parent)
        {
            if (child.Parent is not { } parent || !IsStep(parent, child))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsStep(IOperation parent, IOperation child) => parent switch
    {
        IBlockOperation or IMethodBodyOperation or IExpressionStatementOperation or IAwaitOperation or IConversionOperation or IParenthesizedOperation
            or IReturnOperation or IVariableInitializerOperation or IVariableDeclaratorOperation or IVariableDeclarationOperation or IVariableDeclarationGroupOperation
            or ISimpleAssignmentOperation or IArgumentOperation or IInvocationOperation or IUsingOperation => true,
        IBinaryOperation binary => binary.LeftOperand == child || binary.OperatorKind is not (BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr),
        ITryOperation attempt => attempt.Body == child && attempt.Catches.IsEmpty,
        _ => false,
    };
}
