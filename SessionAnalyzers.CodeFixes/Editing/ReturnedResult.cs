namespace SessionAnalyzers.Editing;

/// <summary>A return statement whose value needs a session, and the method or local function that it leaves.</summary>
internal sealed class ReturnedResult
{
    private ReturnedResult(ExpressionSyntax value, ReturnStatementSyntax statement, SyntaxNode function, IMethodSymbol method, ITypeSymbol type)
    {
        Value = value;
        Statement = statement;
        Function = function;
        Method = method;
        Type = type;
    }

    public ExpressionSyntax Value { get; }

    public ReturnStatementSyntax Statement { get; }

    public SyntaxNode Function { get; }

    public IMethodSymbol Method { get; }

    /// <summary>The type of the value before its conversion to what the method returns.</summary>
    public ITypeSymbol Type { get; }

    /// <summary>The return in hand, if what it returns could still be finished there: the sessions of the method end after it.</summary>
    public static ReturnedResult? Find(Draft draft, CancellationToken cancellation)
    {
        // A lambda's type may follow from what it returns.
        if (draft.Acquisition is not { Parent: ReturnStatementSyntax statement } value
            || statement.Ancestors().FirstOrDefault(static a => a is MemberDeclarationSyntax or AccessorDeclarationSyntax || Members.IsFunction(a))
                is not { } function
            || function is AnonymousFunctionExpressionSyntax
            || draft.Model.GetDeclaredSymbol(function, cancellation) is not IMethodSymbol { ReturnsByRef: false, ReturnsByRefReadonly: false } method
            || draft.Model.GetTypeInfo(value, cancellation).Type is not { TypeKind: not TypeKind.Error } type
            || Members.IsMentionedInDisabledText(function, "return")
            || !EndsAfter(statement, function, draft, cancellation))
        {
            return null;
        }

        return new(value, statement, function, method, type);
    }

    /// <summary>What runs as part of the function itself, not of one inside it.</summary>
    public static IEnumerable<SyntaxNode> OwnNodes(SyntaxNode function) =>
        function.DescendantNodes(n => n == function || !Members.IsFunction(n));

    /// <summary>True where a using or finally around the return ends a session, and nothing before it does.</summary>
    private static bool EndsAfter(ReturnStatementSyntax statement, SyntaxNode function, Draft draft, CancellationToken cancellation)
    {
        var ends = false;
        foreach (var node in OwnNodes(function).Where(n => n.SpanStart < statement.SpanStart || n.FirstAncestorOrSelf<FinallyClauseSyntax>() is not null))
        {
            switch (node)
            {
                case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Parent: { } scope }:
                    if (!scope.Span.Contains(statement.Span))
                    {
                        return false;
                    }

                    ends = true;
                    break;
                case UsingStatementSyntax scoped:
                    if (!scoped.Statement.Span.Contains(statement.Span))
                    {
                        return false;
                    }

                    ends = true;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax or MemberBindingExpressionSyntax } call when IsEnd(call):
                    if (call.FirstAncestorOrSelf<FinallyClauseSyntax>() is { Parent: TryStatementSyntax { Block: var block } })
                    {
                        if (!block.Span.Contains(statement.Span))
                        {
                            return false;
                        }

                        ends = true;
                    }
                    else if (call.FirstAncestorOrSelf<CatchClauseSyntax>() is null)
                    {
                        return false;
                    }

                    break;
                case ArgumentSyntax argument when draft.IsDisposedByCall(argument, cancellation):
                    return false;
            }
        }

        return ends;
    }

    private static bool IsEnd(InvocationExpressionSyntax call)
    {
        var name = call.Expression is MemberAccessExpressionSyntax access ? access.Name : ((MemberBindingExpressionSyntax)call.Expression).Name;
        return name.Identifier.ValueText is "Dispose" or "DisposeAsync" or "Close" or "CloseAsync";
    }
}
