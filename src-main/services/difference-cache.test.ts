import { describe, expect, it, vi } from 'vitest'
import { createDifferenceCache } from './difference-cache'

const difference = (value: number) => ({ difference: value, lower: value, upper: value })

describe('the cache of differences', () => {
  it('computes once per key, also where there is no result', () => {
    const cache = createDifferenceCache()
    const none = vi.fn(() => undefined)
    const one = vi.fn(() => difference(1))
    for (let round = 0; round < 2; round++) {
      expect(cache.remember(['a', 'b', 1], none)).toBeUndefined()
      // Parts are told apart: this is not 'a', 'b', '1'.
      expect(cache.remember(['a', 'b', '1'], one)).toEqual(difference(1))
    }
    expect([none.mock.calls.length, one.mock.calls.length]).toEqual([1, 1])
  })

  it('forgets the oldest when it is full', () => {
    const cache = createDifferenceCache(2)
    const compute = vi.fn(() => difference(0))
    for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) cache.remember([key], compute)
    expect(compute).toHaveBeenCalledTimes(4)
  })
})
