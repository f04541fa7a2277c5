/** Looks into a workspace's SQLite file without Lathe, as another program would. */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { UtteranceRecord } from '@contract/trial'

/** A row of the trials table. */
export interface TrialRow {
  readonly trialId: string
  readonly name: string
  readonly state: string
  readonly startedAt: string
  readonly finishedAt: string | null
}

/** The trials that were started, in the order of their study. */
export function readTrialRows(workspaceFolder: string): TrialRow[] {
  const rows = readRows(
    workspaceFolder,
    `SELECT trial_id, study_trials.name, state, started_at, finished_at
     FROM study_trials JOIN trials USING (trial_id) ORDER BY position`
  )
  return rows.map((row) => ({
    trialId: String(row.trial_id),
    name: String(row.name),
    state: String(row.state),
    startedAt: String(row.started_at),
    finishedAt: row.finished_at === null ? null : String(row.finished_at)
  }))
}

/** The utterances that a trial has recorded, in the order in which they came. */
export function readUtterances(workspaceFolder: string, trialId: string): UtteranceRecord[] {
  const rows = readRows(
    workspaceFolder,
    'SELECT record_json FROM utterances WHERE trial_id = ? ORDER BY rowid',
    trialId
  )
  return rows.map((row) => JSON.parse(String(row.record_json)) as UtteranceRecord)
}

/** The result and the moments of every completed trial, by its id. */
export function readTrialResults(workspaceFolder: string): Map<string, string> {
  const rows = readRows(
    workspaceFolder,
    `SELECT trial_id, result_json, started_at, finished_at FROM trials WHERE state = 'completed'`
  )
  return new Map(rows.map(({ trial_id, ...rest }) => [String(trial_id), JSON.stringify(rest)]))
}

/** Every recorded utterance, by the ids of its trial and itself. */
export function readUtteranceRows(workspaceFolder: string): Map<string, string> {
  const rows = readRows(workspaceFolder, 'SELECT trial_id, utterance_id, record_json FROM utterances')
  return new Map(
    rows.map((row) => [`${String(row.trial_id)} ${String(row.utterance_id)}`, String(row.record_json)])
  )
}

function readRows(workspaceFolder: string, sql: string, ...values: string[]) {
  const database = new DatabaseSync(join(workspaceFolder, 'lathe.sqlite'), { readOnly: true })
  try {
    // A process that was killed while it made the workspace may have left it without tables.
    if (database.prepare('SELECT name FROM sqlite_schema LIMIT 1').get() === undefined) return []
    return database.prepare(sql).all(...values)
  } finally {
    database.close()
  }
}
