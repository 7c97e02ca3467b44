using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Editing;

/// <summary>An awaited call of Task.WhenAll with the tasks that it is given one by one.</summary>
internal sealed class TaskList
{
    private TaskList(AwaitExpressionSyntax whole, IReadOnlyList<ExpressionSyntax> elements, string configured)
    {
        Whole = whole;
        Elements = elements;
        Configured = configured;
    }

    public AwaitExpressionSyntax Whole { get; }

    public IReadOnlyList<ExpressionSyntax> Elements { get; }

    /// <summary>The call of ConfigureAwait behind it, as text.</summary>
    public string Configured { get; }

    /// <summary>The statement that is nothing but the wait.</summary>
    public ExpressionStatementSyntax? Statement => Whole.Parent as ExpressionStatementSyntax;

    /// <summary>The list of which an expression is one task.</summary>
    public static TaskList? Around(ExpressionSyntax task, SemanticModel model)
    {
        var (list, elements) = task.Parent switch
        {
            ArgumentSyntax { Parent: ArgumentListSyntax arguments } => (arguments, arguments.Arguments.Select(static a => a.Expression).ToList()),
            InitializerExpressionSyntax { Parent: (ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax) and { Parent: ArgumentSyntax { Parent: ArgumentListSyntax arguments } } } array
                => (arguments, [.. array.Expressions]),

            // An element of a collection expression, of which the floor knows no name.
            { Parent: ExpressionSyntax { Parent: ArgumentSyntax { Parent: ArgumentListSyntax arguments } } collection } element when element is not ExpressionSyntax and not ArgumentSyntax and not BaseArgumentListSyntax
                    && collection is not (AnonymousFunctionExpressionSyntax or InvocationExpressionSyntax or AnonymousObjectCreationExpressionSyntax or BaseObjectCreationExpressionSyntax)
                => (arguments, [.. collection.ChildNodes().SelectMany(static e => e.ChildNodes()).OfType<ExpressionSyntax>()]),
            _ => default((ArgumentListSyntax, List<ExpressionSyntax>)),
        };
        if (list?.Parent is not InvocationExpressionSyntax call || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { Name: "WhenAll", ContainingType: { Name: "Task" } type }
            || type.ContainingNamespace.ToDisplayString() != "System.Threading.Tasks" || !elements!.Contains(task))
        {
            return null;
        }

        var (awaited, configured) = (call, "");
        if (call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax outer })
        {
            (awaited, configured) = (outer, ".ConfigureAwait" + outer.ArgumentList);
        }

        return awaited.Parent is AwaitExpressionSyntax whole ? new(whole, elements, configured) : null;
    }

    /// <summary>What stands between the elements, and before and after them, is nothing but blanks and what makes the list.</summary>
    public bool IsBare(SourceText text)
    {
        var gaps = Elements.Select((e, i) => TextSpan.FromBounds(i == 0 ? Whole.SpanStart : Elements[i - 1].Span.End, e.SpanStart)).ToList();
        gaps.Add(TextSpan.FromBounds(Elements[Elements.Count - 1].Span.End, Whole.Span.End));
        return gaps.All(g => text.ToString(g) is var gap && !gap.Contains("//") && !gap.Contains("/*") && !gap.Contains("#"));
    }
}
