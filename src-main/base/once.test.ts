import { describe, expect, it, vi } from 'vitest'
import { once } from './once'

describe('what is computed once', () => {
  it('is computed when it is first asked for, and kept, also when it is nothing', () => {
    for (const value of [3, undefined]) {
      const compute = vi.fn(() => value)
      const read = once(compute)
      expect(compute).not.toHaveBeenCalled()
      expect([read(), read()]).toEqual([value, value])
      expect(compute).toHaveBeenCalledTimes(1)
    }
  })

  it('is tried again after a failure', () => {
    const compute = vi
      .fn(() => 3)
      .mockImplementationOnce(() => {
        throw new RangeError('not yet')
      })
    const read = once(compute)
    expect(read).toThrow('not yet')
    expect(read()).toBe(3)
  })
})
