/**
 * Roots of the secular equation, the eigenvalues of a diagonal matrix plus one of rank one.
 *
 * Source: Golub & Van Loan 8.4.3; Li, Solving secular equations stably and efficiently (LAPACK working note 89, 1993),
 * the middle way; LAPACK dlaed4. Simpler than LAPACK's in that a bracket with bisection is the only safeguard.
 */
import { WorkbenchError } from '@contract/errors'
import { reserve, type Kernels } from './simd/kernels'

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
 * The roots of f(λ) = 1 + ρ Σ z_i² / (d_i − λ). Number k lies between d[k] and d[k + 1], the last one beyond the last pole.
 *
 * Works in the memory of the kernels, so all roots are to be asked for before the next `await`.
 */
export class SecularRoots {
  readonly #equation: SecularEquation
  readonly #kernels: Kernels
  /** [k], and one term without weight, 0 ÷ (∞ − tau), where that makes pairs of them. */
  readonly #weights: Float64Array
  /** d_i − d[origin]. */
  readonly #distances: Float64Array
  /** Four for the terms up to pole k, four for those beyond: lanes of a sum and of its slope. */
  readonly #sums: Float64Array
  readonly #at: Evaluation = { value: 0, slopeBelow: 0, slopeAbove: 0, magnitude: 0 }

  constructor(equation: SecularEquation) {
    const { z } = equation
    const padded = z.length + (z.length % 2)
    const { kernels, arrays } = reserve([padded, padded, 8])
    const [weights, distances, sums] = arrays as [Float64Array, Float64Array, Float64Array]
    weights.set(z)
    weights.fill(0, z.length)
    distances.fill(Infinity, z.length)
    this.#equation = equation
    this.#kernels = kernels
    this.#weights = weights
    this.#distances = distances
    this.#sums = sums
  }

  /**
   * Root number `k`.
   *
   * Writes `distances` [k] = d_i − λ, each to nearly full relative accuracy, since the root is sought as an offset from the
   * nearer pole; eigenvectors need these and not λ. Returns λ.
   *
   * @throws WorkbenchError `numerical` when the iteration does not end, which only NaN can cause.
   */
  root(k: number, distances: Float64Array): number {
    const { d, z, rho } = this.#equation
    const isLast = k === d.length - 1
    const gap = isLast ? rho * z.reduce((sum, value) => sum + value * value, 0) : d[k + 1]! - d[k]!
    const at = this.#at
    this.#setOrigin(k)
    this.#evaluate(k, gap / 2)
    // f increases between the poles: its sign in the middle tells the nearer pole.
    const origin = at.value >= 0 || isLast ? k : k + 1
    if (origin !== k) this.#setOrigin(origin)
    let low = origin === k ? 0 : -gap / 2
    let high = origin !== k ? 0 : isLast ? gap : gap / 2
    let tau = origin === k ? gap / 2 : -gap / 2
    for (let step = 0; step < largestStepCount; step++) {
      if (step > 0) this.#evaluate(k, tau)
      if (Number.isNaN(at.value)) break
      const enough = roundoff * (d.length * 0.125 + 2) * at.magnitude
      if (Math.abs(at.value) <= enough || high - low <= 2 * roundoff * Math.abs(tau)) {
        for (let i = 0; i < d.length; i++) distances[i] = this.#distances[i]! - tau
        return d[origin]! + tau
      }
      if (at.value < 0) low = tau
      else high = tau
      const below = this.#distances[k]! - tau
      const change = isLast ? lastStep(at, below) : middleWayStep(at, below, this.#distances[k + 1]! - tau)
      tau = tau + change > low && tau + change < high ? tau + change : low + (high - low) / 2
    }
    throw new WorkbenchError(
      'numerical',
      `Root ${k} of ${d.length} of a secular equation did not converge.`,
      {
        details: { size: d.length, root: k }
      }
    )
  }

  #setOrigin(origin: number): void {
    const { d } = this.#equation
    const distances = this.#distances
    for (let i = 0; i < d.length; i++) distances[i] = d[i]! - d[origin]!
  }

  #evaluate(k: number, tau: number): void {
    const { rho } = this.#equation
    const bytes = Float64Array.BYTES_PER_ELEMENT
    const sums = this.#sums
    const [z, distances] = [this.#weights.byteOffset, this.#distances.byteOffset]
    const below = k + 1 - ((k + 1) % 2)
    // Pole k may share a pair with the one beyond it.
    const above = k + 1 + ((k + 1) % 2)
    const [middle, upper] = [z + below * bytes, above * bytes]
    this.#kernels.secularSums(z, distances, middle, tau, sums.byteOffset)
    const end = z + this.#weights.byteLength
    this.#kernels.secularSums(z + upper, distances + upper, end, tau, sums.byteOffset + 4 * bytes)
    let sumBelow = sums[0]! + sums[1]!
    let slopeBelow = sums[2]! + sums[3]!
    let sumAbove = sums[4]! + sums[5]!
    let slopeAbove = sums[6]! + sums[7]!
    if (below < above) {
      const ratio = this.#weights[k]! / (this.#distances[k]! - tau)
      sumBelow += this.#weights[k]! * ratio
      slopeBelow += ratio * ratio
      const beyond = this.#weights[k + 1]! / (this.#distances[k + 1]! - tau)
      sumAbove += this.#weights[k + 1]! * beyond
      slopeAbove += beyond * beyond
    }
    const at = this.#at
    at.value = 1 + rho * (sumBelow + sumAbove)
    at.magnitude = 1 + rho * (sumAbove - sumBelow) + rho * (slopeBelow + slopeAbove) * Math.abs(tau)
    at.slopeBelow = rho * slopeBelow
    at.slopeAbove = rho * slopeAbove
  }
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
