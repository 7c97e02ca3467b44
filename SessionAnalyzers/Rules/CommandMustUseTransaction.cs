using SessionAnalyzers.Catalogue;
using SessionAnalyzers.Flow;

namespace SessionAnalyzers.Rules;

/// <summary>
/// Reports a command or Dapper call that runs on a connection without the transaction that the same function holds open on it, where the
/// provider refuses to run it: SqlClient, and Microsoft.Data.Sqlite for commands that the connection did not make. With other providers
/// such a command joins the transaction. Whatever another piece of code may have changed in between is not reported.
/// </summary>
internal sealed class CommandMustUseTransaction() : CallRule(Descriptors.CommandMustUseTransaction)
{
    private enum Provider
    {
        None,
        SqlClient,
        Sqlite,
    }

    /// <summary>Asked where a transaction begins, which is rare: the calls that it covers are looked at from there.</summary>
    public override void Check(SessionCall call)
    {
        if (call.Facts?.Has(Roles.Begins) != true || call.Operation is not IInvocationOperation { Instance: { } receiver } begin
            || SymbolOf(receiver) is null || ProviderOf(receiver) == Provider.None)
        {
            return;
        }

        foreach (var run in FunctionOf(begin).Descendants().OfType<IInvocationOperation>())
        {
            if ((IsDapper(run) || IsCommand(run.Instance?.Type)) && call.Ownership.Symbols.FactsOf(run.TargetMethod)?.Has(Roles.Runs) == true
                && Offended(run, call) is var (transaction, offended, connection) && offended == begin)
            {
                call.Report(Diagnostic.Create(
                    Descriptor, run.Syntax.GetLocation(), [begin.Syntax.GetLocation()], ImmutableDictionary<string, string?>.Empty.Add(LeakMessages.Variable, transaction.Name), run.TargetMethod.Name, connection.Name, transaction.Name, LeakMessages.LineOf(begin.Syntax.GetLocation())));
            }
        }
    }

    /// <summary>The first transaction in force that a call leaves out, or null.</summary>
    private static (ILocalSymbol Transaction, IInvocationOperation Begin, ISymbol Connection)? Offended(IInvocationOperation run, SessionCall call)
    {
        foreach (var (transaction, begin) in OpenTransactions(run))
        {
            if (SymbolOf(begin.Instance) is { } connection && ProviderOf(begin.Instance!) is var provider and not Provider.None
                && RunsWithout(run, connection, provider) && StaysOpen(run, transaction, begin, connection, call))
            {
                return (transaction, begin, connection);
            }
        }

        return null;
    }

    private static bool IsDapper(IInvocationOperation run) => run.TargetMethod is { ContainingType: { Name: "SqlMapper" } type } && SessionSymbols.IsIn(type.ContainingNamespace, "Dapper");

    private static bool IsCommand(ITypeSymbol? type) => type is { Name: "SqlCommand" or "SqliteCommand" or "DbCommand" or "IDbCommand" };

    /// <summary>The transactions whose declaration is in force at a call: a using around it, or a variable above it. None in a catch or finally.</summary>
    private static IEnumerable<(ILocalSymbol Transaction, IInvocationOperation Begin)> OpenTransactions(IOperation run)
    {
        var child = run;
        for (var parent = run.Parent; parent is not null and not (IAnonymousFunctionOperation or ILocalFunctionOperation or ICatchClauseOperation); child = parent, parent = parent.Parent)
        {
            switch (parent)
            {
                case ITryOperation attempt when attempt.Finally == child:
                    yield break;
                case IUsingOperation { Resources: IVariableDeclarationGroupOperation group } use when use.Body == child:
                    foreach (var found in BegunBy(group))
                    {
                        yield return found;
                    }

                    break;
                case IBlockOperation block:
                    foreach (var statement in block.Operations.TakeWhile(o => o != child))
                    {
                        foreach (var found in BegunBy(statement is IUsingDeclarationOperation use ? use.DeclarationGroup : statement as IVariableDeclarationGroupOperation))
                        {
                            yield return found;
                        }
                    }

                    break;
            }
        }
    }

    private static IEnumerable<(ILocalSymbol Transaction, IInvocationOperation Begin)> BegunBy(IVariableDeclarationGroupOperation? group)
    {
        foreach (var declarator in group?.Declarations.SelectMany(static d => d.Declarators) ?? [])
        {
            if (declarator.GetVariableInitializer()?.Value is { } value
                && BodyFacts.Unwrap(value) is IInvocationOperation { TargetMethod.Name: "BeginTransaction" or "BeginTransactionAsync", Instance: not null } begin)
            {
                yield return (declarator.Symbol, begin);
            }
        }
    }

