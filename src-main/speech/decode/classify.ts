/** The decision of an audio classifier: the best class and how sure the model is of each. */
import { WorkbenchError } from '@contract/errors'

/** What the numbers that a classifier gives are. */
export const scoreKinds = ['logits', 'probabilities'] as const

export type ScoreKind = (typeof scoreKinds)[number]

/** How many of the best labels an interpretation lists, and so the last place that a right one is found in. */
export const rankedLabels = 10

/** A class with the share of certainty that falls to it. */
export interface LabelScore {
  readonly label: string
  /** 0 to 1; all labels together make 1. */
  readonly probability: number
}

/**
 * The probability of every class: softmax of logits, p_i = exp(x_i - max x) / Σ_j exp(x_j - max x), in float64;
 * probabilities are passed on.
 *
 * @throws WorkbenchError `numerical` when a score is not finite, naming the class.
 */
export function classProbabilities(scores: Float32Array, kind: ScoreKind): Float64Array {
  scores.forEach((score, id) => {
    if (!Number.isFinite(score)) {
      throw new WorkbenchError(
        'numerical',
        `The classifier gave ${score} for class ${id}, expected finite numbers.`
      )
    }
  })
  if (kind === 'probabilities') return Float64Array.from(scores)
  const largest = scores.reduce((best, score) => Math.max(best, score), -Infinity)
  const weights = Float64Array.from(scores, (score) => Math.exp(score - largest))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/**
 * The most probable labels, best first; ties go to the lower class, so the order is the same on every machine.
 *
 * - `probabilities` one per label.
 *
 * @throws WorkbenchError `internal` when the numbers of probabilities and labels differ.
 */
export function topLabels(
  probabilities: Float64Array,
  labels: readonly string[],
  count: number
): LabelScore[] {
  if (probabilities.length !== labels.length) {
    throw new WorkbenchError(
      'internal',
      `${labels.length} labels need as many probabilities, got ${probabilities.length}.`
    )
  }
  return labels
    .map((label, id) => ({ label, probability: probabilities[id]! }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count)
}
