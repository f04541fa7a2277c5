import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import { rankMultipleOf, type RankTiming } from './rank-multiple'

/** 0.2 ms + 5 µs per rank as kernels round it, ranks first..first + 71, with relative noise. */
function staircase(tile: number, first: number, { noise = 0, seed = 1, slope = 0.005 } = {}): RankTiming[] {
  const prng = createPrng(seed)
  return Array.from({ length: 72 }, (_, index) => {
    const rank = first + index
    const exact = 0.2 + slope * Math.ceil(rank / tile) * tile
    return { rank, milliseconds: exact * (1 + noise * prng.normal()) }
  })
}

describe('rankMultipleOf', () => {
  it.each([2, 4, 8, 16, 32])('finds a tile of %d without noise', (tile) => {
    expect(rankMultipleOf([staircase(tile, 40), staircase(tile, 129)])).toBe(tile)
  })

  it.each([8, 16, 32])('finds a tile of %d under noise, whatever the seed', (tile) => {
    // 1 % of noise on steps of 5 to 20 %.
    for (let seed = 1; seed <= 50; seed++) {
      const curves = [
        staircase(tile, 40, { noise: 0.01, seed }),
        staircase(tile, 129, { noise: 0.01, seed: seed + 100 })
      ]
      expect(rankMultipleOf(curves), `seed ${seed}`).toBe(tile)
    }
  })

  it('answers 1 for a straight line, a flat one, and noise alone', () => {
    expect(rankMultipleOf([staircase(1, 40)])).toBe(1)
    for (let seed = 1; seed <= 50; seed++) {
      expect(rankMultipleOf([staircase(1, 40, { noise: 0.02, seed })])).toBe(1)
      expect(rankMultipleOf([staircase(1, 40, { noise: 0.05, seed, slope: 0 })])).toBe(1)
    }
  })

  it('answers 1 for steps that are too low to matter', () => {
    expect(rankMultipleOf([staircase(8, 40, { slope: 1e-6 })])).toBe(1)
  })

  it('sees nothing in ranks with gaps, or in none', () => {
    expect(rankMultipleOf([staircase(8, 1).filter(({ rank }) => rank % 3 === 0)])).toBe(1)
    expect(rankMultipleOf([])).toBe(1)
  })
})
