using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Conventions;
using SessionAnalyzers.Rules;

namespace SessionAnalyzers.Flow;

/// <summary>
/// Hosts all rules. Those that need the flow of a body: one look for an acquisition, one graph, one fixpoint, then every rule. Those about
/// single calls: asked where the catalogue knows the call. Bodies without an acquisition cost the look only; compilations without a
/// session library cost nothing.
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
        new ReaderMustBeDisposed(),
        new TransactionMustBeCommitted(),
        new ChangesMustBeSaved(),
        new TransactionMustRollBackOnFailure(),
        new FinishedTransactionMustNotBeUsed());

    private static readonly ImmutableArray<ConventionRule> ConventionRules = ImmutableArray.Create<ConventionRule>(
        new TransactionMustRollBackExplicitly(),
        new SessionMustComeFromApprovedSource());

    private static readonly ImmutableArray<CallRule> CallRules = ImmutableArray.Create<CallRule>(
        new CommitMustNotRunInLoop(),
        new CommitMustBeAwaited(),
        new CommitMustNotRunAfterFailure(),
        new TransactionScopeMustFlowAcrossAwait(),
        new FailureMustNotBeSwallowed(),
        new SessionMustNotBeReusedAfterFailure(),
        new RollbackMustNotHideError(),
        new SessionMustNotBeUsedConcurrently(),
        new CommandMustUseTransaction(),
        new BorrowedSessionMustNotBeDisposed(),
        new OpenedConnectionMustBeClosed(),
        new SessionSourceMustBeShared(),
        new SessionMustBeResolvedFromScope(),
        new SessionMustNotEscapeToBackground(),
        new WorkMustBeCommittedAtOnce(),
        new CommitResultMustBeChecked(),
        new TransactionMustRunUnderRetryingStrategy());

    /// <summary>What the call rules look at, and what else may acquire a session.</summary>
    private static readonly ImmutableArray<OperationKind> Kinds = CallRule.Kinds.Add(OperationKind.TypeParameterObjectCreation).Add(OperationKind.PropertyReference);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        Rules.SelectMany(static r => r.Descriptors)
            .Concat(ConventionRules.Select(static r => r.Descriptor))
            .Concat(CallRules.Select(static r => r.Descriptor))
            .ToImmutableArray();

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

            var ownership = Ownership.Of(context.Compilation, symbols);

            // Within a block's actions the whole member is theirs to report on. An editor drops what an action by itself says of a place
            // outside its own operation, as of the return that gives away what an earlier operation acquired.
            context.RegisterOperationBlockStartAction(context => context.RegisterOperationAction(new Member(ownership).Check, Kinds));
        });
    }

    /// <summary>
    /// One member under analysis. The flow of a body is computed when its first acquisition is met, and kept for the others.
    /// </summary>
    private sealed class Member(Ownership ownership)
    {
        /// <summary>Few members have more than one body: initializers do.</summary>
        private BodyReport? reports;

        public void Check(OperationAnalysisContext context)
        {
            CallRule.Check(context, ownership, CallRules);
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

            var report = reports;
            while (report is not null && report.Root != root)
            {
                report = report.Next;
            }

            if (report is null)
            {
                report = new(root, reports);
                report.Add(ownership.GraphOf(context.ContainingSymbol, () => context.GetControlFlowGraph()), context.ContainingSymbol, ownership, new(context.Options, root.Syntax.SyntaxTree), context.CancellationToken);
                reports = report;
            }

            foreach (var diagnostic in report.At(context.Operation.Syntax))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }
    }

    /// <summary>The diagnostics of one body, its nested functions included, by the acquisition that they are about.</summary>
    private sealed class BodyReport(IOperation root, BodyReport? next)
    {
        private readonly Dictionary<SyntaxNode, List<Diagnostic>> diagnostics = [];

        public IOperation Root { get; } = root;

        public BodyReport? Next { get; } = next;

        public List<Diagnostic> At(SyntaxNode acquisition) => diagnostics.TryGetValue(acquisition, out var list) ? list : [];

        public void Add(ControlFlowGraph graph, ISymbol owner, Ownership ownership, TeamConventions conventions, CancellationToken cancellation)
        {
            var flow = SessionFlow.Of(graph, owner, ownership, cancellation);
            foreach (var rule in Rules)
            {
                rule.Check(flow, Add);
            }

            foreach (var rule in ConventionRules)
            {
                rule.Check(flow, conventions, Add);
            }

            foreach (var (function, nested) in flow.NestedFunctions())
            {
                Add(nested, function, ownership, conventions, cancellation);
            }
        }

        private void Add(Site site, Diagnostic diagnostic)
        {
            if (!diagnostics.TryGetValue(site.Operation.Syntax, out var list))
            {
                diagnostics[site.Operation.Syntax] = list = [];
            }

            list.Add(diagnostic);
        }
    }
}
