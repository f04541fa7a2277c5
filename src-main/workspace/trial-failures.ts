import { mostFailedTrials, type FailedTrial, type TrialFailures } from '@contract/job'
import type { Database } from './database'
import { trialStateOf } from './trial-state'

/**
 * The trials of a study that have failed, poisoned ones among them, in its order; null when none has. In one query that
 * reads no results: a list of jobs asks for each of its studies.
 */
export function readTrialFailures(database: Database, studyId: string): TrialFailures | null {
  const rows = database.rows(
    `SELECT study_trials.name, trials.state, trials.crashes, count(*) OVER () AS failures,
            json_extract(trials.error_json, '$.message') AS message
     FROM study_trials JOIN trials USING (trial_id)
     WHERE study_id = ? AND trials.state = 'failed'
     ORDER BY position LIMIT ?`,
    studyId,
    mostFailedTrials
  )
  const [first] = rows
  if (first === undefined) return null
  return {
    count: Number(first.failures),
    first: rows.map((row): FailedTrial => ({
      name: row.name as string,
      state: trialStateOf(row),
      message: (row.message as string | null) ?? ''
    }))
  }
}
