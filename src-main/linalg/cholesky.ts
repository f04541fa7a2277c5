import { WorkbenchError } from '@contract/errors'
import { matrix, type Matrix } from './matrix'
import { addRowProducts } from './row-products'
import { unitScaled } from './unit-scale'

/** Columns finished together; enough to make products of rows dominate. */
const columnsPerBlock = 32

/**
 * The lower triangular L [n, n] with A = L · Lᵀ and a positive diagonal, for a symmetric positive definite `a` [n, n],
 * of which only the lower triangle is read and nothing is modified.
 *
 * L[i, j] = (A[i, j] − Σ_{k<j} L[i, k] L[j, k]) / L[j, j]; the sums are products of contiguous rows.
 *
 * @throws WorkbenchError `numerical` when a pivot is not positive (the message names it) or an entry is not finite,
 * `internal` when `a` is not square.
 * Source: Golub & Van Loan, Matrix Computations (4th ed.), 4.2; LAPACK dpotrf. n³/3 flops.
 */
export function cholesky(a: Matrix): Matrix {
  const n = squareSize(a)
  const { scaled: l, factor } = evenlyScaled(a)
  for (let from = 0; from < n; from += columnsPerBlock) {
    const to = Math.min(n, from + columnsPerBlock)
    const panel = { data: l.data, offset: from * n + from, stride: n }
    const finished = { data: l.data, offset: from * n, stride: n }
    addRowProducts(panel, finished, finished, { rows: n - from, columns: to - from, inner: from, factor: -1 })
    for (let j = from; j < to; j++) finishColumn(l, j, { from, factor })
  }
  for (let i = 0; i < n; i++) {
    l.data.fill(0, i * n + i + 1, (i + 1) * n)
    for (let j = 0; j <= i; j++) l.data[i * n + j]! /= Math.sqrt(factor)
  }
  return l
}

/** Turns column j of the panel that starts at column `from` into column j of L. */
function finishColumn(l: Matrix, j: number, { from, factor }: { from: number; factor: number }): void {
  const n = l.rows
  const { data } = l
  for (let i = j; i < n; i++) {
    let value = data[i * n + j]!
    for (let k = from; k < j; k++) value -= data[i * n + k]! * data[j * n + k]!
    if (i > j) {
      data[i * n + j] = value / data[j * n + j]!
      continue
    }
    if (!(value > 0)) {
      throw new WorkbenchError(
        'numerical',
        `A Cholesky factor needs a positive definite matrix, got pivot ${value / factor} at row ${j} of ${n}; ` +
          'add damping to the diagonal or use the semidefinite factor.',
        { details: { size: n, pivotIndex: j, pivot: value / factor } }
      )
    }
    data[j * n + j] = Math.sqrt(value)
  }
}

/**
 * A factor L [n, n] with A ≈ L · Lᵀ for a symmetric positive semidefinite `a` [n, n] of any rank, of which only the
 * lower triangle is read and nothing is modified.
 *
 * Complete pivoting: at each step the largest remaining diagonal entry gives the next column, until all of them
 * are at most `tolerance` times the largest of A; the columns that are left stay zero. Then A − L Lᵀ is semidefinite up to
 * rounding, and ‖A − L Lᵀ‖₂ ≤ (zero columns) · tolerance · max diagonal.
 * Rows keep the order of A, so L is lower triangular only up to an exchange of rows.
 *
 * - `tolerance` fraction of the largest diagonal entry, 0..1.
 *
 * @throws WorkbenchError `numerical` when A is indefinite beyond rounding or an entry is not finite,
 * `internal` when `a` is not square.
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2nd ed.), 10.3; LAPACK dpstrf.
 */
export function semidefiniteCholesky(a: Matrix, tolerance: number): Matrix {
  const n = squareSize(a)
  const { scaled: rest, factor } = evenlyScaled(a)
  const columns: Float64Array[] = []
  const pending = new Set(Array(n).keys())
  const diagonal = (i: number): number => rest.data[i * n + i]!
  const largest = Math.max(0, ...Array.from(pending, diagonal))
  for (;;) {
    let pivot = -1
    for (const i of pending) if (pivot < 0 || diagonal(i) > diagonal(pivot)) pivot = i
    if (pivot < 0 || !(diagonal(pivot) > tolerance * largest)) break
    pending.delete(pivot)
    const root = Math.sqrt(diagonal(pivot))
    const column = new Float64Array(n)
    column[pivot] = root
    for (const i of pending) column[i] = lowerEntry(rest, i, pivot) / root
    for (const i of pending) {
      for (let j = 0; j <= i; j++) rest.data[i * n + j]! -= column[i]! * column[j]!
    }
    columns.push(column)
  }
  requireNegligible(rest, pending, { limit: Math.max(tolerance, n * Number.EPSILON) * largest, factor })
  const l = matrix(n, n)
  columns.forEach((column, k) => {
    for (let i = 0; i < n; i++) l.data[i * n + k] = column[i]! / Math.sqrt(factor)
  })
  return l
}

function lowerEntry(a: Matrix, i: number, j: number): number {
  return a.data[Math.max(i, j) * a.columns + Math.min(i, j)]!
}

/** No entry of a semidefinite remainder exceeds its largest diagonal entry, and none on the diagonal is negative. */
function requireNegligible(
  rest: Matrix,
  pending: Set<number>,
  { limit, factor }: { limit: number; factor: number }
) {
  for (const i of pending) {
    for (const j of pending) {
      const value = lowerEntry(rest, i, j)
      if (Math.abs(value) <= limit) continue
      throw new WorkbenchError(
        'numerical',
        `A semidefinite Cholesky factor needs a positive semidefinite matrix, got ${value / factor} ` +
          `left over at row ${i}, column ${j}; check that the matrix is a second moment.`,
        { details: { size: rest.rows, row: i, column: j, remainder: value / factor } }
      )
    }
  }
}

function squareSize(a: Matrix): number {
  if (a.rows === a.columns) return a.rows
  throw new WorkbenchError(
    'internal',
    `A Cholesky factor needs a square matrix, got [${a.rows}, ${a.columns}].`
  )
}

/** As `unitScaled`, by an even power of two, whose root is exact as well. */
function evenlyScaled(a: Matrix): { scaled: Matrix; factor: number } {
  const { scaled, factor } = unitScaled(a, 'The matrix of a Cholesky factorization')
  if (Number.isInteger(Math.log2(factor) / 2)) return { scaled, factor }
  return {
    scaled: matrix(
      a.rows,
      a.columns,
      scaled.data.map((value) => value / 2)
    ),
    factor: factor / 2
  }
}
