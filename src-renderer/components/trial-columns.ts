import { formatBytes, formatCount, formatDifference, formatPercent } from '@contract/display-numbers'
import { qualityOf, type ErrorRateKind } from '@contract/quality'
import type { PairedLatency, TrialReport } from '@contract/trial'
import {
  formatInterval,
  formatMilliseconds,
  formatRealTimeSpeed,
  formatSpeedup,
  notMeasured
} from '../format/numbers'
import { trialRemark } from '../format/trial-remark'
import { tradeOff as english, type TradeOffWords } from '../text/en/trade-off'

/** A value to sort by; undefined when the trial has none. */
export type SortValue = number | string | undefined

export type TrialColumnId = keyof TradeOffWords['columns']

/** One column of the trial table. */
export interface TrialColumn {
  readonly id: TrialColumnId
  readonly title: string
  /** What the title stands for, where it is short. */
  readonly explanation?: string
  readonly isNumeric: boolean
  /** What was chosen for the trial, not measured of it: the name says it already, so it is hidden at first. */
  readonly isSetting?: boolean
  /** Left out of a table in which it has nothing to show. */
  readonly isOptional?: boolean
  /** Room that the column takes, in widths of a digit. */
  readonly width: number
  sortValue(trial: TrialReport): SortValue
  text(trial: TrialReport): string
}

type Unnamed = Omit<TrialColumn, 'title' | 'explanation'>

function numeric(
  id: TrialColumnId,
  read: (trial: TrialReport) => number | null | undefined,
  format: (value: number) => string,
  changes: Partial<Unnamed> = {}
): Unnamed {
  const sortValue = (trial: TrialReport) => read(trial) ?? undefined
  return {
    id,
    isNumeric: true,
    width: 11,
    sortValue,
    text: (trial) => {
      const value = sortValue(trial)
      return value === undefined ? notMeasured : format(value)
    },
    ...changes
  }
}

/** A setting whose value is a word. */
function setting(id: TrialColumnId, width: number, read: (trial: TrialReport) => string | null): Unnamed {
  return {
    id,
    isNumeric: false,
    isSetting: true,
    width,
    sortValue: (trial) => read(trial) ?? undefined,
    text: (trial) => read(trial) ?? notMeasured
  }
}

/** The error rate by its name: the trials of a study have either kind. */
function errorRate(id: TrialColumnId, kind: ErrorRateKind): Unnamed {
  const read = (trial: TrialReport) => {
    const quality = qualityOf(trial)
    return quality?.kind === kind ? quality.errorRate : undefined
  }
  return numeric(id, read, formatPercent, { isOptional: true })
}

function topAccuracy(id: 'top-3' | 'top-5', places: number): Unnamed {
  const read = ({ topAccuracies }: TrialReport) => topAccuracies?.[String(places)]
  return numeric(id, read, formatPercent, { isOptional: true })
}

function settingColumns({ yes, no }: TradeOffWords): Unnamed[] {
  return [
    setting('method', 15, ({ method }) => method),
    setting('precision', 14, ({ precision }) => precision),
    setting('policy', 15, ({ rankPolicy }) => rankPolicy),
    numeric('target', ({ targetRetainedFraction }) => targetRetainedFraction, formatPercent, {
      isSetting: true
    }),
    setting('unit', 20, ({ budgetUnit, budgetScope }) =>
      budgetUnit === null ? null : `${budgetUnit}, ${budgetScope ?? 'layers'}`
    ),
    setting('calibration', 12, ({ calibration }) => calibration),
    setting('refit', 8, ({ refit, calibration }) => (calibration === null ? null : refit ? yes : no))
  ]
}

