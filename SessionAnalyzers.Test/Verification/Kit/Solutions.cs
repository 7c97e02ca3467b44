using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>
/// Makes the solution of a state. The empty project with its references is made once for each set of options:
/// all tests fork it, so that the references are bound once.
/// </summary>
internal static class Solutions
{
    private static readonly Lazy<Workspace> SharedWorkspace = new(static () => new AdhocWorkspace());
    private static readonly ConcurrentDictionary<Ground, Lazy<Task<Solution>>> Grounds = new();

    /// <summary>No test changes it: actions are applied to forks of its solution.</summary>
    public static Workspace Shared => SharedWorkspace.Value;

    public static async Task<Solution> CreateAsync(
        Workspace workspace,
        SolutionState state,
        Func<ProjectState, Task<Ground>> ground,
        CancellationToken cancellationToken)
    {
        var main = await ground(state);
        var solution = workspace == Shared
            ? await Grounds.GetOrAdd(main, static key => new(() => LayAsync(Shared, key))).Value
            : await LayAsync(workspace, main);
        var projects = new Dictionary<string, ProjectId> { [state.Name] = solution.ProjectIds.Single() };
        foreach (var (name, project) in state.AdditionalProjects)
        {
            var info = (await ground(project)).ToProject();
            solution = solution.AddProject(info);
            projects.Add(name, info.Id);
        }

        foreach (var project in state.AdditionalProjects.Values.Prepend(state))
        {
            cancellationToken.ThrowIfCancellationRequested();
            solution = WithFiles(solution, projects[project.Name], project);
            foreach (var reference in project.AdditionalProjectReferences)
            {
                solution = solution.AddProjectReference(projects[project.Name], new(projects[reference]));
            }
        }

        return solution;
    }

    private static async Task<Solution> LayAsync(Workspace workspace, Ground ground)
    {
        var info = ground.ToProject();
        var solution = workspace.CurrentSolution.AddProject(info);
        var compilation = await solution.GetProject(info.Id)!.GetCompilationAsync();

        // Asking for any type of the references binds them.
        _ = compilation!.GetSpecialType(SpecialType.System_Object);
        return solution;
    }

    private static Solution WithFiles(Solution solution, ProjectId id, ProjectState project)
    {
        foreach (var (path, content) in project.Sources)
        {
            var (name, folders) = Split(path);
            solution = solution.AddDocument(DocumentId.CreateNewId(id, path), name, content, folders, path);
        }

        foreach (var (path, content) in project.AdditionalFiles)
        {
            var (name, folders) = Split(path);
            solution = solution.AddAdditionalDocument(DocumentId.CreateNewId(id, path), name, content, folders, path);
        }

        foreach (var (path, content) in project.AnalyzerConfigFiles)
        {
            var (name, folders) = Split(path);
            solution = solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(id, path), name, content, folders, path);
        }

        return solution;
    }

    // '/0/a/b/C.cs': the first part stands for the folder of the project.
    private static (string Name, ImmutableArray<string> Folders) Split(string path)
    {
        var parts = path.Split('/');
        return (parts[^1], path.StartsWith('/') ? [.. parts.Skip(2).SkipLast(1)] : [.. parts.SkipLast(1)]);
    }
}

/// <summary>All of a project but its files. Two tests with equal ones share the bound references.</summary>
internal sealed record Ground(
    string Name,
    string AssemblyName,
    CompilationOptions CompilationOptions,
    ParseOptions ParseOptions,
    ImmutableArray<MetadataReference> References)
{
    public bool Equals(Ground? other) =>
        other is not null
        && Name == other.Name
        && AssemblyName == other.AssemblyName
        && CompilationOptions.Equals(other.CompilationOptions)
        && ParseOptions.Equals(other.ParseOptions)
        && References.SequenceEqual(other.References);

    public override int GetHashCode() => HashCode.Combine(Name, CompilationOptions.OutputKind, ParseOptions, References.Length);

    public ProjectInfo ToProject() => ProjectInfo.Create(
        ProjectId.CreateNewId(Name),
        VersionStamp.Default,
        Name,
        AssemblyName,
        LanguageNames.CSharp,
        compilationOptions: CompilationOptions,
        parseOptions: ParseOptions,
        metadataReferences: References);
}
