using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Flow;

/// <summary>The first look at a body: what is worth following, which variables nested functions touch, and where each is last used.</summary>
internal sealed partial class SessionFlow
{
    private readonly Dictionary<ISymbol, int> variableOf = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<int, IParameterSymbol> parameterVariables = [];
    private readonly Dictionary<CaptureId, int> captureOf = [];
    private readonly Dictionary<(int, int), int> elementOf = [];
    private readonly Dictionary<int, List<int>> elements = [];
    private readonly Dictionary<int, int> tupleOf = [];
    /// <summary>Variable → the last step that reads it. Steps count the operations and branch values of the body in the order of its blocks.</summary>
    private readonly Dictionary<int, int> lastUse = [];
    private int[] firstStep = [];
    private readonly Dictionary<CaptureId, List<IOperation>> captured = [];
    private readonly HashSet<int> fieldVariables = [];
    private readonly HashSet<ISymbol> sharedVariables = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IMethodSymbol, List<ISymbol>> borrowedBy = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, IFlowAnonymousFunctionOperation?> delegates = new(SymbolEqualityComparer.Default);
    private readonly List<IFlowAnonymousFunctionOperation> anonymousFunctions = [];
    private bool hasCandidates;
    private int variables;

    private int Variable(ISymbol symbol)
    {
        if (!variableOf.TryGetValue(symbol, out var id))
        {
            variableOf[symbol] = id = variables++;
            if (symbol is IParameterSymbol { RefKind: RefKind.Out or RefKind.Ref } parameter && IsOwn(parameter))
            {
                parameterVariables[id] = parameter;
            }
        }

        return id;
    }

    private int Variable(CaptureId capture)
    {
        if (!captureOf.TryGetValue(capture, out var id))
        {
            captureOf[capture] = id = variables++;
        }

        return id;
    }

    /// <summary>The variable that stands for one element of a tuple variable.</summary>
    private int Element(int variable, int element)
    {
        if (!elementOf.TryGetValue((variable, element), out var id))
        {
            elementOf[(variable, element)] = id = variables++;
            if (!elements.TryGetValue(variable, out var list))
            {
                elements[variable] = list = [];
            }

            list.Add(id);
            tupleOf[id] = variable;
            lastUse[id] = lastUse.TryGetValue(variable, out var last) ? last : int.MaxValue;
        }

        return id;
    }

    private void Scan()
    {
        firstStep = new int[graph.Blocks.Length + 1];
        foreach (var block in graph.Blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = firstStep[block.Ordinal];
            foreach (var operation in block.Operations)
            {
                Scan(operation, step++);
            }

            if (block.BranchValue is { } value)
            {
                Scan(value, step);
            }

            firstStep[block.Ordinal + 1] = step + 1;
        }

        ExtendUsesOverLoops();
        foreach (var (function, nested) in NestedFunctions())
        {
            ScanNested(function, nested);
        }
    }

