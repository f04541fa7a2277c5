import { WorkbenchError } from '@contract/errors'

/** What a padded batch may hold. */
export interface BatchLimits {
  /** Largest audio seconds in a batch, padding included; a longer recording makes a batch of its own. */
  readonly batchAudioSeconds: number
  readonly mostRecordings: number
}

/**
 * Recordings of like length together, so that little is padding: sorted by length, ties in their order, and cut where
 * the next recording would break a limit. Every recording is in one batch; the input is not modified.
 *
 * @throws WorkbenchError `internal` for limits that no recording fits into.
 */
export function lengthBatches<T extends { readonly audioSeconds: number }>(
  recordings: readonly T[],
  { batchAudioSeconds, mostRecordings }: BatchLimits
): T[][] {
  if (!(batchAudioSeconds > 0) || !(mostRecordings >= 1)) {
    throw new WorkbenchError(
      'internal',
      `Batches need room for a recording, got ${batchAudioSeconds} s and ${mostRecordings} recordings.`
    )
  }
  const batches: T[][] = []
  let batch: T[] = []
  for (const recording of recordings.toSorted((a, b) => a.audioSeconds - b.audioSeconds)) {
    // In ascending order the newest recording is the longest: all of the batch is padded to it.
    const padded = (batch.length + 1) * recording.audioSeconds
    if (batch.length > 0 && (padded > batchAudioSeconds || batch.length >= mostRecordings)) {
      batches.push(batch)
      batch = []
    }
    batch.push(recording)
  }
  return batch.length === 0 ? batches : [...batches, batch]
}
