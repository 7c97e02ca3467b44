using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Text;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Factories;

/// <summary>
/// Lends the session instead of giving it away: a member that takes the work as a delegate stands beside the factory, and all callers in the
/// solution use it. What nobody outside can call becomes private.
/// </summary>
internal static class LendSession
{
    /// <summary>A new member is documented where the factory is: where it is not, one more or less is no matter.</summary>
    private const string MissingDocumentation = "CS1591";

    public static async Task<Solution?> TryAsync(Solution solution, FactoryMember factory, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (await factory.InAsync(solution, cancellation).ConfigureAwait(false) is not { } symbol
            || LendingMember.Of(symbol) is not { } member
            || Sources.Editable(solution.GetDocument(symbol.DeclaringSyntaxReferences[0].SyntaxTree)) is not { } document)
        {
            return null;
        }

        var makePrivate = await CanBecomePrivateAsync(document.Project, symbol, cancellation).ConfigureAwait(false);
        var leaks = await factory.LeaksAsync(solution, cancellation).ConfigureAwait(false);
        if ((leaks.Count == 0 && !makePrivate)
            || await IsMentionedInDisabledTextAsync(document.Project, symbol.Name, cancellation).ConfigureAwait(false)
            || await CallsAsync(solution, symbol, cancellation).ConfigureAwait(false) is not { Count: > 0 } calls)
        {
            return null;
        }

        var changed = solution;
        var forms = LendingForms.None;
        foreach (var caller in calls)
        {
            if (Sources.Editable(solution.GetDocument(caller.Key)) is not { } callers
                || await LendAsync(callers, caller.Value, member, factory, diagnostic, cancellation).ConfigureAwait(false) is not var (text, used))
            {
                return null;
            }

            changed = changed.WithDocumentText(caller.Key, text);
            forms |= used;
        }

        changed = member.IsTaken(forms) ? null : await DeclareAsync(changed, factory, forms, makePrivate, cancellation).ConfigureAwait(false);
        return changed is not null
            && await IsRightAsync(solution, changed, member, calls, document.Id, cancellation).ConfigureAwait(false)
            && (await factory.LeaksAsync(changed, cancellation).ConfigureAwait(false)).Count == 0
            ? changed
            : null;
    }

    /// <summary>All calls in the solution by document; null where the member is mentioned in another way.</summary>
    private static async Task<Dictionary<DocumentId, List<TextSpan>>?> CallsAsync(Solution solution, ISymbol symbol, CancellationToken cancellation)
    {
        var calls = new Dictionary<DocumentId, List<TextSpan>>();
        foreach (var found in await SymbolFinder.FindReferencesAsync(symbol, solution, cancellation).ConfigureAwait(false))
        {
            foreach (var location in found.Locations)
            {
                var root = await location.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
                var node = root?.FindNode(location.Location.SourceSpan, findInsideTrivia: true, getInnermostNodeForTie: true);
                if (node?.IsPartOfStructuredTrivia() == true)
                {
                    continue;
                }

                if (location.IsImplicit || location.IsCandidateLocation || node is not IdentifierNameSyntax name)
                {
                    return null;
                }

                var expression = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : (ExpressionSyntax)name;
                if (symbol is IMethodSymbol)
                {
                    if (expression.Parent is not InvocationExpressionSyntax call || call.Expression != expression)
                    {
                        return null;
                    }

                    expression = call;
                }

                if (!calls.TryGetValue(location.Document.Id, out var spans))
                {
                    calls.Add(location.Document.Id, spans = []);
                }

                // A property is found as its accessor, too.
                if (!spans.Contains(expression.Span))
                {
                    spans.Add(expression.Span);
                }
            }
        }

        return calls;
    }

    /// <summary>Gives each call a using where it leaks, and then makes each using a call of the new member.</summary>
    private static async Task<(SourceText Text, LendingForms Forms)?> LendAsync(
        Document document, List<TextSpan> calls, LendingMember member, FactoryMember factory, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var targets = calls.OrderByDescending(static s => s.Start).Select(static s => (TextSpan?)s).ToImmutableArray();
        var leaks = await factory.LeaksAsync(document.Project.Solution, document.Project.Id, cancellation).ConfigureAwait(false);
        var tree = await document.GetSyntaxTreeAsync(cancellation).ConfigureAwait(false);
        var lost = leaks.Where(l => l.SourceTree == tree).Select(static l => (TextSpan?)l.SourceSpan).ToList();
        var draft = await Draft.CreateAsync(document, targets, cancellation).ConfigureAwait(false);
        draft = draft is null
            ? null
            : await DisposeAtCallers.DisposeAsync(draft, Enumerable.Range(0, targets.Length).Where(i => lost.Contains(targets[i])), diagnostic, cancellation).ConfigureAwait(false);

        var forms = LendingForms.None;
        for (var i = 0; i < targets.Length && draft is not null; i++)
        {
            // From the end to the start: what is in the scope of another becomes a call in its work.
            if (LendingCall.Find(draft.At(i), member, cancellation) is not { } call || call.Rewrite() is not { } edit)
            {
                return null;
            }

            forms |= call.Form;
            draft = await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false);
        }

