import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import { normalizeBasic } from './basic-normalizer'

describe('normalizeBasic', () => {
  it.each([
    ['punctuation', 'Hello, "World"!', 'hello world '],
    ['symbols', 'a+b=c §5 100% ©', 'a b c 5 100 '],
    [
      'square and angle brackets, which close each other',
      'one [noise] two <unk> three <a] four',
      'one two three four'
    ],
    ['parentheses, not nested', 'one (two (three) four) five', 'one four five'],
    ['empty parentheses', 'one () two', 'one two'],
    ['an unclosed bracket', 'one [two', 'one two'],
    ['compatibility characters', 'ﬁne ＡＢＣ x²', 'fine abc x2'],
    ['a decomposed accent, composing it', 'cafe\u0301', 'café'],
    ['every kind of white space', 'a\u00a0b\u2003c\td\x1ce\x85f', 'a b c d e f'],
    ['a zero-width no-break space, which is none', 'a\ufeffb', 'a\ufeffb'],
    ['letters without case', '日本語 한국어', '日本語 한국어']
  ])('handles %s', (_, text, expected) => {
    expect(normalizeBasic(text)).toBe(expected)
  })

  it('cuts words of scripts that write vowels as marks, as the original does', () => {
    expect(normalizeBasic('नमस्ते')).toBe('नमस त ')
  })

  it('removes diacritics on request, also those without a decomposition', () => {
    expect(normalizeBasic('Łódź, Ærø, Straße, þór, ÐØ', { removeDiacritics: true })).toBe(
      'lodz aero strasse thor do'
    )
  })

  it.each([false, true])(
    'is idempotent on 3,000 random strings (removeDiacritics: %s)',
    (removeDiacritics) => {
      const prng = createPrng(3)
      const drawCharacter = (): string => {
        const codePoint = 0x20 + prng.integer(prng.integer(2) === 0 ? 0x250 : 0x1ffff)
        return codePoint >= 0xd800 && codePoint < 0xe000 ? ' ' : String.fromCodePoint(codePoint)
      }
      for (let round = 0; round < 3000; round++) {
        const text = Array.from({ length: 1 + prng.integer(12) }, drawCharacter).join('')
        const once = normalizeBasic(text, { removeDiacritics })
        expect(normalizeBasic(once, { removeDiacritics }), JSON.stringify(text)).toBe(once)
      }
    }
  )
})
