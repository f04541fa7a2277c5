import { describe, expect, it } from 'vitest'
import { choiceCurve } from './choice-curve'

function curveOf(choices: readonly (readonly [number | undefined, number, number])[]) {
  const { ranks, costs, losses } = choiceCurve(
    choices.map(([rank]) => rank),
    Float64Array.from(choices, ([, cost]) => cost),
    Float64Array.from(choices, ([, , loss]) => loss)
  )
  return ranks.map((rank, index) => [rank, costs[index], losses[index]])
}

describe('choiceCurve', () => {
  it('keeps choices that are worth their cost, in order', () => {
    const choices = [
      [1, 10, 0.5],
      [2, 20, 0.4],
      [undefined, 25, 0]
    ] as const
    expect(curveOf(choices)).toEqual(choices)
  })

  it('sorts by cost, which measured times need', () => {
    expect(
      curveOf([
        [undefined, 25, 0],
        [2, 20, 0.4],
        [1, 10, 0.5]
      ])
    ).toEqual([
      [1, 10, 0.5],
      [2, 20, 0.4],
      [undefined, 25, 0]
    ])
  })

  it('drops ranks that are not cheaper than dense', () => {
    expect(
      curveOf([
        [1, 10, 0.5],
        [2, 30, 0.4],
        [3, 31, 0.3],
        [undefined, 30, 0]
      ])
    ).toEqual([
      [1, 10, 0.5],
      [undefined, 30, 0]
    ])
  })

  it('prefers the larger rank where it was measured faster or as fast', () => {
    expect(
      curveOf([
        [1, 10, 0.5],
        [2, 9, 0.4],
        [3, 9, 0.3],
        [4, 12, 0.3]
      ])
    ).toEqual([[3, 9, 0.3]])
  })

  it('keeps the first of two equal choices', () => {
    expect(
      curveOf([
        [5, 10, 0.5],
        [6, 10, 0.5]
      ])
    ).toEqual([[5, 10, 0.5]])
  })
})
