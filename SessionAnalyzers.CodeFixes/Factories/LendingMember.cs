using System.Text;
using SessionAnalyzers.Conventions;
using SessionAnalyzers.Editing;

namespace SessionAnalyzers.Factories;

/// <summary>The forms of a member that lends a session: with or without a result, and for work that is awaited.</summary>
[Flags]
internal enum LendingForms
{
    None = 0,
    Action = 1,
    Function = 2,
    AsyncAction = 4,
    AsyncFunction = 8,
    Async = AsyncAction | AsyncFunction,
}

/// <summary>
/// The member beside a factory that takes the work as a delegate: it gets the session from the factory, lends it to the work, and disposes it.
/// </summary>
internal sealed class LendingMember
{
    private static readonly ImmutableArray<string> Verbs =
        ImmutableArray.Create("Open", "Create", "Get", "New", "Begin", "Start", "Build", "Make", "Connect");

    private static readonly ImmutableArray<LendingForms> AllForms =
        ImmutableArray.Create(LendingForms.Action, LendingForms.Function, LendingForms.AsyncAction, LendingForms.AsyncFunction);

    private LendingMember(ISymbol factory, ITypeSymbol session, bool isTask)
    {
        Factory = factory;
        Session = session;
        IsTask = isTask;
        Name = NameFor(factory.Name);
    }

    public ISymbol Factory { get; }

    public ITypeSymbol Session { get; }

    /// <summary>True where the factory gives a task of the session.</summary>
    public bool IsTask { get; }

    private string Name { get; }

    /// <summary>The member for a factory; null where its declaration has more to it than a session and values to make it of.</summary>
    public static LendingMember? Of(ISymbol factory)
    {
        if (factory.IsVirtual || factory.DeclaringSyntaxReferences.Length != 1 || factory.ContainingType is not { TypeKind: TypeKind.Class or TypeKind.Struct })
        {
            return null;
        }

        var type = factory switch
        {
            IMethodSymbol { IsGenericMethod: false, ReturnsByRef: false, ReturnsByRefReadonly: false, IsPartialDefinition: false, PartialDefinitionPart: null } method
                when method.Parameters.All(static p => p is { RefKind: RefKind.None, IsParams: false }) => method.ReturnType,
            IPropertySymbol { SetMethod: null, IsIndexer: false, ReturnsByRef: false, ReturnsByRefReadonly: false } property => property.Type,
            _ => null,
        };
        var isTask = DetachedTypes.IsTask(type);
        var session = isTask ? (type as INamedTypeSymbol)?.TypeArguments.SingleOrDefault() : type;
        return session is INamedTypeSymbol { NullableAnnotation: not NullableAnnotation.Annotated, IsRefLikeType: false }
            ? new(factory, session, isTask)
            : null;
    }

    /// <summary>The name of a form.</summary>
    public string NameOf(LendingForms form) => (form & LendingForms.Async) != 0 ? Name + "Async" : Name;

