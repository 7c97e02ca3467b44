using System.Runtime.CompilerServices;
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
        new FactoryMustDisposeWhenItFails(),
        new ReturnedSessionMustBeAlive(),
        new ResultMustNotOutliveSession(),
        new TemporarySessionMustBeDisposed(),
        new SessionMustBeDisposedBeforeOverwrite(),
        new SessionFieldMustBeDisposed(),
        new DisposedSessionMustNotBeUsed(),
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
            var reports = new ConditionalWeakTable<IOperation, BodyReport>();
            context.RegisterOperationAction(
                context => Check(context, ownership, reports),
                OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.TypeParameterObjectCreation, OperationKind.PropertyReference);
        });
    }

    /// <summary>
    /// Reports what the body's flow says of one acquisition. The flow of a body is computed when its first acquisition is met: a plain
    /// operation action costs less than the start and end of every block.
    /// </summary>
    private static void Check(OperationAnalysisContext context, Ownership ownership, ConditionalWeakTable<IOperation, BodyReport> reports)
    {
        if (!ownership.IsCandidate(context.Operation))
        {
            return;
        }

        var root = context.Operation;
        while (root.Parent is { } parent)
        {
            root = parent;
        }

        if (root.Kind is not (OperationKind.Block or OperationKind.MethodBody or OperationKind.ConstructorBody or OperationKind.FieldInitializer or OperationKind.PropertyInitializer))
        {
            return;
        }

        if (!reports.TryGetValue(root, out var report))
        {
            report = BodyReport.Of(context.GetControlFlowGraph(), context.ContainingSymbol, ownership, context.CancellationToken);
            report = reports.GetValue(root, _ => report);
        }

        foreach (var diagnostic in report.At(context.Operation.Syntax))
        {
            context.ReportDiagnostic(diagnostic);
        }
    }

    /// <summary>The diagnostics of one body, its nested functions included, by the acquisition that they are about.</summary>
    private sealed class BodyReport
    {
        private readonly Dictionary<SyntaxNode, List<Diagnostic>> diagnostics = [];

        public static BodyReport Of(ControlFlowGraph graph, ISymbol owner, Ownership ownership, CancellationToken cancellation)
        {
            var report = new BodyReport();
            report.Add(graph, owner, ownership, cancellation);
            return report;
        }

        public List<Diagnostic> At(SyntaxNode acquisition) => diagnostics.TryGetValue(acquisition, out var list) ? list : [];

        private void Add(ControlFlowGraph graph, ISymbol owner, Ownership ownership, CancellationToken cancellation)
        {
            var flow = SessionFlow.Of(graph, owner, ownership, cancellation);
            foreach (var rule in Rules)
            {
                rule.Check(flow, (site, diagnostic) =>
                {
                    if (!diagnostics.TryGetValue(site.Operation.Syntax, out var list))
                    {
                        diagnostics[site.Operation.Syntax] = list = [];
                    }

                    list.Add(diagnostic);
                });
            }

            foreach (var (function, nested) in flow.NestedFunctions())
            {
                Add(nested, function, ownership, cancellation);
            }
        }
    }
}