function measuredColumns({ remarks, range }: TradeOffWords['chart']): Unnamed[] {
  return [
    numeric('kept', ({ retainedParameterFraction: kept }) => kept, formatPercent),
    errorRate('wer', 'word-error-rate'),
    errorRate('error-rate', 'classification-error'),
    {
      id: 'interval',
      isNumeric: true,
      width: 18,
      sortValue: (trial) => qualityOf(trial)?.upper,
      text: (trial) => {
        const quality = qualityOf(trial)
        return quality === undefined ? notMeasured : formatInterval(quality)
      }
    },
    numeric('cer', ({ characterErrorRate }) => characterErrorRate, formatPercent, { isOptional: true }),
    numeric('accuracy', ({ accuracy }) => accuracy, formatPercent, { isOptional: true }),
    topAccuracy('top-3', 3),
    topAccuracy('top-5', 5),
    {
      id: 'vs-baseline',
      isNumeric: true,
      isOptional: true,
      width: 28,
      sortValue: ({ versusBaseline }) => versusBaseline?.difference,
      text: ({ versusBaseline }) =>
        versusBaseline === undefined ? notMeasured : formatDifference(versusBaseline, range)
    },
    numeric('parameters', ({ parameterCount }) => parameterCount, formatCount, { width: 13 }),
    numeric('size', ({ sizeBytes }) => sizeBytes, formatBytes),
    numeric('macs', ({ macsPerAudioSecond }) => macsPerAudioSecond, formatCount),
    numeric('p50', ({ latencyMilliseconds: latency }) => latency?.p50, formatMilliseconds, { width: 12 }),
    numeric('p95', ({ latencyMilliseconds: latency }) => latency?.p95, formatMilliseconds, { width: 12 }),
    // Sorted by the speed that is shown, not by the factor behind it.
    numeric(
      'speed',
      ({ realTimeFactor }) => realTimeFactor && 1 / realTimeFactor,
      (speed) => formatRealTimeSpeed(1 / speed),
      { width: 9 }
    ),
    numeric(
      'batched-speed',
      ({ throughput }) => throughput?.realTimeSpeed,
      (speed) => speed.toFixed(1),
      { isOptional: true, width: 14 }
    ),
    {
      id: 'speedup',
      isNumeric: true,
      isOptional: true,
      width: 22,
      sortValue: (trial) => speedupOf(trial)?.speedup,
      text: (trial) => {
        const paired = speedupOf(trial)
        return paired === undefined ? notMeasured : formatSpeedup(paired)
      }
    },
    numeric('memory', ({ peakResidentBytes }) => peakResidentBytes, formatBytes, { width: 14 }),
    {
      id: 'remark',
      isNumeric: false,
      width: 34,
      sortValue: (trial) => trialRemark(trial, remarks) || undefined,
      text: (trial) => trialRemark(trial, remarks)
    }
  ]
}

/** Over the baseline, measured turn by turn with it. */
function speedupOf({ pairedLatencies }: TrialReport): PairedLatency | undefined {
  return pairedLatencies?.find(({ reference }) => reference === 'baseline')
}

/** The columns in the order in which they are read; the first one names the row. */
export function trialColumns(words: TradeOffWords = english): TrialColumn[] {
  const name: Unnamed = {
    id: 'name',
    isNumeric: false,
    width: 32,
    sortValue: (trial) => trial.name,
    text: (trial) => trial.name
  }
  return [name, ...settingColumns(words), ...measuredColumns(words.chart)].map((column) => ({
    ...words.columns[column.id],
    ...column
  }))
}

/** The columns that a table of these trials has something for. */
export function usefulColumns(trials: readonly TrialReport[], words: TradeOffWords = english): TrialColumn[] {
  return trialColumns(words).filter(
    (column) => column.isOptional !== true || trials.some((trial) => column.sortValue(trial) !== undefined)
  )
}

/** The columns in which not all completed trials show the same, and the one that names the row. */
export function differingColumns(
  columns: readonly TrialColumn[],
  trials: readonly TrialReport[]
): TrialColumn[] {
  const measured = trials.filter(({ state }) => state === 'completed')
  return columns.filter((column) => {
    const [first] = measured
    if (first === undefined || column.id === 'name') return true
    const text = column.text(first)
    return measured.some((trial) => column.text(trial) !== text)
  })
}
