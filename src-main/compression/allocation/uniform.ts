import { WorkbenchError } from '@contract/errors'
import { breakEvenRank } from './break-even'

/** Raised when the same layers and options would get other ranks. */
export const uniformAllocationVersion = 1

/** Sizes that an allocation decides about. */
export interface AllocatedLayer {
  readonly inFeatures: number
  readonly outFeatures: number
}

export interface UniformOptions {
  /** Target for parameters kept ÷ before, 0 < fraction ≤ 1. */
  readonly retainedParameterFraction: number
  /** Ranks are rounded down to a multiple of this, but never below it. Default 1. */
  readonly rankMultiple?: number
}

/**
 * Gives every layer the rank that keeps the same fraction of its own parameters: r = floor(fraction·in·out / (in + out)),
 * rounded down to the multiple.
 *
 * Returns a rank per layer, in order; undefined where the layer stays dense because the pair would not be smaller.
 *
 * @throws WorkbenchError `invalid-input` for a fraction outside (0, 1] or a multiple below 1.
 */
export function allocateUniform(
  layers: readonly AllocatedLayer[],
  { retainedParameterFraction, rankMultiple = 1 }: UniformOptions
): (number | undefined)[] {
  if (!(retainedParameterFraction > 0 && retainedParameterFraction <= 1)) {
    throw new WorkbenchError(
      'invalid-input',
      `The retained fraction must be above 0 and at most 1, got ${retainedParameterFraction}.`
    )
  }
  if (!Number.isInteger(rankMultiple) || rankMultiple < 1) {
    throw new WorkbenchError(
      'invalid-input',
      `The rank multiple must be a whole number from 1, got ${rankMultiple}.`
    )
  }
  return layers.map(({ inFeatures, outFeatures }) => {
    const exact = (retainedParameterFraction * inFeatures * outFeatures) / (inFeatures + outFeatures)
    // The tiny allowance keeps 0.6 · 320 = 191.99999999999997 from losing a rank to rounding.
    const rank = Math.floor(exact + 1e-9)
    const snapped = Math.max(rankMultiple, Math.floor(rank / rankMultiple) * rankMultiple)
    const wholeLayer = retainedParameterFraction === 1
    return wholeLayer || snapped > breakEvenRank(inFeatures, outFeatures) ? undefined : snapped
  })
}
