import { describe, expect, it } from 'vitest'
import { pricedLayer } from '../../../tests/helpers/allocation-layers'
import { noConstraints, type PricedLayer } from './allocation'
import { effectiveRank } from './effective-rank'
import { allocateRanks } from './policies'

describe('effectiveRank', () => {
  it('counts equal values, and one value as one direction', () => {
    expect(effectiveRank(Float64Array.of(2, 2, 2, 0, 0))).toBeCloseTo(3, 12)
    expect(effectiveRank(Float64Array.of(5, 0, 0))).toBe(1)
    expect(effectiveRank(new Float64Array(4))).toBe(1)
  })

  it('squares the values, as D-Rank does', () => {
    // p = 0.8, 0.2: exp(−0.8 ln 0.8 − 0.2 ln 0.2) = 0.8^-0.8 · 0.2^-0.2.
    expect(effectiveRank(Float64Array.of(2, 1))).toBeCloseTo(0.8 ** -0.8 * 0.2 ** -0.2, 12)
  })

  it('does not depend on the scale, however large or small', () => {
    for (const scale of [1e-200, 1, 1e200]) {
      expect(effectiveRank(Float64Array.of(2 * scale, scale))).toBeCloseTo(1.6493848884661177, 12)
    }
  })
})

describe('effective-rank allocation', () => {
  const ones = (count: number, side: number) => [
    ...new Array<number>(count).fill(1),
    ...new Array<number>(side - count).fill(0)
  ]
  const at = (layers: readonly PricedLayer[], budget: number, minimumRank = 1) =>
    allocateRanks('effective-rank', { layers, constraints: { ...noConstraints, minimumRank }, budget }).ranks

  it('gives ranks as the square root of effective rank ÷ cost', () => {
    // Effective ranks 4 and 36, equal cost: 1 : 3.
    const layers = [pricedLayer('a', [80, 80], ones(4, 80)), pricedLayer('b', [80, 80], ones(36, 80))]
    expect(at(layers, 40 * 160)).toEqual([10, 30])
    // Effective ranks equal, a rank of the second costs 400 against 100: 2 : 1.
    const unequal = [pricedLayer('a', [50, 50], ones(9, 50)), pricedLayer('b', [200, 200], ones(9, 200))]
    expect(at(unequal, 20 * 100 + 10 * 400)).toEqual([20, 10])
  })

  it('gives what a clipped layer does not take to the others', () => {
    const layers = [pricedLayer('a', [80, 80], ones(4, 80)), pricedLayer('b', [80, 80], ones(36, 80))]
    // Free, 16 ranks would be 4 and 12; the minimum leaves 9 to the second.
    expect(at(layers, 16 * 160, 7)).toEqual([7, 9])
    // The second is past its break-even of 39 and dense (6400 = 40 · 160), the first has the rest.
    expect(at(layers, 60 * 160)).toEqual([20, undefined])
  })
})
