import { describe, expect, it } from 'vitest'
import { lowRankMethods } from '@contract/recipe'
import {
  largestDifference,
  multiply,
  randomMatrix,
  scaleColumns
} from '../../../tests/helpers/dense-matrices'
import { createPrng } from '../../base/prng'
import { columnSlice, matrix, transpose } from '../../linalg/matrix'
import { scalarProducts } from '../../linalg/products'
import { svd } from '../../linalg/svd'
import { lowRankFactors, type LowRankFactors } from '../low-rank-factors'
import { secondMoment } from '../second-moment'
import { lowRankMethodTable } from './methods'

const weight = randomMatrix(6, 4, createPrng(1))
const x = randomMatrix(3, 6, createPrng(2))
const moments = {
  sum: multiply(transpose(x), x),
  rowSum: Float64Array.from({ length: 6 }, (_, i) => x.data[i]! + x.data[6 + i]! + x.data[12 + i]!),
  rowCount: 3
}

describe('the table of low-rank methods', () => {
  it('has a row for every method that a recipe may name, under its own name', () => {
    expect(Object.keys(lowRankMethodTable)).toEqual([...lowRankMethods])
    for (const name of lowRankMethods) expect(lowRankMethodTable[name].name).toBe(name)
  })
})

describe('weight-svd', () => {
  it('looks at the weight alone', async () => {
    const method = lowRankMethodTable['weight-svd']
    const without = { moments: undefined, damping: 0, products: scalarProducts }
    const expected = await lowRankFactors(weight, undefined, scalarProducts)
    expect(method.needsCalibration).toBe(false)
    expect(await method.factorize(weight, without)).toEqual(expected)
    expect(await method.factorize(weight, { ...without, moments, damping: 1 })).toEqual(expected)
  })
})

describe('asvd', () => {
  const method = lowRankMethodTable.asvd

  it('is the truncated SVD of the scaled weight, scaled back', async () => {
    const options = { moments, damping: 0.01, products: scalarProducts }
    const { down, up } = await method.factorize(weight, options)
    const moment = secondMoment(moments, 0.01)
    // s_i = rms(x_i)^(1/2), the fourth root of the damped mean square.
    const scales = Array.from({ length: 6 }, (_, i) => moment.data[i * 7]! ** 0.25)
    const scaled = matrix(
      6,
      4,
      weight.data.map((value, i) => value * scales[Math.floor(i / 4)]!)
    )
    const { u, singularValues, v } = svd(scaled)
    for (let rank = 1; rank <= 4; rank++) {
      const actual = multiply(columnSlice(down, 0, rank), matrix(rank, 4, up.data.slice(0, rank * 4)))
      const kept = scaleColumns(columnSlice(u, 0, rank), singularValues.subarray(0, rank))
      const expected = multiply(kept, transpose(columnSlice(v, 0, rank)))
      const back = expected.data.map((value, i) => value / scales[Math.floor(i / 4)]!)
      // A Gram matrix against an SVD: rounding of σ₁² over the gaps of a 6 x 4 matrix.
      expect(largestDifference(actual.data, back)).toBeLessThan(1e-10)
    }
  })

  it('takes features that are always silent', async () => {
    const silent = matrix(
      3,
      6,
      x.data.map((value, i) => (i % 6 === 2 ? 0 : value))
    )
    const statistics = { ...moments, sum: multiply(transpose(silent), silent) }
    const { down, up } = await method.factorize(weight, {
      moments: statistics,
      damping: 0,
      products: scalarProducts
    })
    expect([...down.data, ...up.data].every(Number.isFinite)).toBe(true)
    expect(largestDifference(multiply(down, up).data, weight.data)).toBeLessThan(1e-12)
  })
})

describe('whitened-svd', () => {
  const method = lowRankMethodTable['whitened-svd']

  it('minimises the error under the damped second moment', async () => {
    expect(method.needsCalibration).toBe(true)
    const actual = await method.factorize(weight, { moments, damping: 0.01, products: scalarProducts })
    expect(actual).toEqual(await lowRankFactors(weight, secondMoment(moments, 0.01), scalarProducts))
  })

  it('loses nothing on its inputs from the rank of its data on', async () => {
    const { down, up } = await method.factorize(weight, { moments, damping: 0, products: scalarProducts })
    const cut = multiply(
      matrix(
        6,
        3,
        Float64Array.from({ length: 18 }, (_, i) => down.data[Math.floor(i / 3) * 4 + (i % 3)]!)
      ),
      matrix(3, 4, up.data.slice(0, 12))
    )
    // Three rows of input: X·W has rank 3. Errors of σ are roots of rounding: √ε · σ₁ ≈ 1e-7.
    expect(largestDifference(multiply(x, cut).data, multiply(x, weight).data)).toBeLessThan(1e-6)
  })

  it('refuses to work without its statistics', () => {
    expect(() =>
      method.factorize(weight, { moments: undefined, damping: 0, products: scalarProducts })
    ).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})

describe('output-pca', () => {
  const inputs = randomMatrix(40, 6, createPrng(3))
  // A mean far from zero is what centring is about.
  for (let i = 0; i < inputs.data.length; i++) inputs.data[i]! += 2 + (i % 6)
  const statistics = {
    sum: multiply(transpose(inputs), inputs),
    rowSum: multiply(matrix(1, 40, new Float64Array(40).fill(1)), inputs).data,
    rowCount: 40
  }
  const options = { moments: statistics, damping: 0, products: scalarProducts }

  /** ‖X·W − (X·down·up + lost mean)‖² over the first `rank` directions. */
  function squaredError(factors: LowRankFactors, rank: number): number {
    const columns = factors.down.columns
    const down = matrix(
      6,
      rank,
      Float64Array.from(
        { length: 6 * rank },
        (_, i) => factors.down.data[Math.floor(i / rank) * columns + (i % rank)]!
      )
    )
    const up = matrix(rank, 4, factors.up.data.slice(0, rank * 4))
    const difference = matrix(6, 4)
    const product = multiply(down, up)
    for (let i = 0; i < 24; i++) difference.data[i] = weight.data[i]! - product.data[i]!
    const errors = multiply(inputs, difference)
    const shift =
      factors.inputMean === undefined ? undefined : multiply(matrix(1, 6, factors.inputMean), difference)
    return errors.data.reduce((sum, value, i) => sum + (value - (shift?.data[i % 4] ?? 0)) ** 2, 0)
  }

  it('loses exactly the discarded variance, and no more than whitened-svd at any rank', async () => {
    const pca = await lowRankMethodTable['output-pca'].factorize(weight, options)
    const whitened = await lowRankMethodTable['whitened-svd'].factorize(weight, options)
    for (let rank = 1; rank <= 4; rank++) {
      const discarded = pca.singularValues.slice(rank).reduce((sum, value) => sum + 40 * value * value, 0)
      const error = squaredError(pca, rank)
      // Energies near 1e3: rounding of the products and of the eigenvalues stays below 1e-9 of them.
      expect(Math.abs(error - discarded)).toBeLessThan(1e-6)
      expect(error).toBeLessThan(squaredError(whitened, rank) + 1e-6)
    }
    expect(squaredError(pca, 2)).toBeLessThan(0.9 * squaredError(whitened, 2))
  })
})
