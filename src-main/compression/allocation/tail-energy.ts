/**
 * What a rank discards: the tail of the spectrum, Σ_{i≥r} σ_i².
 *
 * Sums run from the smallest value up. The difference to 1 − kept ÷ whole would have no correct digit where it matters,
 * near full rank.
 */

interface Spectrum {
  readonly singularValues: Float64Array
  readonly outputEnergy?: number
}

/**
 * Discarded ÷ whole output energy at every rank, [k + 1]: entry r belongs to rank r, entry 0 to a layer cut away, the
 * last is 0. Descending. All zero for a layer without any output, which has nothing to lose.
 *
 * Equation: docs/numerics.md, "Rank allocation".
 */
export function relativeTails({ singularValues, outputEnergy }: Spectrum): Float64Array {
  const count = singularValues.length
  const tails = new Float64Array(count + 1)
  for (let i = count - 1; i >= 0; i--) tails[i] = tails[i + 1]! + singularValues[i]! ** 2
  const whole = outputEnergy ?? tails[0]!
  if (whole === 0) return tails.fill(0)
  for (let i = 0; i < count; i++) tails[i]! /= whole
  return tails
}

/** `relativeTails` at one rank. */
export function relativeTail({ singularValues, outputEnergy }: Spectrum, rank: number): number {
  let tail = 0
  for (let i = singularValues.length - 1; i >= rank; i--) tail += singularValues[i]! ** 2
  let whole = outputEnergy
  if (whole === undefined) {
    whole = tail
    for (let i = Math.min(rank, singularValues.length) - 1; i >= 0; i--) whole += singularValues[i]! ** 2
  }
  return whole === 0 ? 0 : tail / whole
}
