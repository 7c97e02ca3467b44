using System.Text;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Test.Verification;

/// <summary>
/// Each check that the kit makes without being asked finds its violation. The tests hold for the kit of this folder and for
/// the package that it stands in for, so they name only words that the messages of both have.
/// </summary>
public sealed class KitTests
{
    private static readonly DiagnosticResult Small = new(ProbeAnalyzer.Rule);

    // 1. Diagnostics match one to one.

    [Fact]
    public Task Match_MarkedPlace() => new ProbeTest { TestCode = "class [|a|] { }" }.RunAsync();

    [Fact]
    public Task Match_MarkedPlaceWithId() => new ProbeTest { TestCode = "class {|PRB1:a|} { }" }.RunAsync();

    [Fact]
    public Task Match_NestedMarks() => new ProbeTest
    {
        TestCode = "{|#1:class {|#0:[|a|]|} { class {|#2:b|} { } }|}",
        ExpectedDiagnostics = { Small.WithLocation(2).WithArguments("b") },
    }.RunAsync();

    [Fact]
    public Task Match_Position() => new ProbeTest { TestCode = "class $$a { }" }.RunAsync();

    [Fact]
    public Task Match_PositionAsCode() => new ProbeTest
    {
        TestCode = """"class [|a|] { string s = $$"""{{1}}"""; }"""",
        MarkupOptions = MarkupOptions.TreatPositionIndicatorsAsCode,
    }.RunAsync();

    [Fact]
    public Task Match_SpanAndArguments() => new ProbeTest
    {
        TestCode = "class a { }",
        ExpectedDiagnostics = { Small.WithSpan(1, 7, 1, 8).WithArguments("a") },
    }.RunAsync();

    [Fact]
    public Task Match_StartOnly() => new ProbeTest
    {
        TestCode = "class abc { }",
        ExpectedDiagnostics = { Small.WithLocation(1, 7).WithArguments("abc") },
    }.RunAsync();

    [Fact]
    public Task Match_NothingOfADisabledRule() => new ProbeTest { TestCode = "class a { }", DisabledDiagnostics = { "PRB1" } }.RunAsync();

    [Fact]
    public Task Match_NothingOfARuleThatIsConfiguredOff() => new ProbeTest
    {
        TestCode = "class a { }",
        TestState = { AnalyzerConfigFiles = { ("/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.PRB1.severity = none\n") } },
    }.RunAsync();

    [Fact]
    public Task Match_NothingBehindAPragma() => new ProbeTest { TestCode = "#pragma warning disable PRB1\nclass a { }" }.RunAsync();

    [Fact]
    public Task Match_TopLevelStatementsOfAnApplication() => new ProbeTest
    {
        TestCode = "System.Console.WriteLine(new a()); class [|a|] { }",
        TestState = { OutputKind = OutputKind.ConsoleApplication },
    }.RunAsync();

    [Fact]
    public Task Match_AnotherPairingThanTheFirst() => new ProbeTest
    {
        // The short one fits both expectations, the long one only the first.
        Analyzer = OnTree(static tree =>
        [
            Diagnostic.Create(ProbeAnalyzer.Rule, Location.Create(tree, new(6, 1)), "x"),
            Diagnostic.Create(ProbeAnalyzer.Rule, Location.Create(tree, new(6, 3)), "x"),
        ]),
        TestCode = "class Abc { }",
        ExpectedDiagnostics =
        {
            Small.WithLocation(1, 7).WithArguments("x"),
            Small.WithSpan(1, 7, 1, 8).WithArguments("x"),
        },
        TestBehaviors = TestBehaviors.SkipSuppressionCheck,
    }.RunAsync();

    [Fact]
    public Task Match_FailsOnMissing() => Fails(new() { TestCode = "class [|A|] { }" }, "test state");

    [Fact]
    public Task Match_FailsOnUnexpected() => Fails(new() { TestCode = "class [|a|] { class b { } }" }, "test state", "PRB1", "'b'");

    [Fact]
    public Task Match_FailsOnTheSameTwice() => Fails(
        new()
        {
            Analyzer = OnTree(static tree =>
                Enumerable.Repeat(Diagnostic.Create(ProbeAnalyzer.Rule, Location.Create(tree, new(6, 1)), "x"), 2)),
            TestCode = "class [|A|] { }",
        },
        "test state");

    [Fact]
    public Task Match_FailsOnAnotherEnd() => Fails(new() { TestCode = "class [|ab|]c { }" }, "test state");

    [Fact]
    public Task Match_FailsOnAnotherStart() => Fails(
        new() { TestCode = "class a { }", ExpectedDiagnostics = { Small.WithLocation(1, 8).WithArguments("a") } },
        "test state");

    [Fact]
    public Task Match_FailsOnAnotherFile() => Fails(
        new() { TestCode = "class a { }", ExpectedDiagnostics = { Small.WithSpan("/0/Test1.cs", 1, 7, 1, 8).WithArguments("a") } },
        "test state");

    [Fact]
    public Task Match_FailsOnAPlaceWhereNoneIsExpected() => Fails(
        new() { TestCode = "class a { }", ExpectedDiagnostics = { Small.WithNoLocation().WithArguments("a") } },
        "test state");

