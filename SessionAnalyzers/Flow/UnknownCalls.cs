using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Calls on a session that neither the catalogue nor a body explains: the extension methods of other libraries, and what does not compile.
/// They extend what the session does. Only those whose name or result speaks of another owner may take it over.
/// </summary>
internal static class UnknownCalls
{
    private static readonly string[] Takers = ["Dispose", "Close", "As", "With", "Wrap", "Into", "Register", "Keep", "Own", "Attach", "Share"];

    /// <summary>What stands before the dot of a call that does not compile, if name and use of the call leave it to its owner; else null.</summary>
    public static SyntaxNode? ReceiverOf(IInvalidOperation invalid, SessionSymbols symbols)
    {
        var call = invalid.Syntax as InvocationExpressionSyntax ?? (invalid.Syntax.Parent is InvocationExpressionSyntax around && around.Expression == invalid.Syntax ? around : null);
        return call is { Expression: MemberAccessExpressionSyntax access } && IsDropped(call) && Leaves(access.Name.Identifier.ValueText, symbols) ? access.Expression : null;
    }

    /// <summary>Nobody gets the result, of which nothing is known: it may be the session's next owner.</summary>
    private static bool IsDropped(ExpressionSyntax call)
    {
        while (call.Parent is AwaitExpressionSyntax or ParenthesizedExpressionSyntax
            || call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax })
        {
            call = call.Parent is MemberAccessExpressionSyntax configured ? (ExpressionSyntax)configured.Parent! : (ExpressionSyntax)call.Parent;
        }

        return call.Parent is ExpressionStatementSyntax or LambdaExpressionSyntax;
    }

    /// <summary>True for an extension method of a referenced library that is declared for sessions and gives back nothing that could own one.</summary>
    public static bool Extends(IMethodSymbol method, IParameterSymbol parameter, SessionSymbols symbols)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        return definition is { IsExtensionMethod: true, ContainingAssembly: not ISourceAssemblySymbol } && parameter.Ordinal == 0
            && symbols.TypeOf(definition.Parameters[0].Type) is { Kind: not (SessionKind.Transaction or SessionKind.Ambient) }
            && Leaves(definition.Name, symbols) && !MayOwn(SessionSymbols.Unwrap(definition.ReturnType));
    }

    private static bool Leaves(string name, SessionSymbols symbols) =>
        !Ownership.HasCreationName(name)
        && !Array.Exists(Takers, t => name.StartsWith(t, StringComparison.Ordinal) && (name.Length == t.Length || !char.IsLower(name[t.Length])))
        && (symbols.RolesOfName(name) & (Roles.Closes | Roles.Commits | Roles.RollsBack | Roles.ReturnsReceiver)) == 0;

    private static bool MayOwn(ITypeSymbol type) =>
        type is { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.TypeParameter or TypeKind.Delegate or TypeKind.Dynamic or TypeKind.Error }
        || IsDisposable(type) || type.AllInterfaces.Any(IsDisposable);

    private static bool IsDisposable(ITypeSymbol type) => type is { Name: "IDisposable" or "IAsyncDisposable", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
