import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { medianInterval, pairedSpeedup, type LatencyRound } from './paired-latency'

describe('a paired speedup', () => {
  it('is the median over rounds of the ratio of medians, and keeps the figures', () => {
    const round = (factor: number): LatencyRound => ({ tier: [10, 20, 90], reference: [1, 20 * factor, 1e6] })
    const { speedup, interval, tierMilliseconds, referenceMilliseconds } = pairedSpeedup(
      [1, 2, 2.5, 3, 4, 100].map(round)
    )
    expect(speedup).toBeCloseTo(2.75, 12)
    expect(interval).toEqual({ lower: 1, upper: 100 })
    expect(tierMilliseconds).toBe(20)
    expect(referenceMilliseconds).toBeGreaterThan(20)
  })

  it('does not see what slows the machine for a while', () => {
    const prng = createPrng(7)
    // Each round under a load of its own, up to ten times slower.
    const rounds = Array.from({ length: 9 }, (): LatencyRound => {
      const load = 1 + 9 * prng.uniform()
      const times = (milliseconds: number) =>
        Array.from({ length: 8 }, () => milliseconds * load * (1 + 0.01 * prng.uniform()))
      return { tier: times(10), reference: times(16) }
    })
    const { speedup, interval } = pairedSpeedup(rounds)
    expect(Math.abs(speedup - 1.6)).toBeLessThan(0.02)
    expect(interval.lower).toBeGreaterThan(1.57)
    expect(interval.upper).toBeLessThan(1.63)
    expect(interval.lower).toBeLessThanOrEqual(speedup)
    expect(interval.upper).toBeGreaterThanOrEqual(speedup)
  })

  it('refuses too few rounds, and rounds without time', () => {
    const round: LatencyRound = { tier: [1], reference: [1] }
    expect(() => pairedSpeedup(Array<LatencyRound>(5).fill(round))).toThrow(/needs 6 rounds or more, got 5/)
    for (const tier of [[], [0], [NaN], [-1, 2, 3]]) {
      expect(() => pairedSpeedup(Array<LatencyRound>(6).fill({ ...round, tier }))).toThrow(/times above 0/)
    }
  })
})

describe('the interval of a median', () => {
  // Ranks from a table of the binomial distribution.
  it.each([
    [6, 1, 6],
    [8, 1, 8],
    [9, 2, 8],
    [11, 2, 10],
    [12, 3, 10],
    [20, 6, 15]
  ])('of %d values goes from the %dth to the %dth', (n, lower, upper) => {
    const values = Array.from({ length: n }, (_, index) => n - index)
    expect(medianInterval(values)).toEqual({ lower, upper })
  })

  it('holds the median of the source in 95 % of draws or more', () => {
    const prng = createPrng(3)
    const draws = 2000
    let held = 0
    for (let draw = 0; draw < draws; draw++) {
      // Exponential: nothing symmetric about it. Its median is ln 2.
      const values = Array.from({ length: 9 }, () => -Math.log(1 - prng.uniform()))
      const { lower, upper } = medianInterval(values)
      if (lower <= Math.LN2 && Math.LN2 <= upper) held++
    }
    // The share is 96.1 % in theory; three standard errors of 2000 draws are 1.3 points.
    expect(held / draws).toBeGreaterThan(0.948)
    expect(held / draws).toBeLessThan(0.974)
  })
})
