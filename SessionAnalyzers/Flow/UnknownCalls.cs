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

    /// <summary>What stands before the dot of a call that does not compile, if the call leaves it to its owner; else null.</summary>
    public static SyntaxNode? ReceiverOf(IInvalidOperation invalid, SessionSymbols symbols)
    {
        var access = invalid.Syntax switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } => called,
            MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } called when call.Expression == called => called,
            _ => null,
        };
        return access is not null && Leaves(access.Name.Identifier.ValueText, symbols) ? access.Expression : null;
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
