import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../base/prng'
import { errorRateDifference, errorRateInterval } from './bootstrap'
import type { ErrorCount } from './error-count'

function utterance(total: number, errors: number): ErrorCount {
  return { errors, total }
}

/** An utterance in which every word is wrong with the given chance. */
function drawUtterance(prng: Prng, total: number, errorChance: number): ErrorCount {
  let edits = 0
  for (let k = 0; k < total; k++) if (prng.uniform() < errorChance) edits++
  return utterance(total, edits)
}

function rate(utterances: readonly ErrorCount[]): number {
  const sum = (read: (count: ErrorCount) => number) => utterances.reduce((all, count) => all + read(count), 0)
  return sum(({ errors }) => errors) / sum(({ total }) => total)
}

/** Standard error of a ratio of sums by the delta method: residuals e - R w, over the number of words. */
function standardError(residuals: readonly number[], words: number): number {
  const mean = residuals.reduce((sum, value) => sum + value, 0) / residuals.length
  const squares = residuals.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares) / words
}

const corpusSize = 1500
const prng = createPrng(5)
const corpus = Array.from({ length: corpusSize }, () => {
  const length = 3 + prng.integer(25)
  // Utterances differ in difficulty, and the second system fails mostly where the first does.
  const difficulty = 0.3 * prng.uniform()
  const baseline = drawUtterance(prng, length, difficulty)
  return { baseline, candidate: utterance(length, baseline.errors + (prng.uniform() < 0.3 ? 1 : 0)) }
})
const baseline = corpus.map((pair) => pair.baseline)
const candidate = corpus.map((pair) => pair.candidate)
const words = baseline.reduce((sum, { total }) => sum + total, 0)

// The 2.5 % quantile of 4,000 draws has a standard error of sqrt(0.025 · 0.975 / 4000) / 0.0584 = 0.042 sigma, which
// is 2 % of the half width 1.96 sigma. Four of them, and room for the skewness that the approximation ignores.
const shareOfHalfWidth = 0.1

