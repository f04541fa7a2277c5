import { describe, expect, it } from 'vitest'
import { bigintOf, safeNumberOf, wireInt64 } from './int64'

const edges = [
  0n,
  1n,
  -1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n - 1n,
  2n ** 32n,
  -(2n ** 32n),
  -(2n ** 32n) - 1n,
  2n ** 53n - 1n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n)
]

describe('64-bit integers', () => {
  it.each(edges)('%d survives its two halves', (value) => {
    expect(bigintOf(wireInt64(value))).toBe(value)
  })

  it('become numbers only where that is exact', () => {
    expect(safeNumberOf(wireInt64(-(2n ** 53n) + 1n), 'x')).toBe(-Number.MAX_SAFE_INTEGER)
    expect(() => safeNumberOf(wireInt64(2n ** 53n), 'The size')).toThrowError(
      expect.objectContaining({
        code: 'invalid-input',
        message: 'The size is 9007199254740992, beyond what a file can hold.'
      })
    )
  })

  it.each([2n ** 63n, -(2n ** 63n) - 1n])('%d is refused', (value) => {
    expect(() => wireInt64(value)).toThrowError(expect.objectContaining({ code: 'internal' }))
  })
})