    private void Scan(IOperation operation, int step)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (operation)
        {
            case ILocalReferenceOperation local:
                lastUse[Variable(local.Local)] = step;
                break;
            case IParameterReferenceOperation parameter:
                lastUse[Variable(parameter.Parameter)] = step;
                break;
            case IFlowCaptureReferenceOperation reference:
                lastUse[Variable(reference.Id)] = step;
                break;
            case IFlowCaptureOperation capture:
                // A capture with one source can be looked through; one with several is a variable.
                if (!captured.TryGetValue(capture.Id, out var sources))
                {
                    captured[capture.Id] = sources = [];
                }

                sources.Add(capture.Value);
                lastUse[Variable(capture.Id)] = step;
                break;
            case IFlowAnonymousFunctionOperation { Parent: IDelegateCreationOperation } function:
                anonymousFunctions.Add(function);
                break;
            case IFlowAnonymousFunctionOperation:
                // An expression tree: data for a query or a mock, never run here.
                return;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local.Type.TypeKind: TypeKind.Delegate } target } assignment:
                delegates[target.Local] = delegates.ContainsKey(target.Local) ? null : FunctionIn(assignment.Value);
                break;
        }

        if (operation is IInvocationOperation call && symbols.FactsOf(call.TargetMethod) is { } facts && facts.Has(Roles.Flushes))
        {
            saves.Add(call);
        }

        hasCandidates = hasCandidates || ownership.IsCandidate(operation);
        foreach (var child in operation.ChildOperations)
        {
            Scan(child, step);
        }
    }

    private static IFlowAnonymousFunctionOperation? FunctionIn(IOperation operation) => operation switch
    {
        IFlowAnonymousFunctionOperation function => function,
        IDelegateCreationOperation creation => FunctionIn(creation.Target),
        IConversionOperation conversion => FunctionIn(conversion.Operand),
        _ => null,
    };

    /// <summary>A variable that is used anywhere in a loop lives until the loop's end.</summary>
    private void ExtendUsesOverLoops()
    {
        var loops = new List<(int Start, int End)>();
        foreach (var block in graph.Blocks)
        {
            foreach (var branch in new[] { block.FallThroughSuccessor, block.ConditionalSuccessor })
            {
                if (branch?.Destination is { } target && target.Ordinal <= block.Ordinal)
                {
                    loops.Add((target.Ordinal, block.Ordinal));
                }
            }
        }

        if (loops.Count == 0)
        {
            return;
        }

        // end[b]: the last block of the outermost loop around block b; loops nest, so the widest one that starts at or before b wins.
        var end = new int[graph.Blocks.Length];
        var isInLoop = new bool[end.Length];
        for (var i = 0; i < end.Length; i++)
        {
            end[i] = i;
        }

        loops.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        var reach = -1;
        var next = 0;
        for (var i = 0; i < end.Length; i++)
        {
            while (next < loops.Count && loops[next].Start <= i)
            {
                reach = Math.Max(reach, loops[next++].End);
            }

            isInLoop[i] = i <= reach;
            end[i] = Math.Max(i, reach);
        }

        foreach (var variable in lastUse.Keys.ToArray())
        {
            var last = lastUse[variable];
            var block = Array.BinarySearch(firstStep, last);
            block = block >= 0 ? block : ~block - 1;
            if (isInLoop[block])
            {
                lastUse[variable] = firstStep[end[block] + 1] - 1;
            }
        }
    }

    /// <summary>
    /// Finds the variables of this body that a nested function uses: merely borrowed (receiver, borrowed argument, comparison), or
    /// shared, when the function may dispose, keep or assign them.
    /// </summary>
    private void ScanNested(IMethodSymbol function, ControlFlowGraph nested)
    {
        var borrowed = new List<ISymbol>();
        Walk(nested);
        borrowedBy[function] = borrowed;

        void Walk(ControlFlowGraph body)
        {
            foreach (var block in body.Blocks)
            {
                foreach (var operation in block.Operations)
                {
                    Visit(operation);
                }

                if (block.BranchValue is { } value)
                {
                    Visit(value);
                }
            }

            foreach (var inner in body.LocalFunctions)
            {
                Walk(body.GetLocalFunctionControlFlowGraphInScope(inner, cancellation));
            }

            void Visit(IOperation operation)
            {
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                var symbol = operation switch
                {
                    ILocalReferenceOperation local => local.Local,
                    IParameterReferenceOperation parameter => (ISymbol)parameter.Parameter,
                    IFlowAnonymousFunctionOperation inner => WalkInner(inner),
                    _ => null,
                };
                if (symbol is not null && IsOwn(symbol))
                {
                    if (ownership.IsBorrow(operation))
                    {
                        borrowed.Add(symbol);
                    }
                    else
                    {
                        sharedVariables.Add(symbol);
                    }
                }

                foreach (var child in operation.ChildOperations)
                {
                    Visit(child);
                }
            }

            ISymbol? WalkInner(IFlowAnonymousFunctionOperation inner)
            {
                Walk(body.GetAnonymousFunctionControlFlowGraphInScope(inner, cancellation));
                return null;
            }
        }
    }

    /// <summary>A variable of this body, not of a function around or inside it.</summary>
    private bool IsOwn(ISymbol variable) => SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, owner);
}
