import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { add, fromRows, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { linalgGoldens } from '../../tests/helpers/linalg-goldens'
import { cholesky, semidefiniteCholesky } from './cholesky'
import { frobeniusNorm, identity, matrix, transpose, type Matrix } from './matrix'

const epsilon = Number.EPSILON
const gram = (factor: Matrix): Matrix => multiply(factor, transpose(factor))
const residual = (a: Matrix, l: Matrix): number => frobeniusNorm(add(gram(l), a, -1))

/** Columns of `l` that are not all zero. */
function rankOf(l: Matrix): number {
  const columns = transpose(l)
  return Array.from({ length: l.columns }, (_, k) =>
    columns.data.subarray(k * l.rows, (k + 1) * l.rows)
  ).filter((column) => column.some((value) => value !== 0)).length
}

describe('cholesky', () => {
  it.each(linalgGoldens.cholesky)('agrees with LAPACK: $name', ({ name, a, l }) => {
    const input = fromRows(a)
    const actual = cholesky(input)
    // Backward stable whatever the condition (Higham, theorem 10.3) ...
    expect(residual(input, actual)).toBeLessThan((input.rows + 2) * epsilon * frobeniusNorm(input))
    // ... while the factor itself feels it: Hilbert 8 has condition 1.5e10, the others less than 1e3.
    const rtol = name.startsWith('Hilbert') ? 1e-6 : 1e-12
    expect(largestDifference(actual.data, l.flat())).toBeLessThan(rtol * frobeniusNorm(fromRows(l)))
  })

  it.each([1, 2, 31, 32, 33, 70])('factors a random matrix of size %i into a lower triangle', (size) => {
    const a = add(gram(randomMatrix(size, size, createPrng(size))), identity(size))
    const l = cholesky(a)
    expect(residual(a, l)).toBeLessThan((size + 2) * epsilon * frobeniusNorm(a))
    l.data.forEach((value, i) => {
      const [row, column] = [Math.floor(i / size), i % size]
      if (column > row) expect(value).toBe(0)
      if (column === row) expect(value).toBeGreaterThan(0)
    })
  })

  it.each([1e-300, 1e300])('is not disturbed by a scale of %d', (scale) => {
    const l = cholesky(
      fromRows([
        [4 * scale, 0],
        [2 * scale, 5 * scale]
      ])
    )
    const root = Math.sqrt(scale)
    expect(largestDifference(l.data, [2 * root, 0, root, 2 * root])).toBeLessThan(4 * epsilon * root)
  })

  it('names the pivot of a matrix that is not positive definite', () => {
    const a = fromRows([
      [1, 2, 0],
      [2, 1, 0],
      [0, 0, 1]
    ])
    expect(() => cholesky(a)).toThrow(
      expect.objectContaining({
        code: 'numerical',
        message: expect.stringContaining('got pivot -3 at row 1 of 3') as string,
        details: { size: 3, pivotIndex: 1, pivot: -3 }
      })
    )
  })

  it('refuses a zero pivot, a rectangle and a NaN', () => {
    expect(() => cholesky(matrix(2, 2))).toThrow(expect.objectContaining({ code: 'numerical' }))
    expect(() => cholesky(matrix(2, 3))).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(() => cholesky(fromRows([[NaN]]))).toThrow(expect.objectContaining({ code: 'numerical' }))
  })
})

describe('semidefiniteCholesky', () => {
  it.each([
    [12, 12],
    [12, 5],
    [40, 1],
    [35, 20]
  ])('finds the %i x %i Gram matrix to have rank %i', (size, rank) => {
    const a = gram(randomMatrix(size, rank, createPrng(size + rank)))
    const l = semidefiniteCholesky(a, 1e-12)
    expect(rankOf(l)).toBe(rank)
    // Rounding of n updates plus (n − r) dropped pivots of at most 1e-12 each.
    expect(residual(a, l)).toBeLessThan(
      (size - rank) * 1e-12 * frobeniusNorm(a) + 4 * size * epsilon * frobeniusNorm(a)
    )
  })

  it('keeps the promised bound when pivots are really dropped', () => {
    const scales = Float64Array.from({ length: 10 }, (_, i) => 10 ** -i)
    const factor = multiply(randomMatrix(10, 10, createPrng(6)), matrix(10, 10, diagonalData(scales)))
    const a = gram(factor)
    const largest = Math.max(...Array.from({ length: 10 }, (_, i) => a.data[i * 11]!))
    for (const tolerance of [1e-3, 1e-6, 1e-9]) {
      const l = semidefiniteCholesky(a, tolerance)
      const dropped = 10 - rankOf(l)
      expect(dropped).toBeGreaterThan(0)
      // Trace of the semidefinite remainder bounds its Frobenius norm as well.
      expect(residual(a, l)).toBeLessThan(dropped * tolerance * largest)
    }
  })

  it('gives zero for the zero matrix and a zero column for an unused input', () => {
    expect(rankOf(semidefiniteCholesky(matrix(3, 3), 1e-12))).toBe(0)
    const a = fromRows([
      [4, 0, 2],
      [0, 0, 0],
      [2, 0, 5]
    ])
    const l = semidefiniteCholesky(a, 0)
    expect(rankOf(l)).toBe(2)
    expect(residual(a, l)).toBeLessThan(8 * epsilon * frobeniusNorm(a))
  })

  it.each([
    [
      'a negative diagonal',
      [
        [1, 0],
        [0, -1]
      ]
    ],
    [
      'a zero diagonal with something beside it',
      [
        [0, 1],
        [1, 0]
      ]
    ]
  ])('refuses an indefinite matrix with %s', (_name, rows) => {
    expect(() => semidefiniteCholesky(fromRows(rows), 1e-12)).toThrow(
      expect.objectContaining({ code: 'numerical', message: expect.stringContaining('left over') as string })
    )
  })
})

function diagonalData(values: Float64Array): Float64Array {
  const data = new Float64Array(values.length ** 2)
  values.forEach((value, i) => (data[i * (values.length + 1)] = value))
  return data
}
