import type { Matrix } from './matrix'
import { identityReflectors, reflect, type Reflectors } from './reflectors'
import { Scratch } from './scratch'
import { reserve, type Kernels } from './simd/kernels'

/** factor · A = Q · T · Qᵀ with T tridiagonal and Q = H_0 · H_1 · … the product of `reflectors`. */
export interface TridiagonalForm {
  /** Diagonal of T, [n]. */
  readonly diagonal: Float64Array
  /** T's entries beside the diagonal, [n - 1]. */
  readonly offDiagonal: Float64Array
  /** In the memory of the scratch given. */
  readonly reflectors: Reflectors
}

/**
 * Reduces factor · A to tridiagonal form. Reads the lower triangle of `a` [n, n] only, which is not modified; after scaling its
 * entries are expected to be near one in magnitude at most.
 *
 * Step k makes the reflector v that clears column k below its first entry off the diagonal, and the rank-two update
 * A ← A − v wᵀ − w vᵀ with p = τ A v, w = p − (τ/2)(pᵀv) v. The update of one step and the product A v of the next are
 * done in the same walk over the triangle, which halves the memory traffic.
 *
 * Source: Golub & Van Loan 8.3.1; LAPACK dsytd2; the shared walk follows Howell et al., Cache efficient
 * bidiagonalization using BLAS 2.5 operators (ACM TOMS 34, 2008). 4/3 n³ flops.
 */
export function tridiagonalForm(a: Matrix, factor: number, scratch = new Scratch()): TridiagonalForm {
  const n = a.rows
  const diagonal = new Float64Array(n)
  const offDiagonal = new Float64Array(Math.max(0, n - 1))
  const reflectors = identityReflectors(Math.max(0, n - 1), n, 1, scratch)
  const work = paddedCopy(a, factor)
  const { data, stride } = work
  for (let k = 0; k < n; k++) {
    const { v, w } = work
    diagonal[k] = data[k * stride + k]! - 2 * v[k]! * w[k]!
    if (k === n - 1) break
    const x = reflectors.vectors.data.subarray(k * n, (k + 1) * n)
    for (let i = k + 1; i < n; i++) x[i] = data[i * stride + k]! - v[i]! * w[k]! - w[i]! * v[k]!
    offDiagonal[k] = reflect(reflectors, k)
    work.x.set(x)
    updateAndMultiply(work, k + 1)
    const { p } = work
    const tau = reflectors.taus[k]!
    let overlap = 0
    for (let i = k + 1; i < n; i++) overlap += tau * p[i]! * x[i]!
    for (let i = k + 1; i < n; i++) p[i] = tau * (p[i]! - 0.5 * overlap * x[i]!)
    ;[work.v, work.x, work.w, work.p] = [work.x, v, p, w]
  }
  return { diagonal, offDiagonal, reflectors }
}

/** A [stride, stride], `stride` even: a last row and column of zeros where n is odd; vectors [stride]. */
interface Work {
  readonly kernels: Kernels
  readonly stride: number
  readonly data: Float64Array
  v: Float64Array
  w: Float64Array
  x: Float64Array
  p: Float64Array
}

function paddedCopy(a: Matrix, factor: number): Work {
  const n = a.rows
  const stride = n + (n % 2)
  const { kernels, arrays } = reserve([stride * stride, stride, stride, stride, stride])
  const [data, v, w, x, p] = arrays as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  for (const vector of [v, w, x]) vector.fill(0)
  data.fill(0, n * stride)
  for (let i = 0; i < n; i++)
    copyScaled(a.data, i * n, { factor, target: data, start: i * stride, count: i + 1 })
  return { kernels, stride, data, v, w, x, p }
}

function copyScaled(
  source: Float64Array,
  from: number,
  to: {
    readonly target: Float64Array
    readonly start: number
    readonly count: number
    readonly factor: number
  }
): void {
  const { target, start, count, factor } = to
  for (let j = 0; j < count; j++) target[start + j] = factor * source[from + j]!
}

/**
 * A ← A − v wᵀ − w vᵀ, then p ← A x, over the lower triangle of rows and columns from `first` on. An odd `first` includes the
 * row and column before it, which are done with: x is zero there.
 */
function updateAndMultiply({ kernels, stride, data, v, w, x, p }: Work, first: number): void {
  const start = first - (first % 2)
  const bytes = Float64Array.BYTES_PER_ELEMENT
  p.fill(0)
  kernels.rankTwoUpdate(
    data.byteOffset + start * stride * bytes,
    stride * bytes,
    start * bytes,
    stride * bytes,
    ...([v.byteOffset, w.byteOffset, x.byteOffset, p.byteOffset] as const)
  )
}
