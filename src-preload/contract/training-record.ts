/** What the workspace remembers of a training, and what of it a page is told while it runs. */
import { z } from 'zod'
import type {
  DevelopmentRecord,
  TrainingCurve,
  TrainingHead,
  TrainingPace,
  TrainingStepRecord,
  TrainingSummary
} from './training'

/** How a training ended, and where its model is. */
export interface TrainingOutcome extends Omit<TrainingSummary, 'trainingId' | 'curve' | 'trainedParameters'> {
  readonly modelHash: string
  readonly sizeBytes: number
}

/** Lies beside the checkpoint, so that a training can be shown without an engine. */
export interface TrainingRecord extends TrainingHead {
  readonly recordVersion: 1
  /** Up to the last checkpoint; of a training that runs, up to what was heard last. */
  readonly curve: TrainingCurve
  /** Null until it has ended by itself. */
  readonly outcome: TrainingOutcome | null
}

/** A training as a list shows it. */
export interface TrainingListing {
  readonly trainingId: string
  readonly name: string
  /** When the record was written last, ISO 8601 in UTC. */
  readonly changedAt: string
  readonly steps: number
  readonly totalSteps: number
  /** By the measure of the recipe; null without a development set. */
  readonly best: DevelopmentRecord | null
  readonly ended: TrainingSummary['ended'] | null
}

/** What a running training has done since the last time it was told. */
export interface TrainingAdvance {
  readonly trainingId: string
  readonly steps: readonly TrainingStepRecord[]
  readonly development: readonly DevelopmentRecord[]
  /** Of the last step; null when none was taken. */
  readonly pace: TrainingPace | null
}

const patternsSchema = z.array(z.string().max(300)).max(500)

/** Which parameters of a model a recipe would train. */
export const trainableQuestionSchema = z.strictObject({
  modelPath: z.string().min(1).max(4096),
  trainable: patternsSchema,
  frozen: patternsSchema
})
export type TrainableQuestion = z.infer<typeof trainableQuestionSchema>

export interface TrainableCount {
  readonly tensors: number
  readonly parameters: number
  /** That could be trained. */
  readonly allParameters: number
}
