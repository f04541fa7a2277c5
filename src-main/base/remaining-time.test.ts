import { beforeEach, describe, expect, it } from 'vitest'
import { createRemainingTime, type RemainingTime } from './remaining-time'

let now: number
let remaining: RemainingTime

beforeEach(() => {
  now = 5000
  remaining = createRemainingTime({ nowMilliseconds: () => now })
})

/** The estimate when `completed` of 10 steps are done at `seconds` after the start. */
function at(seconds: number, completed: number): number | null {
  now = 5000 + seconds * 1000
  return remaining.estimateSeconds(completed, 10)
}

describe('the remaining time', () => {
  it('is unknown before the first step has ended', () => {
    expect([at(0, 0), at(3, 0)]).toEqual([null, null])
  })

  it('is the mean time per step for every step left', () => {
    at(0, 0)
    expect(at(2, 1)).toBe(18)
    expect(at(8, 4)).toBe(12)
    expect(at(20, 10)).toBe(0)
  })

  it('runs down between two steps, and never below nothing', () => {
    at(0, 0)
    expect([at(2, 1), at(5, 1), at(100, 1)]).toEqual([18, 15, 0])
  })

  it('does not count steps of an earlier run, which took no time of this one', () => {
    expect(at(0, 6)).toBe(null)
    expect(at(3, 7)).toBe(9)
  })

  it('begins anew after a restart', () => {
    at(0, 0)
    at(2, 1)
    remaining.restart()
    expect(at(2, 0)).toBe(null)
    expect(at(3, 1)).toBe(9)
  })
})
