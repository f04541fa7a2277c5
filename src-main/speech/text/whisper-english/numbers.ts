import { splitAtWhiteSpace, whiteSpace, wordEnd, wordStart } from '../character-classes'
import { readNumbers } from './number-reader'
import { isPlainNumber, numberWords } from './number-words'

const andAHalf = new RegExp(`${wordStart}and${whiteSpace}+a${whiteSpace}+half${wordEnd}`, 'gu')
const digitAndSuffix = new RegExp(`([0-9])${whiteSpace}+(st|nd|rd|th|s)${wordEnd}`, 'gu')
const amountAndCents = new RegExp(`([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})${wordEnd}`, 'gu')
// The point stands for any character here, as it does in the original.
const onlyCents = new RegExp(`[€£$]0.([0-9]{1,2})${wordEnd}`, 'gu')
const digitOne = new RegExp(`${wordStart}1(s?)${wordEnd}`, 'gu')

/**
 * Spoken numbers of lower-case English text, written with digits; one space between words.
 *
 * Amounts carry their currency in front (`$2.70`, `¢36`), ordinals and decades their ending (`31st`, `1950s`); the
 * number 1 is spelled `one`, because `one` is more often a pronoun.
 *
 * Source: openai-whisper `EnglishNumberNormalizer`, own formulation, docs/numerics.md#text-normalizers.
 */
export function digitizeNumbers(text: string): string {
  const spaced = separateDigitsFromLetters(spellHalves(text))
  return tidyAmounts(readNumbers(splitAtWhiteSpace(spaced)).join(' '))
}

/** `three and a half` becomes `three point five`; after anything but a number, nothing changes. */
function spellHalves(text: string): string {
  const segments = text.split(andAHalf)
  const parts: string[] = []
  for (const [index, segment] of segments.entries()) {
    const lastWord = splitAtWhiteSpace(segment).at(-1)
    // With nothing in front, the original loses the phrase altogether.
    if (lastWord === undefined) continue
    parts.push(segment)
    if (index === segments.length - 1) continue
    parts.push(isPlainNumber(numberWords.get(lastWord)) ? 'point five' : 'and a half')
  }
  return parts.join(' ')
}

/** `b747` becomes `b 747` and `10km` `10 km`, but `10th` and `60s` stay together. */
function separateDigitsFromLetters(text: string): string {
  return text
    .replace(/([a-z])([0-9])/gu, '$1 $2')
    .replace(/([0-9])([a-z])/gu, '$1 $2')
    .replace(digitAndSuffix, '$1$2')
}

function tidyAmounts(text: string): string {
  return text
    .replace(
      amountAndCents,
      (_, currency: string, whole: string, cents: string) => `${currency}${whole}.${cents.padStart(2, '0')}`
    )
    .replace(onlyCents, (_, cents: string) => `¢${Number(cents)}`)
    .replace(digitOne, 'one$1')
}
