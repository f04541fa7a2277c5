import type { TrialReport, UtteranceRecord } from '@contract/trial'
import { recordErrorCount } from '../evaluation/error-count'
import type { ReportedUtterance, ReportedUtterances } from '../report/report-inputs'
import { alignedWords } from './aligned-words'
import type { UtteranceReader } from './compare-trials'

/** How many recordings a report shows of each tier, per list. */
const shown = 6

/** A recording with its errors, before it is known whether it is shown. */
interface Scored {
  readonly record: UtteranceRecord
  readonly errors: number
  readonly total: number
  readonly baselineErrors: number | null
}

/**
 * The recordings of every finished trial with the most errors, and those that lost or gained most against the baseline,
 * with their words aligned. Equal ones come in the order of the data set, so that tiers show the same ones.
 */
export function chooseUtterances(
  trials: readonly TrialReport[],
  utterancesOf: UtteranceReader
): ReportedUtterances[] {
  const finished = trials.filter(({ state }) => state === 'completed')
  const baseline = finished.find(({ method }) => method === 'baseline')
  const baselineErrors = new Map(
    (baseline === undefined ? [] : utterancesOf(baseline.trialId)).map((record) => [
      record.utteranceId,
      recordErrorCount(record).errors
    ])
  )
  return finished.map((trial) => {
    const scored = utterancesOf(trial.trialId).map((record) => ({
      record,
      ...recordErrorCount(record),
      baselineErrors: baselineErrors.get(record.utteranceId) ?? null
    }))
    const normalizer = trial.conditions?.normalizer ?? 'none'
    const present = (chosen: readonly Scored[]) =>
      chosen.slice(0, shown).map((each) => presentUtterance(each, normalizer))
    const wrong = scored.filter(({ errors }) => errors > 0).toSorted((a, b) => b.errors - a.errors)
    const changed = scored.filter((each) => change(each) > 0).toSorted((a, b) => change(b) - change(a))
    return {
      trialId: trial.trialId,
      worst: present(wrong),
      mostChanged: trial === baseline ? [] : present(changed)
    }
  })
}

/** Errors more or fewer than those of the baseline. */
function change({ errors, baselineErrors }: Scored): number {
  return baselineErrors === null ? 0 : Math.abs(errors - baselineErrors)
}

function presentUtterance(
  { record, errors, total, baselineErrors }: Scored,
  normalizer: string
): ReportedUtterance {
  const { utteranceId, labelRank, failures } = record
  return {
    utteranceId,
    words: alignedWords(record, normalizer),
    errors,
    total,
    baselineErrors,
    ...(labelRank === undefined ? {} : { labelRank }),
    failures
  }
}
