using SessionAnalyzers.Catalogue;

namespace SessionAnalyzers.Test.Catalogue;

public class CatalogueParserTests
{
    [Fact]
    public void Reads_types_members_and_headers()
    {
        var errors = new List<CatalogueError>();
        var sections = CatalogueParser.Parse(
            """
            # a comment
            T:My.UnitOfWork                session(context) not-thread-safe
            assembly My.Data My.Data.Core borrows
            M:My.Db.#ctor                  takes-ownership(connection if ownsConnection)
            M:My.Db.Open(System.String)    returns-owned opens   # another comment
            P:My.Db.Connection             returns-borrowed
            M:My.Db.Rows                   returns-deferred(unless buffered) runs
            M:My.Db.Stream                 returns-deferred
            """, errors);

        Assert.Empty(errors);
        Assert.Equal(2, sections.Length);
        Assert.Empty(sections[0].Assemblies);
        Assert.Equal(SessionKind.Context, sections[0].Entries[0].Kind);
        Assert.Equal(Roles.NotThreadSafe, sections[0].Entries[0].Roles);
        Assert.Equal(["My.Data", "My.Data.Core"], sections[1].Assemblies.AsEnumerable());
        Assert.True(sections[1].Borrows);
        Assert.Equal(new Transfer("connection", new("ownsConnection", "true")), sections[1].Entries[0].Transfers.Single());
        Assert.Equal("#ctor", sections[1].Entries[0].MemberName);
        Assert.Equal("(System.String)", sections[1].Entries[1].Parameters);
        Assert.Equal(Roles.ReturnsOwned | Roles.Opens, sections[1].Entries[1].Roles);
        Assert.Equal('P', sections[1].Entries[2].Category);
        Assert.Equal(Roles.ReturnsDeferred | Roles.Runs, sections[1].Entries[3].Roles);
        Assert.Equal(new Condition("buffered", "false"), sections[1].Entries[3].Deferral);
        Assert.Equal(Roles.ReturnsDeferred, sections[1].Entries[4].Roles);
        Assert.Null(sections[1].Entries[4].Deferral);
    }

    [Theory]
    [InlineData("M:My.Db.Open returns-owned if", "if")]
    [InlineData("M:My.Db.Open session(context)", "session(context)")]
    [InlineData("T:My.Db session(database)", "session(database)")]
    [InlineData("T:My.Db returns-owned", "returns-owned")]
    [InlineData("T:My.Db", "T:My.Db")]
    [InlineData("M:Open returns-owned", "M:Open")]
    [InlineData("M:My.Db.Open(System.String returns-owned", "M:My.Db.Open(System.String returns-owned")]
    [InlineData("X:My.Db session(context)", "X:My.Db")]
    [InlineData("some words", "some")]
    [InlineData("M:My.Db.Use takes-ownership()", "takes-ownership()")]
    [InlineData("M:My.Db.Use takes-ownership(a when b)", "takes-ownership(a when b)")]
    [InlineData("M:My.Db.Use returns-deferred(buffered)", "returns-deferred(buffered)")]
    [InlineData("M:My.Db.Use returns-deferred()", "returns-deferred()")]
    [InlineData("T:My.Db returns-deferred(if lazy)", "returns-deferred(if lazy)")]
    [InlineData("assembly", "assembly")]
    [InlineData("T:)( ((", "T:)(")]
    public void Says_which_word_it_does_not_understand(string line, string word)
    {
        var errors = new List<CatalogueError>();
        var sections = CatalogueParser.Parse("\n" + line + "\nT:My.Other session(context)\n", errors);

        var error = Assert.Single(errors);
        Assert.Equal(1, error.Line);
        Assert.Equal(word, line.Substring(error.Column, error.Length));
        Assert.Equal("My.Other", sections.Single().Entries.Single().TypeName);
    }

    [Fact]
    public void Survives_any_text()
    {
        var random = new Random(1);
        const string Letters = "TMP:.()#`{} \t\r\nsession-ownedassemblyborrows,@~";
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(80)).Select(_ => Letters[random.Next(Letters.Length)]));
            CatalogueParser.Parse(text, []);
        }
    }
}
