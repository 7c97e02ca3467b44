using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a static field or automatic property that holds a context, connection or transaction, also one per thread, per flow or per key.
/// What is meant to be shared, connections that keep a database in memory alive, pools, tests, and ambient sessions and registries whose
/// entries the type itself takes out again are not reported: their sessions end with the work.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class SessionMustNotBeStatic : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.SessionMustNotBeStatic);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static context =>
        {
            if (SessionSymbols.Create(context.Compilation, context.Options, context.CancellationToken) is { } symbols)
            {
                context.RegisterSymbolAction(context => Check(context, symbols), SymbolKind.Field, SymbolKind.Property);
            }
        });
    }

    private static void Check(SymbolAnalysisContext context, SessionSymbols symbols)
    {
        var symbol = context.Symbol;
        if (!symbol.IsStatic || symbol.IsAbstract || symbol.IsImplicitlyDeclared)
        {
            return;
        }

        var type = symbol switch
        {
            IFieldSymbol { IsConst: false } field => field.Type,
            IPropertySymbol { IsIndexer: false } property => property.Type,
            _ => null,
        };
        var isScoped = symbol.GetAttributes().Any(static a => a.AttributeClass?.Name == "ThreadStaticAttribute");
        var isRegistry = false;
        type = Held(type, ref isScoped, ref isRegistry, 0);
        if (SharedSessions.KindOf(type, symbols) is not { } kind || IsNullObject(symbol, type!, kind)
            || (symbol is IPropertySymbol && !IsAutomatic(symbol, context.CancellationToken)) || SharedSessions.IsTest(symbol))
        {
            return;
        }

        foreach (var reference in symbol.ContainingType.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax(context.CancellationToken);
            if ((kind == SessionKind.Connection && SharedSessions.IsInMemory(declaration)) || ((isScoped || isRegistry) && TakesOut(declaration, symbol.Name)))
            {
                return;
            }
        }

        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.SessionMustNotBeStatic, symbol.Locations[0], symbol is IFieldSymbol ? "field" : "property", symbol.Name, BorrowedSessions.KindName(kind)));
    }

    /// <summary>The type of what is held: the type itself, or what a holder of one or of one for each key is made for.</summary>
    private static ITypeSymbol? Held(ITypeSymbol? type, ref bool isScoped, ref bool isRegistry, int depth)
    {
        if (depth > 3 || type is not INamedTypeSymbol { IsGenericType: true } holder)
        {
            return type;
        }

        switch (holder.Name)
        {
            case "AsyncLocal" or "ThreadLocal" when SessionSymbols.IsIn(holder.ContainingNamespace, "System.Threading"):
                isScoped = true;
                return Held(holder.TypeArguments[0], ref isScoped, ref isRegistry, depth + 1);
            case "Lazy" when SessionSymbols.IsIn(holder.ContainingNamespace, "System"):
            case "Task" when SessionSymbols.IsIn(holder.ContainingNamespace, "System.Threading.Tasks"):
                return Held(holder.TypeArguments[0], ref isScoped, ref isRegistry, depth + 1);
            case "Dictionary" or "ConcurrentDictionary" or "IDictionary" or "SortedDictionary" when holder.TypeArguments.Length == 2
                && (SessionSymbols.IsIn(holder.ContainingNamespace, "System.Collections.Generic") || SessionSymbols.IsIn(holder.ContainingNamespace, "System.Collections.Concurrent")):
                isRegistry = true;
                return Held(holder.TypeArguments[1], ref isScoped, ref isRegistry, depth + 1);
            default:
                return type;
        }
    }

    /// <summary>A stand-in that does nothing, or a connection of the compilation's own, of which we do not know what it holds.</summary>
    private static bool IsNullObject(ISymbol symbol, ITypeSymbol type, SessionKind kind) =>
        symbol.Name is "Null" or "Empty" or "None" or "NoOp" or "Instance" && kind != SessionKind.Context
        || (kind != SessionKind.Context && !type.DeclaringSyntaxReferences.IsEmpty);

    private static bool IsAutomatic(ISymbol property, CancellationToken cancellation) =>
        property.DeclaringSyntaxReferences.Length == 1
        && property.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } accessors }
        && accessors.Accessors.All(static a => a is { Body: null, ExpressionBody: null });

    /// <summary>The type sets the holder back to nothing, or removes entries: what is in it ends with the work.</summary>
    private static bool TakesOut(SyntaxNode type, string name)
    {
        foreach (var node in type.DescendantNodes())
        {
            switch (node)
            {
                case AssignmentExpressionSyntax { Right: LiteralExpressionSyntax or DefaultExpressionSyntax or PostfixUnaryExpressionSyntax } assignment when Names(assignment.Left, name) && !assignment.Right.IsKind(SyntaxKind.StringLiteralExpression):
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Remove" or "TryRemove" or "Clear" } access } when Names(access.Expression, name):
                    return true;
            }
        }

        return false;
    }

    private static bool Names(ExpressionSyntax expression, string name) =>
        expression.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax { Identifier.ValueText: var text } && text == name);
}
