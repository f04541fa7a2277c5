/**
 * How much a changed model's outputs differ from the original's, as one number that grows with the damage.
 *
 * KL divergence asks what a decoder asks: how far the distribution over the classes moved. It needs logits (or log
 * probabilities); other outputs are compared by their mean squared error.
 */
import { WorkbenchError } from '@contract/errors'
import type { SensitivityTable } from '@contract/rank-plan'

export type OutputDamageMeasure = Exclude<SensitivityTable['measure'], 'word-error-rate-increase'>

/** Damage over `count` frames or values; plain data that adds up over utterances. */
export interface DamageSum {
  readonly sum: number
  readonly count: number
}

export const noDamage: DamageSum = { sum: 0, count: 0 }

/**
 * `total` with one more pair of outputs [..., classes], row-major; nothing is modified.
 *
 * - `kl-divergence`              Σ over frames of Σ_c p_c · (ln p_c − ln q_c), p = softmax(reference), q = softmax(candidate),
 *                                in nats; a frame is one vector of classes, in float64.
 * - `output-mean-squared-error`  Σ over values of (candidate − reference)².
 *
 * @throws WorkbenchError `internal` when the outputs differ in size, `numerical` when a value is not finite.
 */
export function addDamage(
  total: DamageSum,
  measure: OutputDamageMeasure,
  { reference, candidate, classes }: OutputPair
): DamageSum {
  if (reference.length !== candidate.length || classes < 1 || reference.length % classes !== 0) {
    throw new WorkbenchError(
      'internal',
      `Outputs of ${reference.length} and ${candidate.length} values in frames of ${classes} cannot be compared.`
    )
  }
  const [sum, count] =
    measure === 'kl-divergence'
      ? [summedDivergence({ reference, candidate, classes }), reference.length / classes]
      : [summedSquares(reference, candidate), reference.length]
  if (!Number.isFinite(sum)) {
    throw new WorkbenchError('numerical', 'The outputs to compare hold values that are not finite.')
  }
  return { sum: total.sum + sum, count: total.count + count }
}

export interface OutputPair {
  readonly reference: Float32Array
  readonly candidate: Float32Array
  /** Length of the last axis. */
  readonly classes: number
}

/** The mean per frame or value; 0 when nothing was compared. */
export function meanDamage({ sum, count }: DamageSum): number {
  return count === 0 ? 0 : sum / count
}

function summedDivergence({ reference, candidate, classes }: OutputPair): number {
  let sum = 0
  for (let start = 0; start < reference.length; start += classes) {
    const end = start + classes
    const referenceNormalizer = logSumExp(reference, start, end)
    const candidateNormalizer = logSumExp(candidate, start, end)
    let divergence = 0
    for (let i = start; i < end; i++) {
      const logP = reference[i]! - referenceNormalizer
      divergence += Math.exp(logP) * (logP - (candidate[i]! - candidateNormalizer))
    }
    // Rounding may carry the divergence of equal distributions a little below 0.
    sum += divergence < 0 ? 0 : divergence
  }
  return sum
}

/** ln Σ exp(x_i) over start ≤ i < end; the largest value is taken out so that nothing overflows. */
function logSumExp(values: Float32Array, start: number, end: number): number {
  let largest = -Infinity
  for (let i = start; i < end; i++) largest = Math.max(largest, values[i]!)
  let sum = 0
  for (let i = start; i < end; i++) sum += Math.exp(values[i]! - largest)
  return largest + Math.log(sum)
}

function summedSquares(reference: Float32Array, candidate: Float32Array): number {
  let sum = 0
  for (let i = 0; i < reference.length; i++) sum += (candidate[i]! - reference[i]!) ** 2
  return sum
}
