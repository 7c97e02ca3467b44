using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Diagnostics;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Test.Verification;

/// <summary>One rule about single calls by itself, hosted as the product hosts all of them: what other rules say does not disturb its tests.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class Only<TRule> : DiagnosticAnalyzer
    where TRule : CallRule, new()
{
    private static readonly ImmutableArray<CallRule> Rules = [new TRule()];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules[0].Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static context =>
        {
            if (SessionSymbols.Create(context.Compilation, context.Options, context.CancellationToken) is { } symbols)
            {
                var ownership = Ownership.Of(context.Compilation, symbols);
                context.RegisterOperationBlockStartAction(context => context.RegisterOperationAction(context => CallRule.Check(context, ownership, Rules), CallRule.Kinds));
            }
        });
    }
}
