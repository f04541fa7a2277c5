import { qualityOf } from '@contract/quality'
import type { TrialReport } from '@contract/trial'

/**
 * The completed tiers that no other completed trial beats in both bytes and error rate, by id. The original itself is
 * no tier, but may beat one.
 *
 * Time O(n log n).
 */
export function bestTiers(trials: readonly TrialReport[]): Set<string> {
  const points = trials.flatMap((trial) => {
    const error = qualityOf(trial)?.errorRate
    const { sizeBytes: bytes } = trial
    if (trial.state !== 'completed' || error === undefined || bytes === undefined) return []
    return [{ trial, bytes, error }]
  })
  const best = new Set<string>()
  let least = Infinity
  for (const { trial, error } of points.toSorted((a, b) => a.bytes - b.bytes || a.error - b.error)) {
    if (error >= least) continue
    least = error
    if (trial.method !== 'baseline') best.add(trial.trialId)
  }
  return best
}
