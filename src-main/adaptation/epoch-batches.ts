import type { BatchSettings } from '@contract/training'
import { lengthBatches } from '../base/length-batches'
import { derivedPrng } from './derived-prng'
import type { Prng } from '../base/prng'

/** What is known of a recording before it is read. */
export interface RecordingLength {
  readonly audioSeconds: number
}

/** Settings that decide the order of the data. */
export interface DataOrder {
  readonly batches: BatchSettings
  readonly seed: number
}

/**
 * The batches of an epoch, as numbers of recordings: recordings of like length together, both who shares a batch and the
 * order of the batches drawn anew each epoch. Every recording is in one batch.
 *
 * Lengths are rounded up to whole buckets before they are sorted; within a bucket the order is random. As the bucketed
 * lengths are the same in every epoch, so is the number of batches.
 */
export function epochBatches(
  recordings: readonly RecordingLength[],
  { batches, seed }: DataOrder,
  epoch: number
): number[][] {
  const prng = derivedPrng(seed, 'order', epoch)
  const bucketed = recordings.map(({ audioSeconds }, index) => ({
    index,
    audioSeconds: Math.ceil(audioSeconds / batches.bucketSeconds) * batches.bucketSeconds
  }))
  const grouped = lengthBatches(shuffled(bucketed, prng), {
    batchAudioSeconds: batches.audioSeconds,
    mostRecordings: batches.mostRecordings
  })
  return shuffled(grouped, prng).map((batch) => batch.map(({ index }) => index))
}

/** The steps of an epoch: each a few batches whose gradients are averaged; the last one may have fewer. */
export function epochSteps(
  recordings: readonly RecordingLength[],
  order: DataOrder,
  epoch: number
): number[][][] {
  const batches = epochBatches(recordings, order, epoch)
  const { perStep } = order.batches
  return Array.from({ length: Math.ceil(batches.length / perStep) }, (_, step) =>
    batches.slice(step * perStep, (step + 1) * perStep)
  )
}

/** Fisher and Yates; the input is not modified. */
function shuffled<T>(values: readonly T[], prng: Prng): T[] {
  const result = [...values]
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = prng.integer(last + 1)
    const value = result[last]!
    result[last] = result[chosen]!
    result[chosen] = value
  }
  return result
}
