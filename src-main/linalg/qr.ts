import { householderQr } from './householder-qr'
import { matrix, transpose, type Matrix } from './matrix'
import { formRows } from './reflectors'
import { unitScaled } from './unit-scale'

export interface ThinQr {
  /** [m, k] with k = min(m, n); orthonormal columns, whatever the rank of A. */
  readonly q: Matrix
  /** [k, n], upper triangular; its diagonal is not negative. */
  readonly r: Matrix
}

/**
 * A = Q · R for `a` [m, n], which is not modified.
 *
 * Deterministic; Q and R are unique when A has full column rank, because of the sign of R's diagonal.
 *
 * @throws WorkbenchError `numerical` when an entry is not finite.
 * Source: Golub & Van Loan, Matrix Computations (4th ed.), 5.2; LAPACK dgeqrf and dorgqr.
 */
export function thinQr(a: Matrix): ThinQr {
  const { scaled, factor } = unitScaled(a, 'The matrix of a QR factorization')
  const columns = transpose(scaled)
  const reflectors = householderQr(columns)
  const size = Math.min(a.rows, a.columns)
  const q = formRows(reflectors, size)
  const r = matrix(size, a.columns)
  for (let i = 0; i < size; i++) {
    const sign = columns.data[i * a.rows + i]! < 0 ? -1 : 1
    for (let j = i; j < a.columns; j++) {
      r.data[i * a.columns + j] = (sign * columns.data[j * a.rows + i]!) / factor
    }
    if (sign < 0) for (let j = 0; j < a.rows; j++) q.data[i * a.rows + j] = -q.data[i * a.rows + j]!
  }
  return { q: transpose(q), r }
}

/**
 * An orthonormal basis [m, k] that contains the column space of `a` [m, n], k = min(m, n): the Q of `thinQr`.
 *
 * @throws WorkbenchError `numerical` when an entry is not finite.
 */
export function orthonormalColumns(a: Matrix): Matrix {
  return thinQr(a).q
}
