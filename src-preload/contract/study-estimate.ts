/** What a study would cost, before it is started. Every figure here is an estimate and says what it rests on. */

/**
 * What an estimate rests on.
 *
 * - `same-model`   trials of this model that this workspace has measured.
 * - `this-machine` trials of other models in this workspace, brought to this one by its multiply-accumulates.
 * - `rule`         a stated rule; nothing like it was measured here yet.
 */
export type EstimateBasis = 'same-model' | 'this-machine' | 'rule'

export interface EstimatedFigure {
  readonly value: number
  readonly basis: EstimateBasis
  /** How many measured trials it rests on; 0 for a rule. */
  readonly trials: number
}

export interface TrialEstimate {
  readonly name: string
  /** Whether its result is there already and is taken as it is; null where that is not known before the start. */
  readonly isFinished: boolean | null
  /** 0 for what is finished; null where neither speed nor length of the audio is known. */
  readonly seconds: number | null
  /** Of the model that it stores. */
  readonly diskBytes: number
}

/** What the machine has too little of for what is wanted, by the estimate. */
export interface ResourceShortfall {
  readonly resource: 'disk' | 'memory'
  readonly neededBytes: number
  readonly availableBytes: number
  /** The folder whose disk is meant; null for memory. */
  readonly folder: string | null
}

export interface StudyEstimate {
  /** In the order in which they would run. */
  readonly trials: readonly TrialEstimate[]
  /** Of everything that is left to do; null where that of one trial is. */
  readonly seconds: EstimatedFigure | null
  /** Models and cached factors that are not there yet. */
  readonly diskBytes: EstimatedFigure
  /** Highest resident memory of all processes of the study together. */
  readonly memoryBytes: EstimatedFigure
  /** Audio that each trial runs over; null where no length is known. */
  readonly evaluationAudioSeconds: number | null
  /** Speed that a rule assumes, in multiply-accumulates per second; null where speed was measured. */
  readonly assumedMacsPerSecond: number | null
  /** Why it is not known which trials are finished, as a sentence. */
  readonly reuseObstacle: string | null
  /** Why the study is refused unless it is forced; empty when it fits. */
  readonly shortfalls: readonly ResourceShortfall[]
}
