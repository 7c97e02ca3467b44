using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a TransactionScope without TransactionScopeAsyncFlowOption.Enabled where an await can run before it is disposed: the rest then
/// runs outside the transaction, or disposing the scope throws on another thread. An await inside a nested function does not count, nor
/// one after the scope.
/// </summary>
internal sealed class TransactionScopeMustFlowAcrossAwait() : CallRule(Descriptors.TransactionScopeMustFlowAcrossAwait)
{
    public override void Check(SessionCall call)
    {
        if (call.Operation is not IObjectCreationOperation { Type: INamedTypeSymbol { Name: "TransactionScope" } type } creation
            || call.Ownership.Symbols.TypeOf(type) is not { Kind: SessionKind.Ambient } || Flows(creation))
        {
            return;
        }

        if (Scope(creation.Syntax).SelectMany(static n => Awaits(n)).FirstOrDefault() is { } first)
        {
            call.Report(Diagnostic.Create(Descriptor, creation.Syntax.GetLocation(), [first.GetLocation()], LeakMessages.LineOf(first.GetLocation())));
        }
    }

    /// <summary>Enabled, or given by an expression that we cannot read.</summary>
    private static bool Flows(IObjectCreationOperation creation)
    {
        foreach (var argument in creation.Arguments)
        {
            if (argument.Parameter?.Type.Name == "TransactionScopeAsyncFlowOption")
            {
                return argument.Value is not { ConstantValue: { HasValue: true, Value: 0 } };
            }
        }

        return false;
    }

    /// <summary>The code that runs while the scope lives: what a using holds, or the statements up to the last one that names it.</summary>
    private static IEnumerable<SyntaxNode> Scope(SyntaxNode creation)
    {
        switch (creation.Parent)
        {
            case UsingStatementSyntax statement:
                return [statement.Statement];
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Parent: var holder } } variable }:
                if (holder is UsingStatementSyntax use)
                {
                    return [use.Statement];
                }

                if (holder is LocalDeclarationStatementSyntax local && Siblings(local) is { } statements)
                {
                    var following = statements.SkipWhile(s => s != local).Skip(1);
                    if (local.UsingKeyword.Span.IsEmpty)
                    {
                        var name = variable.Identifier.ValueText;
                        following = following.Reverse()
                            .SkipWhile(s => !s.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name))
                            .Reverse();
                    }

                    return following;
                }

                break;
        }

        return [];
    }

    private static IEnumerable<StatementSyntax>? Siblings(StatementSyntax statement) => statement.Parent switch
    {
        BlockSyntax block => block.Statements,
        SwitchSectionSyntax section => section.Statements,
        GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } => unit.Members.OfType<GlobalStatementSyntax>().Select(static m => m.Statement),
        _ => null,
    };

    private static IEnumerable<SyntaxNode> Awaits(SyntaxNode node) =>
        node.DescendantNodesAndSelf(static n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Where(static n => n switch
        {
            AwaitExpressionSyntax => true,
            CommonForEachStatementSyntax loop => !loop.AwaitKeyword.Span.IsEmpty,
            UsingStatementSyntax use => !use.AwaitKeyword.Span.IsEmpty,
            LocalDeclarationStatementSyntax local => !local.AwaitKeyword.Span.IsEmpty,
            _ => false,
        });
}
