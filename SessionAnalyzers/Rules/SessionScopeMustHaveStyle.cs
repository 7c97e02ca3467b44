using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Conventions;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports an owned session whose scope is written in another form than the team has settled. A scope that cannot be rewritten without
/// disposing at another place is not reported, nor one of which it is not known that the session is this code's own.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class SessionScopeMustHaveStyle : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.SessionScopeMustHaveStyle);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static context =>
        {
            if (SessionSymbols.Create(context.Compilation, context.Options, context.CancellationToken) is { } symbols)
            {
                var ownership = Ownership.Of(context.Compilation, symbols);
                context.RegisterOperationAction(context => Check(context, ownership), OperationKind.Using, OperationKind.UsingDeclaration, OperationKind.VariableDeclarationGroup);
            }
        });
    }

    private static void Check(OperationAnalysisContext context, Ownership ownership)
    {
        var syntax = context.Operation.Syntax;
        if (new TeamConventions(context.Options, syntax.SyntaxTree).ScopeStyle is not { } style
            || SessionScope.Of(syntax) is not { } scope || (context.Operation.Kind == OperationKind.VariableDeclarationGroup) != (scope.Style == ScopeStyle.TryFinally) || scope.Style == style || context.Operation.SemanticModel is not { } model)
        {
            return;
        }

        foreach (var variable in scope.Declaration.Variables)
        {
            if (!IsOwned(model.GetOperation(variable.Initializer!.Value, context.CancellationToken), ownership))
            {
                return;
            }
        }

        if (model.GetDeclaredSymbol(scope.Declaration.Variables[0], context.CancellationToken) is ILocalSymbol { Type: var type }
            && ownership.Symbols.TypeOf(type) is { Kind: not SessionKind.Source } session
            && scope.CanBecome(style, model, context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.SessionScopeMustHaveStyle, scope.Value.GetLocation(), scope.Name, LeakMessages.NameOf(session.Kind), TeamConventions.NameOf(scope.Style), TeamConventions.NameOf(style)));
        }
    }

    private static bool IsOwned(IOperation? value, Ownership ownership) =>
        value is not null && ownership.Acquires(BodyFacts.Unwrap(value)).Result == Result.Owned;
}
