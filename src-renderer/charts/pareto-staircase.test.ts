import { describe, expect, it } from 'vitest'
import { paretoStaircase, type CostAndError } from './pareto-staircase'

describe('the corners of the staircase', () => {
  it.each<[string, CostAndError[], CostAndError[]]>([
    ['nothing from nothing', [], []],
    ['a single point', [[3, 1]], [[3, 1]]],
    ['points in any order, sorted by cost', [[3, 1], [1, 5], [2, 3]], [[1, 5], [2, 3], [3, 1]]], // prettier-ignore
    ['none that costs more for the same error', [[1, 5], [2, 5]], [[1, 5]]], // prettier-ignore
    ['of equal costs the least error', [[1, 5], [1, 4]], [[1, 4]]], // prettier-ignore
    ['equal points once', [[1, 5], [1, 5]], [[1, 5]]], // prettier-ignore
    ['none inside', [[1, 5], [2, 7], [3, 2], [4, 6]], [[1, 5], [3, 2]]] // prettier-ignore
  ])('%s', (_, points, corners) => {
    expect(paretoStaircase(points)).toEqual(corners)
  })

  it('leaves its input as it was', () => {
    const points: CostAndError[] = [[2, 1], [1, 2]] // prettier-ignore
    paretoStaircase(points)
    expect(points).toEqual([[2, 1], [1, 2]]) // prettier-ignore
  })
})
