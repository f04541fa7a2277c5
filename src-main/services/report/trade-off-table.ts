import type { TrialReport } from '@contract/trial'
import { formatBytes, formatCount, formatPercent } from '@contract/display-numbers'
import { formatTable, type Column } from './text-table'

function measured<T>(value: T | undefined, format: (value: T) => string): string {
  return value === undefined ? '-' : format(value)
}

/** The columns of the trade-off table, in the order they are read. */
export const tradeOffColumns: readonly Column<TrialReport>[] = [
  { title: 'trial', align: 'left', cell: (trial) => trial.name },
  {
    title: 'kept',
    align: 'right',
    cell: (trial) => measured(trial.retainedParameterFraction, formatPercent)
  },
  { title: 'WER', align: 'right', cell: (trial) => measured(trial.wordErrorRate, formatPercent) },
  {
    title: '95 % interval',
    align: 'right',
    cell: (trial) =>
      measured(
        trial.wordErrorRateInterval,
        ({ lower, upper }) => `${(lower * 100).toFixed(2)}-${formatPercent(upper)}`
      )
  },
  { title: 'parameters', align: 'right', cell: (trial) => measured(trial.parameterCount, formatCount) },
  { title: 'size', align: 'right', cell: (trial) => measured(trial.sizeBytes, formatBytes) },
  {
    title: 'MAC/s',
    align: 'right',
    cell: (trial) => measured(trial.macsPerAudioSecond ?? undefined, formatCount)
  },
  {
    title: 'p50',
    align: 'right',
    cell: (trial) => measured(trial.latencyMilliseconds, ({ p50 }) => `${p50.toFixed(1)} ms`)
  },
  {
    title: 'p95',
    align: 'right',
    cell: (trial) => measured(trial.latencyMilliseconds, ({ p95 }) => `${p95.toFixed(1)} ms`)
  },
  {
    title: 'RTFx',
    align: 'right',
    cell: (trial) => measured(trial.realTimeFactor, (rtf) => (1 / rtf).toFixed(1))
  },
  { title: 'peak memory', align: 'right', cell: (trial) => measured(trial.peakResidentBytes, formatBytes) },
  { title: '', align: 'left', cell: trialRemark }
]

/** What a reader must know about a row beyond its numbers. */
export function trialRemark(trial: TrialReport): string {
  if (trial.state !== 'completed')
    return trial.error === undefined ? trial.state : `${trial.state}: ${trial.error.code}`
  if (trial.dominatedByInt8) return 'int8 alone is better'
  return ''
}

export function formatTradeOffTable(trials: readonly TrialReport[]): string {
  return formatTable(trials, tradeOffColumns)
}

/** What became of one trial, in a line. */
export function trialSentence(trial: TrialReport): string {
  const remark = trialRemark(trial)
  const size = trial.sizeBytes === undefined ? '' : `, ${formatBytes(trial.sizeBytes)}`
  const rate = trial.wordErrorRate === undefined ? '' : `: WER ${formatPercent(trial.wordErrorRate)}${size}`
  return `${trial.name}${rate}${trial.reused ? ' (known already)' : ''}${remark === '' ? '' : ` (${remark})`}`
}
