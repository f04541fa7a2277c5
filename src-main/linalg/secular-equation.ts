/**
 * Roots of the secular equation, the eigenvalues of a diagonal matrix plus one of rank one.
 *
 * Source: Golub & Van Loan 8.4.3; Li, Solving secular equations stably and efficiently (LAPACK working note 89, 1993),
 * the middle way; LAPACK dlaed4. Simpler than LAPACK's in that a bracket with bisection is the only safeguard.
 */
import { WorkbenchError } from '@contract/errors'

/** Poles `d` [k], strictly ascending, weights `z` [k], none zero, and `rho` > 0. */
export interface SecularEquation {
  readonly d: Float64Array
  readonly z: Float64Array
  readonly rho: number
}

const roundoff = 0.5 * Number.EPSILON
/** Three or four steps are usual; bisection alone would need about 160 from the widest bracket. */
const largestStepCount = 300

/** Value and one-sided slopes of f at d[origin] + tau, and the sum of the magnitudes of its terms. */
interface Evaluation {
  value: number
  slopeBelow: number
  slopeAbove: number
  magnitude: number
}

/**
 * Root number `k` of f(λ) = 1 + ρ Σ z_i² / (d_i − λ), which lies between d[k] and d[k + 1], or beyond the last pole.
 *
 * Writes `distances` [k] = d_i − λ, each to nearly full relative accuracy, since the root is sought as an offset from the
 * nearer pole; eigenvectors need these and not λ. Returns λ.
 *
 * @throws WorkbenchError `numerical` when the iteration does not end, which only NaN can cause.
 */
export function secularRoot(equation: SecularEquation, k: number, distances: Float64Array): number {
  const { d, z, rho } = equation
  const isLast = k === d.length - 1
  const gap = isLast ? rho * z.reduce((sum, value) => sum + value * value, 0) : d[k + 1]! - d[k]!
  const at: Evaluation = { value: 0, slopeBelow: 0, slopeAbove: 0, magnitude: 0 }
  setOrigin(d, k, distances)
  evaluate(equation, distances, { k, tau: gap / 2 }, at)
  // f increases between the poles: its sign in the middle tells the nearer pole.
  const origin = at.value >= 0 || isLast ? k : k + 1
  let [low, high] = origin === k ? [0, isLast ? gap : gap / 2] : [-gap / 2, 0]
  let tau = origin === k ? gap / 2 : -gap / 2
  setOrigin(d, origin, distances)
  for (let step = 0; step < largestStepCount; step++) {
    evaluate(equation, distances, { k, tau }, at)
    if (Number.isNaN(at.value)) break
    const enough = roundoff * (d.length * 0.125 + 2) * at.magnitude
    if (Math.abs(at.value) <= enough || high - low <= 2 * roundoff * Math.abs(tau)) {
      for (let i = 0; i < d.length; i++) distances[i]! -= tau
      return d[origin]! + tau
    }
    if (at.value < 0) low = tau
    else high = tau
    const below = distances[k]! - tau
    const next = tau + (isLast ? lastStep(at, below) : middleWayStep(at, below, distances[k + 1]! - tau))
    tau = next > low && next < high ? next : low + (high - low) / 2
  }
  throw new WorkbenchError('numerical', `Root ${k} of ${d.length} of a secular equation did not converge.`, {
    details: { size: d.length, root: k }
  })
}

function setOrigin(d: Float64Array, origin: number, distances: Float64Array): void {
  for (let i = 0; i < d.length; i++) distances[i] = d[i]! - d[origin]!
}

function evaluate(
  { z, rho }: SecularEquation,
  distances: Float64Array,
  { k, tau }: { k: number; tau: number },
  at: Evaluation
): void {
  let below = 0
  let slopeBelow = 0
  for (let i = 0; i <= k; i++) {
    const ratio = z[i]! / (distances[i]! - tau)
    below += z[i]! * ratio
    slopeBelow += ratio * ratio
  }
  let above = 0
  let slopeAbove = 0
  for (let i = k + 1; i < z.length; i++) {
    const ratio = z[i]! / (distances[i]! - tau)
    above += z[i]! * ratio
    slopeAbove += ratio * ratio
  }
  at.value = 1 + rho * (below + above)
  at.magnitude = 1 + rho * (above - below) + rho * (slopeBelow + slopeAbove) * Math.abs(tau)
  at.slopeBelow = rho * slopeBelow
  at.slopeAbove = rho * slopeAbove
}

/** The root η of the model c + s/(x − η) + S/(y − η), which has f's value and both one-sided slopes; x < 0 < y. */
function middleWayStep(at: Evaluation, x: number, y: number): number {
  const c = at.value - x * at.slopeBelow - y * at.slopeAbove
  const a = (x + y) * at.value - x * y * (at.slopeBelow + at.slopeAbove)
  const b = x * y * at.value
  const root = Math.sqrt(Math.max(0, a * a - 4 * b * c))
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root)
}

/** The same with a pole below only. */
function lastStep(at: Evaluation, x: number): number {
  return (x * at.value) / (at.value - x * at.slopeBelow)
}
