using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SessionAnalyzers;

/// <summary>Statements one after another: of a block, of a switch section, or of the top level of a program.</summary>
internal sealed class StatementList
{
    private StatementList(SyntaxNode owner, IReadOnlyList<StatementSyntax> statements)
    {
        Owner = owner;
        Statements = statements;
    }

    public SyntaxNode Owner { get; }

    public IReadOnlyList<StatementSyntax> Statements { get; }

    public StatementSyntax Last => Statements[Statements.Count - 1];

    /// <summary>The list that a statement stands in, or null for one that is embedded in another statement.</summary>
    public static StatementList? Of(StatementSyntax statement) => statement.Parent switch
    {
        BlockSyntax block => new(block, block.Statements),
        SwitchSectionSyntax section => new(section, section.Statements),
        GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } =>
            new(unit, [.. unit.Members.OfType<GlobalStatementSyntax>().Select(static g => g.Statement)]),
        _ => null,
    };

    /// <summary>The place of the statement that is, or holds, a node; -1 if none does.</summary>
    public int IndexOf(SyntaxNode node) => IndexOf(node.SpanStart);

    public int IndexOf(int position)
    {
        for (var i = 0; i < Statements.Count; i++)
        {
            if (Statements[i].Span.Contains(position))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The place of the last statement that starts before a position.</summary>
    public int LastBefore(int position) => Statements.TakeWhile(s => s.SpanStart < position).Count() - 1;

    public static bool IsLoop(SyntaxNode node) =>
        node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax;
}
