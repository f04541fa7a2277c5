import { formatBytes, formatCount, formatDifference, formatPercent } from '@contract/display-numbers'
import { errorRateNames, qualityOf, type ErrorRateKind } from '@contract/quality'
import type { TrialReport } from '@contract/trial'
import { formatTable, type Column } from './text-table'

/** What stands where nothing was measured. */
const notMeasured = '-'

type TrialColumn = Column<TrialReport>

function figure<T>(
  title: string,
  read: (trial: TrialReport) => T | null | undefined,
  format: (value: T) => string
): TrialColumn {
  return {
    title,
    align: 'right',
    cell: (trial) => {
      const value = read(trial)
      return value === undefined || value === null ? notMeasured : format(value)
    }
  }
}

/** The error rate by its name: a study has either kind. */
function errorRateColumn(kind: ErrorRateKind): TrialColumn {
  return figure(errorRateNames[kind], errorRateOf(kind), formatPercent)
}

function errorRateOf(kind: ErrorRateKind): (trial: TrialReport) => number | undefined {
  return (trial) => {
    const quality = qualityOf(trial)
    return quality?.kind === kind ? quality.errorRate : undefined
  }
}

/** Columns that are left out of a table in which they have nothing to show. */
const optionalColumns: ReadonlySet<string> = new Set([
  ...Object.values(errorRateNames),
  'CER',
  'vs baseline',
  'batched RTFx',
  'speedup'
])

/** The columns of the trade-off table, in the order they are read. */
export const tradeOffColumns: readonly TrialColumn[] = [
  { title: 'trial', align: 'left', cell: (trial) => trial.name },
  figure('kept', ({ retainedParameterFraction }) => retainedParameterFraction, formatPercent),
  errorRateColumn('word-error-rate'),
  errorRateColumn('classification-error'),
  figure(
    '95 % interval',
    qualityOf,
    ({ lower, upper }) => `${(lower * 100).toFixed(2)}-${formatPercent(upper)}`
  ),
  figure('CER', ({ characterErrorRate }) => characterErrorRate, formatPercent),
  figure('vs baseline', ({ versusBaseline }) => versusBaseline, formatDifference),
  figure('parameters', ({ parameterCount }) => parameterCount, formatCount),
  figure('size', ({ sizeBytes }) => sizeBytes, formatBytes),
  figure('MAC/s', ({ macsPerAudioSecond }) => macsPerAudioSecond, formatCount),
  figure('p50', ({ latencyMilliseconds }) => latencyMilliseconds?.p50, formatMilliseconds),
  figure('p95', ({ latencyMilliseconds }) => latencyMilliseconds?.p95, formatMilliseconds),
  figure(
    'RTFx',
    ({ realTimeFactor }) => realTimeFactor,
    (factor) => (1 / factor).toFixed(1)
  ),
  figure(
    'batched RTFx',
    ({ throughput }) => throughput?.realTimeSpeed,
    (speed) => speed.toFixed(1)
  ),
  figure(
    'speedup',
    ({ pairedLatencies }) => pairedLatencies?.find(({ reference }) => reference === 'baseline'),
    ({ speedup, interval }) =>
      `${speedup.toFixed(2)}x (${interval.lower.toFixed(2)}-${interval.upper.toFixed(2)})`
  ),
  figure('peak memory', ({ peakResidentBytes }) => peakResidentBytes, formatBytes),
  { title: '', align: 'left', cell: trialRemark }
]

function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`
}

/** What a reader must know about a row beyond its numbers. */
export function trialRemark(trial: TrialReport): string {
  if (trial.state !== 'completed')
    return trial.error === undefined ? trial.state : `${trial.state}: ${trial.error.code}`
  if (trial.dominatedByInt8) return 'int8 alone is better'
  return ''
}

export function formatTradeOffTable(trials: readonly TrialReport[]): string {
  const shown = tradeOffColumns.filter(
    (column) =>
      !optionalColumns.has(column.title) || trials.some((trial) => column.cell(trial) !== notMeasured)
  )
  return formatTable(trials, shown)
}

/** What became of one trial, in a line. */
export function trialSentence(trial: TrialReport): string {
  const remark = trialRemark(trial)
  const quality = qualityOf(trial)
  const size = trial.sizeBytes === undefined ? '' : `, ${formatBytes(trial.sizeBytes)}`
  const rate =
    quality === undefined
      ? ''
      : `: ${errorRateNames[quality.kind]} ${formatPercent(quality.errorRate)}${size}`
  return `${trial.name}${rate}${trial.reused ? ' (known already)' : ''}${remark === '' ? '' : ` (${remark})`}`
}
