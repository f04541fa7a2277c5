/**
 * Confidence intervals of corpus error rates by resampling utterances or speakers.
 *
 * Percentile bootstrap: draw as many utterances as there are, with replacement; compute the corpus rate of the draw;
 * repeat; the interval holds the middle share of the rates. Utterances are the unit because words within one are
 * not independent. Where speakers differ much, utterances of one speaker are not independent either; then whole
 * speakers are drawn, with all that they said. Derivation and limits: docs/numerics.md#bootstrap.
 */
import { WorkbenchError } from '@contract/errors'
import { createPrng } from '../base/prng'
import type { ErrorCount } from './error-count'
import { percentileOfSorted } from './percentile'

/** Where a value lies with the stated confidence; both ends belong to it. */
export interface ConfidenceInterval {
  readonly lower: number
  readonly upper: number
}

/** How an interval is made. Equal options and data give equal intervals on every machine. */
export interface BootstrapOptions {
  readonly seed: number
  /** Draws of a whole corpus; 1,000 when left out. */
  readonly resamples?: number
  /** Share of the draws inside the interval, 0..1; 0.95 when left out. */
  readonly confidence?: number
  /** [n] who speaks in each utterance: speakers are drawn, not utterances. Left out: utterances are drawn. */
  readonly speakers?: readonly string[] | undefined
}

/** A difference between two systems over the same utterances. */
export interface RateDifference extends ConfidenceInterval {
  /** Rate of the candidate − rate of the baseline over the corpus as it is: negative when the candidate is better. */
  readonly difference: number
}

/**
 * Interval of a corpus error rate: Σ errors ÷ Σ total. Words, characters or whole recordings may be what is counted.
 *
 * - `utterances` [n] counts per utterance, n ≥ 1; not modified.
 *
 * Time O(resamples · n). One utterance, or one speaker, gives an interval of no width: no spread can be seen in it.
 *
 * @throws WorkbenchError `invalid-input` without utterances, or with a resample count or confidence out of range.
 * Source: Bisani and Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004.
 */
export function errorRateInterval(
  utterances: readonly ErrorCount[],
  options: BootstrapOptions
): ConfidenceInterval {
  const tally = tallyOf(utterances, options.speakers)
  return bootstrap(tally.errors.length, options, (draw) => rateOf(tally, draw))
}

/**
 * Interval of the difference in corpus error rate between two systems, resampling utterances or speakers in pairs.
 *
 * What makes an utterance hard is common to both systems and cancels, so the interval is narrower than two separate
 * ones suggest. An interval without 0 means that the difference is larger than the choice of utterances explains.
 *
 * - `baseline`, `candidate` [n] counts of the same utterances in the same order, n ≥ 1; not modified.
 *
 * @throws WorkbenchError `invalid-input` as `errorRateInterval`, `internal` when the utterances do not match.
 * Source: Bisani and Ney, ICASSP 2004.
 */
export function errorRateDifference(
  baseline: readonly ErrorCount[],
  candidate: readonly ErrorCount[],
  options: BootstrapOptions
): RateDifference {
  const mismatch = baseline.findIndex(({ total }, i) => total !== candidate[i]?.total)
  if (baseline.length !== candidate.length || mismatch >= 0) {
    throw new WorkbenchError(
      'internal',
      `A paired comparison needs the same utterances twice, got ${baseline.length} and ${candidate.length} ` +
        `utterances whose reference lengths first differ at ${mismatch >= 0 ? `index ${mismatch}` : 'the end'}.`
    )
  }
  const baselineTally = tallyOf(baseline, options.speakers)
  const candidateTally = tallyOf(candidate, options.speakers)
  const interval = bootstrap(
    baselineTally.errors.length,
    options,
    (draw) => rateOf(candidateTally, draw) - rateOf(baselineTally, draw)
  )
  const whole = Int32Array.from({ length: baselineTally.errors.length }, (_, i) => i)
  return { difference: rateOf(candidateTally, whole) - rateOf(baselineTally, whole), ...interval }
}

/** Errors and what they are counted against per unit that is drawn, as flat arrays: the inner loop is long. */
interface Tally {
  readonly errors: Float64Array
  readonly totals: Float64Array
}

/** Since a rate is a ratio of sums, drawing a speaker's utterances together is drawing the sums over them. */
function tallyOf(utterances: readonly ErrorCount[], speakers: readonly string[] | undefined): Tally {
  if (speakers === undefined) {
    return {
      errors: Float64Array.from(utterances, ({ errors }) => errors),
      totals: Float64Array.from(utterances, ({ total }) => total)
    }
  }
  if (speakers.length !== utterances.length) {
    throw new WorkbenchError(
      'internal',
      `A bootstrap over speakers needs one for each of ${utterances.length} utterances, got ${speakers.length}.`
    )
  }
  const places = new Map<string, number>()
  for (const speaker of speakers) if (!places.has(speaker)) places.set(speaker, places.size)
  const tally: Tally = { errors: new Float64Array(places.size), totals: new Float64Array(places.size) }
  for (const [index, { errors, total }] of utterances.entries()) {
    const place = places.get(speakers[index]!)!
    tally.errors[place]! += errors
    tally.totals[place]! += total
  }
  return tally
}

/** Corpus rate of the drawn units, with the rule of `wordErrorRate` for a draw without reference words. */
function rateOf({ errors, totals }: Tally, draw: Int32Array): number {
  let errorSum = 0
  let totalSum = 0
  for (const index of draw) {
    errorSum += errors[index]!
    totalSum += totals[index]!
  }
  return errorSum / Math.max(1, totalSum)
}

/** The interval of `statistic` over random draws of `count` out of `count` indices. */
function bootstrap(
  count: number,
  { seed, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
  statistic: (draw: Int32Array) => number
): ConfidenceInterval {
  if (count < 1 || !Number.isInteger(resamples) || resamples < 1 || !(confidence > 0 && confidence < 1)) {
    throw new WorkbenchError(
      'invalid-input',
      'A bootstrap needs at least one utterance, at least one resample and a confidence between 0 and 1, ' +
        `got ${count}, ${resamples} and ${confidence}.`
    )
  }
  const prng = createPrng(seed)
  const draw = new Int32Array(count)
  const values = new Float64Array(resamples)
  for (let k = 0; k < resamples; k++) {
    for (let i = 0; i < count; i++) draw[i] = prng.integer(count)
    values[k] = statistic(draw)
  }
  values.sort()
  return {
    lower: percentileOfSorted(values, (1 - confidence) / 2),
    upper: percentileOfSorted(values, (1 + confidence) / 2)
  }
}
