import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { paretoFront, type Direction, type ObjectivePoint } from './pareto'

/** The definition, pair by pair. */
function frontByDefinition(points: readonly ObjectivePoint[], directions: readonly Direction[]): string[] {
  const gain = (a: ObjectivePoint, b: ObjectivePoint, i: number): number => {
    const difference = (a.objectives[i] ?? NaN) - (b.objectives[i] ?? NaN)
    return directions[i] === 'minimize' ? -difference : difference
  }
  const isDominated = (point: ObjectivePoint): boolean =>
    points.some((other) => {
      const gains = directions.map((_, i) => gain(other, point, i))
      return gains.every((value) => value >= 0) && gains.some((value) => value > 0)
    })
  return points.filter((point) => !isDominated(point)).map((point) => point.id)
}

const minimizeBoth: Direction[] = ['minimize', 'minimize']

describe('paretoFront', () => {
  it('keeps trade-offs and drops what is worse in one objective and better in none', () => {
    const points = [
      { id: 'baseline', objectives: [100, 0.04] },
      { id: 'int8', objectives: [40, 0.05] },
      { id: 'worse', objectives: [50, 0.05] },
      { id: 'small', objectives: [30, 0.2] }
    ]
    expect(paretoFront(points, minimizeBoth)).toEqual(['baseline', 'int8', 'small'])
  })

  it('keeps every one of equal points', () => {
    const points = ['a', 'b', 'c'].map((id) => ({ id, objectives: [1, 2] }))
    expect(paretoFront([...points, { id: 'd', objectives: [1, 3] }], minimizeBoth)).toEqual(['a', 'b', 'c'])
  })

  it('reads the direction of each objective', () => {
    const points = [
      { id: 'low', objectives: [1, 1] },
      { id: 'high', objectives: [2, 2] }
    ]
    expect(paretoFront(points, ['minimize', 'minimize'])).toEqual(['low'])
    expect(paretoFront(points, ['maximize', 'maximize'])).toEqual(['high'])
    expect(paretoFront(points, ['minimize', 'maximize'])).toEqual(['low', 'high'])
  })

  it('keeps all best points of a single objective, and nothing of nothing', () => {
    const points = [3, 1, 1, 2].map((value, i) => ({ id: `p${i}`, objectives: [value] }))
    expect(paretoFront(points, ['minimize'])).toEqual(['p1', 'p2'])
    expect(paretoFront([], minimizeBoth)).toEqual([])
  })

  it('compares infinities', () => {
    const points = [
      { id: 'finite', objectives: [1, Infinity] },
      { id: 'never', objectives: [2, Infinity] },
      { id: 'other', objectives: [5, 0] }
    ]
    expect(paretoFront(points, minimizeBoth)).toEqual(['finite', 'other'])
  })

  it.each([1, 2, 3, 4])('equals the definition on 500 random sets with %d objectives', (count) => {
    const prng = createPrng(count)
    for (let round = 0; round < 500; round++) {
      const directions = Array.from({ length: count }, () =>
        prng.integer(2) === 0 ? ('minimize' as const) : ('maximize' as const)
      )
      // Few distinct values, so that ties of every kind occur.
      const levels = 2 + prng.integer(8)
      const points = Array.from({ length: prng.integer(25) }, (_, i) => ({
        id: `p${i}`,
        objectives: Array.from({ length: count }, () => prng.integer(levels) - 3)
      }))
      expect(paretoFront(points, directions)).toEqual(frontByDefinition(points, directions))
    }
  })

  it.each([
    ['too few objectives', [1]],
    ['too many objectives', [1, 2, 3]],
    ['NaN', [1, NaN]]
  ])('refuses a point with %s', (_, objectives) => {
    expect(() => paretoFront([{ id: 'p', objectives }], minimizeBoth)).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})
