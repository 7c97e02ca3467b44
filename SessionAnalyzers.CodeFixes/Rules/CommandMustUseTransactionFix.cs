using SessionAnalyzers.Editing;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Passes the transaction: to the call of a mapper, to the constructor of a command, or to the property of a command that is made without
/// it. A command without a name that its connection makes is left alone.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CommandMustUseTransactionFix))]
internal sealed class CommandMustUseTransactionFix() : SessionCodeFix(DiagnosticIds.CommandMustUseTransaction)
{
    public const string PassKey = "SES2007.Pass";

    protected override async Task<FixedDraft?> FixAsync(Draft draft, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (draft.Acquisition is not InvocationExpressionSyntax run || Property(diagnostic, LeakMessages.Variable) is not { } name
            || LocalAt(draft, run.SpanStart, name) is not { } transaction || draft.Model.GetSymbolInfo(run, cancellation).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        var edit = draft.Edit();
        var done = method.Parameters.FirstOrDefault(static p => p.Name == "transaction") is { } parameter
            ? Pass(edit, run.ArgumentList, parameter.Ordinal, transaction.Name, "transaction: " + transaction.Name)
            : GiveToCommand(edit, draft, run, transaction, cancellation);
        return done && CompileCheck.Accept(draft, await draft.ApplyAsync(edit, cancellation).ConfigureAwait(false), cancellation) is { } passed
            ? new(passed, $"Pass '{name}'", PassKey)
            : null;
    }

    private static ILocalSymbol? LocalAt(Draft draft, int position, string name) =>
        draft.Model.LookupSymbols(position, name: name).FirstOrDefault() is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references } local && references[0].Span.End <= position ? local : null;

    /// <summary>In place of a null for it, or as a further argument.</summary>
    private static bool Pass(SourceEdit edit, ArgumentListSyntax list, int ordinal, string value, string further)
    {
        var nulls = list.Arguments.Where(static a => a.Expression.Kind() is SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression).ToArray();
        if (nulls.FirstOrDefault(static a => a.NameColon?.Name.Identifier.ValueText == "transaction") is { } named)
        {
            edit.Replace(named.Expression.Span, value);
        }
        else if (list.Arguments.Count > ordinal && list.Arguments.Take(ordinal + 1).All(static a => a.NameColon is null))
        {
            if (!nulls.Contains(list.Arguments[ordinal]))
            {
                return false;
            }

            edit.Replace(list.Arguments[ordinal].Expression.Span, value);
        }
        else
        {
            edit.Insert(list.CloseParenToken.SpanStart, ", " + further);
        }

        return true;
    }

    private static bool GiveToCommand(SourceEdit edit, Draft draft, InvocationExpressionSyntax run, ILocalSymbol transaction, CancellationToken cancellation)
    {
        if (run.Expression is not MemberAccessExpressionSyntax { Expression: var receiver })
        {
            return false;
        }

        while (receiver is ParenthesizedExpressionSyntax parenthesized)
        {
            receiver = parenthesized.Expression;
        }

        if (receiver is BaseObjectCreationExpressionSyntax unnamed)
        {
            return Construct(edit, draft, unnamed, transaction, cancellation);
        }

        if (receiver is not IdentifierNameSyntax || draft.Model.GetSymbolInfo(receiver, cancellation).Symbol is not ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references } command
            || references[0].GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: var made, Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: var holder } } declarator
            || Members.Of(run).DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax target, Name.Identifier.ValueText: "Transaction" } && target.Identifier.ValueText == command.Name))
        {
            return false;
        }

        var isMadeInside = LocalAt(draft, declarator.SpanStart, transaction.Name) is { } before && SymbolEqualityComparer.Default.Equals(before, transaction);
        if (isMadeInside && made is BaseObjectCreationExpressionSyntax creation)
        {
            return Construct(edit, draft, creation, transaction, cancellation);
        }

        if (made is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 2 }
            || command.Type.GetMembers("Transaction").Concat(command.Type.AllInterfaces.SelectMany(static i => i.GetMembers("Transaction"))).OfType<IPropertySymbol>().FirstOrDefault() is not { } property)
        {
            return false;
        }

        var assignment = $"{command.Name}.Transaction = {ValueFor(draft, transaction, property.Type, declarator.SpanStart)};";
        var layout = draft.Layout;
        switch (holder)
        {
            case LocalDeclarationStatementSyntax declaration when isMadeInside && layout.IsFirstOnLine(declaration.SpanStart) && layout.IsLastOnLine(declaration.Span.End):
                edit.InsertLineAfter(declaration.Span.End, layout.IndentAt(declaration.SpanStart) + assignment);
                return true;
            case UsingStatementSyntax { Statement: BlockSyntax { Statements: { Count: > 0 } statements } } when isMadeInside && layout.IsFirstOnLine(statements[0].SpanStart):
                edit.Insert(statements[0].SpanStart, assignment + layout.NewLine + layout.IndentAt(statements[0].SpanStart));
                return true;
        }

        if (run.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || StatementList.Of(statement) is null || !layout.IsFirstOnLine(statement.SpanStart))
        {
            return false;
        }

        edit.Insert(statement.SpanStart, assignment + layout.NewLine + layout.IndentAt(statement.SpanStart));
        return true;
    }

    /// <summary>new SqlCommand(text, connection, transaction)</summary>
    private static bool Construct(SourceEdit edit, Draft draft, BaseObjectCreationExpressionSyntax creation, ILocalSymbol transaction, CancellationToken cancellation)
    {
        if (creation.ArgumentList is not { Arguments: { Count: 2 or 3 } arguments } list || arguments.Any(static a => a.NameColon is not null)
            || draft.Model.GetTypeInfo(creation, cancellation).Type is not INamedTypeSymbol type
            || type.InstanceConstructors.FirstOrDefault(static c => c.Parameters is { Length: 3 } parameters && parameters[2].Name == "transaction") is not { } constructor)
        {
            return false;
        }

        var value = ValueFor(draft, transaction, constructor.Parameters[2].Type, creation.SpanStart);
        return Pass(edit, list, 2, value, value);
    }

    /// <summary>BeginTransactionAsync is declared to give the base class.</summary>
    private static string ValueFor(Draft draft, ILocalSymbol transaction, ITypeSymbol wanted, int position)
    {
        var conversion = draft.Model.Compilation.ClassifyConversion(transaction.Type, wanted);
        return conversion.IsImplicit ? transaction.Name : $"({wanted.WithNullableAnnotation(NullableAnnotation.None).ToMinimalDisplayString(draft.Model, position)}){transaction.Name}";
    }
}
