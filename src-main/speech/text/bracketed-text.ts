const inAngleOrSquareBrackets = /[<[][^>\]]*[>\]]/gu
const inParentheses = /\([^)]+?\)/gu

/**
 * Drops what transcribers put in brackets: `[noise]`, `<unk>`, `(laughs)`, brackets included.
 *
 * Angle and square brackets close each other; brackets do not nest; `()` stays, because it has nothing inside.
 *
 * Source: openai-whisper `BasicTextNormalizer` and `EnglishTextNormalizer`.
 */
export function dropBracketedText(text: string): string {
  return text.replace(inAngleOrSquareBrackets, '').replace(inParentheses, '')
}
