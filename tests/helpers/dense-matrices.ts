/** Small dense matrices for tests: drawn from a seed, multiplied in plain loops, compared entry by entry. */
import { createPrng, type Prng } from '../../src-main/base/prng'
import { matrix, transpose, type Matrix } from '../../src-main/linalg/matrix'

/** Standard normal entries. */
export function randomMatrix(rows: number, columns: number, prng: Prng): Matrix {
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => prng.normal())
  )
}

/** B + Bᵀ with standard normal B; the same seed gives the same matrix. */
export function randomSymmetric(size: number, seed: number): Matrix {
  const b = randomMatrix(size, size, createPrng(seed))
  return add(b, transpose(b))
}

export function multiply(a: Matrix, b: Matrix): Matrix {
  const result = matrix(a.rows, b.columns)
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      for (let j = 0; j < b.columns; j++) {
        result.data[i * b.columns + j]! += a.data[i * a.columns + k]! * b.data[k * b.columns + j]!
      }
    }
  }
  return result
}

export function add(a: Matrix, b: Matrix, factor = 1): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((value, i) => value + factor * b.data[i]!)
  )
}

/** a · diag(values). */
export function scaleColumns(a: Matrix, values: Float64Array): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((value, i) => value * values[i % a.columns]!)
  )
}

export function fromRows(rows: readonly (readonly number[])[]): Matrix {
  return matrix(rows.length, rows[0]?.length ?? 0, Float64Array.from(rows.flat()))
}

/** Largest magnitude of a − b. NaN when any difference is. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
}

/** Largest magnitude of QᵀQ − I. */
export function orthonormalityError(q: Matrix): number {
  const gram = multiply(transpose(q), q)
  for (let i = 0; i < q.columns; i++) gram.data[i * q.columns + i]! -= 1
  return gram.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}

/** Whether the entry of largest magnitude in each column is positive, ties to nine digits going to the first. */
export function hasPositiveLargestEntries(a: Matrix): boolean {
  const columns = transpose(a)
  return Array.from({ length: a.columns }, (_, j) =>
    columns.data.subarray(j * a.rows, (j + 1) * a.rows)
  ).every((column) => {
    const largest = column.reduce((value, next) => Math.max(value, Math.abs(next)), 0)
    return (column.find((value) => Math.abs(value) >= largest * (1 - 1e-9)) ?? 0) > 0
  })
}
