import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import { lowRankFactors } from '../../compression/low-rank-factors'
import { matrix, type Matrix } from '../../linalg/matrix'
import { scalarProducts } from '../../linalg/products'
import { compareProducts, layerParity, layerTolerance } from './layer-parity'

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const prng = createPrng(seed)
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => prng.normal())
  )
}

/** `a` with one value off by `error`. */
function spoilt(a: Matrix, error: number): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((value, index) => (index === 7 ? value + error : value))
  )
}

describe('compareProducts', () => {
  it.each([
    [12, 9],
    [9, 12],
    [1, 12]
  ])('finds factors of full rank to be their weight, %i x %i', async (rows, columns) => {
    const weight = randomMatrix(rows, columns, 1)
    const factors = await lowRankFactors(weight, undefined, scalarProducts)
    const parity = await compareProducts('l', weight, factors, scalarProducts)
    // Some dozens of roundings in float64.
    expect(parity.maxRelativeError).toBeLessThan(1e-13)
    expect(parity.cosineSimilarity).toBeCloseTo(1, 12)
  })

  it.each([1e-3, 1e-7, NaN])('refuses factors of which one value is off by %d', async (error) => {
    const weight = randomMatrix(12, 9, 2)
    const { down, up } = await lowRankFactors(weight, undefined, scalarProducts)
    await expect(
      compareProducts('blocks.3.fc1', weight, { down: spoilt(down, error), up }, scalarProducts)
    ).rejects.toMatchObject({
      code: 'numerical',
      message: expect.stringContaining("layer 'blocks.3.fc1'") as string
    })
  })
})

describe('layerParity', () => {
  it('tells the worst layer, and nothing where none was compared', () => {
    const kept = { singularValues: new Float64Array(1), read: () => Promise.reject(new Error('not read')) }
    const [good, better] = [
      { maxAbsoluteError: 2, maxRelativeError: 1e-12, cosineSimilarity: 1, finite: true },
      { maxAbsoluteError: 3, maxRelativeError: 1e-13, cosineSimilarity: 0.9, finite: true }
    ]
    const matrices = [good, better].map((products) => ({ ...kept, products }))
    expect(layerParity(matrices)).toEqual([
      {
        comparison: 'layer-products',
        utterances: 0,
        maxAbsoluteError: 3,
        maxRelativeError: 1e-12,
        cosineSimilarity: 0.9,
        tolerance: layerTolerance
      }
    ])
    expect(layerParity([{ ...kept, products: undefined }])).toEqual([])
  })
})
