import { dropBracketedText } from './bracketed-text'
import { squeezeWhiteSpace } from './character-classes'
import { replaceSymbols, replaceSymbolsAndDiacritics } from './symbols'

export interface BasicNormalizerOptions {
  /** Write `café` as `cafe`. Default false: diacritics tell words apart in most languages. */
  readonly removeDiacritics?: boolean
}

/**
 * Whisper's normalizer for every language but English: lower case, no bracketed text, no punctuation.
 *
 * 1. lower case; 2. drop `[..]`, `<..>` and `(..)`; 3. NFKC, and a space for every mark, symbol and punctuation
 * character; 4. lower case again; 5. one space for every run of white space.
 *
 * Exactly as in the original, one space may be left at either end, and scripts that write vowels as combining marks
 * (Devanagari, Tamil, Thai ...) are cut to pieces: do not score them with it. Idempotent.
 *
 * Source: A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022), appendix C;
 * openai-whisper `BasicTextNormalizer`, own formulation, docs/numerics.md#text-normalizers.
 */
export function normalizeBasic(
  text: string,
  { removeDiacritics = false }: BasicNormalizerOptions = {}
): string {
  const words = dropBracketedText(text.toLowerCase())
  const letters = removeDiacritics ? replaceSymbolsAndDiacritics(words) : replaceSymbols(words)
  return squeezeWhiteSpace(letters.toLowerCase())
}
