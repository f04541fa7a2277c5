import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import {
  everyDecision,
  largestRankStep,
  pricedLayer,
  randomLayers
} from '../../../tests/helpers/allocation-layers'
import { costOf, describeAllocation, noConstraints, type PricedLayer } from './allocation'
import { permittedRanks } from './permitted-ranks'
import { allocateRanks } from './policies'

interface Point {
  readonly cost: number
  readonly error: number
}

const fill = (layers: readonly PricedLayer[], budget: number, constraints = noConstraints) =>
  allocateRanks('water-filling', { layers, constraints, budget })

/** Cost and summed error of every possible decision, cheapest first. */
function everyPoint(layers: readonly PricedLayer[], constraints = noConstraints): Point[] {
  return everyDecision(layers, constraints)
    .map((ranks) => {
      const { cost, predictedError } = describeAllocation(layers, ranks)
      return { cost, error: predictedError }
    })
    .sort((a, b) => a.cost - b.cost || a.error - b.error)
}

/** The corners of the lower convex hull of all decisions: budgets at which greedy filling is optimal. */
function lowerHull(points: readonly Point[]): Point[] {
  const hull: Point[] = []
  for (const point of points) {
    if (hull.length > 0 && point.error >= hull.at(-1)!.error) continue
    while (hull.length > 1) {
      const [a, b] = [hull.at(-2)!, hull.at(-1)!]
      const isCorner =
        (b.error - a.error) * (point.cost - b.cost) < (point.error - b.error) * (b.cost - a.cost) * (1 - 1e-9)
      if (isCorner) break
      hull.pop()
    }
    hull.push(point)
  }
  return hull
}

/** Sums in another order round differently; errors are below 10. */
const rounding = 1e-12