    /// <summary>True where the type has a member of that name already.</summary>
    public bool IsTaken(LendingForms forms)
    {
        for (var type = Factory.ContainingType; type is not null; type = type.BaseType)
        {
            if (AllForms.Any(f => (f & forms) != 0 && !type.GetMembers(NameOf(f)).IsEmpty))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Declares the forms below the factory, and closes the factory to all others if asked.</summary>
    public SourceEdit? Declare(Draft draft, MemberDeclarationSyntax declaration, LendingForms forms, bool makePrivate)
    {
        var layout = draft.Layout;
        if (!layout.IsFirstOnLine(declaration.SpanStart) || !layout.IsLastOnLine(declaration.Span.End))
        {
            return null;
        }

        var edit = draft.Edit();
        var text = new StringBuilder();
        foreach (var form in AllForms.Where(f => (f & forms) != 0))
        {
            if (Source(draft, declaration, form) is not { } source)
            {
                return null;
            }

            text.Append(layout.NewLine).Append(source);
        }

        text.Length -= layout.NewLine.Length;
        edit.InsertLineAfter(declaration.Span.End, text.ToString());
        if (makePrivate)
        {
            var access = declaration.Modifiers.Where(static m => IsAccess(m)).ToList();
            foreach (var modifier in access)
            {
                if (modifier == access[0])
                {
                    edit.Replace(modifier.Span, "private");
                }
                else
                {
                    edit.Remove(modifier.FullSpan);
                }
            }
        }

        return edit;
    }

    private static string NameFor(string factory)
    {
        var noun = factory.EndsWith("Async", StringComparison.Ordinal) ? factory.Substring(0, factory.Length - "Async".Length) : factory;
        var verb = Verbs.FirstOrDefault(v => noun.StartsWith(v, StringComparison.Ordinal) && (noun.Length == v.Length || char.IsUpper(noun[v.Length])));
        return "Use" + noun.Substring(verb?.Length ?? 0);
    }

    private static bool IsAccess(SyntaxToken modifier) =>
        modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.PrivateKeyword;

    /// <summary>The lines of one form, each with its end.</summary>
    private string? Source(Draft draft, MemberDeclarationSyntax declaration, LendingForms form)
    {
        var layout = draft.Layout;
        var isAsync = (form & LendingForms.Async) != 0;
        var hasResult = form is LendingForms.Function or LendingForms.AsyncFunction;
        var parameters = (declaration as MethodDeclarationSyntax)?.ParameterList.Parameters.ToList() ?? [];
        var names = parameters.Select(static p => p.Identifier.Text).ToList();
        var session = Free(IntroduceUsingVariable.NameFor(Session, null), names);
        var work = Free("work", names);
        var result = Free("T", TypeParameters());
        if (DelegateText(draft, declaration.SpanStart, form, result) is not var (delegated, returned))
        {
            return null;
        }

        // What has a default value comes last.
        var before = parameters.Where(static p => p.Default is null).Select(static p => p.ToString());
        var after = parameters.Where(static p => p.Default is not null).Select(static p => p.ToString());
        var list = string.Join(", ", before.Append($"{delegated} {work}").Concat(after));
        var words = declaration.Modifiers.Where(static m => IsAccess(m) || m.IsKind(SyntaxKind.StaticKeyword)).Select(static m => m.Text + " ");
        var header = string.Concat(words) + (isAsync ? "async " : "") + $"{returned} {NameOf(form)}{(hasResult ? $"<{result}>" : "")}({list})";

        var make = (IsTask ? "await " : "") + NameText(declaration) + (declaration is MethodDeclarationSyntax ? $"({string.Join(", ", names)})" : "");
        var call = (hasResult ? "return " : "") + (isAsync ? "await " : "") + $"{work}({session});";
        var isAsyncDisposal = isAsync && draft.Language >= LanguageVersion.CSharp8 && DetachedTypes.Implements(Session, "System.IAsyncDisposable");
        if (!isAsyncDisposal && !DetachedTypes.Implements(Session, "System.IDisposable"))
        {
            return null;
        }

        var indent = layout.IndentAt(declaration.SpanStart);
        var inner = indent + layout.Unit;
        var text = new StringBuilder();
        if (IsDocumented(declaration))
        {
            Line(indent, $"/// <summary>Lends what <c>{Factory.Name}</c> makes to <paramref name=\"{work}\"/>, and disposes it at the end.</summary>");
        }

        Line(indent, header + layout.Open(indent));
        var scope = (isAsyncDisposal ? "await " : "") + "using ";
        switch (draft.Conventions.ScopeStyle)
        {
            case ScopeStyle.TryFinally:
                Line(inner, $"var {session} = {make};");
                Line(inner, "try" + layout.Open(inner));
                Line(inner + layout.Unit, call);
                Line(inner, "}" + layout.Continue(inner) + "finally" + layout.Open(inner));
                Line(inner + layout.Unit, isAsyncDisposal ? $"await {session}.DisposeAsync();" : $"{session}.Dispose();");
                Line(inner, "}");
                break;
            case not ScopeStyle.UsingStatement when draft.Language >= LanguageVersion.CSharp8:
                Line(inner, $"{scope}var {session} = {make};");
                Line(inner, call);
                break;
            default:
                Line(inner, $"{scope}(var {session} = {make})" + layout.Open(inner));
                Line(inner + layout.Unit, call);
                Line(inner, "}");
                break;
        }

        Line(indent, "}");
        return text.ToString();

        void Line(string blanks, string line) => text.Append(blanks).Append(line).Append(layout.NewLine);
    }

    /// <summary>The types of the delegate and of the result, as short as they can be at the place.</summary>
    private (string Delegate, string Result)? DelegateText(Draft draft, int position, LendingForms form, string result)
    {
        var session = Session.ToMinimalDisplayString(draft.Model, position);
        var function = Generic("System.Func`2");
        var task = Generic("System.Threading.Tasks.Task");
        return form switch
        {
            LendingForms.Action when Generic("System.Action`1") is { } action => ($"{action}<{session}>", "void"),
            LendingForms.Function when function is not null => ($"{function}<{session}, {result}>", result),
            LendingForms.AsyncAction when function is not null && task is not null => ($"{function}<{session}, {task}>", task),
            LendingForms.AsyncFunction when function is not null && task is not null => ($"{function}<{session}, {task}<{result}>>", $"{task}<{result}>"),
            _ => null,
        };

        string? Generic(string metadataName) =>
            draft.Model.Compilation.GetTypeByMetadataName(metadataName)?.ToMinimalDisplayString(draft.Model, position).Split('<')[0];
    }

    private List<string> TypeParameters()
    {
        var names = new List<string>();
        for (var type = Factory.ContainingType; type is not null; type = type.ContainingType)
        {
            names.AddRange(type.TypeParameters.Select(static p => p.Name));
        }

        return names;
    }

    private static string NameText(MemberDeclarationSyntax declaration) => declaration switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        _ => "",
    };

    private static bool IsDocumented(SyntaxNode declaration) =>
        declaration.GetLeadingTrivia().Any(static t => t.ToFullString().TrimStart().StartsWith("///", StringComparison.Ordinal));

    private static string Free(string name, List<string> taken)
    {
        var free = name;
        for (var number = 2; taken.Contains(free); number++)
        {
            free = name + number;
        }

        return free;
    }
}
