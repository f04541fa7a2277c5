import { WorkbenchError } from '@contract/errors'
import { percentileOfSorted } from './percentile'

/** How long one utterance took, from audio samples to text. */
export interface UtteranceTiming {
  readonly processingMilliseconds: number
  readonly audioSeconds: number
}

/** What the timings of an evaluation say, and over how many of them. */
export interface LatencySummary {
  /** Per utterance. `firstRun` is the very first one, warm-up or not: it shows the cost of a cold start. */
  readonly latencyMilliseconds: {
    readonly p50: number
    readonly p95: number
    readonly mean: number
    readonly firstRun: number
  }
  /** Sum of processing seconds ÷ sum of audio seconds; lower is better. */
  readonly realTimeFactor: number
  /** Timings left out of every figure but `firstRun`. */
  readonly warmupUtterances: number
  /** Timings that the figures rest on. */
  readonly measuredUtterances: number
  /** Audio of the measured utterances. */
  readonly audioSeconds: number
}

/**
 * Summarises per-utterance timings.
 *
 * Percentiles interpolate linearly (`percentileOfSorted`). The real-time factor divides sums, so a long utterance
 * weighs as much as its audio; a mean of per-utterance factors would be another number.
 *
 * - `timings` in the order in which they ran, warm-up first; not modified.
 * - `warmupUtterances` how many of them, from the start, are warm-up.
 *
 * @throws WorkbenchError `invalid-input` when no utterance is left after the warm-up, or none has audio.
 * @throws WorkbenchError `internal` when a duration is negative or not finite.
 */
export function summarizeLatency(
  timings: readonly UtteranceTiming[],
  warmupUtterances: number
): LatencySummary {
  for (const { processingMilliseconds, audioSeconds } of timings) {
    if (!isDuration(processingMilliseconds) || !isDuration(audioSeconds)) {
      throw new WorkbenchError(
        'internal',
        `A timing needs finite durations ≥ 0, got ${processingMilliseconds} ms for ${audioSeconds} s of audio.`
      )
    }
  }
  const measured = timings.slice(warmupUtterances)
  const milliseconds = Float64Array.from(measured, (timing) => timing.processingMilliseconds).sort()
  const processingMilliseconds = milliseconds.reduce((sum, value) => sum + value, 0)
  const audioSeconds = measured.reduce((sum, timing) => sum + timing.audioSeconds, 0)
  const first = timings[0]
  if (first === undefined || measured.length === 0 || audioSeconds === 0) {
    throw new WorkbenchError(
      'invalid-input',
      `Latency needs at least one utterance with audio after ${warmupUtterances} warm-up utterances, ` +
        `got ${timings.length} utterances and ${audioSeconds} s: use a larger evaluation set or a shorter warm-up.`
    )
  }
  return {
    latencyMilliseconds: {
      p50: percentileOfSorted(milliseconds, 0.5),
      p95: percentileOfSorted(milliseconds, 0.95),
      mean: processingMilliseconds / measured.length,
      firstRun: first.processingMilliseconds
    },
    realTimeFactor: processingMilliseconds / 1000 / audioSeconds,
    warmupUtterances,
    measuredUtterances: measured.length,
    audioSeconds
  }
}

function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}
