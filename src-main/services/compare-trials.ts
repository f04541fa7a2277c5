/**
 * Holds the trials of a study against the baseline, plain int8 and the recipe's gates.
 *
 * Everything here follows from what is recorded, so it is never stored; the host remembers differences while it runs.
 */
import type { Gate } from '@contract/gate'
import { qualityOf, type Quality } from '@contract/quality'
import type { Recipe } from '@contract/recipe'
import type { RateDifferenceReport, TrialReport, UtteranceRecord } from '@contract/trial'
import { once } from '../base/once'
import { errorRateDifference } from '../evaluation/bootstrap'
import { bootstrapSpeakers, recordErrorCount } from '../evaluation/error-count'
import { judgeGates, resolveGates, type GateFigures } from '../study/gates'
import { isDominatedByInt8, type TradeOffPoint } from '../study/int8-yardstick'
import { createDifferenceCache, type DifferenceCache } from './difference-cache'

/** What was recorded of a trial on the evaluation set; empty when nothing was. */
export type UtteranceReader = (trialId: string) => readonly UtteranceRecord[]

/**
 * The reports with what they need others for: paired differences, dominance by int8, and a verdict per gate for every
 * trial but the baseline, which is no tier. A trial without figures has undecided verdicts.
 *
 * Differences are over the evaluation set, by bootstrap in the recipe's unit and seed, over the recordings that both
 * trials have: an evaluation may have stopped early. Gates are decided on the development set where there is one.
 * `utterancesOf` is called at most once per trial, and not at all for a trial whose differences `cache` has: its records
 * are final. 40 trials of 333 recordings take about a quarter of a second without it.
 */
export function compareTrials(
  reports: readonly TrialReport[],
  recipe: Pick<Recipe, 'gates' | 'evaluation'>,
  utterancesOf: UtteranceReader,
  cache: DifferenceCache = createDifferenceCache()
): TrialReport[] {
  const gates = resolveGates(recipe.gates)
  const baseline = reports.find(({ method, state }) => method === 'baseline' && state === 'completed')
  const int8 = reports.find(isFinishedYardstick)
  const readers = new Map(reports.map((report) => [report, once(() => recorded(report, utterancesOf))]))
  const versus = (reference: TrialReport | undefined, tier: TrialReport) => {
    const [read, readTier] = [reference && readers.get(reference), readers.get(tier)]
    if (reference === undefined || read === undefined || readTier === undefined) return undefined
    const key = differenceKey(reference, tier, recipe.evaluation)
    return cache.remember(key, () => pairedDifference(read(), readTier(), recipe.evaluation))
  }
  return reports.map((report) => {
    if (report.method === 'baseline') return report
    if (report.state !== 'completed') return { ...report, ...verdicts(gates, report, undefined, undefined) }
    const compared: TrialReport = {
      ...report,
      ...(report === int8 ? {} : dominance(report, int8)),
      ...member('versusBaseline', versus(baseline, report)),
      ...member('versusInt8', versus(int8, report))
    }
    return { ...compared, ...verdicts(gates, compared, baseline, int8) }
  })
}

function isFinishedYardstick({ method, precision, state }: TrialReport): boolean {
  return method === 'quantize' && precision === 'int8' && state === 'completed'
}

/** The rates stand for the records that they were counted from. */
function differenceKey(
  reference: TrialReport,
  tier: TrialReport,
  { seed, bootstrapUnit }: Recipe['evaluation']
): (string | number)[] {
  const trials = [reference, tier].flatMap((report) => [
    report.trialId,
    report.utterances ?? 0,
    qualityOf(report)?.errorRate ?? -1
  ])
  return [...trials, seed, bootstrapUnit]
}

/** A trial and what was recorded of it, by utterance. */
export interface RecordedTrial {
  readonly trialId: string
  readonly records: ReadonlyMap<string, UtteranceRecord>
}

function recorded({ trialId }: TrialReport, utterancesOf: UtteranceReader): RecordedTrial {
  return { trialId, records: new Map(utterancesOf(trialId).map((each) => [each.utteranceId, each])) }
}

