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
        var isChanged = false;
        foreach (var change in changes.GetProjectChanges())
        {
            var project = change.NewProject;
            foreach (var id in change.GetChangedDocuments().Concat(change.GetAddedDocuments()))
            {
                var document = project.GetDocument(id)!;
                var text = await document.GetTextAsync(cancellationToken);
                var made = await document.GetSyntaxRootAsync(cancellationToken);
                var parsed = CSharpSyntaxTree.ParseText(text, (CSharpParseOptions?)project.ParseOptions, cancellationToken: cancellationToken);
                checkTree(document.Name, made!, await parsed.GetRootAsync(cancellationToken));
            }

            foreach (var id in change.GetAddedDocuments())
            {
                result = result.AddDocument(await InfoAsync(project.GetDocument(id)!, cancellationToken));
            }

            foreach (var id in change.GetAddedAdditionalDocuments())
            {
                result = result.AddAdditionalDocument(await InfoAsync(project.GetAdditionalDocument(id)!, cancellationToken));
            }

            var removed = change.GetRemovedDocuments().ToList();
            var removedFiles = change.GetRemovedAdditionalDocuments().ToList();
            result = removed.Aggregate(result, static (solution, id) => solution.RemoveDocument(id));
            result = removedFiles.Aggregate(result, static (solution, id) => solution.RemoveAdditionalDocument(id));
            isChanged |= removed.Count + removedFiles.Count > 0;
            isChanged |= change.GetAddedDocuments().Concat(change.GetAddedAdditionalDocuments()).Any();
            foreach (var id in change.GetChangedDocuments())
            {
                var (old, changed) = (before.GetDocument(id)!, project.GetDocument(id)!);
                var isMoved = old.Name != changed.Name || !old.Folders.SequenceEqual(changed.Folders);
                if (isMoved)
                {
                    result = result.WithDocumentName(id, changed.Name).WithDocumentFolders(id, changed.Folders);
                }

                var text = await changed.GetTextAsync(cancellationToken);
                if (!IsSame(await old.GetTextAsync(cancellationToken), text))
                {
                    result = result.WithDocumentText(id, text);
                    isMoved = true;
                }

                isChanged |= isMoved;
            }

            foreach (var id in change.GetChangedAdditionalDocuments())
            {
                var text = await project.GetAdditionalDocument(id)!.GetTextAsync(cancellationToken);
                if (!IsSame(await before.GetAdditionalDocument(id)!.GetTextAsync(cancellationToken), text))
                {
                    result = result.WithAdditionalDocumentText(id, text);
                    isChanged = true;
                }
            }
        }

        return isChanged ? result : null;
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

    private static TextDocument[] FilesOf(Solution solution) =>
        [.. solution.Projects.SelectMany(static project => project.Documents.Concat(project.AdditionalDocuments))];

    private static string Names(TextDocument[] documents) => string.Join('\n', documents.Select(static each => each.FilePath ?? each.Name));

    private static bool IsSame(SourceText left, SourceText right) =>
        left.ContentEquals(right) && Equals(left.Encoding, right.Encoding) && left.ChecksumAlgorithm == right.ChecksumAlgorithm;

    private static async Task<DocumentInfo> InfoAsync(TextDocument document, CancellationToken cancellationToken)
    {
        var text = await document.GetTextAsync(cancellationToken);
        var loader = TextLoader.From(TextAndVersion.Create(text, VersionStamp.Default, document.FilePath));
        var kind = document is Document { SourceCodeKind: var known } ? known : SourceCodeKind.Regular;
        return DocumentInfo.Create(document.Id, document.Name, document.Folders, kind, loader, document.FilePath);
    }
}
