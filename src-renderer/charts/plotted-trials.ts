import { qualityOf, type ErrorRateKind } from '@contract/quality'
import type { TrialReport } from '@contract/trial'
import { tradeOff as english, type TradeOffWords } from '../text/en/trade-off'
import type { CostAxis } from './cost-axis'

/** How error rates are spread over the vertical axis. */
export type ErrorScale = 'linear' | 'logarithmic'

/** A trial with a place on the chart. */
export interface PlottedTrial {
  readonly trial: TrialReport
  /** In the unit of the cost axis. */
  readonly cost: number
  readonly errorPercent: number
  /** 95 % interval of the error rate. */
  readonly interval: { readonly lowerPercent: number; readonly upperPercent: number }
}

/** The trials that can be drawn, and those that cannot, in their order. */
export interface Plot {
  readonly plotted: readonly PlottedTrial[]
  /** Without a measurement of what the axes show. */
  readonly unmeasured: readonly TrialReport[]
  /** Without a single error, which a logarithmic axis cannot show. */
  readonly belowScale: readonly TrialReport[]
}

/** Sorts out which trials have a place on a chart with these axes. */
export function plotTrials(trials: readonly TrialReport[], axis: CostAxis, scale: ErrorScale): Plot {
  const plotted: PlottedTrial[] = []
  const unmeasured: TrialReport[] = []
  const belowScale: TrialReport[] = []
  for (const trial of trials) {
    const cost = axis.read(trial)
    const quality = qualityOf(trial)
    if (trial.state !== 'completed' || cost === undefined || quality === undefined) {
      unmeasured.push(trial)
    } else if (scale === 'logarithmic' && quality.errorRate <= 0) {
      belowScale.push(trial)
    } else {
      plotted.push({
        trial,
        cost,
        errorPercent: quality.errorRate * 100,
        interval: { lowerPercent: quality.lower * 100, upperPercent: quality.upper * 100 }
      })
    }
  }
  return { plotted, unmeasured, belowScale }
}

/** Error rates further apart than this are not all readable on a linear axis. */
const readableSpread = 6

/** The scale on which all measured error rates can be told apart. */
export function suggestErrorScale(trials: readonly TrialReport[]): ErrorScale {
  const rates = trials.map((trial) => qualityOf(trial)?.errorRate ?? 0).filter((rate) => rate > 0)
  const highest = rates.reduce((most, rate) => Math.max(most, rate), -Infinity)
  const lowest = rates.reduce((least, rate) => Math.min(least, rate), Infinity)
  return highest > readableSpread * lowest ? 'logarithmic' : 'linear'
}

/** Per list of trials: every chart asks anew at every choice, and a list never changes. */
const knownKinds = new WeakMap<readonly TrialReport[], ErrorRateKind>()

/** What the trials of a study count; texts unless all that was measured are labels. */
export function errorKind(trials: readonly TrialReport[]): ErrorRateKind {
  const known = knownKinds.get(trials)
  if (known !== undefined) return known
  const kinds = new Set(trials.map((trial) => qualityOf(trial)?.kind))
  const kind =
    kinds.has('classification-error') && !kinds.has('word-error-rate')
      ? 'classification-error'
      : 'word-error-rate'
  knownKinds.set(trials, kind)
  return kind
}

/** What the vertical axis shows, by the name of what was measured. */
export function errorAxisTitle(
  trials: readonly TrialReport[],
  words: TradeOffWords['chart'] = english.chart
): string {
  return errorKind(trials) === 'classification-error' ? words.classificationError : words.wordErrorRate
}