    [Fact]
    public Task Match_FailsOnAnotherSeverity() => Fails(
        new()
        {
            TestCode = "class {|#0:a|} { }",
            ExpectedDiagnostics = { Small.WithLocation(0).WithArguments("a").WithSeverity(DiagnosticSeverity.Error) },
        },
        "test state",
        "severity");

    [Fact]
    public Task Match_FailsOnOtherArgumentsOfARule() => Fails(
        new() { TestCode = "class {|#0:a|} { }", ExpectedDiagnostics = { Small.WithLocation(0).WithArguments("b") } },
        "test state",
        "message");

    [Fact]
    public Task Match_FailsOnOtherArgumentsOfAnId() => Fails(
        new()
        {
            TestCode = "class {|#0:a|} { }",
            ExpectedDiagnostics = { new DiagnosticResult("PRB1", DiagnosticSeverity.Warning).WithLocation(0).WithArguments("b") },
        },
        "test state",
        "arguments");

    [Fact]
    public Task Match_AdditionalLocations() => WithAdditionalLocations(
        Small.WithLocation(0).WithLocation(1).WithLocation(2).WithArguments("x")).RunAsync();

    [Fact]
    public Task Match_IgnoredAdditionalLocations() => WithAdditionalLocations(
        Small.WithLocation(0).WithArguments("x").WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)).RunAsync();

    [Fact]
    public Task Match_FailsOnFewerAdditionalLocations() =>
        Fails(WithAdditionalLocations(Small.WithLocation(0).WithLocation(1).WithArguments("x")), "test state", "additional location");

    [Fact]
    public Task Match_FailsOnAdditionalLocationsInAnotherOrder() =>
        Fails(WithAdditionalLocations(Small.WithLocation(0).WithLocation(2).WithLocation(1).WithArguments("x")), "test state");

    [Fact]
    public Task Match_FailsOnACompilerError() => Fails(new() { TestCode = "class [|a|] : B { }" }, "test state", "CS0246");

    [Fact]
    public Task Match_ExpectedCompilerError() => new ProbeTest { TestCode = "class [|a|] : {|CS0246:B|} { }" }.RunAsync();

    [Fact]
    public Task Match_ExpectedCompilerErrorWithArguments() => new ProbeTest
    {
        TestCode = "class A : {|#0:B|} { }",
        ExpectedDiagnostics = { DiagnosticResult.CompilerError("CS0246").WithLocation(0).WithArguments("B") },
    }.RunAsync();

    [Fact]
    public Task Match_NoCompilerErrorIfNoneIsWanted() => new ProbeTest
    {
        TestCode = "class [|a|] : B { }",
        CompilerDiagnostics = CompilerDiagnostics.None,
    }.RunAsync();

    [Fact]
    public Task Match_FailsOnACompilerWarningIfWanted() => Fails(
        new() { TestCode = "class A { void M() { int x; } }", CompilerDiagnostics = CompilerDiagnostics.Warnings },
        "test state",
        "CS0168");

    [Fact]
    public Task Match_FailsOnAnAnalyzerThatThrows() => Fails(
        new() { Analyzer = OnTree(static _ => throw new NotSupportedException("boom")), TestCode = "class A { }" },
        "test state",
        "AD0001",
        "boom");

    [Fact]
    public Task Match_FailsOnAnAnalyzerThatThrowsAlsoIfTheCompilerIsLeftOut() => Fails(
        new()
        {
            Analyzer = new ProbeAnalyzer(static _ => throw new NotSupportedException("boom"), ProbeAnalyzer.Rule),
            TestCode = "class A { }",
            CompilerDiagnostics = CompilerDiagnostics.None,
        },
        "test state",
        "AD0001");

    [Fact]
    public Task Match_FailsOnAMarkThatNamesNoRule() => Throws<InvalidOperationException>(new()
    {
        Analyzer = new ProbeAnalyzer(ProbeAnalyzer.ReportSmallNames, ProbeAnalyzer.Rule, ProbeAnalyzer.OffRule),
        TestCode = "class [|a|] { }",
    });

    [Fact]
    public Task Match_FirstRuleIfAsked() => new ProbeTest
    {
        Analyzer = new ProbeAnalyzer(ProbeAnalyzer.ReportSmallNames, ProbeAnalyzer.Rule, ProbeAnalyzer.OffRule),
        MarkupOptions = MarkupOptions.UseFirstDescriptor,
        TestCode = "class [|a|] { }",
    }.RunAsync();

    [Fact]
    public Task Match_FailsOnAMarkThatNamesSeveralRules() => Throws<InvalidOperationException>(SeveralRulesOfOneId(MarkupOptions.None));

    [Fact]
    public Task Match_AnyOfSeveralRulesIfAsked() => SeveralRulesOfOneId(MarkupOptions.UseFirstDescriptor).RunAsync();

    [Fact]
    public Task Match_FailsOnAMarkThatIsNotClosed() => Throws<ArgumentException>(new() { TestCode = "class [|a { }" });

    [Fact]
    public Task Match_FailsOnTheSameNumberTwice() => Throws<ArgumentException>(new() { TestCode = "class {|#0:A|} {|#0:{ }|}" });

    [Fact]
    public Task Match_FailsOnANumberThatIsNotMarked() => Throws<InvalidOperationException>(
        new() { TestCode = "class {|#0:a|} { }", ExpectedDiagnostics = { Small.WithLocation(1) } });

    [Fact]
    public Task Match_FailsWithoutSources() => Throws<InvalidOperationException>(new());

    [Fact]
    public async Task Match_AsksTheVerifierOfTheTest()
    {
        var seen = new List<string>();
        var test = new ProbeTest
        {
            TestCode = "class [|a|] { }",
            DiagnosticVerifier = (actual, expected, _) => seen.Add($"{actual.GetMessage(null)} {expected.Id}"),
        };
        await test.RunAsync();
        Assert.Contains("Rename 'a' PRB1", seen);
    }

    // 2. Nothing suppressible is left behind a pragma.

    [Fact]
    public Task Pragma_FailsOnWhatIsLeft() => Fails(Unsuppressible(TestBehaviors.None), "test state", "#pragma warning disable");

    [Fact]
    public Task Pragma_CanBeSkipped() => Unsuppressible(TestBehaviors.SkipSuppressionCheck).RunAsync();

    [Fact]
    public Task Pragma_LeavesWhatHasNoPlace() => new ProbeTest
    {
        Analyzer = new ProbeAnalyzer(
            static context =>
            {
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                context.RegisterCompilationAction(static end =>
                    end.ReportDiagnostic(Diagnostic.Create(ProbeAnalyzer.Rule, Location.None, "x")));
                ProbeAnalyzer.RegisterSmallNames(context, ProbeAnalyzer.Rule);
            },
            ProbeAnalyzer.Rule),
        TestCode = "class [|a|] { }",
        ExpectedDiagnostics = { Small.WithNoLocation().WithArguments("x") },
    }.RunAsync();

    [Fact]
    public Task Pragma_LeavesCompilerErrors() => new ProbeTest { TestCode = "class [|a|]\n: {|CS0246:B|} { }" }.RunAsync();

    // 3. Nothing is reported in generated code, unless the analyzer says what it does there.

    [Fact]
    public Task Generated_FailsOnAnAnalyzerThatDoesNotSay() => Fails(Unconfigured(TestBehaviors.None), "test state", "auto-generated");

    [Fact]
    public Task Generated_CanBeSkipped() => Unconfigured(TestBehaviors.SkipGeneratedCodeCheck).RunAsync();

    [Fact]
    public Task Generated_IsLeftToAnAnalyzerThatSays() => new ProbeTest
    {
        Analyzer = new ProbeAnalyzer(
            static context =>
            {
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
                ProbeAnalyzer.RegisterSmallNames(context, ProbeAnalyzer.Rule);
            },
            ProbeAnalyzer.Rule),
        TestCode = "class [|a|] { }",
    }.RunAsync();

    // 4. Fix by fix until nothing changes.

    [Fact]
    public Task Fix_One() => new ProbeTest { TestCode = "class [|a|] { }", FixedCode = "class A { }" }.RunAsync();

    [Fact]
    public Task Fix_SeveralInSeveralFiles() => new ProbeTest
    {
        TestState = { Sources = { "class [|a|] { } class [|b|] { }", "class [|c|] { }" } },
        FixedState = { Sources = { "class A { } class B { }", "class C { }" } },
    }.RunAsync();

    [Fact]
    public Task Fix_SeveralProjects()
    {
        var test = new ProbeTest { TestCode = "class [|a|] : C { }", FixedCode = "class A : C { }" };
        test.TestState.AdditionalProjectReferences.Add("Lib");
        AddProject(test.TestState, "public class C { }", "class [|b|] { }");
        AddProject(test.FixedState, "public class C { }", "class B { }");
        return test.RunAsync();

        static void AddProject(SolutionState state, params string[] sources)
        {
            var project = state.AdditionalProjects["Lib"];
            project.AdditionalReferences.AddRange(References.Framework);
            Array.ForEach(sources, project.Sources.Add);
        }
    }

    [Fact]
    public Task Fix_FailsOnAnotherText() =>
        Fails(new() { TestCode = "class [|a|] { }", FixedCode = "class B { }" }, "Iterative", "-class B { }", "+class A { }");

    [Fact]
    public Task Fix_FailsIfNoneIsOffered() =>
        Fails(new() { Fix = new ProbeFix(static _ => []), TestCode = "class [|a|] { }", FixedCode = "class A { }" }, "Iterative");

    [Fact]
    public Task Fix_FailsOnMoreRoundsThanDiagnostics() => Fails(Detour(rounds: null), "Iterative", "2", "iterations");

    [Fact]
    public Task Fix_TakesTheRoundsThatAreAllowed() => Detour(rounds: 2).RunAsync();

    [Fact]
    public Task Fix_TakesAtMostTheRoundsThatAreAllowed() => Detour(rounds: -3).RunAsync();

    [Fact]
    public Task Fix_FailsOnFewerRoundsThanAllowed() => Fails(Detour(rounds: 3), "Iterative", "iterations");

    [Fact]
    public Task Fix_StopsIfTheSamePlaceIsLeft() => new ProbeTest
    {
        Fix = new ProbeFix(static context => [EditName(context, static name => ProbeFix.Named(name, name.Text == "a" ? "b" : "A"))]),
        TestCode = "class [|a|] { }",
        FixedState = { Sources = { "class [|b|] { }" }, MarkupHandling = MarkupMode.Allow },
        NumberOfIncrementalIterations = -3,
    }.RunAsync();

    [Fact]
    public Task Fix_FailsOnAFixWithoutEnd() => Fails(
        new()
        {
            Fix = new ProbeFix(static context => [Append(context, " ")]),
            TestCode = "class [|a|] { }",
            FixedCode = "class A { }",
        },
        "Iterative");

    [Fact]
    public Task Fix_OneOfSeveralIfAsked() => new ProbeTest
    {
        TestCode = "class [|a|] { } class [|b|] { }",
        FixedState = { Sources = { "class A { } class [|b|] { }" }, MarkupHandling = MarkupMode.Allow },
        BatchFixedCode = "class A { } class B { }",
        CodeFixTestBehaviors = CodeFixTestBehaviors.FixOne,
    }.RunAsync();

    [Fact]
    public Task Fix_LeavesWhatHasNoFix() => new ProbeTest
    {
        Fix = OnlyFor("a"),
        TestCode = "class [|b|] { } class [|a|] { }",
        FixedState = { Sources = { "class [|b|] { } class A { }" }, MarkupHandling = MarkupMode.Allow },
    }.RunAsync();

    [Fact]
    public Task Fix_FailsOnWhatIsLeftUnexpected() => Fails(
        new() { Fix = OnlyFor("a"), TestCode = "class [|b|] { } class [|a|] { }", FixedCode = "class [|b|] { } class A { }" },
        "fixed state");

    [Fact]
    public Task Fix_NoneForTheSameText() =>
        new ProbeTest { Fix = new ProbeFix(static _ => []), TestCode = "class [|a|] { }", FixedCode = "class [|a|] { }" }.RunAsync();

    [Fact]
    public Task Fix_FailsOnOneForTheSameText() => Fails(new() { TestCode = "class [|a|] { }", FixedCode = "class [|a|] { }" }, "Iterative");

    [Fact]
    public Task Fix_FailsOnOneThatChangesNothing() => Fails(
        new()
        {
            Fix = new ProbeFix(static context => [Append(context, "")]),
            TestCode = "class [|a|] { }",
            FixedCode = "class [|a|] { }",
        },
        "Iterative",
        "no changes");

    [Fact]
    public Task Fix_KeepsTheExpectationsThatItDoesNotFix() => new ProbeTest
    {
        TestCode = "class [|a|] : {|#0:B|} { }",
        FixedCode = "class A : {|#0:B|} { }",
        ExpectedDiagnostics = { DiagnosticResult.CompilerError("CS0246").WithLocation(0).WithArguments("B") },
    }.RunAsync();

    [Fact]
    public Task Fix_OfACompilerWarning() => new ProbeTest
    {
        Analyzer = new EmptyDiagnosticAnalyzer(),
        Fix = new ProbeFix(static context => [ProbeFix.Rewrite(context, "class A { void M() { } }", "k")], fixAll: null, "CS0168"),
        TestCode = "class A { void M() { int {|CS0168:x|}; } }",
        FixedCode = "class A { void M() { } }",
    }.RunAsync();

    [Fact]
    public Task Fix_ThrowsWhatTheProviderThrows() => Throws<NotSupportedException>(new()
    {
        Fix = new ProbeFix(static _ => throw new NotSupportedException()),
        TestCode = "class [|a|] { }",
        FixedCode = "class A { }",
    });

    // 5. Fix all, in each scope from the start.

    [Fact]
    public Task FixAll_GivesAnotherTextIfExpected() => new ProbeTest
    {
        Fix = new ProbeFix(static context => [ProbeFix.Capitalize(context)], Fixed("class X { } class Y { }")),
        TestCode = "class [|a|] { } class [|b|] { }",
        FixedCode = "class A { } class B { }",
        BatchFixedCode = "class X { } class Y { }",
    }.RunAsync();

    [Fact]
    public Task FixAll_FailsOnAnotherText() => Fails(
        new()
        {
            TestCode = "class [|a|] { } class [|b|] { }",
            FixedCode = "class A { } class B { }",
            BatchFixedCode = "class A { } class C { }",
        },
        "Fix all in");

    [Theory]
    [InlineData(FixAllScope.Document, CodeFixTestBehaviors.SkipFixAllInDocumentCheck, "Fix all in document")]
    [InlineData(FixAllScope.Project, CodeFixTestBehaviors.SkipFixAllInProjectCheck, "Fix all in project")]
    [InlineData(FixAllScope.Solution, CodeFixTestBehaviors.SkipFixAllInSolutionCheck, "Fix all in solution")]
    public async Task FixAll_FailsOnTheScopeThatIsBroken(FixAllScope scope, CodeFixTestBehaviors skip, string context)
    {
        await Fails(Broken(scope, CodeFixTestBehaviors.None), context);
        await Broken(scope, skip).RunAsync();
        await Broken(scope, CodeFixTestBehaviors.SkipFixAllCheck).RunAsync();
    }

    [Fact]
    public Task FixAll_IsSkippedWithoutAProvider() => new ProbeTest
    {
        Fix = new ProbeFix(static context => [ProbeFix.Capitalize(context)]),
        TestCode = "class [|a|] { } class [|b|] { }",
        FixedCode = "class A { } class B { }",
    }.RunAsync();

    [Fact]
    public Task FixAll_FailsOnMoreThanOneRound() => Fails(OneAtATime(rounds: null), "Fix all in", "2", "iterations");

    [Fact]
    public Task FixAll_TakesTheRoundsThatAreAllowed() => OneAtATime(rounds: 2).RunAsync();

    // 6. The tree is the one that its text parses to.

    [Fact]
    public Task Tree_FailsOnTwoTokensInOne() => Fails(
        new()
        {
            Fix = new ProbeFix(static context => [EditName(context, static name => ProbeFix.Named(name, "A<T>"))]),
            TestCode = "class [|a|] { }",
            FixedCode = "class A<T> { }",
        },
        "Iterative",
        "A<T>");

    [Fact]
    public Task Tree_IsNotCheckedIfAsked() => new ProbeTest
    {
        Fix = new ProbeFix(static context => [EditName(context, static name => ProbeFix.Named(name, "A<T>"))]),
        TestCode = "class [|a|] { }",
        FixedCode = "class A<T> { }",
        CodeActionValidationMode = CodeActionValidationMode.None,
    }.RunAsync();

    [Fact]
    public Task Tree_MayPutTriviaElsewhere() => MovedTrivia(CodeActionValidationMode.SemanticStructure).RunAsync();

    [Fact]
    public Task Tree_FailsOnTriviaElsewhereIfAsked() => Fails(MovedTrivia(CodeActionValidationMode.Full), "Iterative");

    // 7. No new compiler errors; the text is the formatted one.

    [Fact]
    public Task Compile_FailsOnANewError() => Fails(
        new()
        {
            Fix = new ProbeFix(static context => [ProbeFix.Rewrite(context, "class A : B { }", "k")]),
            TestCode = "class [|a|] { }",
            FixedCode = "class A : B { }",
        },
        "fixed state",
        "CS0246");

    [Fact]
    public Task Compile_CarriesOutFormatterAndSimplifier() => new ProbeTest
    {
        Fix = new ProbeFix(static context =>
        [
            CodeAction.Create(
                "Replace",
                _ =>
                {
                    var made = SyntaxFactory.ParseCompilationUnit("class A{global::System.Int32 M(){return 1;}}");
                    var type = made.DescendantNodes().OfType<MethodDeclarationSyntax>().Single().ReturnType;
                    made = made.ReplaceNode(type, type.WithAdditionalAnnotations(Simplifier.Annotation));
                    return Task.FromResult(context.Document.WithSyntaxRoot(made.WithAdditionalAnnotations(Formatter.Annotation)));
                },
                "k"),
        ]),
        TestCode = "class [|a|] { }",
        FixedCode = "class A { int M() { return 1; } }",
    }.RunAsync();

    // 8. No fix for what an editor does not compute.

    [Fact]
    public Task Local_FailsOnAFixForWhatIsReportedAtTheEnd() => Fails(AtCompilationEnd(CodeFixTestBehaviors.None), "non-local");

    [Fact]
    public Task Local_CanBeSkipped() => AtCompilationEnd(CodeFixTestBehaviors.SkipLocalDiagnosticCheck).RunAsync();

    [Fact]
    public Task Local_FailsOnAFixForWhatIsReportedInAnotherFile() => Fails(
        new()
        {
            Analyzer = new ProbeAnalyzer(
                static context =>
                {
                    context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                    context.RegisterSemanticModelAction(static model =>
                    {
                        var trees = model.SemanticModel.Compilation.SyntaxTrees.ToList();
                        if (model.SemanticModel.SyntaxTree == trees[1])
                        {
                            foreach (var found in SmallNames(trees[0]))
                            {
                                model.ReportDiagnostic(found);
                            }
                        }
                    });
                },
                ProbeAnalyzer.Rule),
            TestState = { Sources = { "class [|a|] { }", "class B { }" } },
            FixedState = { Sources = { "class A { }", "class B { }" } },
        },
        "non-local");

    // An older host takes the whole file for an operation's own place.
    [RoslynFact("4.7")]
    public Task Local_FailsOnAFixForWhatAnOperationReportsElsewhereInTheFile() => Fails(
        AtAnotherOperation(static (context, action) => context.RegisterOperationAction(action, OperationKind.Invocation)),
        "non-local");

    [Fact]
    public Task Local_TakesWhatAnOperationReportsInItsBlock() => AtAnotherOperation(static (context, action) =>
        context.RegisterOperationBlockStartAction(block => block.RegisterOperationAction(action, OperationKind.Invocation))).RunAsync();

    [Fact]
    public Task Local_TakesWhatAnOperationReportsAboutItself() => ReportingCalls(
        static (context, action) => context.RegisterOperationAction(action, OperationKind.Invocation),
        static call => call.Syntax.GetLocation(),
        "class A { void M() { int a = 1; [|M()|]; } }").RunAsync();

    [Theory]
    [InlineData(SymbolKind.NamedType)]
    [InlineData(SymbolKind.Field)]
    public Task Local_TakesWhatASymbolReportsAboutItself(SymbolKind kind) => new ProbeTest
    {
        Analyzer = new ProbeAnalyzer(
            context =>
            {
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                context.RegisterSymbolAction(
                    static symbol =>
                    {
                        if (symbol.Symbol.Name == "a")
                        {
                            symbol.ReportDiagnostic(Diagnostic.Create(ProbeAnalyzer.Rule, symbol.Symbol.Locations[0], "a"));
                        }
                    },
                    kind);
            },
            ProbeAnalyzer.Rule),
        TestCode = kind == SymbolKind.Field ? "class A { public int [|a|]; }" : "class [|a|] { public int b; }",
        FixedCode = kind == SymbolKind.Field ? "class A { public int A1; }" : "class A1 { public int b; }",
        Fix = new ProbeFix(static context => [EditName(context, static name => ProbeFix.Named(name, "A1"))]),
    }.RunAsync();

    // 9. Encoding, checksum algorithm, names and folders.

    [Fact]
    public Task File_FailsOnAnotherEncoding() => Fails(
        WithText(static () => SourceText.From("class A { }", Encoding.UTF32)),
        "Iterative",
        "encoding",
        "utf-32");

    [Fact]
    public Task File_FailsOnAnotherChecksumAlgorithm() => Fails(
        WithText(static () => SourceText.From("class A { }", null, SourceHashAlgorithm.Sha256)),
        "Iterative",
        "checksum algorithm");

    [Fact]
    public Task File_IsAdded() => Adding("/0/x/y/New.cs", "x", "y").RunAsync();

    [Fact]
    public Task File_FailsOnAnotherFolder() => Fails(Adding("/0/x/New.cs", "x", "y"), "Iterative", "folders");

    [Fact]
    public Task File_FailsOnAnotherName() => Fails(Adding("/0/Old.cs"), "Iterative", "name");

    [Fact]
    public Task File_FailsOnOneMore() => Fails(Adding(null), "Iterative");

    [Fact]
    public Task File_IsAnalyzedAsAdditionalFile() => new ProbeTest
    {
        Analyzer = new ProbeAnalyzer(
            static context => context.RegisterAdditionalFileAction(static file =>
            {
                var place = Location.Create(file.AdditionalFile.Path, new(0, 1), new(new(0, 0), new(0, 1)));
                file.ReportDiagnostic(Diagnostic.Create(ProbeAnalyzer.Rule, place, file.AdditionalFile.Path));
            }),
            ProbeAnalyzer.Rule),
        TestCode = "class A { }",
        TestState = { AdditionalFiles = { ("names.txt", "{|#0:x|}y") } },
        ExpectedDiagnostics = { Small.WithLocation(0).WithArguments("names.txt") },
    }.RunAsync();

    // 10. Index and key.

    [Theory]
    [InlineData(null, null, "class X { }")]
    [InlineData(1, null, "class Y { }")]
    [InlineData(null, "y", "class Y { }")]
    [InlineData(2, "z", "class Z { }")]
    public Task Choice_ByIndexOrKey(int? index, string? key, string expected) => Choice(index, key, expected).RunAsync();

    [Fact]
    public Task Choice_FailsIfIndexAndKeyDisagree() => Fails(Choice(1, "x", "class Y { }"), "Iterative", "equivalence key");

    [Fact]
    public Task Choice_FailsOnAnUnknownKey() => Fails(Choice(null, "w", "class X { }"), "Iterative");

    [Fact]
    public Task Choice_FailsOnAnIndexTooHigh() => Fails(Choice(3, null, "class X { }"), "Iterative");

    [Fact]
    public async Task Choice_AsksTheVerifierOfTheTest()
    {
        var seen = new List<string?>();
        var test = Choice(1, null, "class Y { }");
        test.CodeActionVerifier = (action, _) => seen.Add(action.EquivalenceKey);
        await test.RunAsync();
        Assert.Equal("y", Assert.Single(seen.Distinct()));
    }

    // The short forms.

    [Fact]
    public async Task ShortForm_OfACodeFix()
    {
        var expected = ShortForm.Diagnostic().WithLocation(0).WithArguments("a");
        await ShortForm.VerifyAnalyzerAsync("class {|#0:a|} { }", expected);
        await ShortForm.VerifyCodeFixAsync("class [|a|] { }", "class A { }");
        await ShortForm.VerifyCodeFixAsync("class {|#0:a|} { }", expected, "class A { }");
        await Assert.ThrowsAsync<InvalidOperationException>(() => ShortForm.VerifyAnalyzerAsync("class {|#0:A|} { }", expected));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ShortForm.VerifyCodeFixAsync("class [|a|] { }", "class [|a|] { }"));
        Assert.Equal("PRB1", ShortForm.Diagnostic("PRB1").Id);
        Assert.Throws<InvalidOperationException>(() => ShortForm.Diagnostic("PRB9"));
    }

    private static async Task Fails(ProbeTest test, params string[] words)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => test.RunAsync());
        Assert.All(words, word => Assert.Contains(word, exception.Message, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task Throws<TException>(ProbeTest test)
        where TException : Exception => await Assert.ThrowsAsync<TException>(() => test.RunAsync());

    private static ProbeAnalyzer OnTree(Func<SyntaxTree, IEnumerable<Diagnostic>> find) => new(
        context =>
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxTreeAction(tree =>
            {
                foreach (var found in find(tree.Tree))
                {
                    tree.ReportDiagnostic(found);
                }
            });
        },
        ProbeAnalyzer.Rule);

    private static IEnumerable<Diagnostic> SmallNames(SyntaxTree tree) => tree.GetRoot().DescendantNodes()
        .Select(ProbeAnalyzer.SmallName)
        .OfType<SyntaxToken>()
        .Select(static name => Diagnostic.Create(ProbeAnalyzer.Rule, name.GetLocation(), name.Text));

    private static ProbeTest WithAdditionalLocations(DiagnosticResult expected) => new()
    {
        Analyzer = OnTree(static tree =>
        [
            Diagnostic.Create(
                ProbeAnalyzer.Rule,
                Location.Create(tree, new(6, 1)),
                [Location.Create(tree, new(8, 1)), Location.Create(tree, new(10, 1))],
                "x"),
        ]),
        TestCode = "class {|#0:A|} {|#1:{|} {|#2:}|}",
        ExpectedDiagnostics = { expected },

        // The places are fixed numbers, and would be in the pragma.
        TestBehaviors = TestBehaviors.SkipSuppressionCheck,
    };

    private static ProbeTest SeveralRulesOfOneId(MarkupOptions options)
    {
        var other = new DiagnosticDescriptor("PRB1", "Name", "Rename {0}", "Probe", DiagnosticSeverity.Info, isEnabledByDefault: true);
        return new()
        {
            Analyzer = new ProbeAnalyzer(context => ProbeAnalyzer.ReportSmallNames(context, other), ProbeAnalyzer.Rule, other),
            TestCode = "class {|PRB1:a|} { }",
            MarkupOptions = options,
        };
    }

    // In a place that is in no tree, no pragma can reach it.
    private static ProbeTest Unsuppressible(TestBehaviors behaviors) => new()
    {
        Analyzer = OnTree(static tree =>
        [
            Diagnostic.Create(
                ProbeAnalyzer.Rule,
                tree.ToString().Contains("#pragma", StringComparison.Ordinal)
                    ? Location.Create("/0/Other.cs", new(0, 1), new(new(0, 0), new(0, 1)))
                    : Location.Create(tree, new(6, 1)),
                "x"),
        ]),
        TestCode = "class [|A|] { }",
        TestBehaviors = behaviors,
    };

    private static ProbeTest Unconfigured(TestBehaviors behaviors) => new()
    {
        Analyzer = new ProbeAnalyzer(static context => ProbeAnalyzer.RegisterSmallNames(context, ProbeAnalyzer.Rule), ProbeAnalyzer.Rule),
        TestCode = "class [|a|] { }",
        TestBehaviors = behaviors,
    };

    // One diagnostic, and two steps to be rid of it.
    private static ProbeTest Detour(int? rounds) => new()
    {
        Fix = new ProbeFix(static context => [EditName(context, static name => ProbeFix.Named(name, name.Text == "a" ? "ab" : "A"))]),
        TestCode = "class [|a|] { }",
        FixedCode = "class A { }",
        NumberOfIncrementalIterations = rounds,
    };

    private static CodeAction Append(CodeFixContext context, string text) => CodeAction.Create(
        "Append",
        async cancellation =>
        {
            var old = await context.Document.GetTextAsync(cancellation);
            return context.Document.WithText(old.WithChanges(new TextChange(new(old.Length, 0), text)));
        },
        "k");

    private static CodeAction EditName(CodeFixContext context, Func<SyntaxToken, SyntaxToken> edit) => CodeAction.Create(
        "Edit",
        async cancellation =>
        {
            var root = (await context.Document.GetSyntaxRootAsync(cancellation))!;
            var name = root.FindToken(context.Span.Start);
            return context.Document.WithSyntaxRoot(root.ReplaceToken(name, edit(name)));
        },
        "k");

    private static ProbeFix OnlyFor(string name) => new(
        context => context.Diagnostics[0].GetMessage(null) == $"Rename '{name}'" ? [ProbeFix.Capitalize(context)] : [],
        WellKnownFixAllProviders.BatchFixer);

    private static FixAllProvider Fixed(string text) =>
        FixAllProvider.Create((_, document, _) => Task.FromResult<Document?>(document.WithText(SourceText.From(text))));

    private static ProbeTest Broken(FixAllScope scope, CodeFixTestBehaviors behaviors) => new()
    {
        Fix = new ProbeFix(static context => [ProbeFix.Capitalize(context)], new ProbeFixAll(scope)),
        TestCode = "class [|a|] { } class [|b|] { }",
        FixedCode = "class A { } class B { }",
        CodeFixTestBehaviors = behaviors,
    };

    private static ProbeTest OneAtATime(int? rounds) => new()
    {
        Fix = new ProbeFix(
            static context => [ProbeFix.Capitalize(context)],
            FixAllProvider.Create(static async (_, document, diagnostics) =>
            {
                var root = (await document.GetSyntaxRootAsync())!;
                var name = root.FindToken(diagnostics[0].Location.SourceSpan.Start);
                return document.WithSyntaxRoot(root.ReplaceToken(name, ProbeFix.Named(name, name.Text.ToUpperInvariant())));
            })),
        TestCode = "class [|a|] { } class [|b|] { }",
        FixedCode = "class A { } class B { }",
        NumberOfFixAllIterations = rounds,
    };

    private static ProbeTest MovedTrivia(CodeActionValidationMode mode) => new()
    {
        Fix = new ProbeFix(static context =>
        [
            CodeAction.Create(
                "Move",
                async cancellation =>
                {
                    var root = (await context.Document.GetSyntaxRootAsync(cancellation))!;
                    var type = root.DescendantNodes().OfType<ClassDeclarationSyntax>().Single();
                    var name = ProbeFix.Named(type.Identifier, "A").WithLeadingTrivia(type.Keyword.TrailingTrivia);
                    return context.Document.WithSyntaxRoot(root.ReplaceNode(
                        type,
                        type.WithKeyword(type.Keyword.WithTrailingTrivia()).WithIdentifier(name)));
                },
                "k"),
        ]),
        TestCode = "class [|a|] { }",
        FixedCode = "class A { }",
        CodeActionValidationMode = mode,
    };

    private static ProbeTest AtCompilationEnd(CodeFixTestBehaviors behaviors) => new()
    {
        Analyzer = new ProbeAnalyzer(
            static context =>
            {
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                context.RegisterCompilationAction(static end =>
                {
                    foreach (var found in end.Compilation.SyntaxTrees.SelectMany(SmallNames))
                    {
                        end.ReportDiagnostic(found);
                    }
                });
            },
            ProbeAnalyzer.Rule),
        TestCode = "class [|a|] { }",
        FixedCode = "class A { }",
        CodeFixTestBehaviors = behaviors,
    };

    // The call is found, and the number before it reported.
    private static ProbeTest AtAnotherOperation(Action<AnalysisContext, Action<OperationAnalysisContext>> register) => ReportingCalls(
        register,
        static call => call.Syntax.SyntaxTree.GetRoot().DescendantNodes().OfType<LiteralExpressionSyntax>().Single().GetLocation(),
        "class A { void M() { int a = [|1|]; M(); } }");

    private static ProbeTest ReportingCalls(
        Action<AnalysisContext, Action<OperationAnalysisContext>> register,
        Func<IOperation, Location> placeOf,
        string source) => new()
    {
        Analyzer = new ProbeAnalyzer(
            context =>
            {
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                register(context, call =>
                    call.ReportDiagnostic(Diagnostic.Create(ProbeAnalyzer.Rule, placeOf(call.Operation), call.Operation.Syntax.ToString())));
            },
            ProbeAnalyzer.Rule),
        Fix = new ProbeFix(static context => [ProbeFix.Rewrite(context, "class A { }", "k")], WellKnownFixAllProviders.BatchFixer),
        TestCode = source,
        FixedCode = "class A { }",
    };

    private static ProbeTest WithText(Func<SourceText> text) => new()
    {
        Fix = new ProbeFix(context => [CodeAction.Create("Rewrite", _ => Task.FromResult(context.Document.WithText(text())), "k")]),
        TestCode = "class [|a|] { }",
        FixedCode = "class A { }",
    };

    private static ProbeTest Adding(string? expectedPath, params string[] folders)
    {
        var test = new ProbeTest
        {
            Fix = new ProbeFix(context =>
            [
                CodeAction.Create(
                    "Add",
                    _ =>
                    {
                        var project = context.Document.WithText(SourceText.From("class A { }")).Project;
                        return Task.FromResult(project.AddDocument("New.cs", SourceText.From("class New { }"), folders).Project.Solution);
                    },
                    "k"),
            ]),
            TestCode = "class [|a|] { }",
            FixedCode = "class A { }",
        };
        if (expectedPath is not null)
        {
            test.FixedState.Sources.Add((expectedPath, "class New { }"));
        }

        return test;
    }

    // The second and the third are nested, and are counted as if they were not.
    private static ProbeTest Choice(int? index, string? key, string expected) => new()
    {
        Fix = new ProbeFix(static context =>
        [
            ProbeFix.Rewrite(context, "class X { }", "x"),
            CodeAction.Create(
                "Group",
                [ProbeFix.Rewrite(context, "class Y { }", "y"), ProbeFix.Rewrite(context, "class Z { }", "z")],
                isInlinable: false),
        ]),
        TestCode = "class [|a|] { }",
        FixedCode = expected,
        CodeActionIndex = index,
        CodeActionEquivalenceKey = key,
    };

    private sealed class ShortForm : CodeFixVerifier<ProbeAnalyzer, ProbeFix, ShortFormTest, DefaultVerifier>;

    // The short forms take a test type: the default references of the package would need a network.
    private sealed class ShortFormTest : CSharpCodeFixTest<ProbeAnalyzer, ProbeFix, DefaultVerifier>
    {
        public ShortFormTest()
        {
            ReferenceAssemblies = new("net10.0");
            TestState.AdditionalReferences.AddRange(References.Framework);
        }
    }
}