/** Error rate of `tier` − that of `reference`. Undefined without a reference, against itself, and without a common recording. */
export function pairedDifference(
  reference: RecordedTrial | undefined,
  tier: RecordedTrial,
  { seed, bootstrapUnit }: Pick<Recipe['evaluation'], 'seed' | 'bootstrapUnit'>
): RateDifferenceReport | undefined {
  if (reference === undefined || reference.trialId === tier.trialId) return undefined
  const pairs = [...reference.records.values()].flatMap((record) => {
    const other = tier.records.get(record.utteranceId)
    return other === undefined ? [] : [{ record, other }]
  })
  if (pairs.length === 0) return undefined
  const { difference, lower, upper } = errorRateDifference(
    pairs.map(({ record }) => recordErrorCount(record)),
    pairs.map(({ other }) => recordErrorCount(other)),
    {
      seed,
      speakers: bootstrapSpeakers(
        pairs.map(({ record }) => record),
        bootstrapUnit
      )
    }
  )
  return { difference, lower, upper }
}

function member<Name extends string, Value>(
  name: Name,
  value: Value | undefined
): Partial<Record<Name, Value>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>
}

/** On the evaluation set: dominance is a fact about the reported numbers, not a selection by them. */
function dominance(report: TrialReport, int8: TrialReport | undefined): Pick<TrialReport, 'dominatedByInt8'> {
  const tierPoint = tradeOffPoint(report)
  const int8Point = int8 && tradeOffPoint(int8)
  if (tierPoint === undefined || int8Point === undefined) return {}
  return { dominatedByInt8: isDominatedByInt8(tierPoint, int8Point) }
}

function tradeOffPoint(report: TrialReport): TradeOffPoint | undefined {
  const quality = qualityOf(report)
  const { sizeBytes, latencyMilliseconds } = report
  if (quality === undefined || sizeBytes === undefined || latencyMilliseconds === undefined) return undefined
  return { wordErrorRate: quality.errorRate, sizeBytes, latencyMilliseconds: latencyMilliseconds.p50 }
}

function verdicts(
  gates: readonly Gate[],
  tier: TrialReport,
  baseline: TrialReport | undefined,
  int8: TrialReport | undefined
): Pick<TrialReport, 'gates'> {
  if (gates.length === 0) return {}
  const evidence = {
    tier: decidingFigures(tier),
    baseline: baseline && decidingFigures(baseline),
    int8: int8 && decidingFigures(int8)
  }
  return {
    gates: judgeGates(gates, {
      ...evidence,
      versusBaseline: decidingDifference(tier, baseline, tier.versusBaseline),
      versusInt8: decidingDifference(tier, int8, tier.versusInt8),
      pairedLatencies: tier.pairedLatencies ?? []
    })
  }
}

/** The size of the model, and what was measured on the development set where there is one. */
function decidingFigures(report: TrialReport): GateFigures {
  return { ...report, ...report.development }
}

function decidingDifference(
  tier: TrialReport,
  reference: TrialReport | undefined,
  paired: RateDifferenceReport | undefined
): RateDifferenceReport | undefined {
  // The reference itself is not worse than itself, whatever the recordings.
  if (tier.state === 'completed' && tier.trialId === reference?.trialId)
    return { difference: 0, lower: 0, upper: 0 }
  if (tier.development === undefined) return paired
  const development = qualityOf(tier.development)
  const held = reference?.development && qualityOf(reference.development)
  return development && held && unpairedDifference(development, held)
}

/**
 * Difference of two error rates of which only the intervals are known, as on the development set, whose recordings are
 * not kept one by one: the distances to the ends add up like independent errors (square-and-add, "MOVER").
 *
 * Both rates come from the same recordings, which makes the real spread of the difference smaller: the interval is too
 * wide, never too narrow for tiers that err where the reference errs, so a verdict is `undecided` sooner.
 *
 * Source: Newcombe, "Interval estimation for the difference between independent proportions", Statist. Med. 17 (1998),
 * method 10; Zou and Donner, Statist. Med. 27 (2008) for any interval.
 */
export function unpairedDifference(tier: Quality, reference: Quality): RateDifferenceReport {
  const difference = tier.errorRate - reference.errorRate
  return {
    difference,
    lower: difference - Math.hypot(tier.errorRate - tier.lower, reference.upper - reference.errorRate),
    upper: difference + Math.hypot(tier.upper - tier.errorRate, reference.errorRate - reference.lower)
  }
}
