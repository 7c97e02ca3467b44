using Microsoft.CodeAnalysis.Operations;

namespace SessionAnalyzers.Benchmarks.Measuring;

/// <summary>Registers nothing: what the driver costs by itself.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class NothingAnalyzer : BaselineAnalyzer
{
    protected override void Register(AnalysisContext context)
    {
    }
}

/// <summary>Asks for every operation block and does not look at it: the driver must bind all bodies.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class BindingAnalyzer : BaselineAnalyzer
{
    protected override void Register(AnalysisContext context) => context.RegisterOperationBlockAction(static _ => { });
}

/// <summary>The floor: looks at the symbol of each invocation and creation, and at nothing else.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class FloorAnalyzer : BaselineAnalyzer
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal) { "SqliteConnection", "DbContext", "IDbContextFactory", "DbCommand" };

    protected override void Register(AnalysisContext context) =>
        context.RegisterOperationAction(static context => Look(context), OperationKind.Invocation, OperationKind.ObjectCreation);

    private static void Look(OperationAnalysisContext context)
    {
        var symbol = context.Operation switch
        {
            IInvocationOperation invocation => invocation.TargetMethod,
            IObjectCreationOperation creation => creation.Constructor,
            _ => null,
        };
        if (symbol is not null && Names.Contains(symbol.ContainingType.Name) && symbol.Name == "NeverSo")
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Operation.Syntax.GetLocation()));
        }
    }
}

/// <summary>Builds the control-flow graph of every operation block and does not look at it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class GraphAnalyzer : BaselineAnalyzer
{
    protected override void Register(AnalysisContext context) => context.RegisterOperationBlockAction(static context =>
    {
        foreach (var block in context.OperationBlocks)
        {
            if ((block.Parent ?? block).Kind is OperationKind.Block or OperationKind.MethodBody or OperationKind.ConstructorBody)
            {
                context.GetControlFlowGraph(block);
            }
        }
    });
}

internal abstract class BaselineAnalyzer : DiagnosticAnalyzer
{
    protected static readonly DiagnosticDescriptor Rule = new("BENCH1", "Baseline", "Baseline", "Benchmark", DiagnosticSeverity.Warning, true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        Register(context);
    }

    protected abstract void Register(AnalysisContext context);
}
