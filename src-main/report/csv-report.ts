import type { PairedLatency, RateDifferenceReport, TrialReport } from '@contract/trial'
import { csvText, type CsvValue } from '../../src-renderer/format/csv-text'
import { describeGate } from '../study/gate-text'

interface CsvColumn {
  /** With the unit. */
  readonly name: string
  readonly cell: (trial: TrialReport) => CsvValue
}

const column = (name: string, cell: CsvColumn['cell']): CsvColumn => ({ name, cell })

const identityColumns: readonly CsvColumn[] = [
  column('trial', ({ name }) => name),
  column('trial_id', ({ trialId }) => trialId),
  column('state', ({ state }) => state),
  column('method', ({ method }) => method),
  column('precision', ({ precision }) => precision),
  column('rank_policy', ({ rankPolicy }) => rankPolicy),
  column('target_retained_fraction', ({ targetRetainedFraction }) => targetRetainedFraction),
  column('budget_unit', ({ budgetUnit }) => budgetUnit),
  column('budget_scope', ({ budgetScope }) => budgetScope),
  column('calibration', ({ calibration }) => calibration),
  column('refit', ({ refit }) => refit)
]

const modelColumns: readonly CsvColumn[] = [
  column('model_sha256', ({ modelHash }) => modelHash),
  column('retained_parameter_fraction', ({ retainedParameterFraction }) => retainedParameterFraction),
  column('parameters', ({ parameterCount }) => parameterCount),
  column('size_bytes', ({ sizeBytes }) => sizeBytes),
  column('macs_per_audio_second', ({ macsPerAudioSecond }) => macsPerAudioSecond)
]

const errorColumns: readonly CsvColumn[] = [
  column('word_error_rate_fraction', ({ wordErrorRate }) => wordErrorRate),
  column('word_error_rate_lower_fraction', ({ wordErrorRateInterval }) => wordErrorRateInterval?.lower),
  column('word_error_rate_upper_fraction', ({ wordErrorRateInterval }) => wordErrorRateInterval?.upper),
  column('substitutions_words', ({ wordErrors }) => wordErrors?.substitutions),
  column('deletions_words', ({ wordErrors }) => wordErrors?.deletions),
  column('insertions_words', ({ wordErrors }) => wordErrors?.insertions),
  column('reference_words', ({ wordErrors }) => wordErrors?.referenceWords),
  column('character_error_rate_fraction', ({ characterErrorRate }) => characterErrorRate),
  column('character_error_rate_lower_fraction', (trial) => trial.characterErrorRateInterval?.lower),
  column('character_error_rate_upper_fraction', (trial) => trial.characterErrorRateInterval?.upper),
  column('reference_characters', ({ characterErrors }) => characterErrors?.referenceCharacters),
  column('accuracy_fraction', ({ accuracy }) => accuracy),
  column('accuracy_lower_fraction', ({ accuracyInterval }) => accuracyInterval?.lower),
  column('accuracy_upper_fraction', ({ accuracyInterval }) => accuracyInterval?.upper),
  column('correct_recordings', ({ correct }) => correct),
  ...differenceColumns('baseline', ({ versusBaseline }) => versusBaseline),
  ...differenceColumns('int8', ({ versusInt8 }) => versusInt8),
  column('int8_alone_is_better', ({ dominatedByInt8 }) => dominatedByInt8),
  column('failures_recordings', ({ failures }) =>
    failures === undefined
      ? undefined
      : Object.entries(failures)
          .map(([flag, count]) => `${flag}=${count}`)
          .join(' ')
  )
]

function differenceColumns(
  reference: string,
  read: (trial: TrialReport) => RateDifferenceReport | undefined
): CsvColumn[] {
  return [
    column(`error_rate_minus_${reference}_fraction`, (trial) => read(trial)?.difference),
    column(`error_rate_minus_${reference}_lower_fraction`, (trial) => read(trial)?.lower),
    column(`error_rate_minus_${reference}_upper_fraction`, (trial) => read(trial)?.upper)
  ]
}

function speedupColumns(wanted: PairedLatency['reference']): CsvColumn[] {
  const read = ({ pairedLatencies }: TrialReport) =>
    pairedLatencies?.find(({ reference }) => reference === wanted)
  return [
    column(`speedup_over_${wanted}`, (trial) => read(trial)?.speedup),
    column(`speedup_over_${wanted}_lower`, (trial) => read(trial)?.interval.lower),
    column(`speedup_over_${wanted}_upper`, (trial) => read(trial)?.interval.upper)
  ]
}

const speedColumns: readonly CsvColumn[] = [
  column('latency_p50_milliseconds', ({ latencyMilliseconds }) => latencyMilliseconds?.p50),
  column('latency_p95_milliseconds', ({ latencyMilliseconds }) => latencyMilliseconds?.p95),
  column('latency_mean_milliseconds', ({ latencyMilliseconds }) => latencyMilliseconds?.mean),
  column('latency_first_run_milliseconds', ({ latencyMilliseconds }) => latencyMilliseconds?.firstRun),
  column('real_time_factor', ({ realTimeFactor }) => realTimeFactor),
  column('batched_audio_seconds_per_second', ({ throughput }) => throughput?.realTimeSpeed),
  column('unbatched_audio_seconds_per_second', ({ throughput }) => throughput?.unbatchedRealTimeSpeed),
  ...speedupColumns('baseline'),
  ...speedupColumns('int8'),
  column('load_milliseconds', ({ loadMilliseconds }) => loadMilliseconds),
  column('peak_memory_bytes', ({ peakResidentBytes }) => peakResidentBytes)
]

const conditionColumns: readonly CsvColumn[] = [
  column('recordings', ({ utterances }) => utterances),
  column('recordings_planned_before_early_stop', ({ stoppedBefore }) => stoppedBefore),
  column('recordings_unreadable', ({ unreadable }) => unreadable?.length),
  column('speakers', ({ speakers }) => speakers),
  column('audio_seconds', ({ audioSeconds }) => audioSeconds),
  column('development_word_error_rate_fraction', ({ development }) => development?.wordErrorRate),
  column('development_accuracy_fraction', ({ development }) => development?.accuracy),
  column('threads', ({ conditions }) => conditions?.threads),
  column('normalizer', ({ conditions }) => conditions?.normalizer),
  column('runtime', ({ conditions }) => conditions?.runtime),
  column('processor', ({ conditions }) => conditions?.processor),
  column('platform', ({ conditions }) => conditions?.platform),
  column('lathe_version', ({ conditions }) => conditions?.lathe),
  column('error', ({ error }) => error?.message)
]

/**
 * One row per trial, every figure unrounded, its unit in the column's name; empty where nothing was measured. Fractions
 * are 0..1. RFC 4180: comma, CRLF, quotes doubled.
 */
export function csvReport(trials: readonly TrialReport[]): string {
  const columns = [
    ...identityColumns,
    ...modelColumns,
    ...errorColumns,
    ...speedColumns,
    ...conditionColumns,
    ...gateColumns(trials)
  ]
  return csvText(
    columns.map(({ name }) => name),
    trials.map((trial) => columns.map(({ cell }) => cell(trial)))
  )
}

function gateColumns(trials: readonly TrialReport[]): CsvColumn[] {
  const gates = trials.find((trial) => (trial.gates ?? []).length > 0)?.gates ?? []
  return gates.map(({ gate }, index) =>
    column(`gate: ${describeGate(gate)}`, (trial) => trial.gates?.[index]?.verdict)
  )
}
