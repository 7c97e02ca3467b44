using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Test.Verification;

/// <summary>An analyzer that does what it is told; by default it reports the names of classes that begin with a small letter.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class ProbeAnalyzer(Action<AnalysisContext>? initialize, params DiagnosticDescriptor[] rules) : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Rule =
        new("PRB1", "Name", "Rename '{0}'", "Probe", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor OffRule =
        new("PRB2", "Name", "Rename", "Probe", DiagnosticSeverity.Info, isEnabledByDefault: false);

    public ProbeAnalyzer()
        : this(ReportSmallNames, Rule)
    {
    }

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [.. rules];

    public static void ReportSmallNames(AnalysisContext context) => ReportSmallNames(context, Rule);

    public static void ReportSmallNames(AnalysisContext context, DiagnosticDescriptor rule)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        RegisterSmallNames(context, rule);
    }

    public static void RegisterSmallNames(AnalysisContext context, DiagnosticDescriptor rule) => context.RegisterSyntaxNodeAction(
        node =>
        {
            if (SmallName(node.Node) is { } name)
            {
                node.ReportDiagnostic(Diagnostic.Create(rule, name.GetLocation(), name.Text));
            }
        },
        SyntaxKind.ClassDeclaration);

    public static SyntaxToken? SmallName(SyntaxNode node) =>
        node is ClassDeclarationSyntax { Identifier: var name } && char.IsLower(name.Text.FirstOrDefault()) ? name : null;

    public override void Initialize(AnalysisContext context) => initialize?.Invoke(context);
}

/// <summary>A fix that offers what it is told; by default it makes the first letter of the name a capital one.</summary>
internal sealed class ProbeFix(
    Func<CodeFixContext, IEnumerable<CodeAction>> offer,
    FixAllProvider? fixAll = null,
    string? id = null) : CodeFixProvider
{
    public ProbeFix()
        : this(static context => [Capitalize(context)], WellKnownFixAllProviders.BatchFixer)
    {
    }

    public override ImmutableArray<string> FixableDiagnosticIds => [id ?? ProbeAnalyzer.Rule.Id];

    public static CodeAction Capitalize(CodeFixContext context, string key = "Capitalize") => CodeAction.Create(
        "Capitalize",
        async cancellation =>
        {
            var root = (await context.Document.GetSyntaxRootAsync(cancellation))!;
            var name = root.FindToken(context.Span.Start);
            var capital = Named(name, char.ToUpperInvariant(name.Text[0]) + name.Text[1..]);
            return context.Document.WithSyntaxRoot(root.ReplaceToken(name, capital));
        },
        key);

    public static CodeAction Rewrite(CodeFixContext context, string text, string key) => CodeAction.Create(
        "Rewrite",
        _ => Task.FromResult(context.Document.WithText(SourceText.From(text))),
        key);

    public static SyntaxToken Named(SyntaxToken old, string text) => SyntaxFactory.Identifier(text).WithTriviaFrom(old);

    public override FixAllProvider? GetFixAllProvider() => fixAll;

    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var action in offer(context))
        {
            context.RegisterCodeFix(action, context.Diagnostics);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Fixes all but in one scope, in which it gives no action.</summary>
internal sealed class ProbeFixAll(FixAllScope broken) : FixAllProvider
{
    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => fixAllContext.Scope == broken
        ? Task.FromResult<CodeAction?>(null)
        : WellKnownFixAllProviders.BatchFixer.GetFixAsync(fixAllContext);
}

/// <summary>The kit's test with a probe, so that a test of the kit needs no class of its own.</summary>
internal sealed class ProbeTest : CSharpCodeFixTest<EmptyDiagnosticAnalyzer, EmptyCodeFixProvider, DefaultVerifier>
{
    public ProbeTest()
    {
        ReferenceAssemblies = new("net10.0");
        TestState.AdditionalReferences.AddRange(References.Framework);
    }

    public DiagnosticAnalyzer Analyzer { get; init; } = new ProbeAnalyzer();

    public CodeFixProvider Fix { get; init; } = new ProbeFix();

    protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [Analyzer];

    protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() => [Fix];
}
