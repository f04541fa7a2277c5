/** What a workspace remembers of its trainings, read without an engine. */
import { WorkbenchError } from '@contract/errors'
import { bestDevelopment } from '@contract/training'
import type { TrainingListing, TrainingRecord } from '@contract/training-record'
import type { Workspace } from '../workspace/workspace'

type Checkpoints = Pick<Workspace, 'checkpoints'>

/**
 * What the workspace knows of a training.
 *
 * @throws WorkbenchError `not-found` when it knows none of this id.
 */
export function readTrainingRecord({ checkpoints }: Checkpoints, trainingId: string): TrainingRecord {
  const record = checkpoints.readRecord(trainingId) as unknown as TrainingRecord | undefined
  if (record?.recordVersion === 1) return record
  throw new WorkbenchError(
    'not-found',
    `There is no training '${trainingId.slice(0, 12)}…' in this workspace: choose one from the list.`,
    { details: { trainingId } }
  )
}

/** The trainings of a workspace, the one that changed last first. */
export function listTrainings(workspace: Checkpoints): TrainingListing[] {
  return workspace.checkpoints
    .list()
    .map(({ trainingId, changedAt }) => trainingListing(readTrainingRecord(workspace, trainingId), changedAt))
    .toSorted((a, b) => b.changedAt.localeCompare(a.changedAt))
}

/**
 * The one training with this id, name or beginning of an id; an id comes before a name, and a name before a beginning.
 *
 * @throws WorkbenchError `not-found` when there is none, `conflict` when there are several.
 */
export function findTraining(workspace: Checkpoints, wanted: string): TrainingListing {
  const all = listTrainings(workspace)
  const searches: readonly ((training: TrainingListing) => boolean)[] = [
    ({ trainingId }) => trainingId === wanted,
    ({ name }) => name === wanted,
    ({ trainingId }) => wanted !== '' && trainingId.startsWith(wanted)
  ]
  const found = searches.map((fits) => all.filter(fits)).find(({ length }) => length > 0) ?? []
  const [training, ...others] = found
  if (training === undefined) {
    throw new WorkbenchError(
      'not-found',
      `There is no training '${wanted}' in this workspace: lathe trainings list shows what there is.`
    )
  }
  if (others.length === 0) return training
  const ids = found.map(({ trainingId }) => trainingId.slice(0, 12)).join(', ')
  throw new WorkbenchError('conflict', `'${wanted}' means ${found.length} trainings (${ids}): give an id.`)
}

/** Removes checkpoint and record. @throws WorkbenchError as `findTraining`; `conflict` while it runs. */
export function removeTraining(workspace: Checkpoints, wanted: string): TrainingListing {
  const training = findTraining(workspace, wanted)
  workspace.checkpoints.remove(training.trainingId)
  return training
}

/** The few numbers that a list shows of a record. */
export function trainingListing(
  { trainingId, recipe, curve, totalSteps, outcome }: TrainingRecord,
  changedAt: string
): TrainingListing {
  return {
    trainingId,
    name: recipe.name,
    changedAt,
    steps: curve.steps.length,
    totalSteps,
    best: bestDevelopment(curve.development, recipe.select) ?? null,
    ended: outcome?.ended ?? null
  }
}
