import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../base/prng'
import { alignWords } from './word-errors'

// Alignments by RapidFuzz itself, and the script that called it: tests/fixtures/evaluation/word-errors.py.
interface GoldenKind {
  readonly kind: keyof typeof draws
  readonly firstSeed: number
  readonly count: number
  /** Per pair, separated by spaces: runs of steps, or counts and a hash of the steps. */
  readonly results: string
}

interface WordPair {
  readonly reference: readonly number[]
  readonly hypothesis: readonly number[]
}

const goldenFile = resolve(import.meta.dirname, '../../tests/fixtures/evaluation/word-errors.json')
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as { readonly kinds: readonly GoldenKind[] }

function drawWords(prng: Prng, alphabet: number, count: number): number[] {
  return Array.from({ length: count }, () => prng.integer(alphabet))
}

function drawSentence(prng: Prng, count: number): number[] {
  return Array.from({ length: count }, () => drawFrequentWord(prng))
}

function drawFrequentWord(prng: Prng): number {
  const u = prng.uniform()
  return Math.floor(300 * (u * u * u))
}

/** What a recognizer makes of a word, of which the next one may be a part. */
function disturb(prng: Prng, word: number, following: readonly number[]): { heard: number[]; taken: number } {
  switch (prng.integer(6)) {
    case 1:
      return { heard: [drawFrequentWord(prng)], taken: 1 }
    case 2:
      return { heard: [word, drawFrequentWord(prng)], taken: 1 }
    case 3:
      return { heard: [word, word], taken: 1 }
    case 4:
      return { heard: [1000 + word], taken: 2 }
    case 5:
      return { heard: [...following, word], taken: 2 }
    default:
      return { heard: [], taken: 1 }
  }
}

/** The constructions of word-errors.py, which says what they are for: the order of the draws matters. */
const draws = {
  ties(prng: Prng): WordPair {
    const alphabet = 1 + prng.integer(6)
    const referenceWords = prng.integer(13)
    const hypothesisWords = prng.integer(13)
    const reference = drawWords(prng, alphabet, referenceWords)
    return { reference, hypothesis: drawWords(prng, alphabet, hypothesisWords) }
  },

  speech(prng: Prng): WordPair {
    const reference = drawSentence(prng, 1 + prng.integer(40))
    const disturbed = 10 * prng.integer(5)
    const hypothesis: number[] = []
    for (let at = 0; at < reference.length;) {
      const word = reference[at]!
      const isHeard = prng.integer(100) >= disturbed
      const { heard, taken } = isHeard
        ? { heard: [word], taken: 1 }
        : disturb(prng, word, reference.slice(at + 1, at + 2))
      hypothesis.push(...heard)
      at += taken
    }
    return { reference, hypothesis }
  },

  loop(prng: Prng): WordPair {
    const reference = drawSentence(prng, 5 + prng.integer(60))
    const heard = reference.slice(0, prng.integer(reference.length))
    const repeated = heard.slice(-(1 + prng.integer(4)))
    const times = 1 + prng.integer(30)
    return { reference, hypothesis: [...heard, ...Array.from({ length: times }, () => repeated).flat()] }
  },

  periodic(prng: Prng): WordPair {
    const referencePeriod = 1 + prng.integer(4)
    const hypothesisPeriod = 1 + prng.integer(4)
    const offset = prng.integer(3)
    const reference = Array.from({ length: prng.integer(80) }, (_, i) => i % referencePeriod)
    const hypothesis = Array.from({ length: prng.integer(80) }, (_, i) => (i + offset) % hypothesisPeriod)
    return { reference, hypothesis }
  },

  blocks(prng: Prng): WordPair {
    const reference: number[] = []
    const hypothesis: number[] = []
    const alphabet = prng.integer(2) === 1 ? 50 : 3
    for (let blocksLeft = 1 + prng.integer(5); blocksLeft > 0; blocksLeft--) {
      const common = drawWords(prng, alphabet, 1 + prng.integer(40))
      reference.push(...common, ...drawWords(prng, 3, prng.integer(5)))
      hypothesis.push(...common, ...drawWords(prng, 3, prng.integer(5)))
    }
    return { reference, hypothesis }
  },

  width(prng: Prng): WordPair {
    const alphabet = 2 + prng.integer(20)
    const referenceWords = 64 * (1 + prng.integer(3)) - 4 + prng.integer(9)
    const hypothesisWords = 64 * (1 + prng.integer(3)) - 4 + prng.integer(9)
    const reference = drawWords(prng, alphabet, referenceWords)
    return { reference, hypothesis: drawWords(prng, alphabet, hypothesisWords) }
  },

  long(prng: Prng): WordPair {
    const alphabet = [2, 4, 20, 40][prng.integer(4)]!
    const referenceWords = 1900 + prng.integer(1200)
    const hypothesisWords = 1900 + prng.integer(1200)
    const reference = drawWords(prng, alphabet, referenceWords)
    return { reference, hypothesis: drawWords(prng, alphabet, hypothesisWords) }
  },

  late(prng: Prng): WordPair {
    const alphabet = [2, 5, 50][prng.integer(3)]!
    const reference = drawWords(prng, alphabet, 900 + prng.integer(300))
    const foreign = Array.from({ length: 4000 + prng.integer(1000) }, () => 100 + prng.integer(5))
    const heard = reference.map((word) => (prng.integer(10) > 0 ? word : prng.integer(alphabet)))
    const rest = drawWords(prng, alphabet, prng.integer(200))
    return { reference, hypothesis: [...foreign, ...heard, ...rest] }
  }
}

const letters = { match: 'M', substitution: 'S', deletion: 'D', insertion: 'I' } as const

function fnv1a(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193) >>> 0
  return value
}

/** Lathe's alignment in the encoding of the golden file; the counts are those that Lathe reports. */
function encodedAlignment({ reference, hypothesis }: WordPair): string {
  const { substitutions, deletions, insertions, alignment } = alignWords(
    reference.map((word) => `w${word}`),
    hypothesis.map((word) => `w${word}`)
  )
  const steps = alignment.map((step) => letters[step.operation]).join('')
  const runs = steps.replace(/(.)\1+/g, (run, letter: string) => `${run.length}${letter}`)
  if (runs.length <= 12) return runs === '' ? '-' : runs
  return `${substitutions},${deletions},${insertions},${fnv1a(steps).toString(36)}`
}

describe('alignWords against RapidFuzz', () => {
  it('has thousands of pairs to be compared on', () => {
    const pairs = golden.kinds.map(({ results }) => results.split(' ').length)
    expect(pairs).toEqual(golden.kinds.map(({ count }) => count))
    expect(pairs.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(4000)
    expect(golden.kinds.map(({ kind }) => kind)).toEqual(Object.keys(draws))
  })

  it.each(golden.kinds)(
    'takes the same steps on $count pairs: $kind',
    ({ kind, firstSeed, results }) => {
      const wrong = results.split(' ').flatMap((expected, index) => {
        const actual = encodedAlignment(draws[kind](createPrng(firstSeed + index)))
        return actual === expected ? [] : [{ seed: firstSeed + index, expected, actual }]
      })
      expect(wrong).toEqual([])
    },
    30_000
  )
})
