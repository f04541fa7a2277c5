/** A job of the queue as every host shows it: what was asked for, how far it is, how it ended. */
import { z } from 'zod'
import type { ErrorWire } from './errors'
import type { Progress } from './progress'
import type { TrialState } from './trial'

/** What a job can be; each kind is run by one service. */
export const jobKinds = ['study', 'training'] as const
export type JobKind = (typeof jobKinds)[number]

/**
 * Where a job stands. `paused` stopped between two trials, or two steps of a training, because the user asked;
 * `interrupted` because the process that ran it ended. Both keep what is finished.
 */
export const jobStateSchema = z.enum([
  'waiting',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'interrupted'
])
export type JobState = z.infer<typeof jobStateSchema>

/** Why a running job was told to stop; decides the state that it ends in. `close`: the host ends. */
export type StopReason = 'cancel' | 'pause' | 'close'

/** How far a running job is. */
export interface JobProgress extends Progress {
  /** Both are 0 where there are no trials, as in a training. */
  readonly trialsEnded: number
  readonly trialsTotal: number
  /** Seconds left in this stage, from its own pace; null while there is no pace yet. An estimate. */
  readonly stageRemainingSeconds: number | null
  /** Seconds left in the whole job, from the trials computed so far; null before the first. An estimate. */
  readonly remainingSeconds: number | null
}

/** A trial that has no result, although the job of its study went on to its end. */
export interface FailedTrial {
  readonly name: string
  readonly state: TrialState
  /** Why, as a sentence. */
  readonly message: string
}

/** The trials of a study that failed. */
export interface TrialFailures {
  readonly count: number
  /** The first ones in the order of the study, up to `mostFailedTrials`. */
  readonly first: readonly FailedTrial[]
}

/** More reasons than this are nothing to read in a queue; the table of the study has them all. */
export const mostFailedTrials = 20

export interface Job {
  readonly jobId: string
  readonly kind: JobKind
  readonly name: string
  readonly state: JobState
  /** Why a running job is about to stop; null when it is not. A wish to pause waits for the trial in hand. */
  readonly stopping: StopReason | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  /** Of a failed job. */
  readonly error: ErrorWire | null
  /** What failed in a completed job as the study stands now; null when nothing did. */
  readonly failedTrials: TrialFailures | null
  /** The study that the job makes; null until model and data were looked at. */
  readonly studyId: string | null
  /** The training that the job runs; null until model and data were looked at. */
  readonly trainingId: string | null
  /** Of a running job that has reported some. */
  readonly progress: JobProgress | null
}
