import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import {
  add,
  fromRows,
  largestDifference,
  multiply,
  orthonormalityError,
  randomMatrix
} from '../../tests/helpers/dense-matrices'
import { linalgGoldens } from '../../tests/helpers/linalg-goldens'
import { frobeniusNorm, matrix, type Matrix } from './matrix'
import { orthonormalColumns, thinQr } from './qr'

const epsilon = Number.EPSILON

/** Householder QR is backward stable: errors of a small multiple of min(m, n) ε (Higham, theorem 19.4). */
function expectFactorization(a: Matrix): void {
  const { q, r } = thinQr(a)
  const size = Math.min(a.rows, a.columns)
  expect([q.rows, q.columns, r.rows, r.columns]).toEqual([a.rows, size, size, a.columns])
  const atol = 4 * (size + 2) * epsilon
  expect(frobeniusNorm(add(multiply(q, r), a, -1))).toBeLessThanOrEqual(atol * frobeniusNorm(a))
  expect(orthonormalityError(q)).toBeLessThan(atol)
  for (let i = 0; i < size; i++) {
    expect(r.data[i * a.columns + i]!).toBeGreaterThanOrEqual(0)
    for (let j = 0; j < i; j++) expect(r.data[i * a.columns + j]).toBe(0)
  }
}

describe('thinQr', () => {
  it.each(linalgGoldens.qr)('agrees with LAPACK: $name', ({ a, q, r }) => {
    const input = fromRows(a)
    const actual = thinQr(input)
    // Q and R are as well conditioned as A; these have condition numbers below 1e3.
    const atol = 1e3 * epsilon * frobeniusNorm(input)
    expect(largestDifference(actual.q.data, q.flat())).toBeLessThan(atol)
    expect(largestDifference(actual.r.data, r.flat())).toBeLessThan(atol)
  })

  it.each([
    [1, 1],
    [5, 1],
    [1, 5],
    [33, 32],
    [32, 33],
    [100, 65],
    [65, 100]
  ])('factors a random %i x %i matrix', (rows, columns) => {
    expectFactorization(randomMatrix(rows, columns, createPrng(rows * columns)))
  })

  it('gives an orthonormal Q for the zero matrix and for repeated columns', () => {
    expectFactorization(matrix(5, 3))
    expectFactorization(matrix(40, 35, new Float64Array(1400).fill(2)))
  })

  it.each([1e-300, 1e300])('is not disturbed by a scale of %d', (scale) => {
    const a = randomMatrix(12, 8, createPrng(2))
    const scaled = thinQr(
      matrix(
        12,
        8,
        a.data.map((value) => value * scale)
      )
    )
    // One more rounding of each entry, times the condition number (below 10 here).
    expect(largestDifference(scaled.q.data, thinQr(a).q.data)).toBeLessThan(100 * epsilon)
  })

  it('leaves its input alone', () => {
    const a = randomMatrix(6, 4, createPrng(1))
    const before = a.data.slice()
    thinQr(a)
    expect(a.data).toEqual(before)
  })

  it('refuses entries that are not finite', () => {
    expect(() => thinQr(fromRows([[1, NaN]]))).toThrow(expect.objectContaining({ code: 'numerical' }))
  })
})

describe('orthonormalColumns', () => {
  it('keeps columns that are orthonormal already', () => {
    const q = orthonormalColumns(randomMatrix(9, 4, createPrng(8)))
    expect(largestDifference(orthonormalColumns(q).data, q.data)).toBeLessThan(20 * epsilon)
  })

  it('spans the columns of its input', () => {
    const a = randomMatrix(9, 4, createPrng(5))
    const q = orthonormalColumns(a)
    const projected = multiply(q, multiply(fromColumns(q), a))
    expect(frobeniusNorm(add(projected, a, -1))).toBeLessThan(20 * epsilon * frobeniusNorm(a))
  })
})

function fromColumns(a: Matrix): Matrix {
  return fromRows(
    Array.from({ length: a.columns }, (_, j) =>
      Array.from({ length: a.rows }, (_, i) => a.data[i * a.columns + j]!)
    )
  )
}
