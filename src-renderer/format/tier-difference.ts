/** Whether one tier is better than another, or whether that cannot be told. */
import type { TierDifference } from '@contract/compare'
import type { RateDifferenceReport } from '@contract/trial'

/** `fewer`: the tier makes fewer errors, and chance does not explain it. */
export type DifferenceVerdict = 'fewer' | 'more' | 'undecided'

/** The capital letter by which a tier is called wherever several stand side by side. */
export function tierLetter(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index)
}

/** Error rate of `trialId` − that of `versusTrialId`, whichever way round it is listed; undefined where it is not. */
export function differenceBetween(
  differences: readonly TierDifference[],
  trialId: string,
  versusTrialId: string
): RateDifferenceReport | undefined {
  for (const each of differences) {
    const { difference, lower, upper } = each
    if (each.trialId === trialId && each.versusTrialId === versusTrialId) return { difference, lower, upper }
    if (each.trialId === versusTrialId && each.versusTrialId === trialId) {
      // Adding 0 turns the negative zero into the zero that people write.
      return { difference: 0 - difference, lower: 0 - upper, upper: 0 - lower }
    }
  }
  return undefined
}

/** An interval that holds 0, or ends there, leaves it open. */
export function differenceVerdict({ lower, upper }: RateDifferenceReport): DifferenceVerdict {
  if (upper < 0) return 'fewer'
  return lower > 0 ? 'more' : 'undecided'
}
