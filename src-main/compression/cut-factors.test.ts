import { describe, expect, it } from 'vitest'
import { fromRows, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { linearLayer } from '../../tests/helpers/linear-models'
import { createPrng } from '../base/prng'
import { matrix } from '../linalg/matrix'
import { scalarProducts } from '../linalg/products'
import { cutFactors, cutPlan, storedFactors } from './cut-factors'
import { lowRankFactors } from './low-rank-factors'

const weight = randomMatrix(5, 4, createPrng(1))

describe('cutFactors', () => {
  it('shifts the outputs by what the discarded directions give of the mean input', async () => {
    const inputMean = Float64Array.of(1, -2, 3, 0, 1)
    const factors = await lowRankFactors(weight, undefined, scalarProducts)
    for (let rank = 1; rank <= 4; rank++) {
      const { down, up, shift } = cutFactors({ ...factors, inputMean }, rank)
      const kept = multiply(multiply(matrix(1, 5, inputMean), down), up)
      const whole = multiply(matrix(1, 5, inputMean), weight)
      const restored = kept.data.map((value, index) => value + shift![index]!)
      // Sums of some twenty products of magnitude up to 10, in float64.
      expect(largestDifference(restored, whole.data)).toBeLessThan(1e-12)
      expect([down.columns, up.rows]).toEqual([rank, rank])
    }
    expect(cutFactors(factors, 2).shift).toBeUndefined()
  })
})

describe('cutPlan', () => {
  it('gives layers that share a matrix and a rank one object, and dense layers none', async () => {
    const factors = new Map([['in-out w', await lowRankFactors(weight, undefined, scalarProducts)]])
    const layer = (id: string) => linearLayer({ id, inFeatures: 5, outFeatures: 4 })
    const cuts = cutPlan(
      [
        { layer: layer('a'), rank: 2 },
        { layer: layer('b'), rank: 2 },
        { layer: layer('c'), rank: 3 },
        { layer: layer('d'), rank: undefined }
      ],
      factors
    )
    expect([...cuts.keys()]).toEqual(['a', 'b', 'c'])
    expect(cuts.get('a')).toBe(cuts.get('b'))
    expect(cuts.get('c')!.down.columns).toBe(3)
  })
})

describe('storedFactors', () => {
  it('brings column and row to one length whatever they were, and keeps the product', () => {
    const down = fromRows([
      [100, 0],
      [0, 1e-3]
    ])
    const up = fromRows([
      [0.01, 0, 0],
      [0, 3, 4]
    ])
    const stored = storedFactors({ down, up })
    const length = (values: Float32Array) => Math.hypot(...values)
    // Lengths √(100 · 0.01) = 1 and √(1e-3 · 5); float32 rounds each value by at most 2^-24 of it.
    expect(length(stored.up.subarray(0, 3))).toBeCloseTo(1, 6)
    expect(length(stored.up.subarray(3))).toBeCloseTo(Math.sqrt(5e-3), 6)
    expect(length(stored.down.filter((_, i) => i % 2 === 1))).toBeCloseTo(Math.sqrt(5e-3), 6)
    const product = multiply(
      matrix(2, 2, Float64Array.from(stored.down)),
      matrix(2, 3, Float64Array.from(stored.up))
    )
    expect(largestDifference(product.data, multiply(down, up).data)).toBeLessThan(2 ** -22)
  })

  it('keeps a pair finite of which one side is zero', () => {
    const stored = storedFactors({ down: fromRows([[2], [1]]), up: fromRows([[0, 0]]) })
    expect([...stored.down, ...stored.up]).toEqual([2, 1, 0, 0])
  })
})
