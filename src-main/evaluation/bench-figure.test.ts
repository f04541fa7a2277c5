import { describe, expect, it } from 'vitest'
import { benchFigure } from './bench-figure'

describe('benchFigure', () => {
  it('gives median and quartiles of values in any order', () => {
    expect(benchFigure('a', 'ms', [9, 1, 5, 3, 7])).toEqual({
      name: 'a',
      unit: 'ms',
      median: 5,
      lower: 3,
      upper: 7,
      runs: 5
    })
  })

  it('refuses to describe no runs', () => {
    expect(() => benchFigure('a', 'x', [])).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
