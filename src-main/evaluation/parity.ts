/**
 * How close a model's outputs are to a reference model's: the check that a rewrite kept the function.
 *
 * Partial sums are plain data that add up, so a long evaluation keeps one small object and engine processes can
 * merge theirs. Utterance, batch and layer boundaries do not matter: all values count as one long vector.
 */
import { WorkbenchError } from '@contract/errors'

/** What has been compared so far. Make it with `noParity`, `addOutputs` and `mergeParity`; read it with `parityOf`. */
export interface ParitySums {
  /** Pairs of vectors compared. */
  readonly comparisons: number
  readonly maxAbsoluteError: number
  readonly referenceMagnitude: number
  readonly candidateMagnitude: number
  /** Σ reference · candidate, Σ reference², Σ candidate², in float64. */
  readonly dotProduct: number
  readonly referenceSquares: number
  readonly candidateSquares: number
  readonly finite: boolean
}

/** The closeness of two outputs, or of many put end to end. */
export interface OutputParity {
  /** max |candidate − reference|. */
  readonly maxAbsoluteError: number
  /** maxAbsoluteError ÷ max |reference|. */
  readonly maxRelativeError: number
  /** reference · candidate ÷ (‖reference‖ · ‖candidate‖), −1..1. */
  readonly cosineSimilarity: number
  /** False when either side held NaN or an infinity. The other figures leave those positions out. */
  readonly finite: boolean
}

/** Nothing compared yet: the neutral element of `mergeParity`. */
export const noParity: ParitySums = {
  comparisons: 0,
  maxAbsoluteError: 0,
  referenceMagnitude: 0,
  candidateMagnitude: 0,
  dotProduct: 0,
  referenceSquares: 0,
  candidateSquares: 0,
  finite: true
}

/** Closeness of one pair of outputs, [values] each. @throws WorkbenchError `internal` when the lengths differ. */
export function compareOutputs(reference: Float32Array, candidate: Float32Array): OutputParity {
  return parityOf(addOutputs(noParity, reference, candidate))
}

/**
 * `sums` with one more pair of outputs, [values] each; neither is modified.
 *
 * @throws WorkbenchError `internal` when the lengths differ: the models then do not have the same interface.
 */
export function addOutputs(
  sums: ParitySums,
  reference: Float32Array | Float64Array,
  candidate: Float32Array | Float64Array
): ParitySums {
  if (reference.length !== candidate.length) {
    throw new WorkbenchError(
      'internal',
      `Outputs of equal length are needed for a parity check, got ${reference.length} and ${candidate.length} values.`
    )
  }
  let { maxAbsoluteError, referenceMagnitude, candidateMagnitude, finite } = sums
  let { dotProduct, referenceSquares, candidateSquares } = sums
  for (let i = 0; i < reference.length; i++) {
    const expected = reference[i]!
    const actual = candidate[i]!
    if (!Number.isFinite(expected) || !Number.isFinite(actual)) {
      finite = false
      continue
    }
    maxAbsoluteError = Math.max(maxAbsoluteError, Math.abs(actual - expected))
    referenceMagnitude = Math.max(referenceMagnitude, Math.abs(expected))
    candidateMagnitude = Math.max(candidateMagnitude, Math.abs(actual))
    dotProduct += expected * actual
    referenceSquares += expected * expected
    candidateSquares += actual * actual
  }
  return {
    comparisons: sums.comparisons + 1,
    maxAbsoluteError,
    referenceMagnitude,
    candidateMagnitude,
    dotProduct,
    referenceSquares,
    candidateSquares,
    finite
  }
}

/** Both sums together. Associative up to float64 rounding, commutative. */
export function mergeParity(a: ParitySums, b: ParitySums): ParitySums {
  return {
    comparisons: a.comparisons + b.comparisons,
    maxAbsoluteError: Math.max(a.maxAbsoluteError, b.maxAbsoluteError),
    referenceMagnitude: Math.max(a.referenceMagnitude, b.referenceMagnitude),
    candidateMagnitude: Math.max(a.candidateMagnitude, b.candidateMagnitude),
    dotProduct: a.dotProduct + b.dotProduct,
    referenceSquares: a.referenceSquares + b.referenceSquares,
    candidateSquares: a.candidateSquares + b.candidateSquares,
    finite: a.finite && b.finite
  }
}

/**
 * The figures of everything compared. All of them are finite numbers, whatever was compared.
 *
 * Where the reference is all zeros, the relative error is 0 for an all-zero candidate and else 1 (the candidate's
 * own magnitude divides). Cosine similarity is 1 between two zero vectors and 0 between a zero vector and another.
 */
export function parityOf(sums: ParitySums): OutputParity {
  const magnitude = sums.referenceMagnitude > 0 ? sums.referenceMagnitude : sums.candidateMagnitude
  const norms = Math.sqrt(sums.referenceSquares) * Math.sqrt(sums.candidateSquares)
  const bothZero = sums.referenceSquares === 0 && sums.candidateSquares === 0
  const cosine = norms > 0 ? sums.dotProduct / norms : bothZero ? 1 : 0
  return {
    maxAbsoluteError: sums.maxAbsoluteError,
    maxRelativeError: magnitude > 0 ? sums.maxAbsoluteError / magnitude : 0,
    // Rounding may carry the quotient of equal vectors a little past 1.
    cosineSimilarity: Math.max(-1, Math.min(1, cosine)),
    finite: sums.finite
  }
}
