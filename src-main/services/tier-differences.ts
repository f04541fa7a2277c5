import type { TierDifference } from '@contract/compare'
import { WorkbenchError } from '@contract/errors'
import type { ComparedRecords } from './compared-records'
import { pairedDifference } from './compare-trials'

/**
 * The paired difference in error rate between any two of the tiers, in the recipe's bootstrap unit and seed; pairs
 * without a common recording are left out.
 *
 * Lets other work in between two pairs: one pair of 10,000 recordings takes a few tenths of a second.
 *
 * @throws WorkbenchError `cancelled`.
 */
export async function tierDifferences(
  { tiers, evaluation }: ComparedRecords,
  signal: AbortSignal
): Promise<readonly TierDifference[]> {
  const differences: TierDifference[] = []
  for (const [index, tier] of tiers.entries()) {
    for (const reference of tiers.slice(0, index)) {
      if (signal.aborted) throw new WorkbenchError('cancelled', 'The comparison was cancelled.')
      const difference = pairedDifference(reference, tier, evaluation)
      if (difference !== undefined) {
        const utterances = [...tier.records.keys()].filter((id) => reference.records.has(id)).length
        differences.push({
          trialId: tier.trialId,
          versusTrialId: reference.trialId,
          ...difference,
          utterances
        })
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return differences
}
