/**
 * The queue of jobs: one study or training runs, the others wait. Every change is in the workspace before it is told, so a restart
 * finds the queue as it was; a job that was running then is `interrupted` and may be resumed, which skips what is
 * finished.
 */
import type { Clock } from '../base/clock'
import { toErrorWire, WorkbenchError } from '@contract/errors'
import type { WorkbenchEvent } from '@contract/events'
import type { Job, JobKind, JobState, StopReason } from '@contract/job'
import type { StudyReport, TrialReport } from '@contract/trial'
import { assertNever } from '../base/assert-never'
import type { JobChange, JobRecord } from '../workspace/job-records'
import { randomKey } from '../workspace/random-key'
import type { Workspace } from '../workspace/workspace'
import { createJobProgress, type JobProgressTracker } from './job-progress'
import { countTrials, type JobRecipe } from './job-recipe'
import type { RunStudyRequest, ServiceOptions } from './requests'
import { removeJobRecipe, runJobRecipe } from './run-job-recipe'
import type { Trainings } from './trainings'

export interface JobQueueParts {
  readonly workspace: Workspace
  readonly runStudy: (request: RunStudyRequest, options: ServiceOptions) => Promise<StudyReport>
  readonly trainings: Pick<Trainings, 'run'>
  readonly publish: (event: WorkbenchEvent) => void
  readonly clock: Clock
  /** The moment, ISO 8601 in UTC. */
  readonly now: () => string
}

/** Every change throws WorkbenchError `not-found` for an unknown job, `conflict` when the job's state forbids it. */
export interface JobQueue {
  list(): Job[]
  /** `isForced`: it starts although by the estimate it does not fit on the machine. */
  start(recipe: JobRecipe, kind: JobKind, isForced: boolean): Job
  cancel(jobId: string): Job
  pause(jobId: string): Job
  /** `isForced` as in `start`; left out: as it was. */
  resume(jobId: string, isForced?: boolean): Job
  move(jobId: string, beforeJobId: string | null): Job[]
  remove(jobId: string): void
  /** Interrupts the running job and returns when it has stopped; no other starts. */
  close(): Promise<void>
}

interface RunningJob {
  readonly jobId: string
  readonly stop: AbortController
  reason: StopReason | undefined
  /** Undefined until the recipe has been read. */
  tracker: JobProgressTracker | undefined
}

/** Takes up the queue of the workspace: what was running is interrupted, what was waiting runs. */
export function createJobQueue(parts: JobQueueParts): JobQueue {
  return new StoredJobQueue(parts)
}

