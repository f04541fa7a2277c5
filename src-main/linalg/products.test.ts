import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { fromRows, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { transpose } from './matrix'
import { productShape, scalarProducts } from './products'

const a = fromRows([
  [1, 2, 3],
  [4, 5, 6]
])

describe('scalarProducts', () => {
  it('multiplies a 2 x 3 by a 3 x 1 matrix', async () => {
    const result = await scalarProducts.product(a, fromRows([[1], [0], [-1]]))
    expect(result).toEqual(fromRows([[-2], [-2]]))
  })

  it.each([
    { transposeA: false, transposeB: false },
    { transposeA: true, transposeB: false },
    { transposeA: false, transposeB: true },
    { transposeA: true, transposeB: true }
  ])('agrees with explicit transposes for %o', async (options) => {
    const prng = createPrng(1)
    const [left, right] = [randomMatrix(4, 7, prng), randomMatrix(7, 3, prng)]
    const result = await scalarProducts.product(
      options.transposeA ? transpose(left) : left,
      options.transposeB ? transpose(right) : right,
      options
    )
    expect([result.rows, result.columns]).toEqual([4, 3])
    // Seven products of normal numbers per entry: far below 1e-13 unless an index is wrong.
    expect(largestDifference(result.data, multiply(left, right).data)).toBeLessThan(1e-13)
  })

  it('subtracts from a matrix and leaves it alone', async () => {
    const c = fromRows([[10], [20]])
    const b = fromRows([[1], [0], [-1]])
    expect(await scalarProducts.product(a, b, { subtractFrom: c })).toEqual(fromRows([[12], [22]]))
    expect(c).toEqual(fromRows([[10], [20]]))
  })

  it('writes into what it is given, whatever that holds', async () => {
    const into = fromRows([[NaN], [7]])
    const c = fromRows([[10], [20]])
    const b = fromRows([[1], [0], [-1]])
    expect(await scalarProducts.product(a, b, { into })).toBe(into)
    expect(into).toEqual(fromRows([[-2], [-2]]))
    expect(await scalarProducts.product(a, b, { into, subtractFrom: c })).toEqual(fromRows([[12], [22]]))
  })

  it('refuses operands whose sizes do not fit', async () => {
    await expect(scalarProducts.product(a, a)).rejects.toMatchObject({ code: 'internal' })
    const options = { transposeB: true, subtractFrom: a }
    await expect(scalarProducts.product(a, a, options)).rejects.toMatchObject({ code: 'internal' })
    const wrong = { transposeB: true, into: a }
    await expect(scalarProducts.product(a, a, wrong)).rejects.toMatchObject({
      code: 'internal',
      message: 'A product [2, 2] cannot be written into [2, 3].'
    })
  })
})

describe('productShape', () => {
  it('gives rows, inner size and columns after transposing', () => {
    expect(productShape(a, a, { transposeB: true })).toEqual([2, 3, 2])
    expect(productShape(a, a, { transposeA: true })).toEqual([3, 2, 3])
  })
})
