import { describe, expect, it } from 'vitest'
import { createPrng } from './prng'

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next)

/** Σ (observed − expected)² ÷ expected over equally likely bins. */
function chiSquare(bins: readonly number[]): number {
  const expected = bins.reduce((sum, count) => sum + count, 0) / bins.length
  return bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('createPrng', () => {
  // From a second implementation in Python (tests/fixtures/evaluation/word-errors.py), times 2^32.
  it.each([
    [0, [1144304738, 1416247, 958946056, 627933444]],
    [1, [2693262067, 11749833, 2265367787, 4213581821]],
    [4294967295, [3850105811, 813802916, 3073704848, 4054706436]]
  ])('draws the known numbers of seed %d', (seed, expected) => {
    const prng = createPrng(seed)
    expect(draw(4, () => prng.uniform() * 4294967296)).toEqual(expected)
  })

  it('repeats itself for a seed and differs between seeds', () => {
    const first = createPrng(42)
    const second = createPrng(42)
    const other = createPrng(43)
    const mixed = (prng: ReturnType<typeof createPrng>): number[] => [
      ...draw(5, () => prng.uniform()),
      ...draw(5, () => prng.normal()),
      ...draw(5, () => prng.integer(1000))
    ]
    const values = mixed(first)
    expect(mixed(second)).toEqual(values)
    expect(mixed(other)).not.toEqual(values)
  })

  // 99.9 % points of chi-square with 15 and 255 degrees of freedom are 37.7 and 330.5; the seeds are fixed.
  it.each([
    [16, 37.7],
    [256, 330.5]
  ])('spreads 100,000 uniform numbers evenly over %d bins', (count, limit) => {
    const prng = createPrng(2024)
    const bins = new Array<number>(count).fill(0)
    for (const value of draw(100_000, () => prng.uniform())) {
      expect(value >= 0 && value < 1).toBe(true)
      bins[Math.floor(value * count)]!++
    }
    expect(chiSquare(bins)).toBeLessThan(limit)
  })

  it('spreads pairs of neighbours evenly, so that one draw does not tell the next', () => {
    const prng = createPrng(7)
    const bins = new Array<number>(256).fill(0)
    for (let i = 0; i < 50_000; i++) bins[prng.integer(16) * 16 + prng.integer(16)]!++
    expect(chiSquare(bins)).toBeLessThan(330.5)
  })

  it('draws every integer below the bound and no other', () => {
    const prng = createPrng(3)
    expect(new Set(draw(1000, () => prng.integer(7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
    expect(new Set(draw(10, () => prng.integer(1)))).toEqual(new Set([0]))
  })

  it('draws normal numbers with mean 0, variance 1 and the tails of a normal distribution', () => {
    const prng = createPrng(9)
    const values = draw(100_000, () => prng.normal())
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    const outside = values.filter((value) => Math.abs(value) > 1.96).length / values.length
    // Four standard errors: 1 / sqrt(n), sqrt(2 / n) and sqrt(0.05 · 0.95 / n).
    expect(Math.abs(mean)).toBeLessThan(0.0127)
    expect(Math.abs(variance - 1)).toBeLessThan(0.0179)
    expect(Math.abs(outside - 0.05)).toBeLessThan(0.0028)
    expect(values.every(Number.isFinite)).toBe(true)
  })
})