class StoredJobQueue implements JobQueue {
  readonly #parts: JobQueueParts
  #running: RunningJob | undefined
  #ended: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: JobQueueParts) {
    this.#parts = parts
    for (const { jobId, state } of parts.workspace.jobs.list()) {
      if (state === 'running') this.#change(jobId, { state: 'interrupted', finishedAt: parts.now() })
    }
    this.#runNext()
  }

  list(): Job[] {
    return this.#parts.workspace.jobs.list().map((record) => this.#describe(record))
  }

  start({ name, text }: JobRecipe, kind: JobKind, isForced: boolean): Job {
    const jobId = randomKey()
    this.#parts.workspace.jobs.add({
      jobId,
      kind,
      name,
      recipeText: text,
      state: 'waiting',
      createdAt: this.#parts.now(),
      startedAt: null,
      finishedAt: null,
      error: null,
      studyId: null,
      trainingId: null,
      isForced
    })
    this.#tell(jobId)
    this.#runNext()
    return this.#read(jobId)
  }

  cancel(jobId: string): Job {
    const { state } = this.#require(jobId, 'cancelled', ['waiting', 'running', 'paused', 'interrupted'])
    if (state === 'running') this.#stop('cancel')
    else this.#change(jobId, { state: 'cancelled', finishedAt: this.#parts.now() })
    return this.#read(jobId)
  }

  pause(jobId: string): Job {
    const { state, kind } = this.#require(jobId, 'paused', ['waiting', 'running'])
    if (state === 'waiting') this.#change(jobId, { state: 'paused' })
    // A training keeps its step in hand as a checkpoint: nothing is lost by stopping at once.
    else if (kind === 'training') this.#stop('pause')
    else if (this.#running !== undefined && this.#running.reason === undefined) {
      // Stopped in `trialEnded`: what the trial in hand has cost is not thrown away.
      this.#running.reason = 'pause'
      this.#tell(jobId)
    }
    return this.#read(jobId)
  }

  resume(jobId: string, isForced?: boolean): Job {
    const stopped = ['running', 'paused', 'failed', 'cancelled', 'interrupted'] as const
    // What failed in a completed study may be tried again; what is finished is not done twice.
    const allowed = this.#read(jobId).failedTrials === null ? stopped : [...stopped, 'completed' as const]
    const { state, studyId } = this.#require(jobId, 'resumed', allowed)
    // Who resumes a completed study asks for its failed trials, and so for the poisoned ones, which are skipped otherwise.
    if (state === 'completed' && studyId !== null) this.#parts.workspace.records.forgiveTrials(studyId)
    if (state !== 'running') {
      const forcing = isForced === undefined ? {} : { isForced }
      this.#change(jobId, { state: 'waiting', finishedAt: null, error: null, ...forcing })
      this.#runNext()
    } else if (this.#running?.reason === 'pause' && !this.#running.stop.signal.aborted) {
      // The wish to pause is taken back.
      this.#running.reason = undefined
      this.#tell(jobId)
    }
    return this.#read(jobId)
  }

  move(jobId: string, beforeJobId: string | null): Job[] {
    this.#parts.workspace.jobs.move(jobId, beforeJobId)
    const jobs = this.list()
    this.#parts.publish({ kind: 'queue.reordered', jobIds: jobs.map((job) => job.jobId) })
    return jobs
  }

  remove(jobId: string): void {
    this.#require(jobId, 'removed', ['waiting', 'paused', 'completed', 'failed', 'cancelled', 'interrupted'])
    this.#parts.workspace.jobs.remove(jobId)
    // Nothing waits for it: a file that stays is in nobody's way.
    void removeJobRecipe(this.#parts.workspace, jobId)
    this.#parts.publish({ kind: 'job.removed', jobId })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#stop('close')
    await this.#ended
  }

  #stop(reason: StopReason): void {
    // Of two reasons the first one stays, once the job has been told to stop.
    if (this.#running === undefined || this.#running.stop.signal.aborted) return
    this.#running.reason = reason
    this.#tell(this.#running.jobId)
    this.#running.stop.abort()
  }

  #runNext(): void {
    if (this.#isClosed || this.#running !== undefined) return
    const next = this.#parts.workspace.jobs.list().find(({ state }) => state === 'waiting')
    if (next === undefined) return
    const running: RunningJob = {
      jobId: next.jobId,
      stop: new AbortController(),
      reason: undefined,
      tracker: undefined
    }
    this.#running = running
    this.#change(next.jobId, { state: 'running', startedAt: this.#parts.now(), finishedAt: null })
    this.#ended = this.#run(running, next).catch((thrown: unknown) => {
      // Only the records themselves can fail here; the queue stands still, and the page is told why.
      this.#log(next.jobId, toErrorWire(thrown).message)
    })
  }

  async #run(running: RunningJob, record: JobRecord): Promise<void> {
    const { jobId, name, kind } = record
    let end: JobChange
    try {
      end = await (kind === 'study' ? this.#runStudy(running, record) : this.#runTraining(running, record))
    } catch (thrown) {
      end = endOf(running.reason, thrown)
    }
    this.#running = undefined
    this.#change(jobId, { ...end, finishedAt: this.#parts.now() })
    this.#log(jobId, `${name}: ${end.error?.message ?? stateText(this.#read(jobId))}`)
    this.#runNext()
  }

  async #runStudy(running: RunningJob, { jobId, name, recipeText, isForced }: JobRecord): Promise<JobChange> {
    const trials = await countTrials({ name, text: recipeText })
    const tracker = createJobProgress(this.#parts.clock, trials)
    const { study } = await runJobRecipe(
      this.#parts,
      { jobId, text: recipeText, isForced },
      {
        ...this.#followed(running, tracker),
        onStudy: (studyId) => {
          this.#change(jobId, { studyId })
        },
        onTrial: (trial) => {
          this.#trialEnded(running, tracker, trial)
        }
      }
    )
    return { state: 'completed', studyId: study.studyId }
  }

  async #runTraining(running: RunningJob, { jobId, recipeText, isForced }: JobRecord): Promise<JobChange> {
    const tracker = createJobProgress(this.#parts.clock, 0)
    const trainingId = await this.#parts.trainings.run(
      { jobId, text: recipeText, isForced },
      {
        ...this.#followed(running, tracker),
        onOpened: (opened) => {
          this.#change(jobId, { trainingId: opened })
        }
      }
    )
    return { state: 'completed', trainingId }
  }

  /** How a service is stopped, and what becomes of its progress. */
  #followed(running: RunningJob, tracker: JobProgressTracker): Required<ServiceOptions> {
    const { jobId } = running
    running.tracker = tracker
    return {
      signal: running.stop.signal,
      onProgress: (progress) => {
        const before = tracker.progress?.stage
        if (tracker.update(progress)) this.#tell(jobId)
        if (progress.stage !== before) this.#log(jobId, progress.stage)
      }
    }
  }

  #trialEnded(running: RunningJob, tracker: JobProgressTracker, trial: TrialReport): void {
    tracker.endTrial(trial.reused)
    this.#parts.publish({ kind: 'trial.ended', jobId: running.jobId, trial })
    this.#log(
      running.jobId,
      `${trial.name}: ${trial.error?.message ?? (trial.reused ? 'finished before' : trial.state)}`
    )
    this.#tell(running.jobId)
    // After the last trial there is nothing left to pause.
    const isLast = tracker.trialsEnded === tracker.progress?.trialsTotal
    if (running.reason === 'pause' && !isLast) running.stop.abort()
  }

  #require(jobId: string, done: string, allowed: readonly JobState[]): JobRecord {
    const record = this.#parts.workspace.jobs.read(jobId)
    if (allowed.includes(record.state)) return record
    throw new WorkbenchError(
      'conflict',
      `The job '${record.name}' is ${record.state} and cannot be ${done}: only jobs that are ${allowed.join(', ')} can.`,
      { details: { jobId, state: record.state } }
    )
  }

  #change(jobId: string, change: JobChange): void {
    this.#parts.workspace.jobs.change(jobId, change)
    this.#tell(jobId)
  }

  #tell(jobId: string): void {
    this.#parts.publish({ kind: 'job.changed', job: this.#read(jobId) })
  }

  #log(jobId: string, text: string): void {
    this.#parts.publish({ kind: 'log.written', jobId, at: this.#parts.now(), text })
  }

  #read(jobId: string): Job {
    return this.#describe(this.#parts.workspace.jobs.read(jobId))
  }

  #describe({ recipeText: _, isForced: __, ...record }: JobRecord): Job {
    const running = this.#running?.jobId === record.jobId ? this.#running : undefined
    const { state, studyId } = record
    const isComplete = state === 'completed' && studyId !== null
    return {
      ...record,
      failedTrials: isComplete ? this.#parts.workspace.records.failuresOf(studyId) : null,
      stopping: running?.reason ?? null,
      progress: running?.tracker?.progress ?? null
    }
  }
}

/** `completed, 2 trials failed` */
function stateText({ state, failedTrials }: Job): string {
  if (failedTrials === null) return state
  const { count } = failedTrials
  return `${state}, ${count} ${count === 1 ? 'trial' : 'trials'} failed`
}

/** How a job that was stopped or broke ends. */
function endOf(reason: StopReason | undefined, thrown: unknown): JobChange {
  switch (reason) {
    case 'cancel':
      return { state: 'cancelled' }
    case 'pause':
      return { state: 'paused' }
    case 'close':
      return { state: 'interrupted' }
    case undefined:
      return { state: 'failed', error: toErrorWire(thrown) }
    default:
      return assertNever(reason)
  }
}
