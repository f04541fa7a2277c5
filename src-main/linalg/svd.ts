/**
 * Thin singular value decomposition.
 *
 * QR first when the matrix is not square, then bidiagonal form, then implicit-shift QR on that. Backward stable: a
 * singular value σ has an absolute error of a modest multiple of ε σ₁, so large ones are accurate to nearly
 * all digits and those below ε σ₁ carry none.
 */
import { bidiagonalForm } from './bidiagonal-form'
import { bidiagonalSvd } from './bidiagonal-svd'
import { columnsFromRows, descendingOrder, rowSigns } from './descending'
import { householderQr } from './householder-qr'
import { matrix, transpose, type Matrix } from './matrix'
import { PlaneRotations } from './plane-rotations'
import { applyToRows, formRows } from './reflectors'
import { unitScaled } from './unit-scale'

export interface Svd {
  /** Left singular vectors [m, k], k = min(m, n): column i belongs to singular value i. Orthonormal. */
  readonly u: Matrix
  /** [k], descending, not negative. */
  readonly singularValues: Float64Array
  /** Right singular vectors [n, k]. Orthonormal. */
  readonly v: Matrix
}

/** Factors with vectors as rows: `left` [n, m], `right` [n, n], values of either sign in no order. */
interface RawSvd {
  readonly left: Matrix
  readonly values: Float64Array
  readonly right: Matrix
}

/**
 * A = U · diag(σ) · Vᵀ for `a` [m, n], which is not modified.
 *
 * Deterministic. The entry of largest magnitude in each column of U is positive, and of entries equal to
 * nine digits the first counts; V's columns follow. Within a repeated singular value the basis is one of many.
 *
 * @throws WorkbenchError `numerical` when an entry is not finite or the iteration does not converge.
 * Source: Golub & Van Loan, Matrix Computations (4th ed.), 5.4.8, 5.4.9 and 8.6; LAPACK dgesvd.
 */
export function svd(a: Matrix): Svd {
  const { scaled, factor } = unitScaled(a, 'The matrix of a singular value decomposition')
  const isWide = a.columns > a.rows
  // Both branches hand over the columns of the taller of A and Aᵀ as rows.
  const raw = tallSvd(isWide ? scaled : transpose(scaled))
  const [left, right] = isWide ? [raw.right, raw.left] : [raw.left, raw.right]
  const magnitudes = raw.values.map(Math.abs)
  const order = descendingOrder(magnitudes)
  const signs = rowSigns(left)
  const rightSigns = signs.map((sign, i) => (raw.values[i]! < 0 ? -sign : sign))
  return {
    u: columnsFromRows(left, order, signs),
    singularValues: Float64Array.from(order, (i) => magnitudes[i]! / factor),
    v: columnsFromRows(right, order, rightSigns)
  }
}

/** SVD of an m x n matrix, m ≥ n, given as `columns` [n, m], which is overwritten. */
function tallSvd(columns: Matrix): RawSvd {
  const n = columns.rows
  if (n === columns.columns) return squareSvd(transpose(columns))
  const q = householderQr(columns)
  const r = matrix(n, n)
  for (let j = 0; j < n; j++) {
    for (let i = 0; i <= j; i++) r.data[i * n + j] = columns.data[j * columns.columns + i]!
  }
  const { left, values, right } = squareSvd(r)
  const leftPadded = matrix(n, columns.columns)
  for (let i = 0; i < n; i++) {
    leftPadded.data.set(left.data.subarray(i * n, (i + 1) * n), i * columns.columns)
  }
  applyToRows(q, leftPadded)
  return { left: leftPadded, values, right }
}

/** SVD of `a` [n, n], which is overwritten. */
function squareSvd(a: Matrix): RawSvd {
  const form = bidiagonalForm(a)
  const left = formRows(form.left, a.rows)
  const right = formRows(form.right, a.rows)
  const [leftRotations, rightRotations] = [new PlaneRotations(left), new PlaneRotations(right)]
  bidiagonalSvd(form.diagonal, form.superDiagonal, leftRotations, rightRotations)
  leftRotations.finish()
  rightRotations.finish()
  return { left, values: form.diagonal, right }
}