describe('errorRateInterval', () => {
  it('agrees with the normal approximation on a large corpus', () => {
    const center = rate(baseline)
    const halfWidth =
      1.96 *
      standardError(
        baseline.map(({ errors, total }) => errors - center * total),
        words
      )
    const { lower, upper } = errorRateInterval(baseline, { seed: 1, resamples: 4000 })
    expect(Math.abs(lower - (center - halfWidth))).toBeLessThan(shareOfHalfWidth * halfWidth)
    expect(Math.abs(upper - (center + halfWidth))).toBeLessThan(shareOfHalfWidth * halfWidth)
  })

  it('gives the same interval for the same seed and another for another', () => {
    const interval = errorRateInterval(baseline, { seed: 3 })
    expect(errorRateInterval(baseline, { seed: 3 })).toEqual(interval)
    expect(errorRateInterval(baseline, { seed: 4 })).not.toEqual(interval)
  })

  it('widens with the confidence', () => {
    const narrow = errorRateInterval(baseline, { seed: 1, confidence: 0.5 })
    const wide = errorRateInterval(baseline, { seed: 1, confidence: 0.99 })
    expect(wide.lower).toBeLessThan(narrow.lower)
    expect(wide.upper).toBeGreaterThan(narrow.upper)
  })

  it.each([
    ['one utterance', [utterance(10, 3)], 0.3],
    ['utterances without errors', [utterance(5, 0), utterance(9, 0)], 0],
    ['utterances of one rate', [utterance(5, 1), utterance(10, 2), utterance(20, 4)], 0.2],
    ['an empty reference with insertions', [utterance(0, 3)], 3],
    ['empty references without errors', [utterance(0, 0), utterance(0, 0)], 0]
  ])('has no width for %s', (_, utterances, expected) => {
    expect(errorRateInterval(utterances, { seed: 1 })).toEqual({ lower: expected, upper: expected })
  })

  it('covers both rates of two utterances', () => {
    // A quarter of the draws takes the first twice, a quarter the second twice.
    expect(errorRateInterval([utterance(10, 0), utterance(10, 10)], { seed: 1 })).toEqual({
      lower: 0,
      upper: 1
    })
  })

  it.each([
    ['no utterances', [], {}],
    ['no resamples', [utterance(1, 0)], { resamples: 0 }],
    ['half a resample', [utterance(1, 0)], { resamples: 0.5 }],
    ['a confidence of 1', [utterance(1, 0)], { confidence: 1 }],
    ['a confidence in percent', [utterance(1, 0)], { confidence: 95 }]
  ])('refuses %s', (_, utterances, options) => {
    expect(() => errorRateInterval(utterances, { seed: 1, ...options })).toThrow(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})

describe('drawing speakers', () => {
  it('is drawing utterances when everyone speaks once', () => {
    const speakers = baseline.map((_, index) => String(index))
    expect(errorRateInterval(baseline, { seed: 3, speakers })).toEqual(
      errorRateInterval(baseline, { seed: 3 })
    )
  })

  it('has no width when one speaker says everything', () => {
    const speakers = ['a', 'a', 'a']
    const utterances = [utterance(10, 0), utterance(10, 3), utterance(10, 9)]
    expect(errorRateInterval(utterances, { seed: 1, speakers })).toEqual({ lower: 0.4, upper: 0.4 })
  })

  it('agrees with the normal approximation over speakers, and is wider where speakers differ', () => {
    // 100 speakers of 15 utterances each, of whom some are far harder to understand.
    const random = createPrng(9)
    const said = Array.from({ length: 100 }, (_, speaker) => {
      const chance = 0.3 * random.uniform() ** 2
      return Array.from({ length: 15 }, () => ({
        speaker: String(speaker),
        count: drawUtterance(random, 10, chance)
      }))
    }).flat()
    const utterances = said.map(({ count }) => count)
    const center = rate(utterances)
    const residuals = Array.from({ length: 100 }, (_, speaker) =>
      said
        .slice(15 * speaker, 15 * speaker + 15)
        .reduce((sum, { count }) => sum + count.errors - center * count.total, 0)
    )
    const halfWidth = 1.96 * standardError(residuals, 15000)
    const speakers = said.map(({ speaker }) => speaker)
    const drawn = errorRateInterval(utterances, { seed: 1, resamples: 4000, speakers })
    expect(Math.abs(drawn.lower - (center - halfWidth))).toBeLessThan(shareOfHalfWidth * halfWidth)
    expect(Math.abs(drawn.upper - (center + halfWidth))).toBeLessThan(shareOfHalfWidth * halfWidth)
    const alone = errorRateInterval(utterances, { seed: 1, resamples: 4000 })
    expect(drawn.upper - drawn.lower).toBeGreaterThan(1.5 * (alone.upper - alone.lower))
  })

  it('keeps a comparison paired', () => {
    const speakers = baseline.map((_, index) => String(index % 40))
    expect(errorRateDifference(baseline, baseline, { seed: 1, speakers })).toEqual({
      difference: 0,
      lower: 0,
      upper: 0
    })
  })

  it('refuses another number of speakers than utterances', () => {
    expect(() => errorRateInterval(baseline, { seed: 1, speakers: ['a'] })).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})

describe('errorRateDifference', () => {
  it('agrees with the normal approximation of the paired difference', () => {
    const expected = rate(candidate) - rate(baseline)
    const residuals = corpus.map(
      (pair) => pair.candidate.errors - pair.baseline.errors - expected * pair.baseline.total
    )
    const halfWidth = 1.96 * standardError(residuals, words)
    const result = errorRateDifference(baseline, candidate, { seed: 2, resamples: 4000 })
    expect(result.difference).toBe(expected)
    expect(Math.abs(result.lower - (expected - halfWidth))).toBeLessThan(shareOfHalfWidth * halfWidth)
    expect(Math.abs(result.upper - (expected + halfWidth))).toBeLessThan(shareOfHalfWidth * halfWidth)
  })

  it('is narrower than the interval of either system, because difficulty is common to both', () => {
    const paired = errorRateDifference(baseline, candidate, { seed: 2 })
    const single = errorRateInterval(baseline, { seed: 2 })
    expect(paired.upper - paired.lower).toBeLessThan(0.5 * (single.upper - single.lower))
  })

  it('is exactly zero between a system and itself, and changes sign with the order', () => {
    expect(errorRateDifference(baseline, baseline, { seed: 1 })).toEqual({
      difference: 0,
      lower: 0,
      upper: 0
    })
    const forwards = errorRateDifference(baseline, candidate, { seed: 1 })
    const backwards = errorRateDifference(candidate, baseline, { seed: 1 })
    expect(backwards.difference).toBe(-forwards.difference)
    // The same draws; the two ends are interpolated from opposite sides, which rounds differently.
    expect(backwards.lower).toBeCloseTo(-forwards.upper, 14)
  })

  it.each([
    ['another number of utterances', [utterance(4, 0), utterance(5, 0)], [utterance(4, 0)]],
    ['one utterance more', [utterance(4, 0)], [utterance(4, 0), utterance(5, 0)]],
    ['other references', [utterance(4, 0)], [utterance(5, 0)]]
  ])('refuses %s', (_, first, second) => {
    expect(() => errorRateDifference(first, second, { seed: 1 })).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})
