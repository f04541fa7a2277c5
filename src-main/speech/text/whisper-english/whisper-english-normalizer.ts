import { dropBracketedText } from '../bracketed-text'
import { digit, squeezeWhiteSpace, whiteSpace, wordEnd, wordStart } from '../character-classes'
import { replaceSymbolsAndDiacritics } from '../symbols'
import { expandContractions } from './contractions'
import { digitizeNumbers } from './numbers'
import { americanizeSpelling } from './spelling'

const fillers = new RegExp(`${wordStart}(?:hmm|mm|mhm|mmm|uh|um)${wordEnd}`, 'gu')
const spaceBeforeApostrophe = new RegExp(`${whiteSpace}+'`, 'gu')
const commaBetweenDigits = new RegExp(`(${digit}),(${digit})`, 'gu')

/** Kept until numbers are written with digits, which they are part of. */
const numericSymbols = '.%$¢€£'

/**
 * Whisper's normalizer for English, which most published English word error rates since 2022 were counted after.
 *
 * 1. lower case; 2. drop bracketed text and fillers (`hmm`, `uh` ...); 3. write out contractions and titles; 4. drop
 * commas between digits and points not followed by one; 5. spaces for symbols, no diacritics; 6. numbers with
 * digits; 7. American spelling; 8. drop symbols that are not part of a number; 9. single spaces.
 *
 * Exactly as in the original, one space may be left at either end, and the result is **not** a fixed point: `minus
 * five` gives `-5`, which gives `5`. Normalize both sides once, from the raw text.
 *
 * Source: A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022), appendix C;
 * openai-whisper `EnglishTextNormalizer`, own formulation, docs/numerics.md#text-normalizers.
 */
export function normalizeWhisperEnglish(text: string): string {
  const spoken = dropBracketedText(text.toLowerCase())
    .replace(fillers, '')
    .replace(spaceBeforeApostrophe, "'")
  const words = expandContractions(spoken)
    .replace(commaBetweenDigits, '$1$2')
    .replace(/\.([^0-9]|$)/gu, ' $1')
  const digits = digitizeNumbers(replaceSymbolsAndDiacritics(words, numericSymbols))
  const tidy = americanizeSpelling(digits)
    .replace(/[.$¢€£]([^0-9])/gu, ' $1')
    .replace(/([^0-9])%/gu, '$1 ')
  return squeezeWhiteSpace(tidy)
}
