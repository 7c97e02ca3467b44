using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>Gives a fix-all what has been found in the solution that it starts from.</summary>
internal sealed class FoundDiagnostics(ImmutableArray<Found> all) : FixAllContext.DiagnosticProvider
{
    public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
        Of(each => each.Project.Id == project.Id);

    public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
        Of(each => each.Document.Id == document.Id);

    // Those without a file: nothing of them can be fixed.
    public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
        Of(static _ => false);

    private Task<IEnumerable<Diagnostic>> Of(Func<Found, bool> isWanted) =>
        Task.FromResult(all.Where(isWanted).Select(static each => each.Diagnostic));
}
