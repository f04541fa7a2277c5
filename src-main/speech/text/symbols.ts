/**
 * Marks, symbols and punctuation (Unicode categories M, S and P) become spaces.
 * Source: openai-whisper, `whisper/normalizers/basic.py`.
 */

const markOrSymbol = /[\p{M}\p{S}\p{P}]/gu
const markOrSymbolAlone = /^[\p{M}\p{S}\p{P}]$/u
const nonSpacingMark = /^\p{Mn}$/u

/** Letters that carry their diacritic in the stroke, so that no Unicode decomposition separates it. */
const plainLetters: ReadonlyMap<string, string> = new Map([
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['ø', 'o'],
  ['Ø', 'O'],
  ['æ', 'ae'],
  ['Æ', 'AE'],
  ['ß', 'ss'],
  ['ẞ', 'SS'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ð', 'd'],
  ['Ð', 'D'],
  ['þ', 'th'],
  ['Þ', 'th'],
  ['ł', 'l'],
  ['Ł', 'L']
])

/**
 * Spaces for marks and symbols, after composition (NFKC): `é` stays a letter whichever way it was encoded, but marks
 * without a composed form, such as the vowel signs of Devanagari, split their word.
 */
export function replaceSymbols(text: string): string {
  return text.normalize('NFKC').replace(markOrSymbol, ' ')
}

/**
 * Spaces for symbols, nothing for diacritics: after decomposition (NFKD) non-spacing marks are dropped and stroked
 * letters spelled plainly. Characters in `keep` stay as they are.
 */
export function replaceSymbolsAndDiacritics(text: string, keep = ''): string {
  let result = ''
  for (const character of text.normalize('NFKD')) {
    result += keep.includes(character) ? character : withoutDiacritic(character)
  }
  return result
}

function withoutDiacritic(character: string): string {
  if (nonSpacingMark.test(character)) return ''
  if (markOrSymbolAlone.test(character)) return ' '
  return plainLetters.get(character) ?? character
}
