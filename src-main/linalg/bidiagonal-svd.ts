/**
 * Singular values of a bidiagonal matrix by implicit-shift QR.
 *
 * Source: Golub & Van Loan 8.6.2; the shifted and the zero-shift sweep as in Demmel & Kahan, Accurate singular values
 * of bidiagonal matrices (SIAM J. Sci. Stat. Comput. 11, 1990); LAPACK dbdsqr, without its change of direction.
 */
import { WorkbenchError } from '@contract/errors'
import { hypotenuse } from './hypotenuse'
import type { PlaneRotations } from './plane-rotations'

/** Half the distance from 1 to the next double. */
const roundoff = 0.5 * Number.EPSILON
/** What never matters to a matrix with entries near one, and squares of which do not underflow yet. */
const negligible = 2 ** -300
/** Sweeps allowed per singular value, on average; about two are needed. */
const sweepsPerValue = 60

/**
 * Overwrites `diagonal` [n] with the singular values, unordered and of either sign, of the upper bidiagonal B with
 * `superDiagonal` [n - 1], which is destroyed. B = S · Σ · Tᵀ; the rows of `left` are multiplied by Sᵀ and those of
 * `right` by Tᵀ.
 *
 * An entry above the diagonal is dropped when it is below rounding of its two neighbours on the diagonal.
 *
 * @throws WorkbenchError `numerical` when 60 n sweeps do not suffice.
 */
export function bidiagonalSvd(
  diagonal: Float64Array,
  superDiagonal: Float64Array,
  left: PlaneRotations,
  right: PlaneRotations
): void {
  const n = diagonal.length
  const limit = sweepsPerValue * n
  let sweeps = 0
  let high = n - 1
  while (high > 0) {
    const low = startOfBlock(diagonal, superDiagonal, high)
    if (low === high) {
      high--
      continue
    }
    if (++sweeps > limit) {
      throw new WorkbenchError(
        'numerical',
        `The singular values of a ${n} x ${n} matrix did not converge within ${limit} sweeps.`,
        { details: { size: n, sweeps: limit, converged: n - 1 - high } }
      )
    }
    const shift = smallerSingularValue(diagonal[high - 1]!, superDiagonal[high - 1]!, diagonal[high]!)
    const block = { low, high }
    // A shift that would vanish beside d[low] does nothing but spoil small values. With a zero on the diagonal a
    // sweep without shift splits the block at once.
    if (!clearNegligible(diagonal, block) && shift ** 2 > roundoff * diagonal[low]! ** 2) {
      shiftedSweep(diagonal, superDiagonal, { ...block, shift }, { left, right })
    } else {
      zeroShiftSweep(diagonal, superDiagonal, block, { left, right })
    }
  }
}

/** The first index of the block that ends at `high`. */
function startOfBlock(d: Float64Array, e: Float64Array, high: number): number {
  for (let low = high; low > 0; low--) {
    const neighbours = Math.abs(d[low - 1]!) + Math.abs(d[low]!)
    if (Math.abs(e[low - 1]!) <= Math.max(negligible, roundoff * neighbours)) return low
  }
  return 0
}

/** Puts zero for negligible entries on the diagonal of a block and tells whether there is any. */
function clearNegligible(d: Float64Array, { low, high }: { low: number; high: number }): boolean {
  let found = false
  for (let i = low; i <= high; i++) {
    if (Math.abs(d[i]!) > negligible) continue
    d[i] = 0
    found = true
  }
  return found
}

/** Smaller singular value of [[f, g], [0, h]]. LAPACK dlas2. */
function smallerSingularValue(f: number, g: number, h: number): number {
  const [small, large] = [Math.min(Math.abs(f), Math.abs(h)), Math.max(Math.abs(f), Math.abs(h))]
  if (small === 0) return 0
  const ratio = g / large
  const sum = hypotenuse(1 + small / large, ratio)
  const difference = hypotenuse(1 - small / large, ratio)
  return (2 * small) / (sum + difference)
}

/** The rotation with (c, s; −s, c) · (f, g)ᵀ = (r, 0)ᵀ. LAPACK dlartg. */
function rotationFor(f: number, g: number): { c: number; s: number; r: number } {
  // Quotients of still smaller numbers lose digits, and with them the rotation its orthogonality.
  if (Math.abs(g) < 2 ** -960) return { c: 1, s: 0, r: f }
  const r = hypotenuse(f, g)
  return { c: f / r, s: g / r, r }
}

interface Sides {
  readonly left: PlaneRotations
  readonly right: PlaneRotations
}

/** One Golub-Kahan step on the block [low, high]: the bulge runs from the top to the bottom. */
function shiftedSweep(
  d: Float64Array,
  e: Float64Array,
  { low, high, shift }: { low: number; high: number; shift: number },
  { left, right }: Sides
): void {
  // The first column of BᵀB − shift² I, divided by the larger of d[low] and the shift.
  const scale = Math.max(Math.abs(d[low]!), shift)
  let f = ((Math.abs(d[low]!) - shift) / scale) * (Math.abs(d[low]!) + shift)
  let g = (d[low]! / scale) * e[low]!
  for (let i = low; i < high; i++) {
    const columns = rotationFor(f, g)
    if (i > low) e[i - 1] = columns.r
    f = columns.c * d[i]! + columns.s * e[i]!
    e[i] = columns.c * e[i]! - columns.s * d[i]!
    g = columns.s * d[i + 1]!
    d[i + 1] = columns.c * d[i + 1]!
    const rows = rotationFor(f, g)
    d[i] = rows.r
    f = rows.c * e[i]! + rows.s * d[i + 1]!
    d[i + 1] = rows.c * d[i + 1]! - rows.s * e[i]!
    if (i + 1 < high) {
      g = rows.s * e[i + 1]!
      e[i + 1] = rows.c * e[i + 1]!
    }
    right.rotate(i, i + 1, columns.c, columns.s)
    left.rotate(i, i + 1, rows.c, rows.s)
  }
  e[high - 1] = f
}

/** One QR step with shift zero, arranged so that no subtraction happens: every entry keeps its relative accuracy. */
function zeroShiftSweep(
  d: Float64Array,
  e: Float64Array,
  { low, high }: { low: number; high: number },
  { left, right }: Sides
): void {
  let columns = { c: 1, s: 0, r: 0 }
  let rows = { c: 1, s: 0, r: 0 }
  for (let i = low; i < high; i++) {
    columns = rotationFor(d[i]! * columns.c, e[i]!)
    if (i > low) e[i - 1] = rows.s * columns.r
    rows = rotationFor(rows.c * columns.r, d[i + 1]! * columns.s)
    d[i] = rows.r
    right.rotate(i, i + 1, columns.c, columns.s)
    left.rotate(i, i + 1, rows.c, rows.s)
  }
  const last = d[high]! * columns.c
  e[high - 1] = last * rows.s
  d[high] = last * rows.c
}
