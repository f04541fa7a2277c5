/** What a training needs from whoever reads the recordings. */
import type { RuntimeTensor } from '../runtime/inference-backend'
import type { RecordingLength } from './epoch-batches'

/** One padded batch, ready to be run. */
export interface TrainingBatch {
  readonly feeds: Readonly<Record<string, RuntimeTensor>>
  readonly recordings: number
  /** Without padding. */
  readonly audioSeconds: number
  /**
   * Compares the words that the model said with those of the transcripts, or labels with labels.
   *
   * - `logits` of this batch, [recordings, frames, classes] or [recordings, classes]
   *
   * @throws WorkbenchError `numerical` when one of them is not finite.
   */
  countWordErrors(logits: RuntimeTensor): WordErrorTally
}

export interface WordErrorTally {
  readonly wordErrors: number
  readonly referenceWords: number
}

export interface TrainingData {
  readonly recordings: readonly RecordingLength[]
  /** The recordings of these numbers as a batch; `epoch` decides how they are augmented, undefined: not at all. */
  batch(numbers: readonly number[], epoch: number | undefined): Promise<TrainingBatch>
}

/** Labels of several recordings as feeds: int64 [batch, longest] filled up with zeros, and [batch]. */
export function labelFeeds(
  labels: readonly (readonly number[])[],
  names: { readonly labels: string; readonly labelCounts: string }
): Record<string, RuntimeTensor> {
  // The loss needs at least one column.
  const longest = Math.max(1, ...labels.map(({ length }) => length))
  const padded = new BigInt64Array(labels.length * longest)
  labels.forEach((each, row) => {
    each.forEach((label, column) => (padded[row * longest + column] = BigInt(label)))
  })
  return {
    [names.labels]: { dataType: 'int64', dims: [labels.length, longest], data: padded },
    [names.labelCounts]: int64Vector(labels.map(({ length }) => length))
  }
}

/** int64 [values.length] */
export function int64Vector(values: readonly number[]): RuntimeTensor {
  return { dataType: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }
}
