import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import {
  add,
  largestDifference,
  multiply,
  orthonormalityError,
  randomMatrix,
  scaleColumns
} from '../../tests/helpers/dense-matrices'
import { columnSlice, matrix, transpose, type Matrix } from './matrix'
import { orthonormalizedRows } from './orthonormalize'
import { scalarProducts } from './products'
import { orthonormalColumns } from './qr'

const epsilon = Number.EPSILON

/** Orthonormal columns [20, 6] times falling scales, disturbed by `noise`. */
function nearlyOrthogonal(noise: number) {
  const prng = createPrng(4)
  const q = orthonormalColumns(randomMatrix(20, 6, prng))
  const disturbed = add(q, randomMatrix(20, 6, prng), noise)
  return { q, a: scaleColumns(disturbed, new Float64Array([50, 7, 1, 0.3, 0.1, 0.02])) }
}

/** Of columns, which the helpers speak of. */
async function orthonormalized(a: Matrix): Promise<Matrix> {
  return transpose((await orthonormalizedRows(transpose(a), scalarProducts)).rows)
}

describe('orthonormalizedRows', () => {
  // By one step, by two, by three and by QR; each owes a small multiple of n ε.
  it.each([0, 1e-12, 1e-10, 1e-6, 1e-4, 1e-1])(
    'makes rows orthonormal that are so up to %d',
    async (noise) => {
      const { q, a } = nearlyOrthogonal(noise)
      const result = await orthonormalized(a)
      expect(orthonormalityError(result)).toBeLessThan(20 * 4 * epsilon)
      // Twenty entries of a few times the noise at most, and rounding.
      expect(largestDifference(result.data, q.data)).toBeLessThan(20 * noise + 80 * epsilon)
    }
  )

  it('keeps the span of every prefix to the square of the error', async () => {
    const { a } = nearlyOrthogonal(1e-10)
    const result = await orthonormalized(a)
    for (let rank = 1; rank <= 6; rank++) {
      const prefix = columnSlice(result, 0, rank)
      const columns = columnSlice(a, 0, rank)
      const projected = multiply(prefix, multiply(transpose(prefix), columns))
      // Columns of length 50 at most, turned by some 1e-9.
      expect(largestDifference(projected.data, columns.data)).toBeLessThan(50 * 1e-8)
    }
  })

  it('knows the factor that leads back, where one step suffices', async () => {
    const { a } = nearlyOrthogonal(1e-10)
    const { rows, factor } = await orthonormalizedRows(transpose(a), scalarProducts)
    // What is left out is the square of the noise; the first row is about 50 long.
    expect(largestDifference(multiply(factor!, rows).data, transpose(a).data)).toBeLessThan(50 * 20 * epsilon)
    const disturbed = transpose(nearlyOrthogonal(1e-6).a)
    expect((await orthonormalizedRows(disturbed, scalarProducts)).factor).toBeUndefined()
  })

  it('completes the basis where rows are zero or depend on others', async () => {
    const a = matrix(5, 3, new Float64Array([1, 1, 0, 2, 2, 0, 0, 0, 0, 1, 1, 0, 3, 3, 0]))
    expect(orthonormalityError(await orthonormalized(a))).toBeLessThan(40 * epsilon)
  })

  it.each([NaN, Infinity])('refuses an entry that is %d', async (value) => {
    const a = matrix(3, 2, new Float64Array([1, 0, 0, 1, value, 0]))
    await expect(orthonormalized(a)).rejects.toEqual(expect.objectContaining({ code: 'numerical' }))
  })
})
