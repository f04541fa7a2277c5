import { describe, expect, it } from 'vitest'
import { percentileOfSorted } from './percentile'

describe('percentileOfSorted', () => {
  // numpy.percentile([1, 2, 4, 8, 16], [0, 5, 25, 50, 62.5, 95, 100]), NumPy 2.4; exact in binary but for 5 and 95.
  it.each([
    [0, 1],
    [0.05, 1.2],
    [0.25, 2],
    [0.5, 4],
    [0.625, 6],
    [0.95, 14.4],
    [1, 16]
  ])('gives NumPy’s value at fraction %d', (fraction, expected) => {
    // One multiplication and one addition in float64: a few units in the last place.
    expect(
      Math.abs(percentileOfSorted(Float64Array.of(1, 2, 4, 8, 16), fraction) - expected)
    ).toBeLessThanOrEqual(4e-15 * expected)
  })

  it('gives the only value at every fraction', () => {
    expect([0, 0.3, 1].map((fraction) => percentileOfSorted(Float64Array.of(7), fraction))).toEqual([7, 7, 7])
  })

  it.each([
    [[], 0.5],
    [[1], 1.01],
    [[1], -0.01],
    [[1], NaN]
  ])('refuses the values %j at fraction %d', (values, fraction) => {
    expect(() => percentileOfSorted(Float64Array.from(values), fraction)).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})
