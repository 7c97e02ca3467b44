using Microsoft.CodeAnalysis.CSharp;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Hosts all rules that need the flow of a body: one look for an acquisition, one graph, one fixpoint, then every rule. Bodies without
/// an acquisition cost the look only; compilations without a session library cost nothing.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class FlowRuleAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableArray<FlowRule> Rules = ImmutableArray.Create<FlowRule>(
        new SessionMustBeDisposed(),
        new SessionMustBeDisposedOnException(),
        new TemporarySessionMustBeDisposed(),
        new SessionMustBeDisposedBeforeOverwrite(),
        new ReaderMustBeDisposed());

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = Rules.SelectMany(static r => r.Descriptors).ToImmutableArray();

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static context =>
        {
            if (SessionSymbols.Create(context.Compilation, context.Options, context.CancellationToken) is not { } symbols)
            {
                return;
            }

            var ownership = new Ownership(context.Compilation, symbols);
            context.RegisterOperationBlockStartAction(context => StartBlock(context, ownership));
        });
    }

    private static void StartBlock(OperationBlockStartAnalysisContext context, Ownership ownership)
    {
        var found = false;
        context.RegisterOperationAction(
            context => found = found || ownership.IsCandidate(context.Operation),
            OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.PropertyReference);
        context.RegisterOperationBlockEndAction(context =>
        {
            if (!found)
            {
                return;
            }

            IOperation? last = null;
            foreach (var block in context.OperationBlocks)
            {
                // A constructor's body and initializer are two blocks of one graph.
                var root = block.Parent ?? block;
                if (root != last && root.Kind is OperationKind.Block or OperationKind.MethodBody or OperationKind.ConstructorBody or OperationKind.FieldInitializer or OperationKind.PropertyInitializer)
                {
                    Check(context.GetControlFlowGraph(block), context.OwningSymbol, context, ownership);
                }

                last = root;
            }
        });
    }

    private static void Check(ControlFlowGraph graph, ISymbol owner, OperationBlockAnalysisContext context, Ownership ownership)
    {
        var flow = SessionFlow.Of(graph, owner, ownership, context.CancellationToken);
        foreach (var rule in Rules)
        {
            rule.Check(flow, context.ReportDiagnostic);
        }

        foreach (var (function, nested) in flow.NestedFunctions())
        {
            Check(nested, function, context, ownership);
        }
    }
}
