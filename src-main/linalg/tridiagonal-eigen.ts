import { WorkbenchError } from '@contract/errors'
import type { PlaneRotations } from './plane-rotations'
import { hypotenuse } from './hypotenuse'

/** Sweeps allowed per eigenvalue, on average. LAPACK's figure; about 1.7 are needed. */
const sweepsPerValue = 30

/**
 * Overwrites `diagonal` [n] with the eigenvalues, in no order, of the symmetric tridiagonal matrix T with
 * `offDiagonal` [n - 1], which is destroyed. T = S · Λ · Sᵀ; Sᵀ is left-multiplied to the rows of `rotations`.
 *
 * Implicit QL with Wilkinson's shift. An off-diagonal entry is dropped when it is below rounding of its two neighbours on the
 * diagonal, a backward error of at most ε ‖T‖.
 *
 * @throws WorkbenchError `numerical` when 30 n sweeps do not suffice.
 * Source: Golub & Van Loan 8.3.3-8.3.5; EISPACK imtql2, LAPACK dsteqr.
 */
export function tridiagonalEigen(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  rotations?: PlaneRotations
): void {
  const n = diagonal.length
  let sweeps = 0
  for (let low = 0; low < n; low++) {
    for (;;) {
      const high = endOfBlock(diagonal, offDiagonal, low)
      if (high === low) break
      if (++sweeps > sweepsPerValue * n) {
        throw new WorkbenchError(
          'numerical',
          `The eigenvalues of a ${n} x ${n} matrix did not converge within ${sweepsPerValue * n} sweeps.`,
          { details: { size: n, sweeps: sweepsPerValue * n, converged: low } }
        )
      }
      sweep(diagonal, offDiagonal, { low, high }, rotations)
    }
  }
}

/**
 * An entry beside the diagonal this small never matters to a matrix with entries near one, while a block of such
 * entries only would be iterated on for ever, as their products underflow.
 */
const negligible = 2 ** -300
/** Below this a quotient of two numbers has lost digits to underflow. */
const vanished = 2 ** -960

/** The last index of the block that starts at `low`: the entry that would join it to the next is negligible. */
function endOfBlock(d: Float64Array, e: Float64Array, low: number): number {
  let high = low
  while (high < d.length - 1) {
    const neighbours = Math.abs(d[high]!) + Math.abs(d[high + 1]!)
    if (Math.abs(e[high]!) <= Math.max(negligible, 0.5 * Number.EPSILON * neighbours)) break
    high++
  }
  return high
}

/** One implicit QL step on the block [low, high]: the bulge runs from the bottom to the top. */
function sweep(
  d: Float64Array,
  e: Float64Array,
  { low, high }: { low: number; high: number },
  rotations: PlaneRotations | undefined
): void {
  // Wilkinson's shift: the eigenvalue of the leading 2 x 2 block nearer to d[low].
  const slope = (d[low + 1]! - d[low]!) / (2 * e[low]!)
  const root = hypotenuse(slope, 1)
  const shift = d[low]! - e[low]! / (slope + (slope < 0 ? -root : root))
  let g = d[high]! - shift
  let [c, s, p] = [1, 1, 0]
  for (let i = high - 1; i >= low; i--) {
    const f = s * e[i]!
    const b = c * e[i]!
    const r = hypotenuse(f, g)
    if (i < high - 1) e[i + 1] = r < vanished ? 0 : r
    if (r < vanished) {
      // The bulge is gone: the block has split at i + 1.
      d[i + 1]! -= p
      if (high < e.length) e[high] = 0
      return
    }
    s = f / r
    c = g / r
    const h = d[i + 1]! - p
    const t = (d[i]! - h) * s + 2 * c * b
    p = s * t
    d[i + 1] = h + p
    g = c * t - b
    rotations?.rotate(i + 1, i, c, s)
  }
  d[low]! -= p
  e[low] = g
  if (high < e.length) e[high] = 0
}
