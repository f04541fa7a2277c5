import { describe, expect, it } from 'vitest'
import { rankMilliseconds } from './rank-time'

const curve = {
  points: [
    { rank: 4, milliseconds: 1 },
    { rank: 8, milliseconds: 2 },
    { rank: 16, milliseconds: 6 }
  ]
}

describe('the time of a rank', () => {
  it.each([
    [1, 1],
    [4, 1],
    [5, 1.25],
    [8, 2],
    [12, 4],
    [16, 6],
    [99, 6]
  ])('at %d lies on the line between measured ranks: %d', (rank, milliseconds) => {
    expect(rankMilliseconds(curve, rank, 'linear')).toBe(milliseconds)
  })

  it.each([
    [1, 1],
    [4, 1],
    [5, 2],
    [9, 6],
    [99, 6]
  ])('at %d is that of the next measured rank where kernels work in tiles: %d', (rank, milliseconds) => {
    expect(rankMilliseconds(curve, rank, 'step')).toBe(milliseconds)
  })
})
