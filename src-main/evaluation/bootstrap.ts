/**
 * Confidence intervals of corpus error rates by resampling utterances.
 *
 * Percentile bootstrap: draw as many utterances as there are, with replacement; compute the corpus rate of the draw;
 * repeat; the interval holds the middle share of the rates. Utterances are the unit because words within one are
 * not independent. Where speakers differ much, utterances of one speaker are not independent either and the
 * interval is too narrow. Derivation and limits: docs/numerics.md#bootstrap.
 */
import { WorkbenchError } from '@contract/errors'
import type { WordErrors } from '@contract/trial'
import { createPrng } from '../base/prng'
import { percentileOfSorted } from './percentile'
import { addWordErrors, noWordErrors, wordErrorRate } from './word-errors'

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
}

/** A difference between two systems over the same utterances. */
export interface RateDifference extends ConfidenceInterval {
  /** Rate of the candidate − rate of the baseline over the corpus as it is: negative when the candidate is better. */
  readonly difference: number
}

/**
 * Interval of the corpus word error rate.
 *
 * - `utterances` [n] errors per utterance, n ≥ 1; not modified.
 *
 * Time O(resamples · n). One utterance gives an interval of no width: no spread can be seen in it.
 *
 * @throws WorkbenchError `invalid-input` without utterances, or with a resample count or confidence out of range.
 * Source: Bisani and Ney, "Bootstrap estimates for confidence intervals in ASR performance evaluation", ICASSP 2004.
 */
export function wordErrorRateInterval(
  utterances: readonly WordErrors[],
  options: BootstrapOptions
): ConfidenceInterval {
  const tally = tallyOf(utterances)
  return bootstrap(utterances.length, options, (draw) => rateOf(tally, draw))
}

/**
 * Interval of the difference in corpus word error rate between two systems, resampling utterances in pairs.
 *
 * What makes an utterance hard is common to both systems and cancels, so the interval is narrower than two separate
 * ones suggest. An interval without 0 means that the difference is larger than the choice of utterances explains.
 *
 * - `baseline`, `candidate` [n] errors of the same utterances in the same order, n ≥ 1; not modified.
 *
 * @throws WorkbenchError `invalid-input` as `wordErrorRateInterval`, `internal` when the utterances do not match.
 * Source: Bisani and Ney, ICASSP 2004.
 */
export function wordErrorRateDifference(
  baseline: readonly WordErrors[],
  candidate: readonly WordErrors[],
  options: BootstrapOptions
): RateDifference {
  const mismatch = baseline.findIndex((errors, i) => errors.referenceWords !== candidate[i]?.referenceWords)
  if (baseline.length !== candidate.length || mismatch >= 0) {
    throw new WorkbenchError(
      'internal',
      `A paired comparison needs the same utterances twice, got ${baseline.length} and ${candidate.length} ` +
        `utterances whose reference lengths first differ at ${mismatch >= 0 ? `index ${mismatch}` : 'the end'}.`
    )
  }
  const baselineTally = tallyOf(baseline)
  const candidateTally = tallyOf(candidate)
  const interval = bootstrap(
    baseline.length,
    options,
    (draw) => rateOf(candidateTally, draw) - rateOf(baselineTally, draw)
  )
  const difference =
    wordErrorRate(candidate.reduce(addWordErrors, noWordErrors)) -
    wordErrorRate(baseline.reduce(addWordErrors, noWordErrors))
  return { difference, ...interval }
}

/** Errors and reference words per utterance as flat arrays [n]: the inner loop runs resamples · n times. */
interface Tally {
  readonly edits: Float64Array
  readonly words: Float64Array
}

function tallyOf(utterances: readonly WordErrors[]): Tally {
  return {
    edits: Float64Array.from(utterances, (e) => e.substitutions + e.deletions + e.insertions),
    words: Float64Array.from(utterances, (e) => e.referenceWords)
  }
}

/** Corpus rate of the drawn utterances, with the rule of `wordErrorRate` for a draw without reference words. */
function rateOf({ edits, words }: Tally, draw: Int32Array): number {
  let editSum = 0
  let wordSum = 0
  for (const index of draw) {
    editSum += edits[index]!
    wordSum += words[index]!
  }
  return editSum / Math.max(1, wordSum)
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
