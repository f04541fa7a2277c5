/**
 * The speed of one model against another from rounds in which both heard the same recordings, turn by turn. What slows the
 * machine for a while slows both, so a ratio within a round holds where two figures minutes apart do not.
 */
import { WorkbenchError } from '@contract/errors'
import type { Interval } from '@contract/trial'
import { percentileOfSorted } from './percentile'

/** Milliseconds of the recordings of one round, in the same order for both. */
export interface LatencyRound {
  readonly tier: readonly number[]
  readonly reference: readonly number[]
}

export interface Speedup {
  /** Median over the rounds of p50(reference) ÷ p50(tier). */
  readonly speedup: number
  readonly interval: Interval
  /** p50 over all rounds. */
  readonly tierMilliseconds: number
  readonly referenceMilliseconds: number
}

/** The fewest rounds whose smallest and largest ratio hold the median with 95 % confidence: 1 − 2 · 0.5^6 = 97 %. */
export const fewestRounds = 6

/**
 * How much faster the tier is than the reference.
 *
 * @throws WorkbenchError `invalid-input` for fewer than `fewestRounds` rounds, `internal` for a round without recordings or
 *   with a time that is not above 0.
 */
export function pairedSpeedup(rounds: readonly LatencyRound[]): Speedup {
  if (rounds.length < fewestRounds) {
    throw new WorkbenchError(
      'invalid-input',
      `A paired latency needs ${fewestRounds} rounds or more, got ${rounds.length}.`
    )
  }
  const ratios = rounds.map(({ tier, reference }) => p50(reference) / p50(tier))
  return {
    speedup: p50(ratios),
    interval: medianInterval(ratios),
    tierMilliseconds: p50(rounds.flatMap(({ tier }) => tier)),
    referenceMilliseconds: p50(rounds.flatMap(({ reference }) => reference))
  }
}

/**
 * Where the median of what `values` were drawn from lies with at least 95 % confidence, whatever the distribution: from the
 * k-th smallest to the k-th largest value, k the largest with 2 · P(Binomial(n, 1/2) < k) ≤ 5 %.
 *
 * Source: order statistics, Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2. At least `fewestRounds` values.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b)
  const n = sorted.length
  // P(Binomial(n, 1/2) = 0), then upwards.
  let probability = 0.5 ** n
  let below = probability
  let k = 0
  while (2 * below <= 0.05) {
    k++
    probability *= (n - k + 1) / k
    below += probability
  }
  return { lower: sorted[k - 1] ?? -Infinity, upper: sorted[n - k] ?? Infinity }
}

function p50(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  if (!((sorted[0] ?? 0) > 0)) {
    throw new WorkbenchError('internal', 'A paired latency needs times above 0, one at least.')
  }
  return percentileOfSorted(sorted, 0.5)
}
