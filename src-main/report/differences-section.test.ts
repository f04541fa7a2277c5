import { describe, expect, it } from 'vitest'
import { drawnPoints, type NamedDifference } from './differences-section'

const named = (difference: number, lower: number, upper: number): NamedDifference => ({
  name: '',
  color: '',
  difference,
  lower,
  upper
})

describe('drawnPoints', () => {
  it('ends where the intervals end, in whole points, and holds zero', () => {
    expect(drawnPoints([named(0.02, 0.013, 0.031), named(-0.02, -0.041, 0.001)])).toEqual({ min: -5, max: 4 })
    expect(drawnPoints([named(0.1, 0.09, 0.11)])).toEqual({ min: -1, max: 11 })
  })

  it('does not stretch for tiers that are far worse', () => {
    expect(drawnPoints([named(0.02, 0.01, 0.03), named(0.9, 0.8, 1)])).toEqual({ min: -1, max: 3 })
  })
})
