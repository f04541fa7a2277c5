/** Everything that a training is after a step: what a checkpoint keeps. */
import type { DevelopmentRecord, TrainingCurve } from '@contract/training'
import type { StepValues } from './step-runner'

export interface BestWeights {
  /** What the development set said of them. */
  readonly record: DevelopmentRecord
  /** The trained weights, by name. */
  readonly values: StepValues
}

export interface TrainingProgress {
  /** Steps taken. The order of the data, the augmentation and the learning rate follow from it and the recipe's seed. */
  readonly step: number
  readonly values: StepValues
  readonly curve: TrainingCurve
  /** By the development set; undefined without one, or before it was first asked. */
  readonly best: BestWeights | undefined
  /** Why no further step is to be taken; undefined while there are some. */
  readonly ended: 'completed' | 'early-stopping' | undefined
}

/** How many evaluations in a row have not improved on the best. */
export function evaluationsSinceBest(
  development: readonly DevelopmentRecord[],
  best: BestWeights | undefined
): number {
  return best === undefined ? 0 : development.filter(({ step }) => step > best.record.step).length
}
