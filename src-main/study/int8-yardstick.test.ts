import { describe, expect, it } from 'vitest'
import { isDominatedByInt8 } from './int8-yardstick'

const int8 = { wordErrorRate: 0.05, sizeBytes: 10_000_000, latencyMilliseconds: 40 }

describe('isDominatedByInt8', () => {
  it.each([
    ['worse in all three', { wordErrorRate: 0.06, sizeBytes: 11_000_000, latencyMilliseconds: 41 }, true],
    ['equal in all three', int8, true],
    ['worse in one, equal in the others', { ...int8, wordErrorRate: 0.06 }, true],
    ['fewer errors', { wordErrorRate: 0.049, sizeBytes: 90_000_000, latencyMilliseconds: 400 }, false],
    ['fewer bytes', { wordErrorRate: 0.5, sizeBytes: 9_999_999, latencyMilliseconds: 400 }, false],
    [
      'faster by more than timings vary',
      { wordErrorRate: 0.5, sizeBytes: 90_000_000, latencyMilliseconds: 37.9 },
      false
    ],
    [
      'faster by less than that',
      { wordErrorRate: 0.5, sizeBytes: 90_000_000, latencyMilliseconds: 38.1 },
      true
    ]
  ])('a tier that is %s: %o is %s', (_, tier, expected) => {
    expect(isDominatedByInt8(tier, int8)).toBe(expected)
  })
})
