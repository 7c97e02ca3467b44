using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Microsoft.CodeAnalysis.Testing;

/// <summary>Takes over from a changed solution what a file system keeps: the files and their texts, not the trees.</summary>
internal static class DocumentChanges
{
    /// <summary>The solution before with the changed files; nothing if none has changed.</summary>
    public static async Task<Solution?> CarryOverAsync(
        Solution before,
        Solution after,
        Action<string, SyntaxNode, SyntaxNode> checkTree,
        IVerifier verifier,
        CancellationToken cancellationToken)
    {
        var changes = after.GetChanges(before);
        if (changes.GetAddedProjects().Any() || changes.GetRemovedProjects().Any())
        {
            verifier.Fail("An action that adds or removes a project is not supported here");
        }

        var result = before;
        foreach (var change in changes.GetProjectChanges())
        {
            result = await WithSourcesAsync(result, change, checkTree, cancellationToken);
            result = await WithAdditionalFilesAsync(result, change, cancellationToken);
        }

        return await FirstDifferenceAsync(before, result, cancellationToken) is null ? null : result;
    }

    /// <summary>Fails unless both solutions hold the same files in the same order: text, encoding, checksum, name, folders.</summary>
    public static async Task VerifySameAsync(Solution expected, Solution actual, IVerifier verifier, CancellationToken cancellationToken)
    {
        if (await FirstDifferenceAsync(expected, actual, cancellationToken) is var (what, wanted, found))
        {
            verifier.EqualOrDiff(wanted, found, what);
        }
    }

    public static async Task<(string What, string Expected, string Actual)?> FirstDifferenceAsync(
        Solution expected,
        Solution actual,
        CancellationToken cancellationToken)
    {
        var (files, actualFiles) = (FilesOf(expected), FilesOf(actual));
        if (files.Length != actualFiles.Length)
        {
            return ("The files are others.", Names(files), Names(actualFiles));
        }

        foreach (var (wanted, found) in files.Zip(actualFiles))
        {
            var name = wanted.FilePath ?? wanted.Name;
            var (text, foundText) = (await wanted.GetTextAsync(cancellationToken), await found.GetTextAsync(cancellationToken));
            if (!text.ContentEquals(foundText))
            {
                return ($"The content of '{name}' is another.", text.ToString(), foundText.ToString());
            }

            foreach (var (what, want, got) in (ReadOnlySpan<(string, string?, string?)>)
            [
                ("encoding", text.Encoding?.WebName, foundText.Encoding?.WebName),
                ("checksum algorithm", $"{text.ChecksumAlgorithm}", $"{foundText.ChecksumAlgorithm}"),
                ("project", wanted.Project.Name, found.Project.Name),
                ("name", wanted.Name, found.Name),
                ("folders", string.Join('/', wanted.Folders), string.Join('/', found.Folders)),
            ])
            {
                if (want != got)
                {
                    return ($"The {what} of '{name}' is another.", want ?? "none", got ?? "none");
                }
            }
        }

        return null;
    }

    private static async Task<Solution> WithSourcesAsync(
        Solution solution,
        ProjectChanges change,
        Action<string, SyntaxNode, SyntaxNode> checkTree,
        CancellationToken cancellationToken)
    {
        foreach (var id in change.GetChangedDocuments().Concat(change.GetAddedDocuments()))
        {
            var document = change.NewProject.GetDocument(id)!;
            var text = await document.GetTextAsync(cancellationToken);
            var made = await document.GetSyntaxRootAsync(cancellationToken);
            var options = (CSharpParseOptions?)change.NewProject.ParseOptions;
            var parsed = CSharpSyntaxTree.ParseText(text, options, cancellationToken: cancellationToken);
            checkTree(document.Name, made!, await parsed.GetRootAsync(cancellationToken));
            solution = solution.GetDocument(id) is { } old
                ? WithPath(solution.WithDocumentText(id, text), old, document)
                : solution.AddDocument(InfoOf(document, text));
        }

        return change.GetRemovedDocuments().Aggregate(solution, static (left, id) => left.RemoveDocument(id));
    }

    private static async Task<Solution> WithAdditionalFilesAsync(
        Solution solution,
        ProjectChanges change,
        CancellationToken cancellationToken)
    {
        foreach (var id in change.GetChangedAdditionalDocuments().Concat(change.GetAddedAdditionalDocuments()))
        {
            var file = change.NewProject.GetAdditionalDocument(id)!;
            var text = await file.GetTextAsync(cancellationToken);
            solution = solution.ContainsAdditionalDocument(id)
                ? solution.WithAdditionalDocumentText(id, text)
                : solution.AddAdditionalDocument(InfoOf(file, text));
        }

        return change.GetRemovedAdditionalDocuments().Aggregate(solution, static (left, id) => left.RemoveAdditionalDocument(id));
    }

    private static Solution WithPath(Solution solution, Document old, Document document) =>
        old.Name == document.Name && old.Folders.SequenceEqual(document.Folders)
            ? solution
            : solution.WithDocumentName(old.Id, document.Name).WithDocumentFolders(old.Id, document.Folders);

    private static DocumentInfo InfoOf(TextDocument document, SourceText text) => DocumentInfo.Create(
        document.Id,
        document.Name,
        document.Folders,
        document is Document { SourceCodeKind: var kind } ? kind : SourceCodeKind.Regular,
        TextLoader.From(TextAndVersion.Create(text, VersionStamp.Default, document.FilePath)),
        document.FilePath);

    private static TextDocument[] FilesOf(Solution solution) =>
        [.. solution.Projects.SelectMany(static project => project.Documents.Concat(project.AdditionalDocuments))];

    private static string Names(TextDocument[] documents) =>
        string.Join('\n', documents.Select(static each => each.FilePath ?? each.Name));
}
