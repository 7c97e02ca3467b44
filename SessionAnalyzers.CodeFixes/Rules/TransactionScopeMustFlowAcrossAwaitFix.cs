using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Rules;

/// <summary>Creates the scope with the option that lets it flow. Constructors that do not take it stay as they are.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TransactionScopeMustFlowAcrossAwaitFix))]
internal sealed class TransactionScopeMustFlowAcrossAwaitFix() : SessionCodeFix(DiagnosticIds.TransactionScopeMustFlowAcrossAwait)
{
    public const string EnableFlowKey = "SES2009.EnableFlow";
    private const string Option = "TransactionScopeAsyncFlowOption";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not BaseObjectCreationExpressionSyntax { ArgumentList: { } list } creation)
        {
            return null;
        }

        var qualifier = creation is ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax { Left: var space } } ? space + "." : "";
        var enabled = qualifier + Option + ".Enabled";
        var edit = draft.Edit();
        var given = list.Arguments.FirstOrDefault(a => draft.Model.GetTypeInfo(a.Expression, cancellation).Type?.Name == Option);
        if (given is not null)
        {
            edit.Replace(given.Expression.Span, enabled);
        }
        else
        {
            var name = list.Arguments.Any(static a => a.NameColon is not null) ? "asyncFlowOption: " : "";
            edit.Insert(list.CloseParenToken.SpanStart, (list.Arguments.Count > 0 ? ", " : "") + name + enabled);
        }

        return CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } done
            ? new(done, "Let the scope flow across 'await'", EnableFlowKey)
            : null;
    }
}
