import type { Matrix } from './matrix'
import { identityReflectors, reflect, type Reflectors } from './reflectors'

/** A = Q · T · Qᵀ with T tridiagonal and Q = H_0 · H_1 · … the product of `reflectors`. */
export interface TridiagonalForm {
  /** Diagonal of T, [n]. */
  readonly diagonal: Float64Array
  /** T's entries beside the diagonal, [n - 1]. */
  readonly offDiagonal: Float64Array
  readonly reflectors: Reflectors
}

/**
 * Reduces a symmetric matrix to tridiagonal form. Reads and overwrites the lower triangle of `a` [n, n] only; entries
 * are expected to be near one in magnitude at most.
 *
 * Step k makes the reflector v that clears column k below its first entry off the diagonal, and the rank-two update
 * A ← A − v wᵀ − w vᵀ with p = τ A v, w = p − (τ/2)(pᵀv) v. The update of one step and the product A v of the next are
 * done in the same walk over the triangle, which halves the memory traffic.
 *
 * Source: Golub & Van Loan 8.3.1; LAPACK dsytd2; the shared walk follows Howell et al., Cache efficient
 * bidiagonalization using BLAS 2.5 operators (ACM TOMS 34, 2008). 4/3 n³ flops.
 */
export function tridiagonalForm(a: Matrix): TridiagonalForm {
  const n = a.rows
  const diagonal = new Float64Array(n)
  const offDiagonal = new Float64Array(Math.max(0, n - 1))
  const reflectors = identityReflectors(Math.max(0, n - 1), n, 1)
  let v: Float64Array = new Float64Array(n)
  let [w, p] = [new Float64Array(n), new Float64Array(n)]
  for (let k = 0; k < n; k++) {
    diagonal[k] = a.data[k * n + k]! - 2 * v[k]! * w[k]!
    if (k === n - 1) break
    const x = reflectors.vectors.data.subarray(k * n, (k + 1) * n)
    for (let i = k + 1; i < n; i++) x[i] = a.data[i * n + k]! - v[i]! * w[k]! - w[i]! * v[k]!
    offDiagonal[k] = reflect(reflectors, k)
    p.fill(0)
    updateAndMultiply(a, k + 1, { v, w, x, p })
    const tau = reflectors.taus[k]!
    let overlap = 0
    for (let i = k + 1; i < n; i++) overlap += tau * p[i]! * x[i]!
    for (let i = k + 1; i < n; i++) p[i] = tau * (p[i]! - 0.5 * overlap * x[i]!)
    const spare = w
    w = p
    p = spare
    v = x
  }
  return { diagonal, offDiagonal, reflectors }
}

interface Vectors {
  readonly v: Float64Array
  readonly w: Float64Array
  readonly x: Float64Array
  readonly p: Float64Array
}

/**
 * A ← A − v wᵀ − w vᵀ, then p ← p + A x, over the lower triangle of rows and columns from `first` on. Two rows at a
 * time share the loads of v, w, x and p.
 */
function updateAndMultiply(a: Matrix, first: number, vectors: Vectors): void {
  const n = a.rows
  let i = first
  for (; i + 1 < n; i += 2) {
    rowPair(a, { i, first }, vectors)
    tail(a, { i, from: i }, vectors)
    tail(a, { i: i + 1, from: i }, vectors)
  }
  if (i < n) tail(a, { i, from: first }, vectors)
}

/** Rows i and i + 1 over the columns [first, i). */
function rowPair(
  { data, columns }: Matrix,
  { i, first }: { i: number; first: number },
  { v, w, x, p }: Vectors
): void {
  const upper = i * columns
  const lower = upper + columns
  const v0 = v[i]!
  const v1 = v[i + 1]!
  const w0 = w[i]!
  const w1 = w[i + 1]!
  const x0 = x[i]!
  const x1 = x[i + 1]!
  let sum0 = 0
  let sum1 = 0
  for (let j = first; j < i; j++) {
    const vj = v[j]!
    const wj = w[j]!
    const xj = x[j]!
    const value0 = data[upper + j]! - v0 * wj - w0 * vj
    const value1 = data[lower + j]! - v1 * wj - w1 * vj
    data[upper + j] = value0
    data[lower + j] = value1
    sum0 += value0 * xj
    sum1 += value1 * xj
    p[j]! += value0 * x0 + value1 * x1
  }
  p[i]! += sum0
  p[i + 1]! += sum1
}

/** Row i over the columns [from, i]. */
function tail(
  { data, columns }: Matrix,
  { i, from }: { i: number; from: number },
  { v, w, x, p }: Vectors
): void {
  const row = i * columns
  let sum = 0
  for (let j = from; j <= i; j++) {
    const value = data[row + j]! - v[i]! * w[j]! - w[i]! * v[j]!
    data[row + j] = value
    sum += value * x[j]!
    if (j < i) p[j]! += value * x[i]!
  }
  p[i]! += sum
}