        return draft is null ? null : (draft.Text, forms);
    }

    private static async Task<Solution?> DeclareAsync(
        Solution solution, FactoryMember factory, LendingForms forms, bool makePrivate, CancellationToken cancellation)
    {
        if (await factory.InAsync(solution, cancellation).ConfigureAwait(false) is not { DeclaringSyntaxReferences: { Length: 1 } declarations } symbol
            || LendingMember.Of(symbol) is not { } member
            || await declarations[0].GetSyntaxAsync(cancellation).ConfigureAwait(false) is not MemberDeclarationSyntax declaration
            || solution.GetDocument(declaration.SyntaxTree) is not { } document
            || await Draft.CreateAsync(document, ImmutableArray<TextSpan?>.Empty, cancellation).ConfigureAwait(false) is not { } draft
            || member.Declare(draft, declaration, forms, makePrivate) is not { } edit)
        {
            return null;
        }

        return (await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false))?.Document.Project.Solution;
    }

    /// <summary>Each changed file compiles as well as before, and each new call is one of the new member.</summary>
    private static async Task<bool> IsRightAsync(
        Solution before, Solution after, LendingMember member, Dictionary<DocumentId, List<TextSpan>> calls, DocumentId declared, CancellationToken cancellation)
    {
        var type = member.Factory.ContainingType.ToDisplayString();
        foreach (var id in calls.Keys.Append(declared).Distinct())
        {
            var old = await Draft.CreateAsync(before.GetDocument(id)!, ImmutableArray<TextSpan?>.Empty, cancellation).ConfigureAwait(false);
            var now = await Draft.CreateAsync(after.GetDocument(id)!, ImmutableArray<TextSpan?>.Empty, cancellation).ConfigureAwait(false);
            if (old is null || now is null || !CompileCheck.Allows(old, old.Root, now, now.Root, cancellation, MissingDocumentation))
            {
                return false;
            }

            var uses = now.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
                .Select(c => now.Model.GetSymbolInfo(c, cancellation).Symbol as IMethodSymbol)
                .Count(m => m is not null
                    && m.ContainingType?.OriginalDefinition.ToDisplayString() == type
                    && (m.Name == member.NameOf(LendingForms.Action) || m.Name == member.NameOf(LendingForms.AsyncAction)));
            if (uses != (calls.TryGetValue(id, out var lent) ? lent.Count : 0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True where no code outside of the solution can see the member, and no type that derives can need it.</summary>
    private static async Task<bool> CanBecomePrivateAsync(Project project, ISymbol member, CancellationToken cancellation)
    {
        var isVisible = true;
        for (var symbol = member; symbol is not null; symbol = symbol.ContainingType)
        {
            isVisible &= symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;
        }

        if (isVisible || member.DeclaredAccessibility is Accessibility.Private)
        {
            return false;
        }

        var known = new HashSet<string>(project.Solution.Projects.Select(static p => p.AssemblyName), StringComparer.OrdinalIgnoreCase);
        var friends = member.ContainingAssembly.GetAttributes()
            .Where(static a => a.AttributeClass?.Name == "InternalsVisibleToAttribute")
            .Select(static a => a.ConstructorArguments.FirstOrDefault().Value as string ?? "");
        if (friends.Any(f => !known.Contains(f.Split(',')[0].Trim())))
        {
            return false;
        }

        var type = member.ContainingType;
        return type.IsSealed
            || type.IsStatic
            || !(await SymbolFinder.FindDerivedClassesAsync(type, project.Solution, cancellationToken: cancellation).ConfigureAwait(false)).Any();
    }

    /// <summary>True where a call may stand in a branch that this configuration leaves out.</summary>
    private static async Task<bool> IsMentionedInDisabledTextAsync(Project project, string name, CancellationToken cancellation)
    {
        var graph = project.Solution.GetProjectDependencyGraph();
        foreach (var id in graph.GetProjectsThatTransitivelyDependOnThisProject(project.Id).Append(project.Id))
        {
            foreach (var document in project.Solution.GetProject(id)!.Documents)
            {
                if (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is { } root && Members.IsMentionedInDisabledText(root, name))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
