using Microsoft.CodeAnalysis.Text;

namespace SessionAnalyzers.Flow;

/// <summary>Looks for words in the text of a file, which is cheaper than a walk over its nodes.</summary>
internal static class SourceTexts
{
    public static bool Contains(SourceText text, string word)
    {
        const int Size = 4096;
        var buffer = new char[Size];
        for (var position = 0; position < text.Length; position += Size - word.Length)
        {
            var count = Math.Min(Size, text.Length - position);
            text.CopyTo(position, buffer, 0, count);
            if (buffer.AsSpan(0, count).IndexOf(word.AsSpan()) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
