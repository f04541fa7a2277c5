import { describe, expect, it } from 'vitest'
import { lowRankMethods } from '@contract/recipe'
import { largestDifference, multiply, randomMatrix } from '../../../tests/helpers/dense-matrices'
import { createPrng } from '../../base/prng'
import { matrix, transpose } from '../../linalg/matrix'
import { scalarProducts } from '../../linalg/products'
import { lowRankFactors } from '../low-rank-factors'
import { secondMoment } from '../second-moment'
import { lowRankMethodTable } from './methods'

const weight = randomMatrix(6, 4, createPrng(1))
const x = randomMatrix(3, 6, createPrng(2))
const moments = { sum: multiply(transpose(x), x), rowCount: 3 }

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
