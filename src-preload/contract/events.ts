/** What the workbench tells every page without being asked. Names are past tense: something has happened. */
import type { Job } from './job'
import type { TrainingAdvance } from './training-record'
import type { TrialReport } from './trial'

export type WorkbenchEvent =
  /** A job is new, or anything about it changed. */
  | { readonly kind: 'job.changed'; readonly job: Job }
  | { readonly kind: 'job.removed'; readonly jobId: string }
  /** The order in which waiting jobs run; all jobs, the next one first. */
  | { readonly kind: 'queue.reordered'; readonly jobIds: readonly string[] }
  | { readonly kind: 'trial.ended'; readonly jobId: string; readonly trial: TrialReport }
  /** A training has begun, gone on from its checkpoint, or ended: what is known of it is to be read anew. */
  | { readonly kind: 'training.changed'; readonly trainingId: string }
  | { readonly kind: 'training.removed'; readonly trainingId: string }
  /** Points of a curve, some times a second at most. */
  | { readonly kind: 'training.advanced'; readonly advance: TrainingAdvance }
  /** The library has more, fewer or other entries than before. */
  | { readonly kind: 'library.changed' }
  /** The user asked the shell around the page, by its menu or from outside, for an address of the page: `#/jobs`. */
  | { readonly kind: 'place.requested'; readonly place: string }
  /** A line for the live log; `at` is ISO 8601, UTC. */
  | { readonly kind: 'log.written'; readonly jobId: string; readonly at: string; readonly text: string }

/** An event with its place in the history of one run of the host: 1, 2, 3 and so on, without gaps. */
export interface SequencedEvent {
  readonly sequence: number
  readonly event: WorkbenchEvent
}
