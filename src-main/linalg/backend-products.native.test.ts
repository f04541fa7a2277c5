/** Products in ONNX Runtime against plain loops. */
import { afterAll, describe, expect, it } from 'vitest'
import { largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { createPrng } from '../base/prng'
import type { InferenceBackend } from '../runtime/inference-backend'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { createBackendProducts } from './backend-products'
import { frobeniusNorm, matrix, transpose, type Matrix } from './matrix'
import { scalarProducts } from './products'

const products = createBackendProducts(createOrtBackend(), 2)
afterAll(() => products.release())

/** Counts what is open, so that a leak shows. */
function countingBackend(): {
  readonly backend: InferenceBackend
  readonly openCount: () => number
  readonly opened: () => number
} {
  const inner = createOrtBackend()
  let [opened, released] = [0, 0]
  const backend: InferenceBackend = {
    description: inner.description,
    async open(source, options) {
      const session = await inner.open(source, options)
      opened += 1
      return {
        inputs: session.inputs,
        outputNames: session.outputNames,
        run: (feeds, fetches) => session.run(feeds, fetches),
        async release() {
          released += 1
          await session.release()
        }
      }
    }
  }
  return { backend, openCount: () => opened - released, opened: () => opened }
}

const transpositions = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: true }
]

describe.each(transpositions)('a product, transposeA $transposeA, transposeB $transposeB', (options) => {
  it.each([
    [1, 1, 1],
    [5, 7, 3],
    [3, 1, 4],
    [1, 64, 1],
    [130, 70, 65]
  ])('is that of plain loops: [%i, %i] by [%i] columns', async (rows, inner, columns) => {
    const prng = createPrng(rows + 10 * inner + 100 * columns)
    const left = randomMatrix(rows, inner, prng)
    const right = randomMatrix(inner, columns, prng)
    const a = options.transposeA ? transpose(left) : left
    const b = options.transposeB ? transpose(right) : right
    const before = [a.data.slice(), b.data.slice()]
    const actual = await products.product(a, b, options)
    const expected = await scalarProducts.product(a, b, options)
    expect([actual.rows, actual.columns]).toEqual([rows, columns])
    // Another order of at most 70 additions in float64: 70 ε ‖a‖‖b‖ is far below.
    const atol = 1e-12 * frobeniusNorm(a) * frobeniusNorm(b)
    expect(largestDifference(actual.data, expected.data)).toBeLessThan(atol)
    expect([a.data, b.data]).toEqual(before)
    const subtractFrom = randomMatrix(rows, columns, prng)
    const difference = await products.product(a, b, { ...options, subtractFrom })
    const expectedDifference = await scalarProducts.product(a, b, { ...options, subtractFrom })
    expect(largestDifference(difference.data, expectedDifference.data)).toBeLessThan(
      atol + 4 * Number.EPSILON * frobeniusNorm(subtractFrom)
    )
  })

  it('writes the same bits into a part of an array', async () => {
    const prng = createPrng(8)
    const [a, b, subtractFrom] = [1, 2, 3].map(() => randomMatrix(9, 9, prng)) as [Matrix, Matrix, Matrix]
    const storage = new Float64Array(100).fill(NaN)
    const into = matrix(9, 9, storage.subarray(10, 91))
    expect(await products.product(a, b, { ...options, into })).toBe(into)
    expect(into.data).toEqual((await products.product(a, b, options)).data)
    await products.product(a, b, { ...options, subtractFrom, into })
    expect(into.data).toEqual((await products.product(a, b, { ...options, subtractFrom })).data)
    expect([storage[9], storage[91]]).toEqual([NaN, NaN])
  })

  it('refuses inner sizes that differ', async () => {
    await expect(products.product(matrix(2, 3), matrix(4, 5), options)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/^A product needs equal inner sizes, got \d and \d\.$/) as string
    })
  })
})

describe('gram', () => {
  it('is the Gram matrix of float32 rows in float64', async () => {
    const prng = createPrng(3)
    const rows = Float32Array.from({ length: 211 * 17 }, () => prng.normal())
    const wide = matrix(211, 17, Float64Array.from(rows))
    const expected = multiply(transpose(wide), wide)
    const actual = await products.gram(rows, 17)
    // 211 additions; sums in float32 would be off by some 1e-7.
    expect(largestDifference(actual.data, expected.data)).toBeLessThan(1e-12 * frobeniusNorm(expected))
  })

  it('keeps digits that float32 would lose', async () => {
    // 4097² = 2^24 + 8193 has 25 digits.
    expect([...(await products.gram(Float32Array.of(4097, 4097), 1)).data]).toEqual([2 * 4097 ** 2])
  })

  it('accepts a view into a larger array', async () => {
    const rows = Float32Array.of(9, 1, 2, 3, 4, 9).subarray(1, 5)
    expect([...(await products.gram(rows, 2)).data]).toEqual([10, 14, 14, 20])
  })

  it.each([
    [5, 2],
    [4, 0]
  ])('refuses %i values as rows of %i', async (length, columns) => {
    await expect(products.gram(new Float32Array(length), columns)).rejects.toMatchObject({
      code: 'internal',
      message: `${length} values do not make rows of ${columns}.`
    })
  })
})

describe('sessions', () => {
  it('are opened once per kind of product and all closed by release', async () => {
    const { backend, openCount, opened } = countingBackend()
    const counted = createBackendProducts(backend)
    const a = randomMatrix(3, 3, createPrng(1))
    await Promise.all([counted.product(a, a), counted.product(a, a), counted.gram(new Float32Array(6), 3)])
    for (const options of transpositions) await counted.product(a, a, options)
    expect([openCount(), opened()]).toEqual([5, 5])
    await counted.release()
    expect(openCount()).toBe(0)
    await counted.release()
    expect(openCount()).toBe(0)
  })
})
