import { WorkbenchError } from '@contract/errors'

/** A data set by its role in a study and the hashes of its recordings' bytes. */
export interface NamedSet {
  /** As messages name it: `calibration set`. */
  readonly name: string
  readonly audioHashes: readonly string[]
}

/**
 * Checks that no recording belongs to two sets: numbers measured on recordings that shaped the model, or the choice of
 * it, would flatter it.
 *
 * @throws WorkbenchError `invalid-input` naming the first two sets that share recordings, and how many.
 */
export function assertDisjointSets(sets: readonly NamedSet[]): void {
  for (const [index, second] of sets.entries()) {
    for (const first of sets.slice(0, index)) {
      const known = new Set(first.audioHashes)
      const shared = second.audioHashes.filter((hash) => known.has(hash)).length
      if (shared === 0) continue
      throw new WorkbenchError(
        'invalid-input',
        `The ${first.name} and the ${second.name} share ${shared} of ${second.audioHashes.length} recordings, expected none; take the shared ones out of one set.`
      )
    }
  }
}
