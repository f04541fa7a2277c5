import { WorkbenchError } from '@contract/errors'
import { trialOutcomeSchema, type TrialOutcome } from '@contract/trial'
import type { TrialSpec } from '../study/trial-spec'
import type { StudyRecord } from '../workspace/records'
import type { Workspace } from '../workspace/workspace'

/** @throws WorkbenchError `not-found` when the study has no trial with this name, id or beginning of an id. */
export function findTrial(
  { name, trials }: StudyRecord,
  specs: readonly TrialSpec[],
  wanted: string
): { trialId: string; spec: TrialSpec } {
  const listed = trials.find((trial) => trial.name === wanted || trial.trialId.startsWith(wanted))
  const spec = specs.find((each) => each.name === listed?.name)
  if (listed !== undefined && spec !== undefined) return { trialId: listed.trialId, spec }
  throw new WorkbenchError(
    'not-found',
    `Study '${name}' has no trial '${wanted}'; it has: ${trials.map((trial) => trial.name).join(', ')}.`
  )
}

/** @throws WorkbenchError `conflict` when the trial is not completed. */
export function finishedOutcome(
  { records }: Pick<Workspace, 'records'>,
  trialId: string,
  { name }: TrialSpec
): TrialOutcome {
  const stored = records.trial(trialId)
  if (stored?.state === 'completed') return trialOutcomeSchema.parse(stored.result)
  throw new WorkbenchError(
    'conflict',
    `Trial '${name}' is ${stored?.state ?? 'pending'}, expected completed; run the study again first.`
  )
}

/** Sidecar files must come from the model that was compressed. */
export function assertSameModel(found: string, expected: string, modelPath: string): void {
  if (found === expected) return
  throw new WorkbenchError(
    'conflict',
    `The model at '${modelPath}' is not the one that the study compressed; put the original back or run the study again.`
  )
}
