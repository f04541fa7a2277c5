/**
 * When an evaluation may end before its last recording: at fixed looks at what has been run so far, as soon as every
 * gate on an error rate is decided.
 *
 * Looking often makes chance findings likelier, so with k looks each decides at confidence 1 − 0.05 / k (Bonferroni):
 * the chance of deciding a gate early against the truth of the data set stays below 5 % for each gate. A percentile
 * bootstrap knows nothing of errors that it has not met, so a gate is also left open while too few recordings carry
 * information about it. Derivation, simulation and limits: docs/numerics.md#stopping.
 */
import type { Gate } from '@contract/gate'
import type { UtteranceRecord } from '@contract/trial'
import { createPrng } from '../base/prng'
import { errorRateDifference, errorRateInterval, type ConfidenceInterval } from './bootstrap'
import { bootstrapSpeakers, recordErrorCount } from './error-count'

/** What must be decided: gates on error rates and the records of what increases are taken against. */
export interface StoppingRule {
  readonly gates: readonly Gate[]
  readonly references: Readonly<Record<Gate['reference'], readonly UtteranceRecord[] | undefined>>
}

export interface LookOptions {
  readonly seed: number
  readonly bootstrapUnit: 'utterance' | 'speaker'
  /** Looks planned for the whole evaluation. */
  readonly looks: number
}

/** Chance of a false decision over all looks, per gate. */
const falseDecisionRate = 0.05
/** Shares of the data set after which there is a look. */
const lookShares = [0.1, 0.2, 0.4, 0.6, 0.8]
/** Fewer recordings than this are not looked at: an interval from them is itself a guess. */
const smallestLook = 30
/** Recordings, or speakers, with an error or a difference that a decision needs at least. */
const informativeUnits = 10
/** The 0.5 % quantile of the draws should rest on more than a handful of them. */
const resamples = 2000

/** Whether an evaluation with these gates has anything to decide early. */
export function canStop({ gates }: Pick<StoppingRule, 'gates'>): boolean {
  return gates.some(boundsErrors)
}

function boundsErrors({ metric }: Gate): boolean {
  return metric === 'error-rate' || metric === 'error-rate-increase'
}

/** After how many recordings of `total` there is a look; ascending, none at the end. */
export function lookSizes(total: number): number[] {
  const sizes = lookShares.map((share) => Math.round(share * total))
  return [...new Set(sizes)].filter((size) => size >= smallestLook && size < total)
}

/**
 * The items in an order that knows nothing of them (Fisher and Yates' shuffle): whatever has been run at a look is a
 * random sample of the data set. The input is not modified; equal seeds give equal orders.
 */
export function randomOrder<T>(items: readonly T[], seed: number): T[] {
  const prng = createPrng(seed)
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = prng.integer(last + 1)
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}

/**
 * Whether every gate on an error rate is decided by the recordings so far: its interval lies on one side of the bound.
 * Other gates are not waited for. An increase against records that do not hold all of these recordings stays open.
 */
export function areGatesDecided(
  records: readonly UtteranceRecord[],
  { gates, references }: StoppingRule,
  options: LookOptions
): boolean {
  return gates.filter(boundsErrors).every((gate) => {
    const interval =
      gate.metric === 'error-rate'
        ? rateInterval(records, options)
        : increaseInterval(records, references[gate.reference], options)
    return interval !== undefined && isDecided(gate, interval)
  })
}

/** The schema gives a gate exactly one bound. */
function isDecided({ atMost, atLeast }: Gate, { lower, upper }: ConfidenceInterval): boolean {
  const bound = atMost ?? atLeast
  return bound !== undefined && (upper < bound || lower > bound)
}

/** Undefined while too few recordings have an error: how many more there are, the bootstrap cannot know. */
function rateInterval(
  records: readonly UtteranceRecord[],
  options: LookOptions
): ConfidenceInterval | undefined {
  const counts = records.map(recordErrorCount)
  const speakers = bootstrapSpeakers(records, options.bootstrapUnit)
  const wrong = countUnits(
    counts.map(({ errors }) => errors > 0),
    speakers
  )
  if (wrong < informativeUnits) return undefined
  return errorRateInterval(counts, bootstrapOptions(options, speakers))
}

/** Undefined while too few recordings differ, or without a counterpart of each. */
function increaseInterval(
  records: readonly UtteranceRecord[],
  reference: readonly UtteranceRecord[] | undefined,
  options: LookOptions
): ConfidenceInterval | undefined {
  const byId = new Map(reference?.map((record) => [record.utteranceId, record]))
  const counterparts = records.flatMap(({ utteranceId }) => byId.get(utteranceId) ?? [])
  if (counterparts.length < records.length) return undefined
  const speakers = bootstrapSpeakers(records, options.bootstrapUnit)
  const candidate = records.map(recordErrorCount)
  const baseline = counterparts.map(recordErrorCount)
  const differing = countUnits(
    candidate.map(({ errors }, index) => errors !== baseline[index]!.errors),
    speakers
  )
  if (differing < informativeUnits) return undefined
  return errorRateDifference(baseline, candidate, bootstrapOptions(options, speakers))
}

function bootstrapOptions({ seed, looks }: LookOptions, speakers: readonly string[] | undefined) {
  return { seed, resamples, confidence: 1 - falseDecisionRate / looks, speakers }
}

/** Recordings for which something holds, or speakers with such a recording. */
function countUnits(holds: readonly boolean[], speakers: readonly string[] | undefined): number {
  const units = holds.flatMap((isSo, index) => (isSo ? [speakers?.[index] ?? String(index)] : []))
  return new Set(units).size
}
