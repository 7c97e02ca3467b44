using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>How leaks are told to people: the session's kind, where it comes from, and the exit that is wrong.</summary>
internal static class LeakMessages
{
    /// <summary>The name of the property that carries the variable's name to the fix.</summary>
    public const string Variable = "variable";

    /// <summary>The name of the property that carries the session's kind to the fix.</summary>
    public const string Kind = "kind";

    /// <summary>The name of the property that carries the distance of the first of several calls from the diagnostic to the fix.</summary>
    public const string First = "first";

    /// <summary>The name of the property that carries the distance of the last of several calls from the diagnostic to the fix.</summary>
    public const string Last = "last";

    public static Diagnostic Create(this Leak leak, DiagnosticDescriptor descriptor, Location location, Location also, params object[] arguments) =>
        Diagnostic.Create(descriptor, location, [also], leak.Properties(), arguments);

    public static bool IsHelper(this Site site) => site.Kind is SessionKind.Reader or SessionKind.Command or SessionKind.Bulk;

    public static string KindName(this Site site) => NameOf(site.Kind);

    public static string NameOf(SessionKind kind) => kind switch
    {
        SessionKind.Context => "context",
        SessionKind.Connection => "connection",
        SessionKind.Transaction => "transaction",
        SessionKind.Ambient => "transaction scope",
        SessionKind.Reader => "reader",
        SessionKind.Command => "command",
        SessionKind.Bulk => "bulk writer",
        SessionKind.ClientSession => "client session",
        SessionKind.ServiceScope => "service scope",
        _ => "session",
    };

    /// <summary>What it is that lives on a session.</summary>
    public static string ResultName(this Site site) => site.Dependence switch
    {
        Dependence.Query => "query",
        Dependence.Task => "task",
        Dependence.Function => "function",
        _ => site.KindName(),
    };

    public static string SourceName(this Site site) => site.Operation switch
    {
        IObjectCreationOperation creation => "new " + creation.Type?.Name,
        ITypeParameterObjectCreationOperation creation => "new " + creation.Type?.Name,
        IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } when site.Source is { } source && source.Name.Length > 0 => source.Name,
        IInvocationOperation invocation => invocation.TargetMethod.Name,
        IPropertyReferenceOperation property => property.Property.Name,
        _ => site.DeclaredType.Name,
    };

    public static string ExitName(this Leak leak)
    {
        var line = LineOf(leak.At.GetLocation());
        return leak.Kind switch
        {
            ExitKind.Return when leak.At.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax || leak.At.FirstAncestorOrSelf<ArrowExpressionClauseSyntax>() is not null => $"the method returns (line {line})",
            ExitKind.Return => $"the method ends (line {line})",
            ExitKind.Scope => $"its scope ends (line {line})",
            ExitKind.LoopBack => $"the loop goes on (line {line})",
            ExitKind.Exception or ExitKind.Failure => Thrower(leak.At) is { } name ? $"'{name}' throws (line {line})" : $"an exception is thrown (line {line})",
            ExitKind.Overwritten => $"its variable is assigned another one (line {line})",
            _ => $"the statement ends (line {line})",
        };
    }

    public static int LineOf(Location location) => location.GetLineSpan().StartLinePosition.Line + 1;

    private static ImmutableDictionary<string, string?> Properties(this Leak leak)
    {
        var properties = ImmutableDictionary<string, string?>.Empty.Add(Kind, leak.Site.KindName());
        return leak.Site.Variable is { } local ? properties.Add(Variable, local.Name) : properties;
    }

    public static string? Thrower(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax await => Thrower(await.Expression),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait", Expression: var inner } } => Thrower(inner),
        InvocationExpressionSyntax { Expression: var called } => Thrower(called),
        MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.Text,
        GenericNameSyntax name => name.Identifier.Text,
        IdentifierNameSyntax name => name.Identifier.Text,
        ObjectCreationExpressionSyntax creation when creation.Parent is not (ThrowStatementSyntax or ThrowExpressionSyntax) => "new " + creation.Type,
        _ => null,
    };
}
