import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { characterErrorRate, characterErrors } from './character-errors'
import { addWordErrors, alignWords, noWordErrors, splitWords, wordErrorRate } from './word-errors'

/** The textbook recursion, without memory, matrix or traceback. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  const [firstA, ...restA] = a
  const [firstB, ...restB] = b
  if (firstA === undefined) return b.length
  if (firstB === undefined) return a.length
  if (firstA === firstB) return editDistance(restA, restB)
  return 1 + Math.min(editDistance(restA, b), editDistance(a, restB), editDistance(restA, restB))
}

/** One letter per step; letters of a pair of words that are compared character by character. */
function stepsOf(reference: string, hypothesis: string): string {
  const letters = { match: 'M', substitution: 'S', deletion: 'D', insertion: 'I' } as const
  const { alignment } = alignWords(Array.from(reference), Array.from(hypothesis))
  return alignment.map((step) => letters[step.operation]).join('')
}

describe('alignWords', () => {
  // The first six are the examples of RapidFuzz's documentation and test suite, the rest follow from its rule.
  it.each([
    ['0', '', 'D'],
    ['', '0', 'I'],
    ['00', '0', 'MD'],
    ['0', '00', 'MI'],
    ['qabxcd', 'abycdf', 'DMMSMMI'],
    ['Lorem ipsum.', 'XYZLorem ABC iPsum', 'IIIMMMMMMIIIIMSMMMD'],
    ['', '', ''],
    ['abc', 'abc', 'MMM'],
    ['ab', 'ba', 'IMD'],
    ['abc', 'xyz', 'SSS'],
    ['ab', 'x', 'SD'],
    ['a', 'xy', 'IS'],
    ['cab', 'abd', 'DMMI']
  ])('aligns "%s" with "%s" as %s', (reference, hypothesis, steps) => {
    expect(stepsOf(reference, hypothesis)).toBe(steps)
  })

  it('reports the words of every step in reading order', () => {
    expect(alignWords(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual({
      substitutions: 1,
      deletions: 0,
      insertions: 1,
      referenceWords: 3,
      alignment: [
        { operation: 'match', reference: 'a', hypothesis: 'a' },
        { operation: 'substitution', reference: 'b', hypothesis: 'x' },
        { operation: 'match', reference: 'c', hypothesis: 'c' },
        { operation: 'insertion', hypothesis: 'd' }
      ]
    })
  })

  it('compares words as whole Unicode strings', () => {
    const { substitutions, deletions, insertions } = alignWords(
      ['naïve', '日本', '🎤'],
      ['naive', '日本', '🎤']
    )
    expect([substitutions, deletions, insertions]).toEqual([1, 0, 0])
  })

  it('finds the least number of edits and consistent lengths on 4,000 random pairs', () => {
    const prng = createPrng(7)
    for (let round = 0; round < 4000; round++) {
      const alphabet = 1 + prng.integer(4)
      const draw = (): string[] =>
        Array.from({ length: prng.integer(7) }, () => 'abcd'.charAt(prng.integer(alphabet)))
      const reference = draw()
      const hypothesis = draw()
      const errors = alignWords(reference, hypothesis)
      const label = `${reference.join('')} -> ${hypothesis.join('')}`

      const edits = errors.substitutions + errors.deletions + errors.insertions
      expect(edits, label).toBe(editDistance(reference, hypothesis))
      expect(hypothesis.length, label).toBe(errors.referenceWords - errors.deletions + errors.insertions)

      // The steps themselves rebuild both sides and are what was counted.
      const of = (operation: string): number =>
        errors.alignment.filter((step) => step.operation === operation).length
      expect([of('substitution'), of('deletion'), of('insertion')], label).toEqual([
        errors.substitutions,
        errors.deletions,
        errors.insertions
      ])
      expect(errors.alignment.flatMap((step) => ('reference' in step ? [step.reference] : []))).toEqual(
        reference
      )
      expect(errors.alignment.flatMap((step) => ('hypothesis' in step ? [step.hypothesis] : []))).toEqual(
        hypothesis
      )
      for (const step of errors.alignment) {
        if (step.operation === 'match') expect(step.reference).toBe(step.hypothesis)
        if (step.operation === 'substitution') expect(step.reference).not.toBe(step.hypothesis)
      }

      // Read the other way round, the number of edits stays and deletions and insertions change sides.
      const swapped = alignWords(hypothesis, reference)
      expect(swapped.substitutions + swapped.deletions + swapped.insertions, label).toBe(edits)
      expect(swapped.insertions - swapped.deletions, label).toBe(errors.deletions - errors.insertions)
    }
  })

  it('stays optimal where the middle of a long hypothesis meets the start of the reference', () => {
    // 4,000 foreign words, then the reference: only a division at reference position 0 is optimal.
    const reference = Array.from({ length: 1200 }, (_, i) => `r${i}`)
    const foreign = Array.from({ length: 4000 }, (_, i) => `f${i}`)
    const errors = alignWords([...reference, 'end'], [...foreign, ...reference, 'other', 'end'])
    expect(errors.substitutions + errors.deletions).toBe(0)
    expect(errors.insertions).toBe(4001)
  })
})

describe('wordErrorRate', () => {
  it('divides summed errors by summed reference words', () => {
    const first = alignWords(['a'], ['b'])
    const second = alignWords(['a', 'b', 'c'], ['a', 'b', 'c'])
    const corpus = [first, second].reduce(addWordErrors, noWordErrors)
    expect(corpus).toEqual({ substitutions: 1, deletions: 0, insertions: 0, referenceWords: 4 })
    // The mean of the two rates would be 0.5.
    expect(wordErrorRate(corpus)).toBe(0.25)
  })

  it('exceeds 1 when insertions do', () => {
    expect(wordErrorRate(alignWords(['a'], ['x', 'y', 'z']))).toBe(3)
  })

  it.each([
    ['nothing against nothing', [], [], 0],
    ['one word without a reference', [], ['a'], 1],
    ['three words without a reference', [], ['a', 'b', 'c'], 3],
    ['silence against a reference', ['a', 'b'], [], 1]
  ])('gives jiwer 4.0’s value for %s', (_, reference, hypothesis, expected) => {
    expect(wordErrorRate(alignWords(reference, hypothesis))).toBe(expected)
  })
})

describe('splitWords', () => {
  it.each([
    ['  one  two\tthree\n', ['one', 'two', 'three']],
    ['', []],
    [' \n ', []],
    ["don't stop-start", ["don't", 'stop-start']]
  ])('splits %j', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })
})

describe('characterErrors', () => {
  it('counts code points, and spaces between words', () => {
    expect(characterErrors(' a 🎤b ', 'a b')).toEqual({
      substitutions: 0,
      deletions: 1,
      insertions: 0,
      referenceCharacters: 4
    })
  })

  it.each([
    ['', '', 0],
    ['', 'abd', 3],
    ['abc', '', 1],
    ['kitten', 'sitting', 0.5]
  ])('gives jiwer 4.0’s rate for "%s" against "%s"', (reference, hypothesis, expected) => {
    expect(characterErrorRate(characterErrors(reference, hypothesis))).toBe(expected)
  })
})
