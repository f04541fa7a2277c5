/** Keeps what is told of a training beside its checkpoint: who it is, its curve, how it ended. */
import type { TrainingCurve, TrainingHead } from '@contract/training'
import type { TrainingOutcome, TrainingRecord } from '@contract/training-record'
import type { Json } from '../../base/canonical-json'
import type { Workspace } from '../../workspace/workspace'

export interface TrainingRecordKeeper {
  /** After a checkpoint, so that a curve never shows steps that are lost. */
  keep(curve: TrainingCurve): Promise<void>
  /** An outcome that is there stays: a finished training that is asked for again takes no time. */
  end(curve: TrainingCurve, outcome: TrainingOutcome): Promise<void>
}

export function keepTrainingRecord(
  { checkpoints }: Pick<Workspace, 'checkpoints'>,
  head: TrainingHead
): TrainingRecordKeeper {
  const write = async (curve: TrainingCurve, outcome: TrainingOutcome | null) => {
    const record: TrainingRecord = { recordVersion: 1, ...head, curve, outcome }
    // Plain data: the schema of the recipe and numbers.
    await checkpoints.writeRecord(head.trainingId, record as unknown as Json)
  }
  return {
    keep: (curve) => write(curve, null),
    async end(curve, outcome) {
      const known = checkpoints.readRecord(head.trainingId) as unknown as TrainingRecord | undefined
      if ((known?.outcome ?? null) === null) await write(curve, outcome)
    }
  }
}
