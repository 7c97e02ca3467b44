using SessionAnalyzers.Factories;

namespace SessionAnalyzers.Rules;

/// <summary>Settles who disposes what a factory makes: its callers, or what is written at it. Changes callers in other files, too.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FactoryMustSayWhoDisposesFix))]
internal sealed class FactoryMustSayWhoDisposesFix : CodeFixProvider
{
    public const string DisposeAtCallersKey = "SES1003.DisposeAtCallers";
    public const string AnnotateKey = "SES1003.Annotate";
    public const string LendKey = "SES1003.Lend";

    /// <summary>The safest first.</summary>
    private static readonly ImmutableArray<FactoryAction> Actions = ImmutableArray.Create(
        new FactoryAction(DisposeAtCallersKey, "Dispose the session at its callers", DisposeAtCallers.TryAsync),
        new FactoryAction(AnnotateKey, "Annotate with [MustDisposeResource]", static (s, f, _, c) => AnnotateFactory.TryAsync(s, f, c)),
        new FactoryAction(LendKey, "Lend the session to its callers", LendSession.TryAsync));

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(DiagnosticIds.FactoryMustSayWhoDisposes);

    public override FixAllProvider GetFixAllProvider() => new FactoryFixAllProvider(Actions);

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var solution = context.Document.Project.Solution;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await FactoryMember.FindAsync(context.Document, diagnostic.Location.SourceSpan, context.CancellationToken).ConfigureAwait(false) is not { } factory)
            {
                continue;
            }

            foreach (var action in Actions)
            {
                if (await action.TryAsync(solution, factory, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } done)
                {
                    context.RegisterCodeFix(CodeAction.Create(action.Title, _ => Task.FromResult(done), action.Key), diagnostic);
                }
            }
        }
    }
}
