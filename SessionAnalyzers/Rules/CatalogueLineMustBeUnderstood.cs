using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Rules;

/// <summary>Reports the lines of the user's SessionAnalyzers.*.txt files that cannot be understood, each at its place.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class CatalogueLineMustBeUnderstood : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.CatalogueLineMustBeUnderstood);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterAdditionalFileAction(static context =>
        {
            if (!SessionSymbols.IsUserFile(context.AdditionalFile.Path) || context.AdditionalFile.GetText(context.CancellationToken) is not { } text)
            {
                return;
            }

            var errors = new List<CatalogueError>();
            CatalogueParser.Parse(text.ToString(), errors);
            foreach (var error in errors)
            {
                var start = text.Lines[error.Line].Start + error.Column;
                var span = new TextSpan(start, Math.Min(error.Length, text.Length - start));
                var location = Location.Create(context.AdditionalFile.Path, span, text.Lines.GetLinePositionSpan(span));
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.CatalogueLineMustBeUnderstood, location, error.Message));
            }
        });
    }
}
