import { formatBytes, formatCount, formatDifference, formatPercent } from '@contract/display-numbers'
import { errorRateNames, qualityOf, type ErrorRateKind } from '@contract/quality'
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
  /** Left out of a table in which it has nothing to show. */
  readonly isOptional?: boolean
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

/** The error rate by its name: the trials of a study have either kind. */
function errorRate(id: string, kind: ErrorRateKind): TrialColumn {
  const read = (trial: TrialReport) => {
    const quality = qualityOf(trial)
    return quality?.kind === kind ? quality.errorRate : undefined
  }
  const title = kind === 'word-error-rate' ? errorRateNames[kind] : 'Error rate'
  return { ...numeric(id, title, read, formatPercent), isOptional: true }
}

function topAccuracy(places: number): TrialColumn {
  const read = ({ topAccuracies }: TrialReport) => topAccuracies?.[String(places)]
  return {
    ...numeric(`top-${places}`, `Top ${places}`, read, formatPercent),
    isOptional: true,
    explanation: `Share of recordings whose label is among the ${places} best`
  }
}

/** The columns that a table of these trials shows. */
export function shownColumns(trials: readonly TrialReport[]): TrialColumn[] {
  return trialColumns.filter(
    (column) => column.isOptional !== true || trials.some((trial) => column.sortValue(trial) !== undefined)
  )
}

/** The columns in the order in which they are read; the first one names the row. */
export const trialColumns: readonly TrialColumn[] = [
  { id: 'name', title: 'Trial', isNumeric: false, sortValue: ({ name }) => name, text: ({ name }) => name },
  {
    ...numeric('kept', 'Kept', ({ retainedParameterFraction: kept }) => kept, formatPercent),
    explanation: 'Parameters kept in the compressed linear layers'
  },
  {
    ...errorRate('wer', 'word-error-rate'),
    explanation: 'Word error rate'
  },
  {
    ...errorRate('error-rate', 'classification-error'),
    explanation: 'Share of recordings whose label is not found'
  },
  {
    id: 'interval',
    title: '95 % interval',
    explanation: 'Interval of the error rate; sorted by its upper end',
    isNumeric: true,
    sortValue: (trial) => qualityOf(trial)?.upper,
    text: (trial) => {
      const quality = qualityOf(trial)
      return quality === undefined ? notMeasured : formatInterval(quality)
    }
  },
  {
    ...numeric('cer', 'CER', ({ characterErrorRate }) => characterErrorRate, formatPercent),
    isOptional: true,
    explanation: 'Character error rate'
  },
  {
    ...numeric('accuracy', 'Accuracy', ({ accuracy }) => accuracy, formatPercent),
    isOptional: true,
    explanation: 'Share of recordings whose label is the best of the model'
  },
  topAccuracy(3),
  topAccuracy(5),
  {
    id: 'vs-baseline',
    title: 'vs baseline',
    explanation: 'Error rate minus that of the baseline over the same recordings, in percentage points',
    isNumeric: true,
    isOptional: true,
    sortValue: ({ versusBaseline }) => versusBaseline?.difference,
    text: ({ versusBaseline }) =>
      versusBaseline === undefined ? notMeasured : formatDifference(versusBaseline)
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
    ...numeric(
      'batched-speed',
      'Batched RTFx',
      ({ throughput }) => throughput?.realTimeSpeed,
      (speed) => speed.toFixed(1)
    ),
    isOptional: true,
    explanation: 'How many times faster than real time in padded batches'
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
