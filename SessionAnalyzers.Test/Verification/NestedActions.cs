using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis.CodeActions;

namespace SessionAnalyzers.Test.Verification;

/// <summary>Looks into a group of actions. The property is public in newer versions of Roslyn only, and had another name before.</summary>
internal static class NestedActions
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly PropertyInfo Property =
        typeof(CodeAction).GetProperty("NestedActions", Any)
        ?? typeof(CodeAction).GetProperty("NestedCodeActions", Any)
        ?? throw new MissingMemberException(nameof(CodeAction), "NestedActions");

    public static ImmutableArray<CodeAction> Of(CodeAction action) => (ImmutableArray<CodeAction>)Property.GetValue(action)!;

    /// <summary>The actions that can be carried out, in order: the action itself if it is not a group.</summary>
    public static IEnumerable<CodeAction> Flatten(CodeAction action)
    {
        var nested = Of(action);
        return nested.IsDefaultOrEmpty ? [action] : nested.SelectMany(Flatten);
    }
}
