import type { Matrix } from './matrix'
import { identityReflectors, reflect, type Reflectors } from './reflectors'

/** A = U · B · Vᵀ, B upper bidiagonal, U and V the products of `left` and `right`. */
export interface BidiagonalForm {
  /** Diagonal of B, [n]. */
  readonly diagonal: Float64Array
  /** Entries of B above the diagonal, [n - 1]. */
  readonly superDiagonal: Float64Array
  readonly left: Reflectors
  readonly right: Reflectors
}

/**
 * Reduces a square `a` [n, n], which is overwritten, to bidiagonal form. Entries are expected to be near one in
 * magnitude at most.
 *
 * Step k clears column k below the diagonal with v, then row k beyond the superdiagonal with u:
 * A ← A − v yᵀ − x uᵀ with y = τ Aᵀ v and x = τ' (A − v yᵀ) u. The update of one step and the product Aᵀ v of the next
 * share a walk over the rows, which leaves two walks per step instead of four.
 *
 * Source: Golub & Van Loan 5.4.8; LAPACK dgebd2; shared walks after Howell et al., ACM TOMS 34 (2008). 8/3 n³ flops.
 */
export function bidiagonalForm(a: Matrix): BidiagonalForm {
  const n = a.rows
  const diagonal = new Float64Array(n)
  const superDiagonal = new Float64Array(Math.max(0, n - 1))
  const left = identityReflectors(n, n, 0)
  const right = identityReflectors(Math.max(0, n - 1), n, 1)
  let v: Float64Array = new Float64Array(n)
  let u: Float64Array = new Float64Array(n)
  const [y, x, nextY] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  for (let k = 0; k < n; k++) {
    const nextV = left.vectors.data.subarray(k * n, (k + 1) * n)
    for (let i = k; i < n; i++) nextV[i] = a.data[i * n + k]! - v[i]! * y[k]! - x[i]! * u[k]!
    diagonal[k] = reflect(left, k)
    if (k === n - 1) break
    nextY.fill(0)
    updateAndMultiply(a, k, { v, y, x, u, nextV, nextY })
    for (let j = k + 1; j < n; j++) y[j] = left.taus[k]! * nextY[j]!
    v = nextV
    u = right.vectors.data.subarray(k * n, (k + 1) * n)
    for (let j = k + 1; j < n; j++) u[j] = a.data[k * n + j]! - y[j]!
    superDiagonal[k] = reflect(right, k)
    multiplyRows(a, k + 1, u, x)
    let overlap = 0
    for (let j = k + 1; j < n; j++) overlap += y[j]! * u[j]!
    for (let i = k + 1; i < n; i++) x[i] = right.taus[k]! * (x[i]! - v[i]! * overlap)
  }
  return { diagonal, superDiagonal, left, right }
}

/** A ← A − v yᵀ − x uᵀ, then nextY ← nextY + Aᵀ nextV, over rows from k on and columns beyond k. */
function updateAndMultiply(
  a: Matrix,
  k: number,
  vectors: Readonly<Record<'v' | 'y' | 'x' | 'u' | 'nextV' | 'nextY', Float64Array>>
): void {
  const { v, y, x, u, nextV, nextY } = vectors
  const n = a.rows
  const data = a.data
  for (let i = k; i < n; i++) {
    const row = i * n
    const vi = v[i]!
    const xi = x[i]!
    const next = nextV[i]!
    for (let j = k + 1; j < n; j++) {
      const value = data[row + j]! - vi * y[j]! - xi * u[j]!
      data[row + j] = value
      nextY[j]! += next * value
    }
  }
}

/** result[i] = Σ_j a[i, j] u[j] over rows and columns from `first` on; two sums per row hide the latency of one. */
function multiplyRows(a: Matrix, first: number, u: Float64Array, result: Float64Array): void {
  const n = a.rows
  const data = a.data
  for (let i = first; i < n; i++) {
    const row = i * n
    let even = 0
    let odd = 0
    let j = first
    for (; j + 1 < n; j += 2) {
      even += data[row + j]! * u[j]!
      odd += data[row + j + 1]! * u[j + 1]!
    }
    if (j < n) even += data[row + j]! * u[j]!
    result[i] = even + odd
  }
}
