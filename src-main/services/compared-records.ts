import { WorkbenchError } from '@contract/errors'
import type { Recipe } from '@contract/recipe'
import { studyOriginSchema, type UtteranceRecord } from '@contract/trial'
import type { StudyTrial } from '../workspace/records'
import type { Workspace } from '../workspace/workspace'
import type { RecordedTrial } from './compare-trials'
import { recordsOf } from './utterance-records'

/** Tiers of one study with everything that they were evaluated on. */
export interface ComparedRecords {
  readonly evaluation: Recipe['evaluation']
  /** As asked for; records in the order in which they were made. */
  readonly tiers: readonly RecordedTrial[]
}

/** @throws WorkbenchError `not-found` for an unknown study or trial, `conflict` for a trial that is not completed. */
export type ReadComparedRecords = (study: string, trialIds: readonly string[]) => ComparedRecords

/** Two comparisons of the largest kind; 10,000 records take about 10 MB. */
const keptTrials = 12

/** Keeps the records of the last trials: those of a completed trial never change, and a page scrolls through them. */
export function readComparedRecords(workspace: Pick<Workspace, 'records'>): ReadComparedRecords {
  const { records } = workspace
  const readUtterances = recordsOf(workspace)
  const kept = new Map<string, ReadonlyMap<string, UtteranceRecord>>()

  function recordsOfTrial({ trialId, name }: StudyTrial): RecordedTrial {
    const known = kept.get(trialId)
    if (known === undefined) assertCompleted(name, records.trial(trialId)?.state)
    const found = known ?? byUtterance(readUtterances(trialId))
    kept.delete(trialId)
    kept.set(trialId, found)
    for (const [oldest] of kept) if (kept.size > keptTrials) kept.delete(oldest)
    return { trialId, records: found }
  }

  return (study, trialIds) => {
    const { name, recipe, trials } = records.findStudy(study)
    const { evaluation } = studyOriginSchema.parse(recipe).recipe
    return { evaluation, tiers: trialIds.map((trialId) => recordsOfTrial(listed(trialId))) }

    function listed(trialId: string): StudyTrial {
      const trial = trials.find((each) => each.trialId === trialId)
      if (trial !== undefined) return trial
      throw new WorkbenchError('not-found', `Study '${name}' has no trial ${trialId}: choose its tiers anew.`)
    }
  }
}

function assertCompleted(name: string, state: string | undefined): void {
  if (state === 'completed') return
  throw new WorkbenchError(
    'conflict',
    `Trial '${name}' is ${state ?? 'pending'}, expected completed: only finished tiers can be compared.`
  )
}

function byUtterance(records: readonly UtteranceRecord[]): ReadonlyMap<string, UtteranceRecord> {
  return new Map(records.map((record) => [record.utteranceId, record]))
}