    /// <summary>The variable or own field that holds a connection. What a property gives may be another one each time.</summary>
    private static ISymbol? SymbolOf(IOperation? operation) => operation is null ? null : BodyFacts.Unwrap(operation) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field => field.Field,
        _ => null,
    };

    private static Provider ProviderOf(IOperation connection)
    {
        var value = BodyFacts.Unwrap(connection);
        if (value is ILocalReferenceOperation { Local: var local } && value.Type is { IsAbstract: true } && DeclaratorOf(value, local)?.GetVariableInitializer()?.Value is { } initial)
        {
            value = BodyFacts.Unwrap(initial);
        }

        return value.Type switch
        {
            { Name: "SqlConnection" } type when SessionSymbols.IsIn(type.ContainingNamespace, "Microsoft.Data.SqlClient") || SessionSymbols.IsIn(type.ContainingNamespace, "System.Data.SqlClient") => Provider.SqlClient,
            { Name: "SqliteConnection" } type when SessionSymbols.IsIn(type.ContainingNamespace, "Microsoft.Data.Sqlite") => Provider.Sqlite,
            _ => Provider.None,
        };
    }

    private static IVariableDeclaratorOperation? DeclaratorOf(IOperation inside, ILocalSymbol local) =>
        FunctionOf(inside).Descendants().OfType<IVariableDeclaratorOperation>().FirstOrDefault(d => SymbolEqualityComparer.Default.Equals(d.Symbol, local));

    private static bool RunsWithout(IInvocationOperation run, ISymbol connection, Provider provider)
    {
        if (IsDapper(run))
        {
            // Dapper lets the connection make the command, and SQLite's gives it the transaction.
            return provider == Provider.SqlClient && IsSame(run.Arguments.FirstOrDefault(static a => a.Parameter?.Ordinal == 0)?.Value, connection)
                && run.Arguments.Any(static a => a.Parameter?.Name == "transaction" && (a.ArgumentKind == ArgumentKind.DefaultValue || BodyFacts.IsNull(a.Value)));
        }

        var command = BodyFacts.Unwrap(run.Instance!);
        if (command is not ILocalReferenceOperation { Local: var local })
        {
            return IsMadeWithout(command, connection, provider);
        }

        return DeclaratorOf(run, local)?.GetVariableInitializer()?.Value is { } made && IsMadeWithout(BodyFacts.Unwrap(made), connection, provider)
            && References(run, local).All(static r => IsPlainUse(r));
    }

    private static bool IsMadeWithout(IOperation made, ISymbol connection, Provider provider) => made switch
    {
        IInvocationOperation { TargetMethod: { Name: "CreateCommand", Parameters.IsEmpty: true } } create => provider == Provider.SqlClient && IsSame(create.Instance, connection),
        IObjectCreationOperation { Type: { } type } creation => IsCommand(type) && creation.Arguments.Any(a => IsSame(a.Value, connection))
            && !creation.Arguments.Any(static a => a.Parameter?.Name == "transaction" && !BodyFacts.IsNull(a.Value))
            && creation.Initializer?.Descendants().Any(static o => o is IPropertyReferenceOperation { Property.Name: "Transaction" or "Connection" }) != true,
        _ => false,
    };

    /// <summary>A use that leaves the command's transaction and connection alone, and gives it to nobody.</summary>
    private static bool IsPlainUse(IOperation reference)
    {
        var value = reference;
        while (value.Parent is IConversionOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IPropertyReferenceOperation property => property.Instance == value
                && !(property.Property.Name is "Transaction" or "Connection" && property.Parent is IAssignmentOperation assignment && assignment.Target == property),
            IInvocationOperation invocation => invocation.Instance == value,
            IConditionalAccessOperation or IUsingOperation => true,
            _ => false,
        };
    }

    /// <summary>Between the begin and the call nobody else gets the transaction, and nothing happens to the connection.</summary>
    private static bool StaysOpen(IInvocationOperation run, ILocalSymbol transaction, IInvocationOperation begin, ISymbol connection, SessionCall call)
    {
        foreach (var reference in References(run, transaction))
        {
            if (reference.Syntax.SpanStart < run.Syntax.SpanStart && !IsTakenByCommand(reference, call.Ownership.Symbols))
            {
                return false;
            }
        }

        foreach (var reference in References(run, connection))
        {
            var parent = reference.Parent;
            if (parent is IAssignmentOperation assignment && assignment.Target == reference || parent is IArgumentOperation { Parameter.RefKind: not RefKind.None })
            {
                return false;
            }

            if (reference.Syntax.SpanStart > begin.Syntax.Span.End && reference.Syntax.SpanStart < run.Syntax.SpanStart
                && parent is IInvocationOperation used && used.Instance == reference && call.Ownership.Symbols.FactsOf(used.TargetMethod)?.Has(Roles.Closes | Roles.Opens) == true)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTakenByCommand(IOperation reference, SessionSymbols symbols)
    {
        var value = reference;
        while (value.Parent is IConversionOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Transaction" } } => true,
            IArgumentOperation { Parent: IInvocationOperation invocation } => symbols.FactsOf(invocation.TargetMethod)?.Has(Roles.Runs) == true,
            IArgumentOperation { Parent: IObjectCreationOperation creation } => IsCommand(creation.Type),
            _ => false,
        };
    }

    private static IEnumerable<IOperation> References(IOperation inside, ISymbol symbol) =>
        FunctionOf(inside).Descendants().Where(o => o is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation && SymbolEqualityComparer.Default.Equals(BodyFacts.SymbolOf(o), symbol));

    private static bool IsSame(IOperation? operation, ISymbol symbol) => SymbolOf(operation) is { } found && SymbolEqualityComparer.Default.Equals(found, symbol);

    private static IOperation FunctionOf(IOperation operation)
    {
        while (operation.Parent is { } parent && operation is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            operation = parent;
        }

        return operation;
    }
}
