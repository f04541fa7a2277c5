import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../base/prng'
import { alignWords } from './word-errors'

// Golden values and the independent bit-parallel program that made them: tests/fixtures/evaluation/word-errors.py.
interface GoldenCase {
  readonly seed: number
  readonly alphabet: number
  readonly referenceWords: number
  readonly hypothesisWords?: number
  /** The hypothesis is the reference with this share of its words disturbed, instead of random words. */
  readonly noise?: number
  readonly substitutions: number
  readonly deletions: number
  readonly insertions: number
  readonly steps?: string
  readonly stepsHash?: number
}

const goldenFile = resolve(import.meta.dirname, '../../tests/fixtures/evaluation/word-errors.json')
const goldenCases = JSON.parse(readFileSync(goldenFile, 'utf8')) as readonly GoldenCase[]
const shortCases = goldenCases.filter((golden) => golden.referenceWords < 100)
const longCases = goldenCases.filter((golden) => golden.referenceWords >= 100)

const letters = { match: 'M', substitution: 'S', deletion: 'D', insertion: 'I' } as const

function drawWords(prng: Prng, alphabet: number, count: number): string[] {
  return Array.from({ length: count }, () => `w${prng.integer(alphabet)}`)
}

/** The same construction as in word-errors.py: the order of the draws matters. */
function drawPair(golden: GoldenCase): { reference: string[]; hypothesis: string[] } {
  const prng = createPrng(golden.seed)
  const reference = drawWords(prng, golden.alphabet, golden.referenceWords)
  const { noise, hypothesisWords } = golden
  if (noise === undefined) {
    return { reference, hypothesis: drawWords(prng, golden.alphabet, hypothesisWords ?? 0) }
  }
  const hypothesis = reference.flatMap((word) => {
    const chance = prng.uniform()
    if (chance < noise / 3) return []
    if (chance < (2 * noise) / 3) return drawWords(prng, golden.alphabet, 1)
    return chance < noise ? [word, ...drawWords(prng, golden.alphabet, 1)] : [word]
  })
  return { reference, hypothesis }
}

function fnv1a(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193) >>> 0
  return value
}

function alignedLetters(golden: GoldenCase): { counts: object; steps: string } {
  const { reference, hypothesis } = drawPair(golden)
  const { substitutions, deletions, insertions, alignment } = alignWords(reference, hypothesis)
  return {
    counts: { substitutions, deletions, insertions },
    steps: alignment.map((step) => letters[step.operation]).join('')
  }
}

describe('alignWords against an independent bit-parallel implementation of the RapidFuzz rule', () => {
  it('gives the same steps for 400 short pairs full of ties', () => {
    expect(shortCases).toHaveLength(400)
    for (const golden of shortCases) {
      expect(alignedLetters(golden).steps, `seed ${golden.seed}`).toBe(golden.steps)
    }
  })

  it.each(longCases)(
    'gives the same counts and steps for $referenceWords words (seed $seed)',
    (golden) => {
      const { substitutions, deletions, insertions } = golden
      const { counts, steps } = alignedLetters(golden)
      expect(counts).toEqual({ substitutions, deletions, insertions })
      expect(fnv1a(steps)).toBe(golden.stepsHash)
    },
    20_000
  )
})
