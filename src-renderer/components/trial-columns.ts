import { formatBytes, formatCount, formatPercent } from '@contract/display-numbers'
import type { TrialReport } from '@contract/trial'
import { formatInterval, formatMilliseconds, formatRealTimeSpeed, notMeasured } from '../format/numbers'
import { trialRemark } from '../format/trial-remark'

/** A value to sort by; undefined when the trial has none. */
export type SortValue = number | string | undefined

/** One column of the trial table. */
export interface TrialColumn {
  readonly id: string
  readonly title: string
  /** What the title stands for, where it is short. */
  readonly explanation?: string
  readonly isNumeric: boolean
  sortValue(trial: TrialReport): SortValue
  text(trial: TrialReport): string
}

function numeric(
  id: string,
  title: string,
  read: (trial: TrialReport) => number | null | undefined,
  format: (value: number) => string
): TrialColumn {
  const sortValue = (trial: TrialReport) => read(trial) ?? undefined
  return {
    id,
    title,
    isNumeric: true,
    sortValue,
    text: (trial) => {
      const value = sortValue(trial)
      return value === undefined ? notMeasured : format(value)
    }
  }
}

/** The columns in the order in which they are read; the first one names the row. */
export const trialColumns: readonly TrialColumn[] = [
  { id: 'name', title: 'Trial', isNumeric: false, sortValue: ({ name }) => name, text: ({ name }) => name },
  {
    ...numeric('kept', 'Kept', ({ retainedParameterFraction: kept }) => kept, formatPercent),
    explanation: 'Parameters kept in the compressed linear layers'
  },
  {
    ...numeric('wer', 'WER', ({ wordErrorRate }) => wordErrorRate, formatPercent),
    explanation: 'Word error rate'
  },
  {
    id: 'interval',
    title: '95 % interval',
    explanation: 'Interval of the word error rate; sorted by its upper end',
    isNumeric: true,
    sortValue: ({ wordErrorRateInterval: interval }) => interval?.upper,
    text: ({ wordErrorRateInterval: interval }) =>
      interval === undefined ? notMeasured : formatInterval(interval)
  },
  numeric('parameters', 'Parameters', ({ parameterCount }) => parameterCount, formatCount),
  numeric('size', 'Size', ({ sizeBytes }) => sizeBytes, formatBytes),
  {
    ...numeric('macs', 'MACs/s', ({ macsPerAudioSecond }) => macsPerAudioSecond, formatCount),
    explanation: 'Multiply-accumulates per second of audio'
  },
  {
    ...numeric('p50', 'p50', ({ latencyMilliseconds: latency }) => latency?.p50, formatMilliseconds),
    explanation: 'Median latency per utterance'
  },
  {
    ...numeric('p95', 'p95', ({ latencyMilliseconds: latency }) => latency?.p95, formatMilliseconds),
    explanation: 'Latency that 95 % of the utterances stay below'
  },
  {
    // Sorted by the speed that is shown, not by the factor behind it.
    ...numeric(
      'speed',
      'RTFx',
      ({ realTimeFactor }) => realTimeFactor && 1 / realTimeFactor,
      (speed) => formatRealTimeSpeed(1 / speed)
    ),
    explanation: 'How many times faster than real time'
  },
  {
    ...numeric('memory', 'Peak memory', ({ peakResidentBytes }) => peakResidentBytes, formatBytes),
    explanation: 'Highest memory of a process that only evaluates this model'
  },
  {
    id: 'remark',
    title: 'Remark',
    explanation: 'Beaten by plain int8 in errors, size and latency; utterances whose text is broken, by kind',
    isNumeric: false,
    sortValue: (trial) => trialRemark(trial) || undefined,
    text: trialRemark
  }
]
