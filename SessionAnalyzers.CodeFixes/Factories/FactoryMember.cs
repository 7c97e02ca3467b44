using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Factories;

/// <summary>A member that hands out sessions, to be found again in each version of the solution.</summary>
internal sealed class FactoryMember
{
    private readonly ProjectId project;
    private readonly string id;

    private FactoryMember(ProjectId project, string id)
    {
        this.project = project;
        this.id = id;
    }

    /// <summary>The member whose name a diagnostic stands at.</summary>
    public static async Task<FactoryMember?> FindAsync(Document document, TextSpan name, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        return root is not null
            && model is not null
            && name.End <= root.FullSpan.End
            && root.FindNode(name).FirstAncestorOrSelf<MemberDeclarationSyntax>() is { ContainsDiagnostics: false } member
            && model.GetDeclaredSymbol(member, cancellation) is { } symbol
            && DocumentationCommentId.CreateDeclarationId(symbol) is { } id
            ? new(document.Project.Id, id)
            : null;
    }

    /// <summary>The member as its own project sees it.</summary>
    public async Task<ISymbol?> InAsync(Solution solution, CancellationToken cancellation) =>
        await CompilationAsync(solution, cancellation).ConfigureAwait(false) is { } compilation ? In(compilation, compilation.Assembly) : null;

    /// <summary>The calls in the member's project that lose what it made.</summary>
    public Task<IReadOnlyList<Location>> LeaksAsync(Solution solution, CancellationToken cancellation) =>
        LeaksAsync(solution, project, cancellation);

    /// <summary>The calls in a project that lose what the member made.</summary>
    public async Task<IReadOnlyList<Location>> LeaksAsync(Solution solution, ProjectId callers, CancellationToken cancellation)
    {
        if (solution.GetProject(callers) is not { } caller
            || await caller.GetCompilationAsync(cancellation).ConfigureAwait(false) is not { } compilation
            || await InAsync(solution, cancellation).ConfigureAwait(false) is not { ContainingAssembly: var assembly }
            || In(compilation, assembly) is not { } member
            || SessionSymbols.Create(compilation, caller.AnalyzerOptions, cancellation) is not { } symbols)
        {
            return [];
        }

        return new FactoryCallers(Ownership.Of(compilation, symbols)).LeaksOf(member, cancellation);
    }

    private ISymbol? In(Compilation compilation, IAssemblySymbol assembly) =>
        DocumentationCommentId.GetSymbolsForDeclarationId(id, compilation)
            .FirstOrDefault(s => s.ContainingAssembly.Identity.Equals(assembly.Identity));

    private async Task<Compilation?> CompilationAsync(Solution solution, CancellationToken cancellation) =>
        solution.GetProject(project) is { } found ? await found.GetCompilationAsync(cancellation).ConfigureAwait(false) : null;
}
