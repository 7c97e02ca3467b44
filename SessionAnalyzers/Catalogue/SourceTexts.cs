using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Catalogue;

/// <summary>Looks for words in the text of a file, which is cheaper than a walk over its nodes.</summary>
internal static class SourceTexts
{
    public static bool Contains(SourceText text, params string[] words)
    {
        const int Size = 4096;
        var overlap = words.Max(static w => w.Length);
        var buffer = new char[Size];
        for (var position = 0; position < text.Length; position += Size - overlap)
        {
            var count = Math.Min(Size, text.Length - position);
            text.CopyTo(position, buffer, 0, count);
            foreach (var word in words)
            {
                if (buffer.AsSpan(0, count).IndexOf(word.AsSpan()) >= 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