describe('water filling', () => {
  it('gives each rank to the layer that saves most per parameter', () => {
    // Relative savings of ranks 1, 2, 3: a 0.64, 0.32, 0.04; b 0.9, 0.09, 0.01. Each rank of either costs 24.
    const a = pricedLayer('a', [12, 12], [8, 32 ** 0.5, 2, ...new Array<number>(9).fill(0)])
    const b = pricedLayer('b', [12, 12], [30, 9.4868329805, 3.1622776602, ...new Array<number>(9).fill(0)])
    const ranksAt = (budget: number) => fill([a, b], budget).ranks
    expect(ranksAt(48)).toEqual([1, 1])
    expect(ranksAt(71)).toEqual([1, 1])
    expect(ranksAt(72)).toEqual([2, 1])
    expect(ranksAt(96)).toEqual([2, 2])
    expect(ranksAt(120)).toEqual([3, 2])
    expect(ranksAt(144)).toEqual([3, 3])
    expect(fill([a, b], 96).predictedError).toBeCloseTo(0.05, 9)
  })

  it('jumps to dense when that saves more per parameter than the next rank', () => {
    // Flat spectra: one rank saves 1/12 for 24; from rank 1 dense saves 11/12 for 120.
    const flat = ['a', 'b'].map((id) => pricedLayer(id, [12, 12], new Array<number>(12).fill(1)))
    expect(fill(flat, 24 + 144).ranks).toEqual([undefined, 1])
    // Where the jump does not fit, its layer takes the ranks that do.
    expect(fill(flat, 24 + 143).ranks).toEqual([5, 1])
    expect(fill(flat, 2 * 144).ranks).toEqual([undefined, undefined])
  })

  it('weighs a matrix by the layers that use it', () => {
    const spectrum = [4, 2, 1, ...new Array<number>(9).fill(0)]
    const once = pricedLayer('a', [12, 12], spectrum)
    const thrice = pricedLayer('b', [12, 12], spectrum, { layerIds: ['b', 'c', 'd'] })
    // Second ranks save 4/21 and 3 · 4/21, third ranks 1/21 and 3/21.
    expect(fill([once, thrice], 72).ranks).toEqual([1, 2])
    expect(fill([once, thrice], 96).ranks).toEqual([2, 2])
    expect(fill([once, thrice], 120).ranks).toEqual([2, 3])
  })

  it('takes the tile at which a larger rank is faster', () => {
    const layer = pricedLayer(
      'a',
      [40, 40],
      Array.from({ length: 40 }, (_, i) => 40 - i)
    )
    const tiles = { ...layer, cost: { dense: 10, ofRank: (rank: number) => 1 + Math.ceil(rank / 8) } }
    expect(fill([tiles], 3.5).ranks).toEqual([16])
  })

  it('attains every corner of the hull over all decisions, jumps to dense included', () => {
    const prng = createPrng(11)
    let corners = 0
    for (let trial = 0; trial < 60; trial++) {
      const layers = randomLayers(prng, 4, 12)
      const constraints = { ...noConstraints, rankMultiple: 1 + (trial % 2) }
      for (const { cost, error } of lowerHull(everyPoint(layers, constraints))) {
        const filled = fill(layers, cost, constraints)
        expect(filled.cost).toBeLessThanOrEqual(cost)
        expect(Math.abs(filled.predictedError - error)).toBeLessThan(rounding)
        corners++
      }
    }
    expect(corners).toBeGreaterThan(300)
  })

  it('is within one step of the optimum at every budget', () => {
    const prng = createPrng(12)
    for (let trial = 0; trial < 30; trial++) {
      const layers = randomLayers(prng, 3, 12)
      const points = everyPoint(layers)
      const hull = lowerHull(points)
      let best = Infinity
      for (const { cost, error } of points) {
        best = Math.min(best, error)
        const { predictedError } = fill(layers, cost)
        const corner = hull.findLast((candidate) => candidate.cost <= cost)!
        expect(predictedError).toBeGreaterThanOrEqual(best - rounding)
        expect(predictedError).toBeLessThanOrEqual(corner.error + rounding)
      }
    }
  })

  it('is optimal at every budget where all ranks cost the same and spectra fall fast', () => {
    const prng = createPrng(13)
    for (let trial = 0; trial < 10; trial++) {
      const layers = ['a', 'b', 'c', 'd'].map((id) => {
        const rate = 0.8 + prng.uniform()
        return pricedLayer(
          id,
          [12, 12],
          Array.from({ length: 12 }, (_, i) => Math.exp(-rate * i))
        )
      })
      const points = everyPoint(layers)
      // Up to rank 3 in each layer; from rank 4 on dense is the better step.
      for (let budget = 4 * 24; budget <= 4 * 3 * 24; budget += 5) {
        const best = Math.min(...points.filter(({ cost }) => cost <= budget).map(({ error }) => error))
        expect(fill(layers, budget).predictedError - best).toBeLessThan(rounding)
      }
    }
  })

  it('never exceeds the budget, loses less with more of it, and leaves less than one step', () => {
    const prng = createPrng(14)
    for (let trial = 0; trial < 12; trial++) {
      const constraints = {
        ...noConstraints,
        rankMultiple: [1, 2, 8][trial % 3]!,
        minimumRank: 1 + (trial % 4)
      }
      const layers = randomLayers(prng, 10, 120)
      const least = layers.reduce((sum, layer) => {
        return sum + costOf(layer, permittedRanks(layer, constraints)?.smallest)
      }, 0)
      const dense = layers.reduce((sum, { cost }) => sum + cost.dense, 0)
      let previous = Infinity
      for (let budget = least; budget < dense; budget += Math.ceil(dense / 97)) {
        const { ranks, cost, predictedError } = fill(layers, budget, constraints)
        expect(cost).toBeLessThanOrEqual(budget)
        expect(predictedError).toBeLessThanOrEqual(previous + rounding)
        previous = predictedError
        // Some layer could still take a rank unless all are dense or at their last one.
        const canGrow = ranks.some(
          (rank, index) => rank !== undefined && rank < permittedRanks(layers[index]!, constraints)!.largest
        )
        if (canGrow) expect(budget - cost).toBeLessThan(largestRankStep(layers, constraints))
      }
      expect(fill(layers, dense, constraints).predictedError).toBe(0)
    }
  })

  it('says what the layers cost at least', () => {
    expect(() => fill([pricedLayer('a', [12, 12], new Array<number>(12).fill(1))], 23)).toThrow(
      'The layers cost at least 24 at their smallest permitted ranks, the budget leaves 23'
    )
  })
})
