/** The queue of jobs in SQLite, so that it survives a restart. Moments are ISO 8601 texts that the caller passes in. */
import type { ErrorWire } from '@contract/errors'
import { WorkbenchError } from '@contract/errors'
import type { JobKind, JobState } from '@contract/job'
import type { Database, Row } from './database'

export interface JobRecord {
  readonly jobId: string
  readonly kind: JobKind
  readonly name: string
  /** The recipe with absolute paths, so that the job means the same wherever the host is started. */
  readonly recipeText: string
  readonly state: JobState
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly error: ErrorWire | null
  readonly studyId: string | null
  readonly trainingId: string | null
  /** Whether it starts although by the estimate it does not fit on the machine. */
  readonly isForced: boolean
}

/** What of a job changes after it was made. */
export type JobChange = Partial<
  Pick<JobRecord, 'state' | 'startedAt' | 'finishedAt' | 'error' | 'studyId' | 'trainingId' | 'isForced'>
>

/** Every call is one transaction; errors as `Database`. */
export interface JobRecords {
  /** In the order of the queue. */
  list(): JobRecord[]
  /** @throws WorkbenchError `not-found` when there is no such job. */
  read(jobId: string): JobRecord
  /** Adds a job at the end of the queue. */
  add(job: JobRecord): void
  /** Changes the members that are given; returns the job as it is then. @throws as `read`. */
  change(jobId: string, change: JobChange): JobRecord
  /** Puts a job before another one, or at the end when `beforeJobId` is null. @throws as `read`, for either. */
  move(jobId: string, beforeJobId: string | null): void
  /** @throws as `read`. */
  remove(jobId: string): void
}

export function createJobRecords(database: Database): JobRecords {
  const list = () => database.rows('SELECT * FROM jobs ORDER BY position').map(jobOf)
  const read = (jobId: string) => readJob(database, jobId)
  return {
    list,
    read,
    add: (job) => addJob(database, job),
    change: (jobId, change) =>
      database.transaction(() => {
        const changed = { ...read(jobId), ...change }
        database.run(
          `UPDATE jobs SET state = ?, started_at = ?, finished_at = ?, error_json = ?, study_id = ?,
             training_id = ?, is_forced = ?
           WHERE job_id = ?`,
          changed.state,
          changed.startedAt,
          changed.finishedAt,
          jsonOrNull(changed.error),
          changed.studyId,
          changed.trainingId,
          Number(changed.isForced),
          jobId
        )
        return changed
      }),
    move: (jobId, beforeJobId) =>
      database.transaction(() => {
        read(jobId)
        if (beforeJobId !== null) read(beforeJobId)
        // Before itself it stays where it is.
        if (beforeJobId === jobId) return
        const others = list().flatMap((job) => (job.jobId === jobId ? [] : job.jobId))
        others.splice(beforeJobId === null ? others.length : others.indexOf(beforeJobId), 0, jobId)
        others.forEach((each, position) =>
          database.run('UPDATE jobs SET position = ? WHERE job_id = ?', position, each)
        )
      }),
    remove: (jobId) =>
      database.transaction(() => {
        read(jobId)
        database.run('DELETE FROM jobs WHERE job_id = ?', jobId)
      })
  }
}

function addJob(database: Database, job: JobRecord): void {
  database.run(
    `INSERT INTO jobs (job_id, kind, name, recipe_text, state, created_at, started_at, finished_at, error_json,
                       study_id, training_id, is_forced, position)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM jobs))`,
    job.jobId,
    job.kind,
    job.name,
    job.recipeText,
    job.state,
    job.createdAt,
    job.startedAt,
    job.finishedAt,
    jsonOrNull(job.error),
    job.studyId,
    job.trainingId,
    Number(job.isForced)
  )
}

function readJob(database: Database, jobId: string): JobRecord {
  const [row] = database.rows('SELECT * FROM jobs WHERE job_id = ?', jobId)
  if (row !== undefined) return jobOf(row)
  throw new WorkbenchError('not-found', `There is no job '${jobId}': choose one from the list of jobs.`, {
    details: { jobId }
  })
}

/** The table is STRICT, so a column has the type that the schema gives it. */
function jobOf(row: Row): JobRecord {
  const error = row.error_json as string | null
  return {
    jobId: row.job_id as string,
    kind: row.kind as JobKind,
    name: row.name as string,
    recipeText: row.recipe_text as string,
    state: row.state as JobState,
    createdAt: row.created_at as string,
    startedAt: row.started_at as string | null,
    finishedAt: row.finished_at as string | null,
    error: error === null ? null : (JSON.parse(error) as ErrorWire),
    studyId: row.study_id as string | null,
    trainingId: row.training_id as string | null,
    isForced: row.is_forced !== 0
  }
}

function jsonOrNull(error: ErrorWire | null): string | null {
  return error === null ? null : JSON.stringify(error)
}
